/*
 * JSON by cJSON. Invariant: no text reaches cJSON unless the strict scanner accepted it. Knows
 * nothing of any document.
 */
#include "port/json.h"

#include "base/jscan.h"
#include "base/text.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_doc {
    cJSON *root;
};

/* The code unit of the \uXXXX at p; -1 when there is none. */
static long unit_at(const char *p, const char *end)
{
    unsigned char raw[2];
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u' || !text_unhex(p + 2, 4, raw, 2)) {
        return -1;
    }
    return raw[0] << 8 | raw[1];
}

/* p is at a backslash in a string; the place after the escape, which is made one that cJSON holds.
 */
static char *mend_escape(char *p, const char *end)
{
    long unit = unit_at(p, end);
    if (unit < 0) {
        return p + 2;
    }
    long next = unit_at(p + 6, end);
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
        return p + 12;
    }
    if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff)) {
        static const char replacement[] = {'f', 'f', 'f', 'd'};
        memcpy(p + 2, replacement, sizeof replacement);
    }
    return p + 6;
}

/* cJSON reads 63 characters of a number: a longer one is written anew, as short as it can be. */
static char *mend_number(char *p)
{
    size_t len = strspn(p, "+-.0123456789eE");
    if (len > 60) {
        char shorter[40];
        double value = strtod(p, NULL);
        int n = isinf(value) ? snprintf(shorter, sizeof shorter, "%s1e999", value < 0 ? "-" : "")
                             : snprintf(shorter, sizeof shorter, "%.17g", value);
        memset(p, ' ', len);
        memcpy(p, shorter, (size_t)n);
    }
    return p + len;
}

/* A copy of a sound text, as long as it is, that cJSON can hold; NULL when memory ran out. */
static char *mended(const char *text, size_t len)
{
    char *copy = strndup(text, len);
    if (copy == NULL) {
        return NULL;
    }
    const char *end = copy + len;
    bool in_string = false;
    for (char *p = copy; p < end;) {
        if (*p == '"') {
            in_string = !in_string;
            p++;
        } else if (in_string) {
            p = *p == '\\' ? mend_escape(p, end) : p + 1;
        } else {
            p = *p == '-' || (*p >= '0' && *p <= '9') ? mend_number(p) : p + 1;
        }
    }
    return copy;
}

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
    /* A NUL would cut a string short without a word; the rest cJSON refuses. */
    if (memmem(text, len, "\\u0000", 6) == NULL) {
        doc->root = cJSON_ParseWithLength(text, len);
    }
    if (doc->root == NULL) {
        EVPACK_AUTO_CHARS copy = mended(text, len);
        if (copy == NULL) {
            return evpack_oom(err);
        }
        doc->root = cJSON_ParseWithLength(copy, len);
    }
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
