/*
 * Fuzzes what becomes of one element: recognition, normalising and unwrapping. The first byte says
 * how it is asked. Invariants: what is recognised has a kind; a body is strict JSON of an object,
 * however it was brought about; ids have one canonical form; an answer lies inside the wrapper.
 */
#include "base/jscan.h"
#include "collect/arm.h"
#include "collect/normalise.h"
#include "collect/plain.h"
#include "collect/shape.h"
#include "collect/unwrap.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static shapes *table_once(void)
{
    evpack_err err = {0};
    shapes *table = NULL;
    must(shapes_load(&table, &err) == EVPACK_OK);
    return table;
}

static void must_be_canonical(const buf *id)
{
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    if (id->len > 0 && id->data[0] == '/') {
        arm_canonical(buf_str(id), &again);
        must(strcmp(buf_str(&again), buf_str(id)) == 0);
    }
}

static void must_be_an_object(const buf *text)
{
    evpack_err err = {0};
    must(text->len == 0 ||
         (text->data[0] == '{' && jscan_check(text->data, text->len, &err) == EVPACK_OK));
}

typedef struct {
    const char *text;
    size_t len;
} wrapper;

static evpack_status on_answer(void *ctx, const unwrap_answer *a, evpack_err *err)
{
    const wrapper *w = ctx;
    (void)err;
    must(a->pointer[0] == '/' || a->pointer[0] == '\0');
    must(a->text == NULL || (a->text >= w->text && a->text + a->len <= w->text + w->len));
    return EVPACK_OK;
}

static void recognise(const shapes *table, const shape_input *in)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(shape_reset) shape s = {0};
    must(shape_recognise(table, in, &s, &err) == EVPACK_OK);
    must(s.kind != NULL && s.kind[0] != '\0');
    must((s.body.len > 0) == s.normalised);
    must_be_an_object(&s.body);
    must(s.body.len == 0 || memchr(s.body.data, '\0', s.body.len) == NULL);
    must_be_canonical(&s.subject);
    must_be_canonical(&s.scope);
    const char *code = NULL;
    const char *message = NULL;
    if (shape_is_error(in->value, &code, &message)) {
        (void)shape_has_error(in->value, &code, &message);
    }
    (void)shape_of_page(table, in->value);
}

static void normalise(const shapes *table, const shape_input *in)
{
    EVPACK_AUTO_VALUE(buf_reset) buf names = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf raised = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf pascal = {0};
    const bool plain = plain_text(in->text, in->len, &names);
    normalise_raise(in->text, in->len, &raised);
    normalise_pascal(table, in->text, in->len, &pascal);
    if (plain) {
        must_be_an_object(&names);
    }
    must_be_an_object(&raised);
    must_be_an_object(&pascal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static shapes *table;
    table = table == NULL ? table_once() : table;
    if (size < 1) {
        return 0;
    }
    /* Minified, as the cutter gives it. */
    evpack_err err = {0};
    EVPACK_AUTO(jscan) scan = NULL;
    must(jscan_new(NULL, 1 << 20, &scan, &err) == EVPACK_OK);
    must(jscan_feed(scan, data + 1, size - 1, &err) == EVPACK_OK);
    jscan_fault fault;
    must(jscan_finish(scan, &fault, &err) == EVPACK_OK);
    const buf *text = jscan_copy(scan);
    EVPACK_AUTO(json_doc) doc = NULL;
    if (fault.what != NULL || text->len == 0 || text->data[0] != '{' ||
        json_parse(text->data, text->len, true, &doc, &err) != EVPACK_OK) {
        return 0;
    }
    const shape_input in = {.text = text->data,
                            .len = text->len,
                            .value = json_root(doc),
                            .escaped_names = jscan_escaped_name(scan),
                            .projected = (data[0] & 1) != 0};
    recognise(table, &in);
    normalise(table, &in);
    wrapper w = {text->data, text->len};
    const unwrap_listener listener = {on_answer, &w};
    size_t count = 0;
    must(unwrap_walk(w.text, w.len, in.value, &listener, &count, &err) == EVPACK_OK);
    return 0;
}
