/*
 * The JSON side of map --check. Invariant: every file of the mapping was looked at, or is named as
 * one that no part of evpack reads. Knows no kind of file by name: check.json does.
 */
#include "map/check.h"

#include "base/embed.h"
#include "base/jptr.h"
#include "base/jscan.h"
#include "map/plan_check.h"
#include "map/schema.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

evpack_status check_tell(const checking *c, const mapping_file *file, const char *pointer,
                         const char *text, evpack_err *err)
{
    EVPACK_AUTO_CHARS at = strdup(pointer);
    if (at == NULL) {
        return evpack_oom(err);
    }
    const jptr_value whole = {file->text, file->len};
    jptr_value value = {NULL, 0};
    /* A name that is written with escapes is not found: then what holds it is the place. */
    while (!jptr_find(whole, at, &value) && *at != '\0') {
        char *last = strrchr(at, '/');
        *(last == NULL ? at : last) = '\0';
    }
    EVPACK_AUTO_VALUE(buf_reset) buf full = {0};
    buf_printf(&full, "%s%s%s", *pointer == '\0' ? "" : pointer, *pointer == '\0' ? "" : ": ",
               text);
    EVPACK_TRY(buf_status(&full, err));
    size_t offset = value.text == NULL ? 0 : (size_t)(value.text - file->text);
    return faults_add(c->faults, faults_place(file->path, file->text, offset), buf_str(&full), err);
}

/* --- one file ------------------------------------------------------------------------------- */

/* A file of evpack's own. */
static evpack_status own_json(const char *name, json_doc **out, evpack_err *err)
{
    const embed_file *file = embed_find(name);
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s is not built in", name);
    }
    return json_parse((const char *)file->data, file->len, false, out, err);
}

static evpack_status parse(const checking *c, const mapping_file *file, json_doc **out,
                           evpack_err *err)
{
    EVPACK_AUTO(jscan) scan = NULL;
    jscan_fault fault = {0};
    EVPACK_TRY(jscan_new(NULL, MAPPING_FILE_MAX, &scan, err));
    EVPACK_TRY(jscan_feed(scan, file->text, file->len, err));
    EVPACK_TRY(jscan_finish(scan, &fault, err));
    if (fault.what != NULL) {
        char text[200];
        (void)snprintf(text, sizeof text, "is not JSON: %s", fault.what);
        const fault_place place = {file->path, (unsigned)fault.line, (unsigned)fault.column};
        return faults_add(c->faults, place, text, err);
    }
    evpack_err own = {0};
    evpack_status status = json_parse(file->text, file->len, true, out, &own);
    if (status == EVPACK_E_LIMIT) {
        return faults_add(c->faults, (fault_place){file->path, 1, 1}, own.text, err);
    }
    if (status != EVPACK_OK) {
        return evpack_fail(err, status, "%s", own.text);
    }
    const char *twice = json_twice(json_root(*out));
    if (twice != NULL) {
        char text[200];
        (void)snprintf(text, sizeof text,
                       "member '%.60s' stands twice in one object, with different values: readers"
                       " differ in which one counts",
                       twice);
        return faults_add(c->faults, (fault_place){file->path, 1, 1}, text, err);
    }
    return EVPACK_OK;
}

typedef struct {
    const checking *c;
    const mapping_file *file;
    evpack_status status;
    evpack_err *err;
} telling;

static bool tell(void *ctx, const char *pointer, const char *what)
{
    telling *t = ctx;
    t->status = check_tell(t->c, t->file, pointer, what, t->err);
    return t->status == EVPACK_OK && !t->c->faults->more;
}

static evpack_status by_schema(const checking *c, const mapping_file *file, const char *schema,
                               const json *value, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    buf_printf(&name, "mapping/schema/%s.schema.json", schema);
    EVPACK_TRY(buf_status(&name, err));
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(own_json(buf_str(&name), &doc, err));
    telling t = {c, file, EVPACK_OK, err};
    const schema_listener listener = {tell, &t};
    bool sound = false;
    EVPACK_TRY(schema_validate(json_root(doc), value, &listener, &sound, err));
    return t.status;
}

/* A schema of the folder's own is not used; it is looked at all the same. */
static evpack_status is_schema(const checking *c, const mapping_file *file, const json *value,
                               evpack_err *err)
{
    evpack_err fault = {0};
    return schema_check(value, &fault) == EVPACK_OK ? EVPACK_OK
                                                    : check_tell(c, file, "", fault.text, err);
}

