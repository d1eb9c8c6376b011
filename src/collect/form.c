/*
 * Checking a value against a schema. Invariant: the walk follows the schema, whose depth is ours,
 * never the value's; a keyword that is not known here is a fault of the program, never passed over.
 * Refuses to know what any document is for.
 */
#include "collect/form.h"

#include "base/embed.h"
#include "base/text.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

enum { PATTERNS_MAX = 64 };

/* A pattern, compiled when it is met first. */
typedef struct {
    const json *at; /* the schema that has it */
    regex_t compiled;
} pattern;

struct form {
    json_doc *doc;
    pattern patterns[PATTERNS_MAX];
    size_t count;
};

/* A walk: where in the value it is, and the fault that it found. */
typedef struct {
    form *f;
    char pointer[FORM_POINTER_MAX];
    form_fault *fault; /* NULL: only whether it is good is asked */
} walk;

static evpack_status check(walk *w, const json *schema, const json *value, bool *good,
                           evpack_err *err);

evpack_status form_load(const char *name, form **out, evpack_err *err)
{
    const embed_file *file = embed_find(name);
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s is not built in", name);
    }
    EVPACK_AUTO(form) f = calloc(1, sizeof *f);
    if (f == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(json_parse((const char *)file->data, file->len, false, &f->doc, err));
    *out = EVPACK_MOVE(f);
    return EVPACK_OK;
}

void form_free(form *f)
{
    if (f == NULL) {
        return;
    }
    for (size_t i = 0; i < f->count; i++) {
        regfree(&f->patterns[i].compiled);
    }
    json_free(f->doc);
    free(f);
}

static const char *expected(const json *schema)
{
    const char *text = json_get_string(schema, "description");
    return text == NULL ? "another value" : text;
}

/* Says that what stands here is wrong; what is found wrong first is kept. */
static void blame(walk *w, bool *good, const char *what, const char *end)
{
    *good = false;
    if (w->fault != NULL) {
        (void)snprintf(w->fault->pointer, sizeof w->fault->pointer, "%s", w->pointer);
        (void)snprintf(w->fault->text, sizeof w->fault->text, "%s%.300s%s",
                       end[0] == '\0' ? "expected " : "the member \"", what, end);
        w->fault->text[text_utf8_check(w->fault->text, strlen(w->fault->text))] = '\0';
    }
}

/* Goes one step down; returns what restores the place. A place that does not fit is that of what
 * holds it. */
static size_t step(walk *w, const char *token)
{
    const size_t was = strlen(w->pointer);
    size_t n = was;
    char *p = w->pointer;
    if (n + 2 * strlen(token) + 2 < sizeof w->pointer) {
        p[n++] = '/';
        for (; *token != '\0'; token++) {
            if (*token == '~' || *token == '/') {
                p[n++] = '~';
                p[n++] = *token == '~' ? '0' : '1';
            } else {
                p[n++] = *token;
            }
        }
        p[n] = '\0';
    }
    return was;
}

static evpack_status matches(form *f, const json *schema, const char *text, bool *yes,
                             evpack_err *err)
{
    size_t i = 0;
    while (i < f->count && f->patterns[i].at != schema) {
        i++;
    }
    if (i == f->count) {
        const char *source = json_get_string(schema, "pattern");
        if (i == PATTERNS_MAX || source == NULL ||
            regcomp(&f->patterns[i].compiled, source, REG_EXTENDED | REG_NOSUB) != 0) {
            return evpack_fail(err, EVPACK_E_INTERNAL, "a schema's pattern cannot be used");
        }
        f->patterns[f->count++].at = schema;
    }
    *yes = regexec(&f->patterns[i].compiled, text, 0, NULL, 0) == 0;
    return EVPACK_OK;
}

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xc0U) != 0x80U;
    }
    return n;
}

/* Whether n is within the bounds that two members of the schema state. */
static bool within(const json *schema, const char *least, const char *most, size_t n)
{
    const json *min = json_get(schema, least);
    const json *max = json_get(schema, most);
    return (min == NULL || (double)n >= json_number(min)) &&
           (max == NULL || (double)n <= json_number(max));
}

static evpack_status check_string(walk *w, const json *schema, const json *value, bool *good,
                                  evpack_err *err)
{
    const char *text = json_string(value);
    bool fits = text != NULL && within(schema, "minLength", "maxLength", characters(text));
    if (fits && json_get(schema, "pattern") != NULL) {
        EVPACK_TRY(matches(w->f, schema, text, &fits, err));
    }
    if (!fits) {
        blame(w, good, expected(schema), "");
    }
    return EVPACK_OK;
}

static evpack_status check_array(walk *w, const json *schema, const json *value, bool *good,
                                 evpack_err *err)
{
    if (!json_is_array(value) || !within(schema, "minItems", "maxItems", json_count(value))) {
        blame(w, good, expected(schema), "");
        return EVPACK_OK;
    }
    const json *items = json_get(schema, "items");
    unsigned n = 0;
    for (const json *one = json_first(value); one != NULL && items != NULL && *good;
         one = json_next(one), n++) {
        char token[16];
        (void)snprintf(token, sizeof token, "%u", n);
        const size_t was = step(w, token);
        EVPACK_TRY(check(w, items, one, good, err));
        w->pointer[was] = '\0';
    }
    return EVPACK_OK;
}

