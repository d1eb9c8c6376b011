/*
 * Finding the documents. Invariant: every byte of the text is in a document, white space, counted
 * as passed over, or after a fault; and how the text comes in pieces makes no difference. Refuses
 * to know what is in a document.
 */
#include "collect/frame.h"

#include <stdlib.h>
#include <string.h>

/* Bytes that must be seen to tell "[" from "[WARNING] text", and bad lines before giving up. */
enum { LOOK_MAX = 64, HOPELESS = 100 };

typedef enum {
    F_SEEK, /* between documents */
    F_TEXT, /* in a line that is passed over */
    F_DOC,
    F_REST, /* lines: after a document, where nothing may follow */
    F_SKIP, /* lines: in what is left of a bad line */
    F_NULS,
    F_STOPPED
} place;

struct frame {
    frame_mode mode;
    frame_listener on;
    place now;
    cut *cutter;
    frame_document doc;
    uint64_t doc_column; /* bytes before it on its line */
    uint64_t at, line, line_start;
    uint64_t since; /* lines passed over since the last document */
    size_t said_line;
    buf said;
    buf carry; /* what must be seen together with what comes next */
    frame_result r;
};

evpack_status frame_new(frame_mode mode, const frame_listener *on, frame **out, evpack_err *err)
{
    frame *f = calloc(1, sizeof *f);
    if (f == NULL) {
        return evpack_oom(err);
    }
    f->mode = mode;
    f->on = *on;
    f->line = 1;
    *out = f;
    return EVPACK_OK;
}

void frame_free(frame *f)
{
    if (f != NULL) {
        cut_free(f->cutter);
        buf_reset(&f->said);
        buf_reset(&f->carry);
        free(f);
    }
}

bool frame_stopped(const frame *f)
{
    return f->now == F_STOPPED;
}

static void stop(frame *f, const char *what, uint64_t at)
{
    f->now = F_STOPPED;
    f->r.fault = (jscan_fault){
        .what = what, .offset = at, .line = f->line, .column = at - f->line_start + 1};
}

static evpack_status begin(frame *f, evpack_err *err)
{
    if (f->r.documents == 0) {
        f->r.before = f->since;
    } else {
        f->r.between += f->since;
    }
    f->since = 0;
    f->doc = (frame_document){.ordinal = f->r.documents++, .start = f->at, .line = f->line};
    f->doc_column = f->at - f->line_start;
    f->now = F_DOC;
    return f->on.begin(f->on.ctx, f->doc.ordinal, f->at, &f->cutter, err);
}

/* The document ends at f->at; wrong: something that the document itself does not show. */
static evpack_status end(frame *f, const jscan_fault *wrong, evpack_err *err)
{
    uint64_t line = 1;
    uint64_t line_start = 0;
    f->doc.end = f->at;
    EVPACK_TRY(cut_finish(f->cutter, &f->doc.cut, err));
    jscan_line(cut_scan(f->cutter), &line, &line_start);
    jscan_fault *fault = &f->doc.cut.fault;
    if (fault->what != NULL) {
        fault->at_end = fault->at_end && f->now != F_SKIP; /* a line ended, not the text */
        fault->offset += f->doc.start;
        fault->column += fault->line == 1 ? f->doc_column : 0;
        fault->line += f->doc.line - 1;
    } else if (wrong != NULL) {
        *fault = *wrong;
    }
    f->doc.one_line = line == 1;
    f->r.bad += fault->what != NULL;
    f->r.one_line += fault->what == NULL && line == 1;
    if (line > 1) {
        f->line += line - 1;
        f->line_start = f->doc.start + line_start;
    }
    EVPACK_TRY(f->on.end(f->on.ctx, &f->doc, err));
    cut_free(f->cutter);
    f->cutter = NULL;
    return EVPACK_OK;
}

/* A line that is no document, among documents that are lines. */
static void bad_line(frame *f)
{
    f->r.bad++;
    if (f->r.fault.what == NULL) {
        stop(f, "expected a JSON document", f->at);
    }
    f->now = F_SKIP;
}

static bool is_one_of(char c, const char *all)
{
    return c != '\0' && strchr(all, c) != NULL;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool in_label(char c)
{
    return is_letter(c) || is_one_of(c, "0123456789 :.,/+_-");
}

typedef enum { LOOKS_TEXT, LOOKS_JSON, LOOKS_MORE } looks;

/* "[WARNING] text" and "[1/3] text": a label in brackets, then a letter. */
static looks look(const char *p, size_t len, bool last)
{
    size_t i = 1;
    while (p[0] == '[' && i < len && i < LOOK_MAX - 4 && in_label(p[i])) {
        i++;
    }
    if (p[0] != '[' || i == LOOK_MAX - 4 || (i < len && (i == 1 || p[i] != ']'))) {
        return LOOKS_JSON;
    }
    i++;
    i += i < len && p[i] == ' ';
    if (i >= len) {
        return last ? LOOKS_JSON : LOOKS_MORE;
    }
    return is_letter(p[i]) ? LOOKS_TEXT : LOOKS_JSON;
}

static void begin_text(frame *f)
{
    f->now = F_TEXT;
    f->said_line = f->said.len;
}

/* White space and what stands for it; the bytes taken, 0: none. */
static size_t blank(frame *f, const char *p, size_t len)
{
    if (*p == '\n') {
        f->line++;
        f->line_start = f->at + 1;
        return 1;
    }
    if (*p == ' ' || *p == '\t' || *p == '\r') {
        return 1;
    }
    if (*p == '\x1e') {
        f->r.separators++;
        return 1;
    }
    if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        f->r.marks++;
        return 3;
    }
    return 0;
}

