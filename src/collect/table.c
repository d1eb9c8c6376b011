/*
 * The table of shapes. Invariant: types are sorted once, when it is loaded, and looked up by
 * halves; nothing in it is changed afterwards. Refuses to know what is done with an answer.
 */
#include "collect/table.h"

#include "base/embed.h"

#include <stdlib.h>
#include <string.h>

enum { HAS_MAX = 4 };

/* An object that is known by its members. */
typedef struct {
    const json *rule;
    const char *has[HAS_MAX]; /* ends at NULL */
    bool first;
} object_rule;

struct shapes {
    json_doc *doc;
    table_type *types;
    size_t count;
    table_type *families; /* type is the beginning of the types meant */
    size_t family_count;
    table_type unknown;
    object_rule *objects;
    size_t object_count;
};

void shapes_free(shapes *s)
{
    if (s != NULL) {
        json_free(s->doc);
        free(s->types);
        free(s->families);
        free(s->objects);
        free(s);
    }
}

static int by_type(const void *a, const void *b)
{
    return strcmp(((const table_type *)a)->type, ((const table_type *)b)->type);
}

static table_type read_type(const json *e, const char *name)
{
    return (table_type){.type = json_get_string(e, name),
                        .kind = json_get_string(e, "kind"),
                        .scope = json_get_string(e, "scope"),
                        .nested = json_is_true(json_get(e, "nested")),
                        .sub = json_is_true(json_get(e, "sub")),
                        .extension = json_is_true(json_get(e, "extension")),
                        .always_complete = json_is_true(json_get(e, "always_complete")),
                        .flat = json_is_true(json_get(e, "flat")),
                        .rename = json_get(e, "rename"),
                        .leaf = json_get(e, "leaf"),
                        .inner = json_get(e, "inner"),
                        .lift = json_get(e, "lift"),
                        .group = json_get(e, "group"),
                        .full = json_get(e, "full")};
}

static const table_type *find_family(const shapes *s, const char *type)
{
    for (size_t i = 0; i < s->family_count; i++) {
        if (strncmp(type, s->families[i].type, strlen(s->families[i].type)) == 0) {
            return &s->families[i];
        }
    }
    return &s->unknown;
}

static evpack_status read_all(const json *list, const char *name, table_type **out, size_t *count,
                              evpack_err *err)
{
    *out = calloc(json_count(list) + 1, sizeof **out);
    if (*out == NULL) {
        return evpack_oom(err);
    }
    for (const json *e = json_first(list); e != NULL; e = json_next(e)) {
        table_type *t = &(*out)[(*count)++];
        *t = read_type(e, name);
        t->kind = t->kind == NULL ? "arm-resource" : t->kind;
        if (t->type == NULL) {
            return evpack_fail(err, EVPACK_E_INTERNAL, "shapes.json: a row without %s", name);
        }
    }
    return EVPACK_OK;
}

static evpack_status read_objects(shapes *s, evpack_err *err)
{
    const json *list = table_list(s, "objects");
    s->objects = calloc(json_count(list) + 1, sizeof *s->objects);
    if (s->objects == NULL) {
        return evpack_oom(err);
    }
    for (const json *e = json_first(list); e != NULL; e = json_next(e)) {
        object_rule *o = &s->objects[s->object_count++];
        *o = (object_rule){.rule = e, .first = json_is_true(json_get(e, "first"))};
        const json *has = json_get(e, "has");
        if (json_count(has) == 0 || json_count(has) > HAS_MAX) {
            return evpack_fail(err, EVPACK_E_INTERNAL, "shapes.json: has wants 1 to %d names",
                               HAS_MAX);
        }
        size_t n = 0;
        for (const json *h = json_first(has); h != NULL; h = json_next(h)) {
            o->has[n++] = json_string(h);
        }
    }
    return EVPACK_OK;
}

evpack_status shapes_load(shapes **out, evpack_err *err)
{
    EVPACK_AUTO(shapes) s = calloc(1, sizeof *s);
    if (s == NULL) {
        return evpack_oom(err);
    }
    s->unknown = (table_type){.type = "", .kind = "arm-resource"};
    const embed_file *file = embed_find("src/collect/shapes.json");
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "src/collect/shapes.json is not built in");
    }
    EVPACK_TRY(json_parse((const char *)file->data, file->len, false, &s->doc, err));
    EVPACK_TRY(read_all(table_list(s, "families"), "prefix", &s->families, &s->family_count, err));
    EVPACK_TRY(read_all(table_list(s, "types"), "type", &s->types, &s->count, err));
    EVPACK_TRY(read_objects(s, err));
    for (size_t i = 0; i < s->count; i++) {
        const table_type *family = find_family(s, s->types[i].type);
        s->types[i].nested = s->types[i].nested || family->nested;
        s->types[i].sub = s->types[i].sub || family->sub;
        s->types[i].leaf = s->types[i].leaf == NULL ? family->leaf : s->types[i].leaf;
        s->types[i].inner = s->types[i].inner == NULL ? family->inner : s->types[i].inner;
    }
    qsort(s->types, s->count, sizeof *s->types, by_type);
    *out = EVPACK_MOVE(s);
    return EVPACK_OK;
}

const table_type *table_find_type(const shapes *s, const char *type)
{
    const table_type wanted = {.type = type};
    const table_type *found = bsearch(&wanted, s->types, s->count, sizeof *s->types, by_type);
    const char *end = strrchr(type, '/');
    char any[128];
    if (found == NULL && end != NULL && (size_t)(end - type) + 3 <= sizeof any) {
        /* "a.b/c" followed by "/" and "*" is every child of a.b/c that has no row of its own. */
        memcpy(any, type, (size_t)(end - type));
        memcpy(any + (end - type), "/*", 3);
        const table_type child = {.type = any};
        found = bsearch(&child, s->types, s->count, sizeof *s->types, by_type);
    }
    return found != NULL ? found : find_family(s, type);
}

static bool has_all(const object_rule *o, const json *value)
{
    for (size_t i = 0; i < HAS_MAX && o->has[i] != NULL; i++) {
        if (json_get(value, o->has[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static bool has_none(const json *names, const json *value)
{
    for (const json *e = json_first(names); e != NULL; e = json_next(e)) {
        if (json_get(value, json_string(e)) != NULL) {
            return false;
        }
    }
    return true;
}

static bool is_guid(const char *text)
{
    if (text == NULL || strlen(text) != 36) {
        return false;
    }
    for (int i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-')) {
            return false;
        }
    }
    return true;
}

const json *table_find_object(const shapes *s, const json *value, bool first)
{
    for (size_t i = 0; i < s->object_count; i++) {
        const object_rule *o = &s->objects[i];
        if (o->first != first || !has_all(o, value)) {
            continue;
        }
        const char *guid = json_get_string(o->rule, "guid");
        const char *list = json_get_string(o->rule, "list");
        if (has_none(json_get(o->rule, "lacks"), value) &&
            (guid == NULL || is_guid(json_get_string(value, guid))) &&
            (list == NULL || json_is_array(json_get(value, list)))) {
            return o->rule;
        }
    }
    return NULL;
}

const json *table_list(const shapes *s, const char *name)
{
    return json_get(json_root(s->doc), name);
}
