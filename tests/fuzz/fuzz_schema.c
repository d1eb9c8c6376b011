/*
 * Fuzzes the schema validator: the input is a schema, a NUL, and a value. Whatever the schema,
 * judging ends; with one that keeps to the subset, faults are told exactly when the value is not
 * sound, and each pointer is one into the value.
 */
#include "map/schema.h"

#include "base/jptr.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    jptr_value value;
    size_t faults;
} told;

static bool count(void *ctx, const char *pointer, const char *what)
{
    told *t = ctx;
    if (what[0] == '\0' || (pointer[0] != '\0' && pointer[0] != '/')) {
        abort(); /* a fault says something, and where */
    }
    t->faults++;
    return t->faults < 1000;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *cut = memchr(data, '\0', size);
    if (cut == NULL) {
        return 0;
    }
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) schema = NULL;
    EVPACK_AUTO(json_doc) value = NULL;
    const size_t len = (size_t)(cut - text);
    if (json_parse(text, len, false, &schema, &err) != EVPACK_OK ||
        json_parse(cut + 1, size - len - 1, false, &value, &err) != EVPACK_OK ||
        schema_check(json_root(schema), &err) != EVPACK_OK) {
        return 0;
    }
    told t = {{cut + 1, size - len - 1}, 0};
    const schema_listener listener = {count, &t};
    bool sound = false;
    bool again = false;
    if (schema_validate(json_root(schema), json_root(value), &listener, &sound, &err) !=
            EVPACK_OK ||
        schema_validate(json_root(schema), json_root(value), NULL, &again, &err) != EVPACK_OK) {
        return err.code == EVPACK_E_MEMORY ? 0 : (abort(), 0);
    }
    if (sound != (t.faults == 0) || again != sound) {
        abort();
    }
    return 0;
}
