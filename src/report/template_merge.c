/*
 * Merging JSON. Invariant: the result has the base's shape, so that whoever reads it meets nothing
 * that the base could not have said. How deep it goes is bounded by the base. Knows nothing of
 * reports.
 */
#include "report/template_merge.h"

#include <stdio.h>
#include <string.h>

enum { PLACE = 160 };

typedef struct {
    const template_merge_rule *rule;
    buf *out;
    char place[PLACE]; /* "cover.kicker" */
} merge;

static evpack_status refuse(const merge *m, const char *what, evpack_err *err)
{
    return evpack_fail(err, EVPACK_E_INPUT, "%s: '%s': %s", m->rule->file, m->place, what);
}

static size_t go_down(merge *m, const char *name)
{
    const size_t was = strlen(m->place);
    (void)snprintf(m->place + was, sizeof m->place - was, "%s%.60s", was == 0 ? "" : ".", name);
    return was;
}

static const char *type_of(const json *value)
{
    return json_is_object(value)   ? "an object"
           : json_is_array(value)  ? "an array"
           : json_is_string(value) ? "a text"
           : json_is_number(value) ? "a number"
           : json_is_bool(value)   ? "true or false"
                                   : "null";
}

void template_put_json(const json *value, buf *out)
{
    if (json_is_string(value)) {
        buf_json_text(out, json_string(value));
    } else if (json_is_number(value)) {
        buf_printf(out, "%.17g", json_number(value));
    } else if (json_is_bool(value)) {
        buf_puts(out, json_is_true(value) ? "true" : "false");
    } else if (value == NULL || json_is_null(value)) {
        buf_puts(out, "null");
    } else {
        const bool object = json_is_object(value);
        buf_putc(out, object ? '{' : '[');
        for (const json *e = json_first(value); e != NULL; e = json_next(e)) {
            buf_puts(out, e == json_first(value) ? "" : ",");
            if (object) {
                buf_json_text(out, json_name(e));
                buf_putc(out, ':');
            }
            template_put_json(e, out);
        }
        buf_putc(out, object ? '}' : ']');
    }
}

/* Whether each {name} of text stands in base, too. */
static bool names_known(const char *text, const char *base)
{
    for (const char *open = strchr(text, '{'); open != NULL; open = strchr(open + 1, '{')) {
        char name[40];
        const size_t len = strcspn(open, "}");
        (void)snprintf(name, sizeof name, "%.*s}", (int)(len < 38 ? len : 38), open);
        if (open[len] == '\0' || strstr(base, name) == NULL) {
            return false;
        }
    }
    return true;
}

static evpack_status check_text(const merge *m, const json *base, const json *over, evpack_err *err)
{
    const char *text = json_string(over);
    if (strlen(text) > m->rule->text_max) {
        return evpack_fail(err, EVPACK_E_LIMIT, "%s: '%s': a text of more than %zu bytes",
                           m->rule->file, m->place, m->rule->text_max);
    }
    return base == NULL || names_known(text, json_string(base))
               ? EVPACK_OK
               : refuse(m, "names in braces what the built-in text does not give", err);
}

static bool keeps_count(const char *place)
{
    const char *dot = strrchr(place, '.');
    const char *name = dot == NULL ? place : dot + 1;
    const size_t len = strlen(name);
    return strncmp(place, "tables.", 7) == 0 || strcmp(name, "columns") == 0 ||
           (len > 8 && strcmp(name + len - 8, "_columns") == 0);
}

static evpack_status check_like(merge *m, const json *family, const json *over, evpack_err *err);

/* A member of an element: known to one of the family, and like it. */
static evpack_status check_member(merge *m, const json *family, const json *member, evpack_err *err)
{
    const json *model = NULL;
    for (const json *e = json_first(family); e != NULL && model == NULL; e = json_next(e)) {
        model = json_get(e, json_name(member));
    }
    if (model == NULL) {
        return refuse(m, "is not known", err);
    }
    if (strcmp(type_of(model), type_of(member)) != 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: '%s': expected %s, found %s", m->rule->file,
                           m->place, type_of(model), type_of(member));
    }
    if (json_is_string(member)) {
        return check_text(m, NULL, member, err);
    }
    return json_is_array(member)    ? check_like(m, model, member, err)
           : json_is_object(member) ? refuse(m, "an object is not expected here", err)
                                    : EVPACK_OK;
}

