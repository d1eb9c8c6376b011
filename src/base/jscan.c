/*
 * The strict JSON scanner: a push-down automaton over bytes with quick paths for the two things
 * that fill real exports, white space and plain string characters. Invariant: the copy holds
 * exactly the significant bytes since the listener last cut it, and no document that RFC 8259
 * refuses ends without a fault. Refuses to know what the values mean.
 */
#include "base/jscan.h"

#include "base/gaps.h"

#include <stdlib.h>
#include <string.h>

typedef enum {
    S_VALUE,        /* a value must come */
    S_VALUE_OR_END, /* after '[' */
    S_KEY_OR_END,   /* after '{' */
    S_KEY,          /* after ',' in an object */
    S_COLON,
    S_AFTER, /* after a value: ',' or the end of the container */
    S_DONE,  /* after the document */
    S_STRING,
    S_ESCAPE,
    S_HEX,
    S_UTF8,
    S_MINUS,
    S_ZERO,
    S_INT,
    S_POINT,
    S_FRACTION,
    S_E,
    S_SIGN,
    S_EXPONENT,
    S_LITERAL
} state;

struct jscan {
    jscan_listener listener;
    bool listening;
    buf copy;
    size_t max_copy;
    state now;
    bool in_key;
    unsigned depth;
    unsigned char is_object[JSCAN_DEPTH_MAX + 1];
    jscan_type scalar;
    const char *literal; /* what remains of true, false or null */
    unsigned hex_left;
    unsigned utf8_left;
    unsigned char utf8_low, utf8_high;
    size_t key_start, key_len;
    uint64_t fed;
    uint64_t line, line_start;
    bool seen;
    bool escaped_name;
    gaps gaps;
    jscan_fault fault;
};

evpack_status jscan_new(const jscan_listener *listener, size_t max_copy, jscan **out,
                        evpack_err *err)
{
    jscan *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return evpack_oom(err);
    }
    if (listener != NULL) {
        s->listener = *listener;
        s->listening = true;
    }
    s->max_copy = max_copy;
    s->line = 1;
    *out = s;
    return EVPACK_OK;
}

void jscan_free(jscan *s)
{
    if (s != NULL) {
        buf_reset(&s->copy);
        gaps_reset(&s->gaps);
        free(s);
    }
}

buf *jscan_copy(jscan *s)
{
    return &s->copy;
}

void jscan_cut(jscan *s, size_t len)
{
    buf_truncate(&s->copy, len);
    gaps_cut(&s->gaps, len);
    gaps_note(&s->gaps, len, s->fed);
}

bool jscan_offset(const jscan *s, size_t at, uint64_t *offset)
{
    return at < s->copy.len && gaps_find(&s->gaps, at, offset);
}

bool jscan_escaped_name(jscan *s)
{
    bool was = s->escaped_name;
    s->escaped_name = false;
    return was;
}

const char *jscan_key(const jscan *s, size_t *len)
{
    *len = s->key_len;
    return buf_str(&s->copy) + s->key_start;
}

bool jscan_blank(const jscan *s)
{
    return !s->seen;
}

const jscan_fault *jscan_state(const jscan *s)
{
    return &s->fault;
}

static void fault_at(jscan *s, const char *what, uint64_t offset)
{
    if (s->fault.what == NULL) {
        s->fault = (jscan_fault){
            .what = what, .offset = offset, .line = s->line, .column = offset - s->line_start + 1};
    }
}

static evpack_status begin(jscan *s, jscan_type type, uint64_t offset, evpack_err *err)
{
    s->seen = true;
    if (s->listening && s->depth <= JSCAN_SHALLOW) {
        return s->listener.begin(s->listener.ctx, s, type, s->depth, offset, err);
    }
    return EVPACK_OK;
}

