/*
 * Recognising objects. Invariant: an object that nothing recognises is `arm-resource` when it has
 * an ARM id, else `other`; it is never dropped, and its bytes are never judged. It is complete only
 * when it has its properties, or stands as az prints it whole: a projection is not.
 */
#include "collect/shape.h"

#include "base/text.h"
#include "collect/arm.h"
#include "collect/normalise.h"
#include "collect/plain.h"

#include <string.h>

static void each_buf(shape *s, void (*act)(buf *))
{
    buf *all[] = {&s->subject, &s->type, &s->scope, &s->parent, &s->body, &s->text};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        act(all[i]);
    }
}

void shape_reset(shape *s)
{
    each_buf(s, buf_reset);
    json_free(s->doc);
    *s = (shape){0};
}

void shape_clear(shape *s)
{
    each_buf(s, buf_clear);
    json_free(s->doc);
    s->doc = NULL;
    s->kind = s->id_given = s->name = NULL;
    s->complete = s->normalised = s->cut_short = s->mismatch = false;
}

static void set_scope(const table_type *rule, const json *value, const char *canonical, buf *out)
{
    const char *scope = NULL;
    if (rule->scope != NULL) {
        scope = json_get_string(json_get(value, "properties"), rule->scope);
        scope = scope != NULL ? scope : json_get_string(value, rule->scope);
    }
    if (scope != NULL) {
        arm_canonical(scope, out);
    } else if (rule->scope != NULL || rule->extension || arm_is_extension(canonical)) {
        arm_scope(canonical, out);
    }
}

static bool has_each(const json *names, const json *value)
{
    for (const json *e = json_first(names); e != NULL; e = json_next(e)) {
        if (json_get(value, json_string(e)) == NULL) {
            return false;
        }
    }
    return true;
}

