/*
 * Bytes from anywhere, decoded and looked through for documents. The first byte says how: its low
 * bits seed the sizes of the pieces, the highest two the mode and whether a console's additions are
 * left out. What must hold: what is converted becomes UTF-8; plain UTF-8 comes through as it is;
 * places rise, lie in the input, and each ASCII character stands at its place; pieces make no
 * difference; a document and its elements lie in the text, one after the other.
 */
#include "base/text.h"
#include "collect/decode.h"
#include "collect/frame.h"
#include "collect/look.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const uint8_t *data;
    size_t size;
    decode_guess guess;
    bool clean;
    places map;
    buf text;
    uint64_t raw;    /* where the last character of the text ended */
    uint64_t places; /* a sum of all places */
    /* of the frame */
    cut_listener cutting;
    uint64_t start, end; /* of the document; of what came last in the text */
    uint64_t sum;
} seen;

static void must(bool held)
{
    if (!held) {
        abort();
    }
}

static void check_text(seen *s, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint64_t at = s->text.len + i;
        uint64_t first = places_at(&s->map, at);
        uint64_t last = places_end(&s->map, at + 1);
        must(first < last && last <= s->size && last >= s->raw);
        unsigned char c = (unsigned char)text[i];
        if (c < 0x80) {
            must(first >= s->raw);
            must(memchr(s->data + first, c, last - first) != NULL);
        }
        s->raw = last;
        s->places = s->places * 31 + first * 7 + last;
    }
    buf_append(&s->text, text, len);
}

static evpack_status on_element(void *ctx, const cut_element *e, evpack_err *err)
{
    (void)err;
    seen *s = ctx;
    must(s->start + e->start >= s->end);
    s->end = s->start + e->start + e->length;
    must(s->end <= s->text.len);
    s->sum = s->sum * 31 + s->start + e->start;
    return EVPACK_OK;
}

static evpack_status on_begin(void *ctx, uint64_t ordinal, uint64_t start, cut **cutter,
                              evpack_err *err)
{
    seen *s = ctx;
    must(start >= s->end && start < s->text.len);
    s->start = s->end = start;
    s->sum = s->sum * 31 + ordinal;
    s->cutting = (cut_listener){on_element, s};
    return cut_new(&s->cutting, false, cutter, err);
}

static evpack_status on_end(void *ctx, const frame_document *d, evpack_err *err)
{
    (void)err;
    seen *s = ctx;
    must(d->start == s->start && d->end >= s->end && d->end > d->start && d->end <= s->text.len);
    must(d->cut.fault.what == NULL || d->cut.fault.offset <= s->text.len);
    s->end = d->end;
    s->sum = s->sum * 31 + d->end + d->line * 3 + (uint64_t)(unsigned char)d->found;
    return EVPACK_OK;
}

/* seed 0: all at once. */
static void run(seen *s, frame_mode mode, uint32_t seed, frame_result *result)
{
    evpack_err err = {0};
    const frame_listener on = {on_begin, on_end, s};
    EVPACK_AUTO(decode) d = NULL;
    EVPACK_AUTO(frame) f = NULL;
    must(decode_new(s->guess, s->clean, &s->map, &d, &err) == EVPACK_OK);
    must(frame_new(mode, &on, &f, &err) == EVPACK_OK);
    const char *text = NULL;
    size_t len = 0;
    for (size_t at = 0; at < s->size;) {
        seed = seed * 1664525 + (seed != 0 ? 1013904223 : 0);
        size_t n = seed == 0 ? s->size : 1 + (seed >> 24) % 37;
        n = n < s->size - at ? n : s->size - at;
        must(decode_feed(d, s->data + at, n, &text, &len, &err) == EVPACK_OK);
        check_text(s, text, len);
        must(frame_feed(f, text, len, &err) == EVPACK_OK);
        at += n;
    }
    must(decode_finish(d, &text, &len, &err) == EVPACK_OK);
    check_text(s, text, len);
    must(frame_feed(f, text, len, &err) == EVPACK_OK);
    must(frame_finish(f, result, &err) == EVPACK_OK);
    result->said = NULL;
    const decode_tally *told = decode_told(d);
    must(told->fault == NULL || told->fault_at < s->size);
    s->sum = s->sum * 31 + told->foreign + told->twins * 3 + told->codes * 5 + told->spinners * 7;
}

static void release(seen *s)
{
    places_reset(&s->map);
    buf_reset(&s->text);
}

static void read_as(const uint8_t *data, size_t size, decode_guess guess, uint8_t how)
{
    const frame_mode mode = (how & 0x80) != 0 ? FRAME_LINES : FRAME_FREE;
    const seen start = {.data = data, .size = size, .guess = guess, .clean = (how & 0x40) != 0};
    seen at_once = start;
    seen in_pieces = start;
    frame_result a;
    frame_result b;
    run(&at_once, mode, 0, &a);
    run(&in_pieces, mode, (how & 0x3fU) + 1, &b);
    must(at_once.sum == in_pieces.sum && at_once.places == in_pieces.places);
    must(at_once.text.len == in_pieces.text.len);
    must(memcmp(buf_str(&at_once.text), buf_str(&in_pieces.text), at_once.text.len) == 0);
    must(a.documents == b.documents && a.bad == b.bad && a.one_line == b.one_line);
    must(a.before == b.before && a.between == b.between && a.after == b.after);
    must(a.fault.what == b.fault.what && a.fault.offset == b.fault.offset);
    must(a.fault.line == b.fault.line && a.fault.column == b.fault.column);
    must(a.said_len == b.said_len && a.hopeless == b.hopeless);
    if (guess.as != DECODE_UTF8) {
        must(text_utf8_check(buf_str(&at_once.text), at_once.text.len) == at_once.text.len);
    } else if (!start.clean) {
        must(at_once.text.len == size - guess.mark);
        must(memcmp(buf_str(&at_once.text), data + guess.mark, at_once.text.len) == 0);
    }
    release(&at_once);
    release(&in_pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    static looks *table; /* as long as the program */
    evpack_err err = {0};
    must(table != NULL || looks_load(&table, &err) == EVPACK_OK);
    decode_guess guess = decode_sniff(data + 1, size - 1);
    must(guess.mark <= size - 1);
    read_as(data + 1, size - 1, guess, data[0]);
    if (guess.as == DECODE_UTF8) {
        read_as(data + 1, size - 1, (decode_guess){DECODE_1252, guess.mark}, data[0]);
    }
    (void)look_at(table, data + 1, size - 1, (const char *)data + 1, size - 1);
    (void)look_for_trouble(table, (const char *)data + 1, size - 1);
    return 0;
}
