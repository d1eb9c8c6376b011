/*
 * Custody logs that carry others: the input says how they are built, and which lies are told, and
 * the target makes the chains anew, so that fuzzing comes past the first digest. A log without a
 * lie must be accepted (unless it is too deep or too long), and one with a lie refused. One that is
 * accepted gives the log it carried back, line by line.
 */
#include "seal/custody.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEEP = CUSTODY_DEPTH_MAX + 2, LINES = 60, LONG = 1 << 16 };
enum { EVENT, CARRY, END, LIE_PREV, LIE_LINES, LIE_SHA256, LIE_BREAK, LIE_EVENT, WAYS };

typedef struct {
    const uint8_t *at, *end;
    unsigned lines;
    bool lie;     /* one was told */
    bool bounded; /* a limit may refuse it */
} script;

/* A log: its lines, each with its LF. */
typedef struct {
    buf text;
    unsigned count;
    size_t ends[LINES + 1]; /* where each line has its own */
    char prev[DIGEST_HEX];
} log;

static unsigned next(script *s)
{
    return s->at < s->end ? *s->at++ : END;
}

/* Adds a line: what stands before "prev", without its brace. */
static void add(log *l, const buf *head, unsigned how, script *s)
{
    evpack_err err = {0};
    size_t from = l->text.len;
    if (how == LIE_PREV) {
        l->prev[7] = l->prev[7] == '0' ? '1' : '0';
    }
    s->lie = s->lie || how != EVENT;
    /* An LF between tokens is nothing to JSON, and makes two lines of one. */
    buf_printf(&l->text, "{%s,%s\"prev\":\"%s\"}", buf_str(head), how == LIE_BREAK ? "\n" : "",
               l->prev);
    if (digest_bytes_hex(l->text.data + from, l->text.len - from, l->prev, &err) != EVPACK_OK) {
        abort();
    }
    s->bounded = s->bounded || l->text.len - from > CUSTODY_LINE_MAX || l->text.len > LONG;
    l->ends[l->count++] = l->text.len;
    buf_putc(&l->text, '\n');
    s->lines++;
}

static void build(script *s, log *out, unsigned depth);

/* One line of the log inside. */
static void add_received(log *l, const char *line, size_t len, script *s)
{
    EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
    if (len > LONG) { /* escapes double with each log around */
        s->bounded = true;
        return;
    }
    buf_puts(&head, "\"event\":\"received\",\"detail\":{\"received\":");
    buf_json_string(&head, line, len);
    buf_putc(&head, '}');
    add(l, &head, EVENT, s);
}

static void carry(script *s, log *out, unsigned depth, unsigned how, unsigned flavour)
{
    log inner = {.prev = ""};
    build(s, &inner, depth + 1);
    EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
    unsigned told = inner.count;
    if (how == LIE_LINES) {
        told += flavour % 2 == 0 ? 1 : inner.count > 0 ? UINT32_MAX : 1;
        s->lie = true;
    }
    if (how == LIE_SHA256) {
        inner.prev[9] = inner.prev[9] == '0' ? '1' : '0';
        s->lie = true;
    }
    buf_printf(&head, "\"event\":\"receive\",\"detail\":{\"lines\":%u,\"log_sha256\":\"%s\"}", told,
               inner.prev);
    add(out, &head, EVENT, s);
    size_t from = 0;
    for (unsigned i = 0; i < inner.count && out->count < LINES; i++) {
        add_received(out, inner.text.data + from, inner.ends[i] - from, s);
        from = inner.ends[i] + 1;
        if (how == LIE_EVENT && i == flavour % inner.count && out->count < LINES) {
            buf_clear(&head); /* in the middle, or after the end: a line too much */
            buf_puts(&head, "\"event\":\"received\",\"detail\":{}");
            add(out, &head, how, s);
        }
    }
    s->bounded = s->bounded || out->count == LINES;
    buf_reset(&inner.text);
}

static void build(script *s, log *out, unsigned depth)
{
    memset(out->prev, '0', sizeof out->prev - 1);
    out->prev[sizeof out->prev - 1] = '\0';
    s->bounded = s->bounded || depth >= CUSTODY_DEPTH_MAX;
    while (s->lines < LINES && out->count < LINES && out->text.len < LONG) {
        unsigned op = next(s);
        unsigned how = op % WAYS;
        if (how == END) {
            return;
        }
        if (how == EVENT || how == LIE_PREV || how == LIE_BREAK || depth >= DEEP) {
            EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
            char words[8] = {0};
            for (unsigned i = 0; i < op / WAYS % sizeof words; i++) {
                words[i] = (char)next(s);
            }
            buf_puts(&head, "\"event\":\"e\",\"by\":");
            buf_json_string(&head, words, strlen(words));
            add(out, &head, how == LIE_PREV || how == LIE_BREAK ? how : EVENT, s);
        } else {
            carry(s, out, depth, how, op / WAYS);
        }
    }
    s->bounded = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    script s = {.at = data, .end = data + size};
    log l = {.prev = ""};
    build(&s, &l, 0);
    size_t step = 1 + (size > 0 ? (size_t)data[size - 1] * 64 : 0);
    EVPACK_AUTO_VALUE(custody_reader_reset) custody_reader r = {0};
    evpack_status status = EVPACK_OK;
    for (size_t at = 0; at < l.text.len && status == EVPACK_OK; at += step) {
        size_t n = l.text.len - at < step ? l.text.len - at : step;
        status = custody_reader_feed(&r, l.text.data + at, n, &err);
    }
    status = status == EVPACK_OK ? custody_reader_end(&r, &err) : status;
    bool right = s.bounded || (s.lie ? status == EVPACK_E_INPUT : status == EVPACK_OK);
    if (!right || (status != EVPACK_OK && err.text[0] == '\0')) {
        (void)fprintf(stderr, "expected %s, came %d: %s\n", s.lie ? "a refusal" : "yes",
                      (int)status, err.text);
        (void)fwrite(buf_str(&l.text), 1, l.text.len < 4000 ? l.text.len : 4000, stderr);
        abort();
    }
    buf_reset(&l.text);
    return 0;
}
