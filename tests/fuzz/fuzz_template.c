/*
 * Fuzzes the reading of ARM templates and of the expressions in them. An input that is JSON is read
 * as a document; any other stands as an expression in a small template. Invariants: a body is
 * strict JSON, an id has braces in its first place, and the bounds on resources and bytes hold.
 */
#include "base/jscan.h"
#include "collect/template.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    uint64_t resources, bytes;
} seen;

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static evpack_status on_resource(void *ctx, const template_resource *r, evpack_err *err)
{
    seen *s = ctx;
    must(jscan_check(r->body, r->body_len, err) == EVPACK_OK);
    must(strncmp(r->id, "/subscriptions/{", 16) == 0 || strncmp(r->id, "/{", 2) == 0);
    must(r->parent == NULL || r->parent[0] == '/');
    must(strstr(r->body, "hunter2") == NULL);
    s->resources++;
    s->bytes += r->body_len;
    return EVPACK_OK;
}

static void read_one(const json *document, size_t size)
{
    evpack_err err = {0};
    seen s = {0};
    const template_listener listener = {on_resource, &s};
    template_result result;
    if (template_is(document) == TEMPLATE_NONE) {
        return;
    }
    must(template_read(document, &listener, &result, &err) == EVPACK_OK);
    must(result.resources == s.resources);
    must(result.symbolic + result.wrong <= result.expressions);
    must(s.resources <= size + TEMPLATE_EXPANDED_MAX);
    /* Escapes may make six bytes of one; type and name stand in every body. */
    must(s.bytes <= 6 * ((uint64_t)TEMPLATE_OUTPUT_MAX + size) +
                        s.resources * 12 * TEMPLATE_NAME_MAX * TEMPLATE_DEPTH_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    /* Only the secure parameter below holds it, so that it must not come out. */
    if (size == 0 || memmem(data, size, "hunter2", 7) != NULL) {
        return 0;
    }
    if (json_parse((const char *)data, size, false, &doc, &err) == EVPACK_OK) {
        read_one(json_root(doc), size);
        return 0;
    }
    static const char head[] =
        "{\"contentVersion\":\"1\",\"parameters\":{\"s\":{\"type\":\"securestring\","
        "\"defaultValue\":"
        "\"hunter2\"},\"n\":{\"type\":\"string\",\"defaultValue\":\"x\"},\"l\":{\"type\":\"array\","
        "\"defaultValue\":[1,\"a\",{\"k\":\"v\"}]},\"o\":{\"type\":\"string\"}},\"variables\":{"
        "\"v\":\"[concat(parameters('n'),'-',parameters('o'))]\",\"self\":";
    static const char middle[] =
        "},\"resources\":[{\"type\":\"A.b/c\",\"copy\":{\"name\":\"c\","
        "\"count\":2},\"properties\":{\"s\":\"[variables('self')]\"},\"name\":";
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_puts(&text, head);
    buf_json_string(&text, (const char *)data, size);
    buf_puts(&text, middle);
    buf_json_string(&text, (const char *)data, size);
    buf_puts(&text, "}]}");
    must(json_parse(text.data, text.len, false, &doc, &err) == EVPACK_OK);
    read_one(json_root(doc), text.len);
    return 0;
}
