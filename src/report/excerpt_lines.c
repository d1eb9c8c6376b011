/*
 * The lines of an excerpt. Invariant: the text is visible, and within every limit; what is left out
 * of a line that is shown is said. Refuses to know files and secrets.
 *
 * JSON is laid out by hand: no library does so from the middle of a text that may be cut off or no
 * JSON at all, and says where a place went.
 */
#include "report/excerpt_lines.h"

#include "base/text.h"
#include "base/visible.h"

#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"
enum { INDENT = 2, INDENT_MAX = 24 };

/* Laying out ----------------------------------------------------------------------------------- */

typedef struct {
    const excerpt_piece *from;
    buf text;
    size_t depth;
    size_t marked, marked_end; /* in text; SIZE_MAX: not reached */
    size_t at;                 /* the next byte of from */
} layout_state;

static void layout_reset(layout_state *l)
{
    buf_reset(&l->text);
}

static void new_line(layout_state *l)
{
    buf_putc(&l->text, '\n');
    for (size_t i = 0; i < l->depth && i < INDENT_MAX; i++) {
        buf_append(&l->text, "  ", INDENT);
    }
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void take(layout_state *l)
{
    if (l->at >= l->from->marked && l->marked == SIZE_MAX) {
        l->marked = l->text.len;
    }
    buf_putc(&l->text, l->from->text[l->at++]);
    if (l->at <= l->from->marked_end) {
        l->marked_end = l->text.len;
    }
}

static void take_string(layout_state *l)
{
    take(l);
    for (bool escaped = false; l->at < l->from->place_end;) {
        char c = l->from->text[l->at];
        take(l);
        if (c == '"' && !escaped) {
            return;
        }
        escaped = c == '\\' && !escaped;
    }
}

static void skip_space(layout_state *l)
{
    while (l->at < l->from->place_end && is_space(l->from->text[l->at])) {
        l->at++;
    }
}

static void take_token(layout_state *l)
{
    char c = l->from->text[l->at];
    switch (c) {
    case '"':
        take_string(l);
        return;
    case '{':
    case '[':
        take(l);
        skip_space(l);
        if (l->at < l->from->place_end && l->from->text[l->at] == (c == '{' ? '}' : ']')) {
            take(l);
            return;
        }
        l->depth++;
        new_line(l);
        return;
    case '}':
    case ']':
        l->depth -= l->depth > 0;
        new_line(l);
        take(l);
        return;
    case ',':
        take(l);
        new_line(l);
        return;
    case ':':
        take(l);
        buf_putc(&l->text, ' ');
        return;
    default:
        take(l);
    }
}

/* The place on lines of its own, as far as the limits can show it. */
static void lay_out(layout_state *l, const excerpt_limits *limits)
{
    size_t lines = 0; /* after the mark's begin */
    l->marked = l->marked_end = SIZE_MAX;
    while (l->at < l->from->place_end && !l->text.failed && lines <= limits->lines) {
        size_t before = l->text.len;
        skip_space(l);
        if (l->at < l->from->place_end) {
            take_token(l);
        }
        if (l->marked != SIZE_MAX) {
            lines += memchr(l->text.data + before, '\n', l->text.len - before) != NULL;
        }
    }
    l->marked = l->marked < l->text.len ? l->marked : l->text.len;
    l->marked_end = l->marked_end < l->text.len ? l->marked_end : l->text.len;
    l->marked_end = l->marked_end < l->marked ? l->marked : l->marked_end;
}

/* Choosing lines ------------------------------------------------------------------------------- */

static size_t line_start(const excerpt_piece *p, size_t at)
{
    while (at > 0 && p->text[at - 1] != '\n') {
        at--;
    }
    return at;
}

/* The offset of the line's '\n', or the text's end. */
static size_t line_end(const excerpt_piece *p, size_t at)
{
    const char *end = at < p->len ? memchr(p->text + at, '\n', p->len - at) : NULL;
    return end == NULL ? p->len : (size_t)(end - p->text);
}

static size_t count_lines(const excerpt_piece *p, size_t from, size_t to, size_t most)
{
    size_t n = 1;
    for (size_t at = line_end(p, from); at < to && n < most; at = line_end(p, at + 1)) {
        n++;
    }
    return n;
}

static size_t forward(const char *text, size_t at, size_t end, size_t characters)
{
    while (characters-- > 0 && at < end) {
        size_t n = text_utf8_length(text + at, end - at);
        at += n == 0 ? 1 : n;
    }
    return at;
}

static size_t backward(const char *text, size_t at, size_t start, size_t characters)
{
    while (characters-- > 0 && at > start) {
        at--;
        while (at > start && (text[at] & 0xc0) == 0x80) {
            at--;
        }
    }
    return at;
}

/* Appends text as it may be shown; a tab is two spaces, since lines begin with them. */
static void put_visible(buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        const char *tab = memchr(text + i, '\t', len - i);
        size_t n = tab == NULL ? len - i : (size_t)(tab - (text + i));
        visible_append(out, text + i, n, NULL, NULL);
        i += n;
        if (tab != NULL) {
            buf_append(out, "  ", INDENT);
            i++;
        }
    }
}