static bool has_upper(const char *text)
{
    return strpbrk(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL;
}

/*
 * Whether a flattened object is one that az printed whole, or a projection (--query, Resource
 * Graph), in which an absent member says nothing. az prints the name and the type as ARM spells it;
 * Resource Graph has types in lower case.
 */
static bool is_whole_print(const table_type *rule, const json *value)
{
    if (rule->always_complete) {
        return true;
    }
    if (rule->full != NULL && !has_each(rule->full, value)) {
        return false;
    }
    const json *type = json_get(value, "type");
    bool spelled = !json_is_string(type) || has_upper(json_string(type));
    bool stated = type != NULL || rule->full != NULL;
    return json_get(value, "name") != NULL && stated && spelled;
}

/* Whether the type that it states is of another kind than the one that its id names. */
static bool is_mismatch(const shapes *table, const table_type *rule, const char *type,
                        const json *value)
{
    const char *given = json_get_string(value, "type");
    if (given == NULL || type[0] == '\0' || text_same(given, type)) {
        return false;
    }
    char lower[256] = {0};
    size_t len = strnlen(given, sizeof lower - 1);
    memcpy(lower, given, len);
    text_lower_bytes(lower, len);
    const table_type *other = table_find_type(table, lower);
    return strcmp(other->kind, rule->kind) != 0 || strcmp(rule->kind, "arm-resource") == 0;
}

static void recognise_arm(const shapes *table, const shape_input *in, shape *out)
{
    const json *value = in->value;
    out->id_given = json_get_string(value, "id");
    arm_canonical(out->id_given, &out->subject);
    arm_type(buf_str(&out->subject), &out->type);
    const table_type *rule = table_find_type(table, buf_str(&out->type));
    out->kind = rule->kind;
    out->name = json_get_string(value, "name");
    out->mismatch = is_mismatch(table, rule, buf_str(&out->type), value);
    set_scope(rule, value, buf_str(&out->subject), &out->scope);
    arm_parent(buf_str(&out->subject), &out->parent);
    const json *properties = json_get(value, "properties");
    /* {} says no more than null does. */
    out->complete = json_first(properties) != NULL || rule->always_complete;
    if (rule->flat && json_first(properties) != NULL) {
        out->normalised = true;
        normalise_raise(in->text, in->len, &out->body);
    } else if (properties == NULL && !rule->nested && !in->projected &&
               normalise_is_flattened(table, in->text, in->len) && is_whole_print(rule, value)) {
        out->complete = true;
        out->normalised = true;
        normalise_lift(table, rule, in->text, in->len, &out->body);
    }
}

/* A member by its name, or by "name.name". */
static const char *text_at(const json *value, const char *path)
{
    const char *dot = strchr(path, '.');
    char outer[64];
    if (dot == NULL || (size_t)(dot - path) >= sizeof outer) {
        return json_get_string(value, path);
    }
    memcpy(outer, path, (size_t)(dot - path));
    outer[dot - path] = '\0';
    return json_get_string(json_get(value, outer), dot + 1);
}

/* "KIND:a|b|c" from the members that tell one such object from another; nothing when all of them
 * are missing. */
static void set_key(const json *names, const json *value, const char *kind, buf *out)
{
    bool any = false;
    buf_printf(out, "%s:", kind);
    for (const json *e = json_first(names); e != NULL; e = json_next(e)) {
        const char *part = text_at(value, json_string(e));
        any = any || (part != NULL && part[0] != '\0');
        if (e != json_first(names)) {
            buf_putc(out, '|');
        }
        if (arm_is_id(part)) {
            arm_canonical(part, out);
        } else if (part != NULL) {
            size_t start = out->len;
            buf_puts(out, part);
            if (!out->failed) {
                text_lower_bytes(out->data + start, out->len - start);
            }
        }
    }
    if (!any) {
        buf_clear(out);
    }
}

/* Without an ARM id: of the type that it states, but never one to be judged. */
static void recognise_nameless(const shapes *table, const json *value, shape *out)
{
    out->kind = "other";
    const char *given = json_get_string(value, "type");
    if (given == NULL || strchr(given, '/') == NULL || json_get(value, "name") == NULL) {
        return;
    }
    buf_puts(&out->type, given);
    if (!out->type.failed) {
        text_lower_bytes(out->type.data, out->type.len);
    }
    out->kind = table_find_type(table, buf_str(&out->type))->kind;
    out->complete = false;
}

/* az account list prints the bare GUID as id and flattens; ARM has /subscriptions/GUID. */
static void recognise_object(const shapes *table, const shape_input *in, const json *rule,
                             shape *out)
{
    const json *value = in->value;
    out->complete = !in->projected;
    out->id_given = json_get_string(value, "id");
    out->name = json_get_string(value, "displayName");
    out->name = out->name != NULL ? out->name : json_get_string(value, "name");
    if (rule == NULL) {
        recognise_nameless(table, value, out);
        return;
    }
    out->kind = json_get_string(rule, "kind");
    out->complete = out->complete && (json_get(rule, "complete") == NULL);
    const char *prefix = json_get_string(rule, "subject");
    const char *scope = json_get_string(rule, "scope");
    if (prefix != NULL) {
        buf_puts(&out->subject, prefix);
        arm_canonical(out->id_given, &out->subject);
        arm_type(buf_str(&out->subject), &out->type);
        out->normalised = true;
        normalise_lift(table, NULL, in->text, in->len, &out->body);
    } else if (json_get(rule, "key") != NULL) {
        set_key(json_get(rule, "key"), value, out->kind, &out->subject);
    }
    for (const json *e = json_first(json_get(rule, "rename")); e != NULL; e = json_next(e)) {
        out->normalised = out->normalised || json_get(value, json_name(e)) != NULL;
    }
    if (out->normalised && out->body.len == 0 && json_get(rule, "rename") != NULL) {
        normalise_rename(table, json_get(rule, "rename"), in->text, in->len, &out->body);
    }
    const char *given = scope == NULL ? NULL : json_get_string(value, scope);
    if (given != NULL) {
        arm_canonical(given, &out->scope);
    }
}

static bool is_pascal(const json *value)
{
    return json_get(value, "id") == NULL && (arm_is_id(json_get_string(value, "ResourceId")) ||
                                             arm_is_id(json_get_string(value, "Id")));
}

/* The object as it is read on: with plain names, and PowerShell's spelling turned into ARM's. */
static evpack_status prepare(const shapes *table, shape_input *in, shape *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf plain = {0};
    bool renamed = in->escaped_names && plain_text(in->text, in->len, &plain);
    EVPACK_TRY(buf_status(&plain, err));
    if (renamed) {
        in->text = plain.data;
        in->len = plain.len;
    }
    bool pascal = is_pascal(in->value);
    if (pascal) {
        normalise_pascal(table, in->text, in->len, &out->text);
    } else if (renamed) {
        buf_append(&out->text, plain.data, plain.len);
    }
    EVPACK_TRY(buf_status(&out->text, err));
    if (out->text.len > 0) {
        in->text = out->text.data;
        in->len = out->text.len;
        out->normalised = true;
    }
    if (pascal) {
        EVPACK_TRY(json_parse(in->text, in->len, true, &out->doc, err));
        in->value = json_root(out->doc);
        /* Without Properties the rest is what a cmdlet made of them, in words of its own. */
        in->projected = true;
    }
    return EVPACK_OK;
}

evpack_status shape_recognise(const shapes *table, const shape_input *given, shape *out,
                              evpack_err *err)
{
    shape_clear(out);
    shape_input in = *given;
    EVPACK_TRY(prepare(table, &in, out, err));
    bool id = arm_is_id(json_get_string(in.value, "id"));
    const json *rule = table_find_object(table, in.value, true);
    if (rule == NULL && !id) {
        rule = table_find_object(table, in.value, false);
    }
    if (rule == NULL && id) {
        recognise_arm(table, &in, out);
    } else {
        recognise_object(table, &in, rule, out);
    }
    out->cut_short = normalise_is_cut_short(table, in.text, in.len);
    out->complete = out->complete && !out->cut_short;
    if (out->body.len == 0 && out->text.len > 0) {
        buf_append(&out->body, out->text.data, out->text.len);
    }
    buf *all[] = {&out->subject, &out->type, &out->scope, &out->parent, &out->body};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        EVPACK_TRY(buf_status(all[i], err));
    }
    return EVPACK_OK;
}

const char *shape_of_page(const shapes *table, const json *envelope)
{
    const char *context = json_get_string(envelope, "@odata.context");
    for (const json *e = json_first(table_list(table, "contexts")); context != NULL && e != NULL;
         e = json_next(e)) {
        if (strstr(context, json_get_string(e, "contains")) != NULL) {
            return json_get_string(e, "kind");
        }
    }
    return NULL;
}
