/*
 * JSON by cJSON. Invariant: no text reaches cJSON unless the strict scanner accepted it. Knows
 * nothing of any document.
 */
#include "port/json.h"

#include "base/jscan.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

struct json_doc {
    cJSON *root;
};

evpack_status json_parse(const char *text, size_t len, bool checked, json_doc **out,
                         evpack_err *err)
{
    if (!checked) {
        EVPACK_TRY(jscan_check(text, len, err));
    }
    EVPACK_AUTO(json_doc) doc = calloc(1, sizeof *doc);
    if (doc == NULL) {
        return evpack_oom(err);
    }
    doc->root = cJSON_ParseWithLength(text, len);
    if (doc->root == NULL) {
        return evpack_fail(err, EVPACK_E_LIMIT, "cJSON cannot hold this JSON text");
    }
    *out = EVPACK_MOVE(doc);
    return EVPACK_OK;
}

void json_free(json_doc *doc)
{
    if (doc != NULL) {
        cJSON_Delete(doc->root);
        free(doc);
    }
}

const json *json_root(const json_doc *doc)
{
    return doc->root;
}

const json *json_get(const json *object, const char *name)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

const json *json_get_set(const json *object, const char *name)
{
    const json *value = json_get(object, name);
    return cJSON_IsNull(value) ? NULL : value;
}

const char *json_string(const json *value)
{
    return cJSON_IsString(value) ? value->valuestring : NULL;
}

const char *json_get_string(const json *object, const char *name)
{
    return json_string(json_get(object, name));
}

bool json_is_object(const json *value)
{
    return cJSON_IsObject(value);
}

bool json_is_array(const json *value)
{
    return cJSON_IsArray(value);
}

bool json_is_string(const json *value)
{
    return cJSON_IsString(value);
}

bool json_is_number(const json *value)
{
    return cJSON_IsNumber(value);
}

bool json_is_null(const json *value)
{
    return cJSON_IsNull(value);
}

bool json_is_true(const json *value)
{
    return cJSON_IsTrue(value);
}

bool json_is_bool(const json *value)
{
    return cJSON_IsBool(value);
}

double json_number(const json *value)
{
    return cJSON_IsNumber(value) ? value->valuedouble : 0;
}

size_t json_count(const json *value)
{
    size_t n = 0;
    for (const json *e = json_first(value); e != NULL; e = json_next(e)) {
        n++;
    }
    return n;
}

const json *json_first(const json *container)
{
    return cJSON_IsArray(container) || cJSON_IsObject(container) ? container->child : NULL;
}

const json *json_next(const json *element)
{
    return element->next;
}

const char *json_name(const json *member)
{
    return member->string;
}