static evpack_status check_element(merge *m, const json *family, const json *one, evpack_err *err)
{
    const json *first = json_first(family);
    if (strcmp(type_of(first), type_of(one)) != 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: '%s': expected %s, found %s", m->rule->file,
                           m->place, type_of(first), type_of(one));
    }
    if (json_is_string(one)) {
        return check_text(m, NULL, one, err);
    }
    if (!json_is_object(one)) {
        return json_is_array(one) ? refuse(m, "an array is not expected here", err) : EVPACK_OK;
    }
    for (const json *e = json_first(one); e != NULL; e = json_next(e)) {
        const size_t was = go_down(m, json_name(e));
        EVPACK_TRY(check_member(m, family, e, err));
        m->place[was] = '\0';
    }
    for (const json *must = json_first(first); must != NULL; must = json_next(must)) {
        bool all = true;
        for (const json *e = first; e != NULL; e = json_next(e)) {
            all = all && json_get(e, json_name(must)) != NULL;
        }
        if (all && json_get(one, json_name(must)) == NULL) {
            (void)go_down(m, json_name(must));
            return refuse(m, "is missing", err);
        }
    }
    return EVPACK_OK;
}

/* Each element of over is like those of the family. Texts here have no names filled in. */
static evpack_status check_like(merge *m, const json *family, const json *over, evpack_err *err)
{
    if (keeps_count(m->place) && json_count(family) != json_count(over)) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: '%s': expected %zu elements, found %zu",
                           m->rule->file, m->place, json_count(family), json_count(over));
    }
    unsigned n = 0;
    for (const json *e = json_first(over); e != NULL; e = json_next(e)) {
        char index[16];
        (void)snprintf(index, sizeof index, "%u", n++);
        const size_t was = go_down(m, index);
        EVPACK_TRY(check_element(m, family, e, err));
        m->place[was] = '\0';
    }
    return EVPACK_OK;
}

static evpack_status put_merged(merge *m, const json *base, const json *over, evpack_err *err);

/* What over has and base has not: refused, or of the author's own naming and like the first. */
static evpack_status put_own(merge *m, const json *base, const json *over, evpack_err *err)
{
    const bool open = strcmp(m->place, "sizes") == 0;
    for (const json *e = json_first(over); e != NULL; e = json_next(e)) {
        if (json_get(base, json_name(e)) != NULL) {
            continue;
        }
        const size_t was = go_down(m, json_name(e));
        if (!open) {
            return refuse(m, "is not known: the built-in file has no such member", err);
        }
        buf_putc(m->out, ',');
        buf_json_text(m->out, json_name(e));
        buf_putc(m->out, ':');
        EVPACK_TRY(put_merged(m, json_first(base), e, err));
        m->place[was] = '\0';
    }
    return EVPACK_OK;
}

static evpack_status put_merged(merge *m, const json *base, const json *over, evpack_err *err)
{
    if (over == NULL) {
        template_put_json(base, m->out);
        return EVPACK_OK;
    }
    if (strcmp(type_of(base), type_of(over)) != 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: '%s': expected %s, found %s", m->rule->file,
                           m->place, type_of(base), type_of(over));
    }
    if (!json_is_object(base)) {
        if (json_is_string(over)) {
            EVPACK_TRY(check_text(m, base, over, err));
        } else if (json_is_array(over)) {
            EVPACK_TRY(check_like(m, base, over, err));
        }
        template_put_json(over, m->out);
        return EVPACK_OK;
    }
    buf_putc(m->out, '{');
    for (const json *e = json_first(base); e != NULL; e = json_next(e)) {
        buf_puts(m->out, e == json_first(base) ? "" : ",");
        buf_json_text(m->out, json_name(e));
        buf_putc(m->out, ':');
        const size_t was = go_down(m, json_name(e));
        EVPACK_TRY(put_merged(m, e, json_get(over, json_name(e)), err));
        m->place[was] = '\0';
    }
    EVPACK_TRY(put_own(m, base, over, err));
    buf_putc(m->out, '}');
    return EVPACK_OK;
}

evpack_status template_merge(const json *base, const json *over, const template_merge_rule *rule,
                             buf *out, evpack_err *err)
{
    merge m = {.rule = rule, .out = out};
    const char *twice = json_twice(over);
    if (twice != NULL) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: '%.100s' stands twice in one object",
                           rule->file, twice);
    }
    EVPACK_TRY(put_merged(&m, base, over, err));
    return buf_status(out, err);
}