static evpack_status end(jscan *s, jscan_type type, uint64_t offset, evpack_err *err)
{
    s->now = s->depth == 0 ? S_DONE : S_AFTER;
    if (s->listening && s->depth <= JSCAN_SHALLOW) {
        return s->listener.end(s->listener.ctx, s, type, s->depth, offset, err);
    }
    return EVPACK_OK;
}

static evpack_status open_container(jscan *s, bool object, uint64_t offset, evpack_err *err)
{
    if (s->depth >= JSCAN_DEPTH_MAX) {
        fault_at(s, "nested deeper than 512", offset);
        return EVPACK_OK;
    }
    EVPACK_TRY(begin(s, object ? JSCAN_OBJECT : JSCAN_ARRAY, offset, err));
    buf_putc(&s->copy, object ? '{' : '[');
    s->is_object[++s->depth] = object;
    s->now = object ? S_KEY_OR_END : S_VALUE_OR_END;
    return EVPACK_OK;
}

static evpack_status close_container(jscan *s, char c, uint64_t offset, evpack_err *err)
{
    bool object = c == '}';
    if (s->depth == 0 || s->is_object[s->depth] != object) {
        fault_at(s, object ? "'}' closes nothing here" : "']' closes nothing here", offset);
        return EVPACK_OK;
    }
    buf_putc(&s->copy, c);
    s->depth--;
    return end(s, object ? JSCAN_OBJECT : JSCAN_ARRAY, offset + 1, err);
}

/* The state after the first byte of a scalar; S_VALUE when none begins so. */
static state scalar_first(jscan *s, char c)
{
    s->scalar = JSCAN_LITERAL;
    switch (c) {
    case '"':
        s->scalar = JSCAN_STRING;
        return S_STRING;
    case 't':
        s->literal = "rue";
        return S_LITERAL;
    case 'f':
        s->literal = "alse";
        return S_LITERAL;
    case 'n':
        s->literal = "ull";
        return S_LITERAL;
    default:
        s->scalar = JSCAN_NUMBER;
        return c == '-' ? S_MINUS : c == '0' ? S_ZERO : c >= '1' && c <= '9' ? S_INT : S_VALUE;
    }
}

static evpack_status start_scalar(jscan *s, char c, uint64_t offset, evpack_err *err)
{
    state next = scalar_first(s, c);
    if (next == S_VALUE) {
        fault_at(s, "expected a JSON value", offset);
        return EVPACK_OK;
    }
    EVPACK_TRY(begin(s, s->scalar, offset, err));
    buf_putc(&s->copy, c);
    s->in_key = false;
    s->now = next;
    return EVPACK_OK;
}

static void start_key(jscan *s, char c, uint64_t offset)
{
    if (c != '"') {
        fault_at(s, "expected a member name in double quotes", offset);
        return;
    }
    buf_putc(&s->copy, '"');
    s->key_start = s->copy.len;
    s->in_key = true;
    s->now = S_STRING;
}

static void after_value(jscan *s, char c, uint64_t offset)
{
    if (c != ',') {
        fault_at(s, s->is_object[s->depth] ? "expected ',' or '}'" : "expected ',' or ']'", offset);
        return;
    }
    buf_putc(&s->copy, ',');
    s->now = s->is_object[s->depth] ? S_KEY : S_VALUE;
}

/* A significant byte between tokens. */
static evpack_status structural(jscan *s, char c, uint64_t offset, evpack_err *err)
{
    bool closes = c == '}' || c == ']';
    if (closes && (s->now == S_AFTER || (c == '}' && s->now == S_KEY_OR_END) ||
                   (c == ']' && s->now == S_VALUE_OR_END))) {
        return close_container(s, c, offset, err);
    }
    switch (s->now) {
    case S_VALUE:
    case S_VALUE_OR_END:
        if (c == '{' || c == '[') {
            return open_container(s, c == '{', offset, err);
        }
        return start_scalar(s, c, offset, err);
    case S_KEY:
    case S_KEY_OR_END:
        start_key(s, c, offset);
        return EVPACK_OK;
    case S_COLON:
        if (c != ':') {
            fault_at(s, "expected ':' after a member name", offset);
            return EVPACK_OK;
        }
        buf_putc(&s->copy, ':');
        s->now = S_VALUE;
        return EVPACK_OK;
    case S_AFTER:
        after_value(s, c, offset);
        return EVPACK_OK;
    default:
        fault_at(s, "something follows the JSON text", offset);
        return EVPACK_OK;
    }
}