/* What stands where a document could, and is no document. */
static void no_document(frame *f, char c, bool first)
{
    if (c == '\0' && f->r.documents > 0) {
        f->now = F_NULS;
    } else if (!is_one_of(c, "}],:\"") && !(c == '<' && first)) {
        begin_text(f);
    } else if (f->mode == FRAME_LINES) {
        bad_line(f);
    } else {
        stop(f, f->r.documents > 0 ? "something follows the JSON text" : "expected a JSON value",
             f->at);
    }
}

/* *took 0: more must be seen. */
static evpack_status seek(frame *f, const char *p, size_t len, bool last, size_t *took,
                          evpack_err *err)
{
    *took = blank(f, p, len);
    bool part_of_mark = len < 3 && memcmp(p, "\xef\xbb\xbf", len) == 0;
    if (*took > 0 || (part_of_mark && !last)) {
        f->at += *took;
        return EVPACK_OK;
    }
    bool first = f->r.documents == 0 && f->said.len == 0;
    bool string = *p == '"' && first && f->mode == FRAME_FREE;
    if (*p != '{' && *p != '[' && !string) {
        no_document(f, *p, first);
        return EVPACK_OK;
    }
    switch (look(p, len, last)) {
    case LOOKS_JSON:
        return begin(f, err);
    case LOOKS_TEXT:
        begin_text(f);
        return EVPACK_OK;
    default:
        return EVPACK_OK;
    }
}

/* Whether a document begins within a line of text, which must not be lost. What az tells of an
 * error often quotes one. */
static bool holds_json(const char *line, size_t len)
{
    static const char *const signs[] = {"{\"", "[{", "[\"", "{ \""};
    if (len >= 5 && memcmp(line, "ERROR", 5) == 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (memmem(line, len, signs[i], strlen(signs[i])) != NULL) {
            return true;
        }
    }
    return len > 0 && (line[len - 1] == '{' || line[len - 1] == '[');
}

static void end_text(frame *f)
{
    const char *line = buf_str(&f->said) + f->said_line;
    size_t len = f->said.len - f->said_line;
    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r' || line[len - 1] == ' ')) {
        len--;
    }
    f->since++;
    f->now = F_SEEK;
    if (holds_json(line, len)) {
        stop(f, "JSON begins within a line of text", f->line_start);
        f->r.text_fault = true;
    }
}

static size_t text(frame *f, const char *p, size_t len)
{
    const char *newline = memchr(p, '\n', len);
    size_t n = newline == NULL ? len : (size_t)(newline - p) + 1;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f) {
            stop(f, "a control character stands in the text", f->at + i);
            buf_truncate(&f->said, f->said_line);
            return n;
        }
    }
    size_t room = FRAME_TEXT_MAX - f->said.len;
    buf_append(&f->said, p, n < room ? n : room);
    if (n > room) {
        stop(f, "more than 64 KiB of text stand around the JSON", f->at + room);
        f->r.text_fault = true;
        return n;
    }
    f->at += n;
    if (newline != NULL) {
        end_text(f);
        if (f->now != F_STOPPED) {
            f->line++;
            f->line_start = f->at;
        }
    }
    return n;
}

/* The cutter was fed with used bytes at p, the last of them at f->at. */
static void keep_found(frame *f, const char *p, size_t used)
{
    const jscan_fault *fault = jscan_state(cut_scan(f->cutter));
    uint64_t back = f->at - f->doc.start - fault->offset;
    f->doc.found = '\0';
    if (fault->what != NULL && back > 0 && back <= used) {
        f->doc.found = p[used - back];
    }
}

static evpack_status document(frame *f, const char *p, size_t len, size_t *took, evpack_err *err)
{
    EVPACK_TRY(cut_feed_until(f->cutter, p, len, took, err));
    f->at += *took;
    keep_found(f, p, *took);
    if (jscan_state(cut_scan(f->cutter))->what != NULL) {
        f->now = F_STOPPED;
        return end(f, NULL, err);
    }
    if (!jscan_done(cut_scan(f->cutter))) {
        return EVPACK_OK;
    }
    f->now = F_SEEK;
    return end(f, NULL, err);
}

