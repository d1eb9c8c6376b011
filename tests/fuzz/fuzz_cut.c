/*
 * Fuzzes what collect does with a document's bytes: the strict scanner, the element cutter, the
 * reading of elements and their recognition. The first byte says how the rest is fed. Invariants:
 * an element lies inside the input, its text is strict JSON, and a body made from it is too.
 */
#include "collect/cut.h"
#include "collect/shape.h"
#include "collect/spans.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const shapes *table;
    shape shape;
    uint64_t size;
} seen;

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static evpack_status on_element(void *ctx, const cut_element *e, evpack_err *err)
{
    seen *s = ctx;
    must(e->start <= s->size && e->length <= s->size - e->start);
    must(jscan_check(e->text, e->len, err) == EVPACK_OK);
    EVPACK_AUTO(json_doc) doc = NULL;
    if (!e->is_object || json_parse(e->text, e->len, true, &doc, err) != EVPACK_OK) {
        return EVPACK_OK;
    }
    (void)json_twice(json_root(doc));
    const shape_input in = {
        .text = e->text, .len = e->len, .value = json_root(doc), .escaped_names = e->escaped_names};
    must(shape_recognise(s->table, &in, &s->shape, err) == EVPACK_OK);
    must(s->shape.kind != NULL);
    must(s->shape.body.len == 0 ||
         jscan_check(s->shape.body.data, s->shape.body.len, err) == EVPACK_OK);
    span_walk walk = span_begin(e->text, e->len);
    for (span one; span_next(&walk, &one);) {
        must(one.value >= e->text && one.value + one.value_len <= e->text + e->len);
    }
    return EVPACK_OK;
}

static shapes *table_once(void)
{
    evpack_err err = {0};
    shapes *table = NULL;
    must(shapes_load(&table, &err) == EVPACK_OK);
    return table;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    static shapes *table;
    table = table == NULL ? table_once() : table;
    evpack_err err = {0};
    const size_t step = 1 + (size_t)(data[0] & 0x3f) * 7;
    seen s = {.table = table, .size = size - 1};
    const cut_listener listener = {on_element, &s};
    EVPACK_AUTO(cut) c = NULL;
    must(cut_new(&listener, (data[0] & 0x80) != 0, &c, &err) == EVPACK_OK);
    for (size_t at = 1; at < size; at += step) {
        size_t n = size - at < step ? size - at : step;
        must(cut_feed(c, data + at, n, &err) == EVPACK_OK);
    }
    cut_result result;
    must(cut_finish(c, &result, &err) == EVPACK_OK);
    must(result.fault.what == NULL || result.fault.offset <= s.size);
    shape_reset(&s.shape);
    return 0;
}