static evpack_status string_ends(jscan *s, uint64_t offset, evpack_err *err)
{
    if (s->in_key) {
        s->key_len = s->copy.len - s->key_start;
        buf_putc(&s->copy, '"');
        s->now = S_COLON;
        return EVPACK_OK;
    }
    buf_putc(&s->copy, '"');
    return end(s, JSCAN_STRING, offset + 1, err);
}

/* RFC 3629 section 4: what may follow the first byte of a sequence. */
static bool utf8_first(jscan *s, unsigned char c)
{
    s->utf8_low = 0x80;
    s->utf8_high = 0xbf;
    if (c < 0xc2 || c > 0xf4) {
        return false;
    }
    s->utf8_left = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    if (c == 0xe0) {
        s->utf8_low = 0xa0;
    } else if (c == 0xed) {
        s->utf8_high = 0x9f;
    } else if (c == 0xf0) {
        s->utf8_low = 0x90;
    } else if (c == 0xf4) {
        s->utf8_high = 0x8f;
    }
    return true;
}

static evpack_status string_special(jscan *s, unsigned char c, uint64_t offset, evpack_err *err)
{
    if (c == '"') {
        return string_ends(s, offset, err);
    }
    if (c == '\\') {
        s->now = S_ESCAPE;
        s->escaped_name = s->escaped_name || s->in_key;
    } else if (c < 0x20) {
        fault_at(s, "a control character stands bare in a string", offset);
    } else if (utf8_first(s, c)) {
        s->now = S_UTF8;
    } else {
        fault_at(s, "not UTF-8", offset);
    }
    buf_putc(&s->copy, (char)c);
    return EVPACK_OK;
}

static void string_inner(jscan *s, unsigned char c, uint64_t offset)
{
    buf_putc(&s->copy, (char)c);
    if (s->now == S_ESCAPE) {
        if (c == 'u') {
            s->hex_left = 4;
            s->now = S_HEX;
        } else if (c != '\0' && strchr("\"\\/bfnrt", c) != NULL) {
            s->now = S_STRING;
        } else {
            fault_at(s, "an unknown escape in a string", offset);
        }
        return;
    }
    if (s->now == S_HEX) {
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!hex) {
            fault_at(s, "\\u wants four hex digits", offset);
        } else if (--s->hex_left == 0) {
            s->now = S_STRING;
        }
        return;
    }
    if (c < s->utf8_low || c > s->utf8_high) {
        fault_at(s, "not UTF-8", offset);
        return;
    }
    s->utf8_low = 0x80;
    s->utf8_high = 0xbf;
    if (--s->utf8_left == 0) {
        s->now = S_STRING;
    }
}

typedef enum { C_ZERO, C_DIGIT, C_POINT, C_E, C_PLUS, C_MINUS, C_OTHER } number_class;

static number_class class_of(char c)
{
    switch (c) {
    case '0':
        return C_ZERO;
    case '.':
        return C_POINT;
    case 'e':
    case 'E':
        return C_E;
    case '+':
        return C_PLUS;
    case '-':
        return C_MINUS;
    default:
        return c >= '1' && c <= '9' ? C_DIGIT : C_OTHER;
    }
}