/* A document that must end with its line. */
static evpack_status document_line(frame *f, const char *p, size_t len, size_t *took,
                                   evpack_err *err)
{
    const char *newline = memchr(p, '\n', len);
    size_t most = newline == NULL ? len : (size_t)(newline - p);
    EVPACK_TRY(cut_feed_until(f->cutter, p, most, took, err));
    f->at += *took;
    if (jscan_done(cut_scan(f->cutter))) {
        f->now = F_REST;
        return EVPACK_OK;
    }
    keep_found(f, p, *took);
    bool faulty = jscan_state(cut_scan(f->cutter))->what != NULL;
    if (!faulty && newline == NULL) {
        return EVPACK_OK;
    }
    f->now = F_SKIP;
    EVPACK_TRY(end(f, NULL, err));
    return EVPACK_OK;
}

static evpack_status rest(frame *f, char c, size_t *took, evpack_err *err)
{
    if (is_one_of(c, " \t\r")) {
        f->at++;
        *took = 1;
        return EVPACK_OK;
    }
    const jscan_fault follows = {.what = "something follows the JSON text",
                                 .offset = f->at,
                                 .line = f->line,
                                 .column = f->at - f->line_start + 1};
    f->now = c == '\n' ? F_SEEK : F_SKIP;
    return end(f, c == '\n' ? NULL : &follows, err);
}

static size_t skip(frame *f, const char *p, size_t len)
{
    const char *newline = memchr(p, '\n', len);
    size_t n = newline == NULL ? len : (size_t)(newline - p);
    f->at += n;
    if (newline != NULL) {
        f->now = F_SEEK;
    }
    if (f->r.bad > f->r.one_line + HOPELESS) {
        f->r.hopeless = true;
        f->now = F_STOPPED;
    }
    return n;
}

static void nuls(frame *f, char c)
{
    if (c == '\0') {
        f->r.nuls++;
    } else if (c != '\n' && c != '\r' && c != ' ') {
        stop(f, "a NUL stands in the text", f->at);
    }
    f->at++;
}

/* Takes bytes at p; *took 0 with the state unchanged: more must be seen. */
static evpack_status take(frame *f, const char *p, size_t len, bool last, size_t *took,
                          evpack_err *err)
{
    *took = 0;
    switch (f->now) {
    case F_SEEK:
        return seek(f, p, len, last, took, err);
    case F_TEXT:
        *took = text(f, p, len);
        return EVPACK_OK;
    case F_DOC:
        return f->mode == FRAME_LINES ? document_line(f, p, len, took, err)
                                      : document(f, p, len, took, err);
    case F_REST:
        return rest(f, *p, took, err);
    case F_SKIP:
        *took = skip(f, p, len);
        return EVPACK_OK;
    case F_NULS:
        nuls(f, *p);
        *took = 1;
        return EVPACK_OK;
    default:
        *took = len;
        return EVPACK_OK;
    }
}

static evpack_status step(frame *f, const char *p, size_t len, bool last, size_t *used,
                          evpack_err *err)
{
    size_t i = 0;
    while (i < len) {
        place was = f->now;
        size_t took = 0;
        EVPACK_TRY(take(f, p + i, len - i, last, &took, err));
        i += took;
        if (took == 0 && f->now == was) {
            break;
        }
    }
    *used = i;
    return buf_status(&f->said, err);
}

evpack_status frame_feed(frame *f, const char *text, size_t len, evpack_err *err)
{
    size_t used = 0;
    while (f->carry.len > 0 && len > 0) {
        size_t n = len < LOOK_MAX ? len : LOOK_MAX;
        buf_append(&f->carry, text, n);
        EVPACK_TRY(buf_status(&f->carry, err));
        text += n;
        len -= n;
        EVPACK_TRY(step(f, f->carry.data, f->carry.len, false, &used, err));
        memmove(f->carry.data, f->carry.data + used, f->carry.len - used);
        buf_truncate(&f->carry, f->carry.len - used);
    }
    EVPACK_TRY(step(f, text, len, false, &used, err));
    buf_append(&f->carry, text + used, len - used);
    return buf_status(&f->carry, err);
}

evpack_status frame_finish(frame *f, frame_result *result, evpack_err *err)
{
    size_t used = 0;
    EVPACK_TRY(step(f, buf_str(&f->carry), f->carry.len, true, &used, err));
    if (f->now == F_TEXT) {
        end_text(f);
    }
    if (f->now == F_DOC || f->now == F_REST) {
        EVPACK_TRY(end(f, NULL, err));
    }
    if (f->r.documents == 0) {
        f->r.before = f->since;
    } else {
        f->r.after = f->since;
    }
    *result = f->r;
    result->said = buf_str(&f->said);
    result->said_len = f->said.len;
    return EVPACK_OK;
}
