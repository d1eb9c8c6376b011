/*
 * The scanner. Invariant: what is told depends on the bytes alone, not on the pieces that they came
 * in, and memory does not grow with the file. Refuses to know what a value means.
 *
 * Bytes are taken in pages at fixed places of the file and become decoded text, in up to three
 * views: as they are, and, where NULs show UTF-16, its even and its odd bytes. Each view keeps a
 * stretch of text and, for where escapes were undone, breaks that lead back to the file's bytes.
 */
#include "collect/secrets_private.h"

#include <stdio.h>
#include <string.h>

enum { PAGE = 256 << 10, VIEWS = 3 };

/* From this character on, each one has `stride` bytes from `raw` on. */
typedef struct {
    uint64_t at, raw;
} place_break;

typedef struct {
    uint64_t start, end; /* characters */
    const secrets_rule *rule;
} found;

typedef enum { PLAIN, BACKSLASHES, HEX } escape_state;

typedef struct {
    secrets_scan *scan;
    secret_encoding encoding;
    unsigned stride;
    buf text;
    uint64_t base;  /* the character that text begins with */
    uint64_t ready; /* words before this character were tested */
    uint64_t told;  /* values up to this character were told */
    uint64_t raw;   /* the byte after the last character */
    place_break *breaks;
    size_t break_count, break_room;
    found *hits;
    size_t hit_count, hit_room;
    escape_state state;
    unsigned run, digits;
    char hex[4];
    uint64_t escape; /* where the escape begins */
    bool failed;     /* out of memory */
} view;

struct secrets_scan {
    const secrets *table;
    secrets_listener listener;
    view views[VIEWS];
    buf page;
    buf half; /* one byte of two of a page */
    uint64_t offset;
};

static void *room(void *array, size_t count, size_t *cap, size_t size)
{
    if (count < *cap) {
        return array;
    }
    size_t more = *cap == 0 ? 16 : *cap * 2;
    void *grown = realloc(array, more * size);
    *cap = grown == NULL ? *cap : more;
    return grown;
}

/* Decoding ------------------------------------------------------------------------------------ */

/* The next character stands at raw: a break, unless that follows. */
static void stand_at(view *v, uint64_t raw)
{
    uint64_t at = v->base + v->text.len;
    if (v->break_count > 0) {
        const place_break *last = &v->breaks[v->break_count - 1];
        if (last->raw + (at - last->at) * v->stride == raw) {
            return;
        }
    }
    place_break *grown = room(v->breaks, v->break_count, &v->break_room, sizeof *grown);
    if (grown == NULL) {
        v->failed = true;
        return;
    }
    v->breaks = grown;
    v->breaks[v->break_count++] = (place_break){at, raw};
}

static void put(view *v, char c, uint64_t raw, uint64_t bytes)
{
    stand_at(v, raw);
    buf_putc(&v->text, c);
    v->raw = raw + bytes;
}

static char quote_of(unsigned backslashes)
{
    return backslashes == 1   ? SECRETS_QUOTE_1
           : backslashes == 3 ? SECRETS_QUOTE_2
                              : SECRETS_QUOTE_3;
}

/* What looked like an escape is text. */
static void put_undecoded(view *v)
{
    uint64_t raw = v->escape;
    put(v, '\\', raw, (uint64_t)v->run * v->stride);
    raw += (uint64_t)v->run * v->stride;
    if (v->state == HEX) {
        put(v, 'u', raw, v->stride);
        for (unsigned i = 0; i < v->digits; i++) {
            raw += v->stride;
            put(v, v->hex[i], raw, v->stride);
        }
    }
    v->state = PLAIN;
}

static void put_escaped(view *v, char c, uint64_t raw)
{
    put(v, c, v->escape, raw + v->stride - v->escape);
    v->state = PLAIN;
}

static void take_hex(view *v, char c, uint64_t raw)
{
    v->hex[v->digits++] = c;
    if (v->digits < sizeof v->hex) {
        return;
    }
    char text[5] = {v->hex[0], v->hex[1], v->hex[2], v->hex[3], '\0'};
    unsigned long code = strtoul(text, NULL, 16);
    put_escaped(v, code == '"' ? quote_of(v->run) : code < 0x80 ? (char)code : (char)0x80, raw);
}