static const json *kind_of(const json *kinds, const char *path, const json *value)
{
    for (const json *k = json_first(kinds); k != NULL; k = json_next(k)) {
        const char *member = json_get_string(k, "member");
        if (fnmatch(json_get_string(k, "path"), path, 0) == 0 &&
            (member == NULL || value == NULL || json_get(value, member) != NULL)) {
            return k;
        }
    }
    return NULL;
}

static evpack_status plan_told(void *ctx, const char *pointer, const char *text, evpack_err *err)
{
    const telling *t = ctx;
    return check_tell(t->c, t->file, pointer, text, err);
}

static evpack_status check_plan(const checking *c, const mapping_file *file, const json *plan,
                                evpack_err *err)
{
    EVPACK_AUTO(json_doc) words = NULL;
    EVPACK_TRY(own_json("src/map/plan-words.json", &words, err));
    telling t = {c, file, EVPACK_OK, err};
    return plan_check_each(plan, json_root(words), plan_told, &t, err);
}

static evpack_status not_ours(const checking *c, const mapping_file *file, evpack_err *err)
{
    return faults_add(
        c->faults, (fault_place){file->path, 0, 0},
        "nothing reads a file of this name, expected one that mapping/README.md lists:"
        " rename it or take it away",
        err);
}

static evpack_status check_json(const checking *c, size_t i, const json *kinds, evpack_err *err)
{
    const mapping_file *file = &c->files->at[i];
    EVPACK_TRY(parse(c, file, &c->docs[i], err));
    const json *value = c->docs[i] == NULL ? NULL : json_root(c->docs[i]);
    const json *kind = kind_of(kinds, file->path, value);
    if (kind == NULL) {
        return not_ours(c, file, err);
    }
    if (value == NULL) {
        return EVPACK_OK;
    }
    const char *schema = json_get_string(kind, "schema");
    if (schema == NULL) {
        return is_schema(c, file, value, err);
    }
    EVPACK_TRY(by_schema(c, file, schema, value, err));
    return strcmp(schema, "plan") == 0 && faults_of(c->faults, file->path) == NULL
               ? check_plan(c, file, value, err)
               : EVPACK_OK;
}

/* --- all files ------------------------------------------------------------------------------ */

static bool fits_any(const json *patterns, const char *path)
{
    for (const json *p = json_first(patterns); p != NULL; p = json_next(p)) {
        if (fnmatch(json_string(p), path, 0) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_file(const mapping_files *files, const char *pattern)
{
    for (size_t i = 0; i < files->count; i++) {
        if (fnmatch(pattern, files->at[i].path, 0) == 0) {
            return true;
        }
    }
    return false;
}

static evpack_status check_all(const checking *c, const json *table, evpack_err *err)
{
    const json *kinds = json_get(table, "files");
    for (size_t i = 0; i < c->files->count; i++) {
        const mapping_file *file = &c->files->at[i];
        const char *dot = strrchr(file->path, '.');
        if (strcmp(dot, ".json") == 0) {
            EVPACK_TRY(check_json(c, i, kinds, err));
        } else if (!fits_any(json_get(table, "sql"), file->path)) {
            EVPACK_TRY(not_ours(c, file, err));
        }
    }
    for (const json *k = json_first(kinds); k != NULL; k = json_next(k)) {
        const char *path = json_get_string(k, "path");
        if (json_is_true(json_get(k, "required")) && !has_file(c->files, path)) {
            EVPACK_TRY(faults_add(c->faults, (fault_place){path, 0, 0},
                                  "is not there, expected in every mapping: add it", err));
        }
    }
    if (c->files->passed_over != NULL) {
        EVPACK_TRY(faults_add(
            c->faults, (fault_place){c->files->passed_over, 0, 0},
            "is a link or no file, and no part of the mapping: copy the file here", err));
    }
    return check_sql(c, c->faults->count == 0, err);
}

evpack_status map_check(const char *folder, map_faults *out, size_t *files, evpack_err *err)
{
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files all = {0};
    EVPACK_TRY(mapping_files_load(folder, &all, err));
    EVPACK_AUTO(json_doc) table = NULL;
    EVPACK_TRY(own_json("src/map/check.json", &table, err));
    *files = all.count;
    const checking c = {&all, calloc(all.count, sizeof(json_doc *)), out};
    if (c.docs == NULL) {
        return evpack_oom(err);
    }
    evpack_status status = check_all(&c, json_root(table), err);
    for (size_t i = 0; i < all.count; i++) {
        json_free(c.docs[i]);
    }
    free(c.docs);
    faults_sort(out);
    return status;
}