/* The state after c in a number; S_VALUE when the number ended before c, S_DONE when c is wrong. */
static state number_next(state now, char c)
{
    static const state next[][C_OTHER + 1] = {
        /*                0           1-9         .        e        +        -        other */
        [S_MINUS] = {S_ZERO, S_INT, S_DONE, S_DONE, S_DONE, S_DONE, S_DONE},
        [S_ZERO] = {S_DONE, S_DONE, S_POINT, S_E, S_VALUE, S_VALUE, S_VALUE},
        [S_INT] = {S_INT, S_INT, S_POINT, S_E, S_VALUE, S_VALUE, S_VALUE},
        [S_POINT] = {S_FRACTION, S_FRACTION, S_DONE, S_DONE, S_DONE, S_DONE, S_DONE},
        [S_FRACTION] = {S_FRACTION, S_FRACTION, S_VALUE, S_E, S_VALUE, S_VALUE, S_VALUE},
        [S_E] = {S_EXPONENT, S_EXPONENT, S_DONE, S_DONE, S_SIGN, S_SIGN, S_DONE},
        [S_SIGN] = {S_EXPONENT, S_EXPONENT, S_DONE, S_DONE, S_DONE, S_DONE, S_DONE},
        [S_EXPONENT] = {S_EXPONENT, S_EXPONENT, S_VALUE, S_VALUE, S_VALUE, S_VALUE, S_VALUE},
    };
    return next[now][class_of(c)];
}

/* *again: the byte ended the number and must be looked at as structure. */
static evpack_status number_byte(jscan *s, char c, uint64_t offset, bool *again, evpack_err *err)
{
    state next = number_next(s->now, c);
    if (next == S_DONE) {
        fault_at(s, "a malformed number", offset);
        return EVPACK_OK;
    }
    if (next == S_VALUE) {
        *again = true;
        return end(s, JSCAN_NUMBER, offset, err);
    }
    buf_putc(&s->copy, c);
    s->now = next;
    return EVPACK_OK;
}

static evpack_status literal_byte(jscan *s, char c, uint64_t offset, evpack_err *err)
{
    if (c != *s->literal) {
        fault_at(s, "expected true, false or null", offset);
        return EVPACK_OK;
    }
    buf_putc(&s->copy, c);
    s->literal++;
    return *s->literal == '\0' ? end(s, JSCAN_LITERAL, offset + 1, err) : EVPACK_OK;
}

/* Length of the run of plain string bytes at p. */
static size_t plain_run(const unsigned char *p, size_t len)
{
    size_t i = 0;
    while (len - i >= 8) {
        uint64_t w;
        memcpy(&w, p + i, 8);
        const uint64_t ones = 0x0101010101010101U;
        const uint64_t highs = 0x8080808080808080U;
        uint64_t quote = w ^ (ones * '"');
        uint64_t slash = w ^ (ones * '\\');
        uint64_t hit =
            ((w - ones * 0x20) & ~w) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | w;
        if ((hit & highs) != 0) {
            break;
        }
        i += 8;
    }
    while (i < len && p[i] >= 0x20 && p[i] < 0x80 && p[i] != '"' && p[i] != '\\') {
        i++;
    }
    return i;
}

/* As many blanks at p as come in eights: what a line begins with. */
static size_t blanks(const unsigned char *p, size_t len)
{
    uint64_t w = 0;
    size_t i = 0;
    for (; len - i >= sizeof w; i += sizeof w) {
        memcpy(&w, p + i, sizeof w);
        if (w != 0x2020202020202020U) {
            break;
        }
    }
    return i;
}

/* Length of the run of white space at p; counts lines. */
static size_t space_run(jscan *s, const unsigned char *p, size_t len)
{
    size_t i = 0;
    for (; i < len; i++) {
        if (p[i] == '\n') {
            s->line++;
            s->line_start = s->fed + i + 1;
            i += blanks(p + i + 1, len - i - 1);
        } else if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r') {
            break;
        }
    }
    return i;
}