typedef struct {
    const excerpt_piece *p;
    const excerpt_limits *limits;
    excerpt *out;
    bool begun, ended; /* whether the mark's begin and end were met */
} writer;

/* A run of a line, with the places that lie in it. */
static void put_run(writer *w, size_t from, size_t to)
{
    const excerpt_piece *p = w->p;
    buf *text = &w->out->text;
    size_t cuts[] = {from, p->marked, p->marked_end, to};
    for (size_t i = 1; i < 4; i++) {
        size_t at = cuts[i] < cuts[i - 1] ? cuts[i - 1] : cuts[i];
        at = at < to ? at : to;
        cuts[i] = at;
        put_visible(text, p->text + cuts[i - 1], at - cuts[i - 1]);
        if (i == 1 && !w->begun && p->marked <= to) {
            w->out->mark_start = text->len;
            w->begun = true;
        }
        if (i == 2 && w->begun && !w->ended) {
            w->out->mark_length = text->len - w->out->mark_start;
        }
    }
}

/* Where a line that is too long is shown from: so that the mark's begin is in sight. */
static size_t shown_from(const writer *w, size_t from, size_t to)
{
    const excerpt_piece *p = w->p;
    size_t lead = w->limits->width / 3;
    bool marked = p->marked >= from && p->marked <= to;
    if (!marked || forward(p->text, from, to, w->limits->width - lead) >= p->marked) {
        return from;
    }
    return backward(p->text, p->marked, from, lead);
}

static void put_line(writer *w, size_t from, size_t to, bool begins)
{
    const excerpt_piece *p = w->p;
    size_t end = to > from && p->text[to - 1] == '\r' ? to - 1 : to;
    size_t start = shown_from(w, from, end);
    size_t stop = forward(p->text, start, end, w->limits->width);
    buf *text = &w->out->text;
    if (start > from || !begins) {
        buf_puts(text, ELLIPSIS);
    }
    put_run(w, start, stop);
    if (w->begun && !w->ended && p->marked_end <= to) {
        w->ended = true;
        w->out->cut = p->marked_end > stop && stop < end;
    }
    if (stop < end || (to == p->len && !p->ends)) {
        buf_puts(text, ELLIPSIS);
    }
    buf_putc(text, '\n');
}

/* The lines that hold the mark, and as many around it as there is room for. */
static evpack_status choose(const excerpt_piece *p, const excerpt_limits *limits, excerpt *out,
                            evpack_err *err)
{
    size_t marked = count_lines(p, p->marked, p->marked_end, limits->lines);
    size_t before = (limits->lines - marked) / 2;
    before = before == 0 && limits->lines > 2 ? 1 : before;
    size_t from = line_start(p, p->marked);
    while (before-- > 0 && from > 0) {
        from = line_start(p, from - 1);
    }
    writer w = {.p = p, .limits = limits, .out = out};
    out->first = p->starts && from == 0;
    size_t at = from;
    for (size_t n = 0; n < limits->lines && at <= p->len; n++) {
        size_t end = line_end(p, at);
        if (at == p->len && (n > 0 || p->len == 0) && w.begun) {
            break;
        }
        size_t was = out->text.len;
        put_line(&w, at, end, at > 0 || p->starts);
        if (out->text.len > limits->bytes && n > 0) {
            buf_truncate(&out->text, was);
            break;
        }
        at = end + 1;
    }
    size_t len = out->text.len;
    out->mark_start = w.begun && out->mark_start < len ? out->mark_start : len;
    size_t room = len - out->mark_start;
    out->mark_length = out->mark_length < room ? out->mark_length : room;
    out->cut = out->cut || !w.ended;
    return buf_status(&out->text, err);
}

static bool is_long(const excerpt_piece *p, size_t at, size_t width)
{
    size_t start = line_start(p, at);
    size_t end = line_end(p, at);
    return forward(p->text, start, end, width) < end;
}

evpack_status excerpt_lines(const excerpt_piece *piece, const excerpt_limits *limits, excerpt *out,
                            evpack_err *err)
{
    const excerpt_piece *p = piece;
    char first = p->place < p->place_end ? p->text[p->place] : '\0';
    if ((first != '{' && first != '[') || !is_long(p, p->place, limits->width)) {
        return choose(p, limits, out, err);
    }
    EVPACK_AUTO_VALUE(layout_reset) layout_state l = {.from = p, .at = p->place};
    lay_out(&l, limits);
    EVPACK_TRY(buf_status(&l.text, err));
    const excerpt_piece laid = {.text = buf_str(&l.text),
                                .len = l.text.len,
                                .starts = true,
                                .ends = l.at >= p->place_end,
                                .place_end = l.text.len,
                                .marked = l.marked,
                                .marked_end = l.marked_end};
    out->laid_out = true;
    EVPACK_TRY(choose(&laid, limits, out, err));
    out->first = false;
    out->cut = out->cut || l.at < p->marked_end;
    return EVPACK_OK;
}
