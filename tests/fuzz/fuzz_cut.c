/*
 * A document from anywhere: cut in pieces whose sizes the input gives, its objects recognised. The
 * first byte seeds the sizes; its highest bit keeps an object whole. What must hold: each
 * element lies in the input, after the one before; its bytes there, minified, are its text; its
 * text, and the body that it is brought to, are strict JSON; and the pieces make no difference.
 */
#include "collect/cut.h"
#include "collect/shape.h"
#include "collect/spans.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const uint8_t *data;
    size_t size;
    const shapes *table;
    uint64_t end;   /* of the element before */
    uint64_t count; /* elements so far, and a sum of their places */
    uint64_t sum;
} seen;

static void must(bool held)
{
    if (!held) {
        abort();
    }
}

static void is_json(const char *text, size_t len)
{
    evpack_err err = {0};
    must(jscan_check(text, len, &err) == EVPACK_OK);
}

/* The element's own bytes, minified, are its text. */
static void check_place(const seen *s, const cut_element *e)
{
    evpack_err err = {0};
    EVPACK_AUTO(jscan) scan = NULL;
    jscan_fault fault;
    must(e->start >= s->end && e->length > 0 && e->start + e->length <= s->size);
    must(jscan_new(NULL, e->length, &scan, &err) == EVPACK_OK);
    must(jscan_feed(scan, s->data + e->start, e->length, &err) == EVPACK_OK);
    must(jscan_finish(scan, &fault, &err) == EVPACK_OK && fault.what == NULL);
    must(jscan_copy(scan)->len == e->len && memcmp(jscan_copy(scan)->data, e->text, e->len) == 0);
}

static void check_spans(const char *text, size_t len)
{
    span_walk walk = span_begin(text, len);
    for (span one; span_next(&walk, &one);) {
        must(one.value >= text && one.value + one.value_len <= text + len);
        is_json(one.value, one.value_len);
    }
}

static void check_shape(const seen *s, const cut_element *e)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    must(json_parse(e->text, e->len, true, &doc, &err) == EVPACK_OK);
    (void)json_twice(json_root(doc));
    EVPACK_AUTO_VALUE(shape_reset) shape known = {0};
    const shape_input in = {
        .text = e->text, .len = e->len, .value = json_root(doc), .escaped_names = e->escaped_names};
    must(shape_recognise(s->table, &in, &known, &err) == EVPACK_OK);
    must(known.kind != NULL && known.kind[0] != '\0');
    must(known.body.len > 0 || !known.normalised);
    if (known.body.len > 0) {
        is_json(known.body.data, known.body.len);
    }
}

static evpack_status on_element(void *ctx, const cut_element *e, evpack_err *err)
{
    (void)err;
    seen *s = ctx;
    is_json(e->text, e->len);
    check_place(s, e);
    check_spans(e->text, e->len);
    if (e->is_object) {
        check_shape(s, e);
    }
    s->end = e->start + e->length;
    s->count++;
    s->sum = s->sum * 31 + e->start * 7 + e->length;
    return EVPACK_OK;
}

/* seed 0: all at once. */
static cut_result run(seen *s, bool whole, uint32_t seed)
{
    evpack_err err = {0};
    const cut_listener listener = {on_element, s};
    EVPACK_AUTO(cut) c = NULL;
    must(cut_new(&listener, whole, &c, &err) == EVPACK_OK);
    for (size_t at = 0; at < s->size;) {
        seed = seed * 1664525 + (seed != 0 ? 1013904223 : 0);
        size_t n = seed == 0 ? s->size : 1 + (seed >> 24) % 37;
        n = n < s->size - at ? n : s->size - at;
        must(cut_feed(c, s->data + at, n, &err) == EVPACK_OK);
        at += n;
    }
    cut_result result;
    must(cut_finish(c, &result, &err) == EVPACK_OK);
    must(result.fault.what == NULL || result.fault.offset <= s->size);
    if (result.fault.what == NULL && result.shape == CUT_PAGE) {
        is_json(result.envelope, result.envelope_len);
    }
    result.envelope = NULL;
    return result;
}

static shapes *table_once(void)
{
    static shapes *table; /* as long as the program */
    evpack_err err = {0};
    must(table != NULL || shapes_load(&table, &err) == EVPACK_OK);
    return table;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    const bool whole = (data[0] & 0x80) != 0;
    const seen start = {.data = data + 1, .size = size - 1, .table = table_once()};
    seen at_once = start;
    seen in_pieces = start;
    cut_result a = run(&at_once, whole, 0);
    cut_result b = run(&in_pieces, whole, (data[0] & 0x7f) + 1U);
    must(a.fault.what == b.fault.what && a.fault.offset == b.fault.offset);
    must(a.fault.line == b.fault.line && a.fault.column == b.fault.column);
    must(a.shape == b.shape && a.elements == b.elements);
    must(at_once.count == in_pieces.count && at_once.sum == in_pieces.sum);
    return 0;
}
