/*
 * Fuzzes what a template folder may state: the input is a first byte, which chooses the built-in
 * texts or layout, and a JSON text to be put over it. What is taken gives JSON that has every
 * member of the built-in one with the same type; and what was taken once is taken again, and then
 * changes nothing.
 */
#include "report/template.h"
#include "report/template_merge.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same_type(const json *a, const json *b)
{
    return json_is_object(a) == json_is_object(b) && json_is_array(a) == json_is_array(b) &&
           json_is_string(a) == json_is_string(b) && json_is_number(a) == json_is_number(b) &&
           json_is_bool(a) == json_is_bool(b);
}

static void check_shape(const json *base, const json *merged)
{
    if (merged == NULL || !same_type(base, merged)) {
        abort();
    }
    for (const json *e = json_is_object(base) ? json_first(base) : NULL; e != NULL;
         e = json_next(e)) {
        check_shape(e, json_get(merged, json_name(e)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) base = NULL;
    EVPACK_AUTO(json_doc) over = NULL;
    const bool layout = data[0] == 'l';
    if ((layout ? report_template_layout(NULL, &base, &err)
                : report_template_texts(NULL, &base, &err)) != EVPACK_OK) {
        abort();
    }
    const template_merge_rule rule = {.file = "over.json", .text_max = REPORT_TEMPLATE_TEXT};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    if (json_parse((const char *)data + 1, size - 1, false, &over, &err) != EVPACK_OK ||
        template_merge(json_root(base), json_root(over), &rule, &out, &err) != EVPACK_OK) {
        return 0;
    }
    EVPACK_AUTO(json_doc) merged = NULL;
    if (json_parse(out.data, out.len, false, &merged, &err) != EVPACK_OK) {
        abort();
    }
    check_shape(json_root(base), json_root(merged));
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    if (template_merge(json_root(merged), json_root(over), &rule, &again, &err) != EVPACK_OK ||
        again.len != out.len || memcmp(again.data, out.data, out.len) != 0) {
        abort();
    }
    return 0;
}