/* Takes at least one byte at p and says how many. */
static evpack_status take(jscan *s, const unsigned char *p, size_t len, size_t *taken,
                          evpack_err *err)
{
    *taken = 1;
    bool again = false;
    switch (s->now) {
    case S_STRING: {
        size_t run = plain_run(p, len);
        if (run > 0) {
            buf_append(&s->copy, p, run);
            *taken = run;
            return EVPACK_OK;
        }
        return string_special(s, *p, s->fed, err);
    }
    case S_ESCAPE:
    case S_HEX:
    case S_UTF8:
        string_inner(s, *p, s->fed);
        return EVPACK_OK;
    case S_LITERAL:
        return literal_byte(s, (char)*p, s->fed, err);
    case S_MINUS:
    case S_ZERO:
    case S_INT:
    case S_POINT:
    case S_FRACTION:
    case S_E:
    case S_SIGN:
    case S_EXPONENT:
        EVPACK_TRY(number_byte(s, (char)*p, s->fed, &again, err));
        *taken = again ? 0 : 1;
        return EVPACK_OK;
    default: {
        size_t run = space_run(s, p, len);
        if (run > 0) {
            *taken = run;
            gaps_note(&s->gaps, s->copy.len, s->fed + run);
            return EVPACK_OK;
        }
        return structural(s, (char)*p, s->fed, err);
    }
    }
}

/* until: not beyond the end of the document. */
static evpack_status feed(jscan *s, const unsigned char *p, size_t len, bool until, size_t *used,
                          evpack_err *err)
{
    size_t i = 0;
    while (i < len && s->fault.what == NULL && !(until && s->now == S_DONE)) {
        size_t taken = 0;
        EVPACK_TRY(take(s, p + i, len - i, &taken, err));
        i += taken;
        s->fed += taken;
        if (s->copy.len > s->max_copy) {
            fault_at(s, "a value larger than the limit", s->fed);
        }
    }
    *used = i;
    return buf_status(&s->copy, err);
}

evpack_status jscan_feed(jscan *s, const void *data, size_t len, evpack_err *err)
{
    size_t used = 0;
    EVPACK_TRY(feed(s, data, len, false, &used, err));
    s->fed += len - used;
    return EVPACK_OK;
}

evpack_status jscan_feed_until(jscan *s, const void *data, size_t len, size_t *used,
                               evpack_err *err)
{
    return feed(s, data, len, true, used, err);
}

bool jscan_done(const jscan *s)
{
    return s->now == S_DONE && s->fault.what == NULL;
}

void jscan_line(const jscan *s, uint64_t *line, uint64_t *line_start)
{
    *line = s->line;
    *line_start = s->line_start;
}

evpack_status jscan_finish(jscan *s, jscan_fault *fault, evpack_err *err)
{
    if (s->fault.what == NULL && s->depth == 0 && s->scalar == JSCAN_NUMBER &&
        (s->now == S_ZERO || s->now == S_INT || s->now == S_FRACTION || s->now == S_EXPONENT)) {
        EVPACK_TRY(end(s, JSCAN_NUMBER, s->fed, err));
    }
    if (s->fault.what == NULL && s->now != S_DONE) {
        fault_at(s, s->seen ? "the JSON text ends too early" : "nothing is in it", s->fed);
        s->fault.at_end = s->seen;
    }
    *fault = s->fault;
    return EVPACK_OK;
}

evpack_status jscan_check(const char *text, size_t len, evpack_err *err)
{
    EVPACK_AUTO(jscan) s = NULL;
    EVPACK_TRY(jscan_new(NULL, len, &s, err));
    EVPACK_TRY(jscan_feed(s, text, len, err));
    jscan_fault fault;
    EVPACK_TRY(jscan_finish(s, &fault, err));
    if (fault.what != NULL) {
        return evpack_fail(err, EVPACK_E_INPUT, "line %llu, column %llu: %s",
                           (unsigned long long)fault.line, (unsigned long long)fault.column,
                           fault.what);
    }
    return EVPACK_OK;
}
