/*
 * Whether a schema keeps to the subset that schema.c judges by. Invariant: a keyword that is not
 * understood is refused, so that no schema says more than is looked at.
 */
#include "map/schema.h"

#include "base/text.h"

#include <regex.h>
#include <string.h>

/* What a keyword's value is. */
typedef enum {
    OF_TEXT,
    OF_TYPES,
    OF_SCALAR,
    OF_SCALARS,
    OF_NAMES,
    OF_COUNT,
    OF_NUMBER,
    OF_FLAG,
    OF_SCHEMA,
    OF_SCHEMAS,
    OF_NAMED_SCHEMAS,
    OF_PATTERN,
    OF_REF
} keyword_kind;

static const struct {
    const char *name;
    keyword_kind kind;
} keywords[] = {{"$schema", OF_TEXT},
                {"$id", OF_TEXT},
                {"$comment", OF_TEXT},
                {"title", OF_TEXT},
                {"description", OF_TEXT},
                {"format", OF_TEXT},
                {"$defs", OF_NAMED_SCHEMAS},
                {"$ref", OF_REF},
                {"type", OF_TYPES},
                {"enum", OF_SCALARS},
                {"const", OF_SCALAR},
                {"required", OF_NAMES},
                {"properties", OF_NAMED_SCHEMAS},
                {"additionalProperties", OF_SCHEMA},
                {"propertyNames", OF_SCHEMA},
                {"minProperties", OF_COUNT},
                {"maxProperties", OF_COUNT},
                {"items", OF_SCHEMA},
                {"minItems", OF_COUNT},
                {"maxItems", OF_COUNT},
                {"uniqueItems", OF_FLAG},
                {"minLength", OF_COUNT},
                {"maxLength", OF_COUNT},
                {"pattern", OF_PATTERN},
                {"minimum", OF_NUMBER},
                {"maximum", OF_NUMBER},
                {"allOf", OF_SCHEMAS},
                {"anyOf", OF_SCHEMAS},
                {"oneOf", OF_SCHEMAS},
                {"not", OF_SCHEMA},
                {"if", OF_SCHEMA},
                {"then", OF_SCHEMA},
                {"else", OF_SCHEMA}};

static bool is_scalar(const json *v)
{
    return v != NULL && !json_is_object(v) && !json_is_array(v);
}

/* Read alike by POSIX and ECMA-262: a backslash only before a sign or another, no [:class:]. */
static bool is_pattern(const char *text)
{
    if (text == NULL || strstr(text, "[:") != NULL || strstr(text, "(?") != NULL) {
        return false;
    }
    for (const char *p = strchr(text, '\\'); p != NULL; p = strchr(p + 2, '\\')) {
        if (p[1] == '\0' || strchr(".*+?()[]{}|^$/-\\", p[1]) == NULL) {
            return false;
        }
    }
    regex_t regex;
    if (regcomp(&regex, text, REG_EXTENDED | REG_NOSUB) != 0) {
        return false;
    }
    regfree(&regex);
    return true;
}

static bool all(const json *list, bool (*is)(const json *v))
{
    if (!json_is_array(list) || json_first(list) == NULL) {
        return false;
    }
    for (const json *v = json_first(list); v != NULL; v = json_next(v)) {
        if (!is(v)) {
            return false;
        }
    }
    return true;
}

static bool is_type_word(const json *v)
{
    static const char *const words[] = {"object",  "array",   "string", "number",
                                        "integer", "boolean", "null"};
    for (size_t i = 0; json_string(v) != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], json_string(v)) == 0) {
            return true;
        }
    }
    return false;
}

typedef struct {
    const json *root;
    unsigned depth;
} place;

static evpack_status check(place p, const json *schema, evpack_err *err);

static evpack_status check_list(place p, const json *list, bool named, evpack_err *err)
{
    if (named ? !json_is_object(list) : !json_is_array(list) || json_first(list) == NULL) {
        return evpack_fail(err, EVPACK_E_INPUT, "expected %s of schemas",
                           named ? "an object" : "a list");
    }
    for (const json *s = json_first(list); s != NULL; s = json_next(s)) {
        if (check(p, s, err) != EVPACK_OK) {
            return named ? evpack_context(err, "%s", json_name(s)) : err->code;
        }
    }
    return EVPACK_OK;
}

static bool refers(place p, const char *ref)
{
    return ref != NULL && text_starts(ref, "#/$defs/") &&
           json_get(json_get(p.root, "$defs"), ref + strlen("#/$defs/")) != NULL;
}

static bool has_kind(place p, const json *value, keyword_kind kind)
{
    switch (kind) {
    case OF_TYPES:
        return is_type_word(value) || all(value, is_type_word);
    case OF_SCALAR:
        return is_scalar(value);
    case OF_SCALARS:
        return all(value, is_scalar);
    case OF_NAMES:
        return all(value, json_is_string);
    case OF_COUNT:
        return json_is_number(value) && json_number(value) >= 0;
    case OF_NUMBER:
        return json_is_number(value);
    case OF_FLAG:
        return json_is_bool(value);
    case OF_PATTERN:
        return is_pattern(json_string(value));
    case OF_REF:
        return refers(p, json_string(value));
    default:
        return json_is_string(value);
    }
}

static evpack_status check_keyword(place p, const json *k, evpack_err *err)
{
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (strcmp(keywords[i].name, json_name(k)) != 0) {
            continue;
        }
        switch (keywords[i].kind) {
        case OF_SCHEMA:
            return check(p, k, err);
        case OF_SCHEMAS:
        case OF_NAMED_SCHEMAS:
            return check_list(p, k, keywords[i].kind == OF_NAMED_SCHEMAS, err);
        default:
            return has_kind(p, k, keywords[i].kind)
                       ? EVPACK_OK
                       : evpack_fail(err, EVPACK_E_INPUT,
                                     "the value is not one that this keyword may have here");
        }
    }
    return evpack_fail(err, EVPACK_E_INPUT, "the keyword is not in the subset of schema.h");
}

static evpack_status check(place p, const json *schema, evpack_err *err)
{
    if (json_is_bool(schema)) {
        return EVPACK_OK;
    }
    if (!json_is_object(schema) || p.depth++ == SCHEMA_DEPTH_MAX) {
        return evpack_fail(err, EVPACK_E_INPUT, "expected a schema, nested at most %d deep",
                           SCHEMA_DEPTH_MAX);
    }
    for (const json *k = json_first(schema); k != NULL; k = json_next(k)) {
        if (check_keyword(p, k, err) != EVPACK_OK) {
            return evpack_context(err, "%s", json_name(k));
        }
    }
    const json *most = json_get(schema, "maxItems");
    if (json_is_true(json_get(schema, "uniqueItems")) &&
        (most == NULL || json_number(most) > SCHEMA_UNIQUE_MAX)) {
        return evpack_fail(err, EVPACK_E_INPUT, "uniqueItems: expected a maxItems of at most %d",
                           SCHEMA_UNIQUE_MAX);
    }
    return EVPACK_OK;
}

evpack_status schema_check(const json *schema, evpack_err *err)
{
    evpack_err own = {0};
    return check((place){schema, 0}, schema, err == NULL ? &own : err);
}