/* The schema of a member; NULL: it may not be there. */
static const json *member_schema(const json *schema, const char *name)
{
    const json *known = json_get(json_get(schema, "properties"), name);
    if (known != NULL) {
        return known;
    }
    const json *other = json_get(schema, "additionalProperties");
    return json_is_object(other) ? other : NULL;
}

static evpack_status check_members(walk *w, const json *schema, const json *value, bool *good,
                                   evpack_err *err)
{
    for (const json *m = json_first(value); m != NULL && *good; m = json_next(m)) {
        const json *own = member_schema(schema, json_name(m));
        const size_t was = step(w, json_name(m));
        if (own == NULL) {
            blame(w, good, json_name(m), "\" is not known here");
        } else if (json_get(value, json_name(m)) != m) {
            blame(w, good, json_name(m), "\" stands twice");
        } else {
            EVPACK_TRY(check(w, own, m, good, err));
        }
        w->pointer[was] = '\0';
    }
    return EVPACK_OK;
}

static bool has_required(const json *schema, const json *value, const char **lacks)
{
    for (const json *r = json_first(json_get(schema, "required")); r != NULL; r = json_next(r)) {
        if (json_get(value, json_string(r)) == NULL) {
            *lacks = json_string(r);
            return false;
        }
    }
    return true;
}

static evpack_status check_object(walk *w, const json *schema, const json *value, bool *good,
                                  evpack_err *err)
{
    const char *lacks = NULL;
    if (!json_is_object(value) ||
        !within(schema, "minProperties", "maxProperties", json_count(value))) {
        blame(w, good, expected(schema), "");
        return EVPACK_OK;
    }
    /* Alternatives know which members there may be: here they say only what each must have. */
    if (json_get(schema, "properties") != NULL ||
        json_get(schema, "additionalProperties") != NULL) {
        EVPACK_TRY(check_members(w, schema, value, good, err));
    }
    if (*good && !has_required(schema, value, &lacks)) {
        blame(w, good, lacks, "\" is missing");
    }
    return EVPACK_OK;
}

static evpack_status check_enum(walk *w, const json *schema, const json *value, bool *good)
{
    bool any = false;
    for (const json *one = json_first(json_get(schema, "enum")); one != NULL;
         one = json_next(one)) {
        const char *text = json_string(one);
        any = any ||
              (text != NULL && json_is_string(value) && strcmp(text, json_string(value)) == 0) ||
              (json_is_number(one) && json_is_number(value) &&
               json_number(one) >= json_number(value) && json_number(one) <= json_number(value));
    }
    if (!any) {
        blame(w, good, expected(schema), "");
    }
    return EVPACK_OK;
}

/*
 * Of alternatives at least one must hold, or exactly one. When none does, the fault is that of the
 * only one whose required members are there, else that none is chosen.
 */
static evpack_status check_choice(walk *w, const json *schema, const json *value, bool *good,
                                  evpack_err *err)
{
    const json *any = json_get(schema, "anyOf");
    const json *list = any != NULL ? any : json_get(schema, "oneOf");
    form_fault *const fault = w->fault;
    unsigned hold = 0;
    unsigned meant = 0;
    const json *which = NULL;
    w->fault = NULL;
    for (const json *one = json_first(list); one != NULL; one = json_next(one)) {
        const char *lacks = NULL;
        bool fits = true;
        EVPACK_TRY(check(w, one, value, &fits, err));
        hold += fits;
        if (!fits && json_is_object(value) && has_required(one, value, &lacks)) {
            meant++;
            which = one;
        }
    }
    w->fault = fault;
    if (hold == 1 || (any != NULL && hold > 0)) {
        return EVPACK_OK;
    }
    if (hold == 0 && meant == 1) {
        return check(w, which, value, good, err);
    }
    blame(w, good, expected(schema), "");
    return EVPACK_OK;
}

static bool is_known(const char *keyword)
{
    static const char *const known[] = {
        "$schema",       "title",         "description", "type",
        "enum",          "required",      "properties",  "additionalProperties",
        "minProperties", "maxProperties", "items",       "minItems",
        "maxItems",      "minLength",     "maxLength",   "pattern",
        "anyOf",         "oneOf"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(keyword, known[i]) == 0) {
            return true;
        }
    }
    return false;
}

static evpack_status check(walk *w, const json *schema, const json *value, bool *good,
                           evpack_err *err)
{
    for (const json *k = json_first(schema); k != NULL; k = json_next(k)) {
        if (!is_known(json_name(k))) {
            return evpack_fail(err, EVPACK_E_INTERNAL, "a schema has the keyword %.60s",
                               json_name(k));
        }
    }
    const char *type = json_get_string(schema, "type");
    if (json_get(schema, "enum") != NULL) {
        return check_enum(w, schema, value, good);
    }
    if (type != NULL && strcmp(type, "string") == 0) {
        return check_string(w, schema, value, good, err);
    }
    if (type != NULL && strcmp(type, "array") == 0) {
        return check_array(w, schema, value, good, err);
    }
    EVPACK_TRY(check_object(w, schema, value, good, err));
    if (*good && (json_get(schema, "anyOf") != NULL || json_get(schema, "oneOf") != NULL)) {
        EVPACK_TRY(check_choice(w, schema, value, good, err));
    }
    return EVPACK_OK;
}

evpack_status form_check(form *f, const json *value, bool *good, form_fault *fault, evpack_err *err)
{
    walk w = {.f = f, .fault = fault};
    *good = true;
    *fault = (form_fault){0};
    return check(&w, json_root(f->doc), value, good, err);
}