/* The character after backslashes: JSON's escapes, at any depth. */
static void take_escaped(view *v, char c, uint64_t raw)
{
    static const char letters[] = "/'nrtbf";
    static const char meanings[] = "/'\n\r\t  ";
    const char *known = c == '\0' ? NULL : strchr(letters, c);
    if (c == '\\') {
        v->run++;
    } else if (c == 'u') {
        v->state = HEX;
        v->digits = 0;
    } else if (c == '"') {
        put_escaped(v, quote_of(v->run), raw);
    } else if (known != NULL) {
        put_escaped(v, meanings[known - letters], raw);
    } else {
        put_undecoded(v);
        put(v, c, raw, v->stride);
    }
}

static void take(view *v, char c, uint64_t raw)
{
    if (v->state == HEX && secrets_in_class(CLASS_HEX, c)) {
        take_hex(v, c, raw);
        return;
    }
    if (v->state == HEX) {
        put_undecoded(v);
    }
    if (v->state == BACKSLASHES) {
        take_escaped(v, c, raw);
    } else if (c == '\\') {
        v->state = BACKSLASHES;
        v->run = 1;
        v->escape = raw;
    } else {
        put(v, c, raw, v->stride);
    }
}

static void decode(view *v, const char *text, size_t len, uint64_t raw)
{
    while (len > 0) {
        const char *escape = v->state != PLAIN ? text : memchr(text, '\\', len);
        size_t plain = escape == NULL ? len : (size_t)(escape - text);
        if (plain > 0) {
            stand_at(v, raw);
            buf_append(&v->text, text, plain);
            v->raw = raw + plain * v->stride;
        }
        text += plain;
        len -= plain;
        raw += plain * v->stride;
        do {
            if (len > 0) {
                take(v, *text++, raw);
                len--;
                raw += v->stride;
            }
        } while (len > 0 && v->state != PLAIN);
    }
}

/* Finding ------------------------------------------------------------------------------------- */

static uint64_t raw_of(const view *v, uint64_t at)
{
    if (at >= v->base + v->text.len) {
        return v->raw;
    }
    size_t low = 0;
    size_t high = v->break_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (v->breaks[middle].at <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return v->breaks[low].raw + (at - v->breaks[low].at) * v->stride;
}

typedef struct {
    view *v;
    uint64_t from; /* the window's first character */
} hit_sink;

static void on_hit(void *ctx, size_t start, size_t end, const secrets_rule *rule)
{
    const hit_sink *sink = ctx;
    view *v = sink->v;
    found *grown = room(v->hits, v->hit_count, &v->hit_room, sizeof *grown);
    if (grown == NULL) {
        v->failed = true;
        return;
    }
    v->hits = grown;
    v->hits[v->hit_count++] = (found){sink->from + start, sink->from + end, rule};
}

/* All rules whose word stands at this index of the text. */
static void test_at(view *v, size_t at)
{
    const secrets *t = v->scan->table;
    size_t from = at > SECRETS_BEFORE ? at - SECRETS_BEFORE : 0;
    size_t until = v->text.len - at > SECRETS_AFTER ? at + SECRETS_AFTER : v->text.len;
    hit_sink sink = {v, v->base + from};
    const secrets_window w = {.table = t,
                              .text = v->text.data + from,
                              .len = until - from,
                              .at = at - from,
                              .hit = on_hit,
                              .ctx = &sink};
    for (size_t word = prefilter_word_at(t->filter, w.text, w.len, w.at, 0); word < t->word_count;
         word = prefilter_word_at(t->filter, w.text, w.len, w.at, word + 1)) {
        secrets_names(&w, word);
        for (size_t i = t->of_word[word].from; i < t->of_word[word].to; i++) {
            if (t->rules[i].word == word) {
                secrets_test_rule(&w, &t->rules[i]);
            }
        }
    }
}

static int by_place(const void *a, const void *b)
{
    const found *l = a;
    const found *r = b;
    if (l->start != r->start) {
        return l->start < r->start ? -1 : 1;
    }
    if (l->end != r->end) {
        return l->end > r->end ? -1 : 1;
    }
    return l->rule < r->rule ? -1 : l->rule > r->rule;
}

static evpack_status tell(view *v, const found *f, evpack_err *err)
{
    uint64_t start = f->start > v->told ? f->start : v->told;
    if (start >= f->end) {
        return EVPACK_OK;
    }
    v->told = f->end;
    uint64_t raw = raw_of(v, start);
    const secrets_hit hit = {.start = raw,
                             .length = raw_of(v, f->end) - raw,
                             .kind = f->rule->kind,
                             .words = f->rule->words,
                             .encoding = v->encoding,
                             .text = v->text.data + (start - v->base),
                             .len = (size_t)(f->end - start)};
    return v->scan->listener.hit(v->scan->listener.ctx, &hit, err);
}

/* Tells what nothing can come before any more: values that begin before `until`. */
static evpack_status tell_until(view *v, uint64_t until, evpack_err *err)
{
    if (v->hit_count == 0) {
        return EVPACK_OK;
    }
    qsort(v->hits, v->hit_count, sizeof *v->hits, by_place);
    size_t done = 0;
    while (done < v->hit_count && v->hits[done].start < until) {
        EVPACK_TRY(tell(v, &v->hits[done++], err));
    }
    memmove(v->hits, v->hits + done, (v->hit_count - done) * sizeof *v->hits);
    v->hit_count -= done;
    return EVPACK_OK;
}

/* Forgets the characters before `until`. */
static void forget(view *v, uint64_t until)
{
    size_t n = until > v->base ? (size_t)(until - v->base) : 0;
    if (n == 0) {
        return;
    }
    size_t gone = 0;
    while (gone + 1 < v->break_count && v->breaks[gone + 1].at <= until) {
        gone++;
    }
    memmove(v->breaks, v->breaks + gone, (v->break_count - gone) * sizeof *v->breaks);
    v->break_count -= gone;
    memmove(v->text.data, v->text.data + n, v->text.len - n);
    buf_truncate(&v->text, v->text.len - n);
    v->base += n;
}

/* Tests the words that all their surroundings are there for; at the end, all. */
static evpack_status search(view *v, bool end, evpack_err *err)
{
    EVPACK_TRY(buf_status(&v->text, err));
    size_t len = v->text.len;
    size_t until = end ? len : len > SECRETS_AFTER ? len - SECRETS_AFTER : 0;
    const prefilter *filter = v->scan->table->filter;
    size_t at = (size_t)(v->ready - v->base);
    while (at < until) {
        at = prefilter_next(filter, v->text.data, len, at, until);
        if (at < until) {
            test_at(v, at++);
        }
    }
    if (v->failed) {
        return evpack_oom(err);
    }
    v->ready = v->base + at;
    uint64_t keep = v->ready > SECRETS_BEFORE ? v->ready - SECRETS_BEFORE : 0;
    EVPACK_TRY(tell_until(v, end ? UINT64_MAX : keep, err));
    forget(v, keep);
    return EVPACK_OK;
}

/* Pages --------------------------------------------------------------------------------------- */

/* One byte of each two, where the other is NUL: UTF-16 as far as it is ASCII. */
static void take_half(secrets_scan *s, view *v, const char *page, size_t len)
{
    bool big = v->encoding == SECRET_UTF16BE;
    buf_clear(&s->half);
    for (size_t i = 0; i + 1 < len; i += 2) {
        char c = page[i + big];
        buf_putc(&s->half, page[i + !big] == '\0' && (unsigned char)c < 0x80 ? c : '\0');
    }
    decode(v, buf_str(&s->half), s->half.len, s->offset);
}

/* Where no NUL is, no UTF-16 is: one NUL stands for all of the page. */
static void take_gap(secrets_scan *s, view *v)
{
    if (v->text.len > 0 && v->text.data[v->text.len - 1] != '\0') {
        take(v, '\0', s->offset);
    }
}

static evpack_status take_page(secrets_scan *s, const char *page, size_t len, evpack_err *err)
{
    decode(&s->views[0], page, len, s->offset);
    EVPACK_TRY(search(&s->views[0], false, err));
    bool wide = memchr(page, '\0', len) != NULL;
    for (size_t i = 1; i < VIEWS; i++) {
        if (wide) {
            take_half(s, &s->views[i], page, len);
        } else {
            take_gap(s, &s->views[i]);
        }
        EVPACK_TRY(search(&s->views[i], false, err));
    }
    s->offset += len;
    return buf_status(&s->half, err);
}

evpack_status secrets_scan_new(const secrets *table, const secrets_listener *listener,
                               secrets_scan **out, evpack_err *err)
{
    EVPACK_AUTO(secrets_scan) s = calloc(1, sizeof *s);
    if (s == NULL) {
        return evpack_oom(err);
    }
    s->table = table;
    s->listener = *listener;
    static const secret_encoding encodings[VIEWS] = {SECRET_UTF8, SECRET_UTF16LE, SECRET_UTF16BE};
    for (size_t i = 0; i < VIEWS; i++) {
        s->views[i] = (view){.scan = s, .encoding = encodings[i], .stride = i == 0 ? 1 : 2};
    }
    *out = EVPACK_MOVE(s);
    return EVPACK_OK;
}

void secrets_scan_free(secrets_scan *s)
{
    if (s == NULL) {
        return;
    }
    for (size_t i = 0; i < VIEWS; i++) {
        buf_reset(&s->views[i].text);
        free(s->views[i].breaks);
        free(s->views[i].hits);
    }
    buf_reset(&s->page);
    buf_reset(&s->half);
    free(s);
}

evpack_status secrets_scan_feed(secrets_scan *s, const void *data, size_t len, evpack_err *err)
{
    const char *p = data;
    while (len > 0) {
        size_t n = PAGE - s->page.len < len ? PAGE - s->page.len : len;
        if (n == PAGE) { /* a whole page needs no copy */
            EVPACK_TRY(take_page(s, p, n, err));
        } else {
            buf_append(&s->page, p, n);
            EVPACK_TRY(buf_status(&s->page, err));
            if (s->page.len == PAGE) {
                EVPACK_TRY(take_page(s, s->page.data, PAGE, err));
                buf_clear(&s->page);
            }
        }
        p += n;
        len -= n;
    }
    return EVPACK_OK;
}

void secrets_scan_clear(secrets_scan *s)
{
    buf_clear(&s->page);
    s->offset = 0;
    for (size_t i = 0; i < VIEWS; i++) {
        view *v = &s->views[i];
        buf_clear(&v->text);
        v->base = v->ready = v->told = v->raw = 0;
        v->break_count = v->hit_count = 0;
        v->state = PLAIN;
    }
}

evpack_status secrets_scan_end(secrets_scan *s, evpack_err *err)
{
    EVPACK_TRY(take_page(s, buf_str(&s->page), s->page.len, err));
    for (size_t i = 0; i < VIEWS; i++) {
        view *v = &s->views[i];
        if (v->state != PLAIN) {
            put_undecoded(v);
        }
        EVPACK_TRY(search(v, true, err));
    }
    secrets_scan_clear(s);
    return EVPACK_OK;
}

/* Cleaning ------------------------------------------------------------------------------------ */

typedef struct {
    const char *text;
    size_t from; /* what is before this was written */
    size_t count;
    buf *out;
} cleaner;

static evpack_status clean_hit(void *ctx, const secrets_hit *hit, evpack_err *err)
{
    cleaner *c = ctx;
    if (hit->encoding == SECRET_UTF8) {
        buf_append(c->out, c->text + c->from, (size_t)hit->start - c->from);
        secret_marker(hit->kind, SECRET_UTF8, c->out);
        c->from = (size_t)(hit->start + hit->length);
        c->count++;
    }
    return buf_status(c->out, err);
}

evpack_status secrets_clean(const secrets *table, const char *text, size_t len, buf *out,
                            size_t *count, evpack_err *err)
{
    cleaner c = {.text = text, .out = out};
    const secrets_listener listener = {clean_hit, &c};
    EVPACK_AUTO(secrets_scan) s = NULL;
    EVPACK_TRY(secrets_scan_new(table, &listener, &s, err));
    EVPACK_TRY(secrets_scan_feed(s, text, len, err));
    EVPACK_TRY(secrets_scan_end(s, err));
    buf_append(out, text + c.from, len - c.from);
    *count = c.count;
    return buf_status(out, err);
}

void secrets_clean_text(const secrets *table, char *text, size_t size)
{
    EVPACK_AUTO_VALUE(buf_reset) buf clean = {0};
    evpack_err err = {0};
    size_t count = 0;
    if (secrets_clean(table, text, strlen(text), &clean, &count, &err) != EVPACK_OK) {
        (void)snprintf(text, size, "(a message that cannot be shown)");
    } else if (count > 0) {
        (void)snprintf(text, size, "%s", buf_str(&clean));
    }
}
