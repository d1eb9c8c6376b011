/*
 * Recognising objects. Invariant: an object that nothing recognises is `arm-resource` when it has
 * an ARM id, else `other`; it is never dropped, and its bytes are never judged. Normalising moves
 * members and renames them as the table says; values are copied as they were written.
 */
#include "collect/shape.h"

#include "base/embed.h"
#include "base/text.h"
#include "collect/arm.h"
#include "collect/spans.h"

#include <stdlib.h>
#include <string.h>

struct shapes {
    json_doc *doc;
    const json *types, *objects, *envelope, *summary_only, *contexts;
};

void shapes_free(shapes *s)
{
    if (s != NULL) {
        json_free(s->doc);
        free(s);
    }
}

evpack_status shapes_load(shapes **out, evpack_err *err)
{
    EVPACK_AUTO(shapes) s = calloc(1, sizeof *s);
    if (s == NULL) {
        return evpack_oom(err);
    }
    const embed_file *file = embed_find("src/collect/shapes.json");
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "src/collect/shapes.json is not built in");
    }
    EVPACK_TRY(json_parse((const char *)file->data, file->len, false, &s->doc, err));
    const json *root = json_root(s->doc);
    s->types = json_get(root, "types");
    s->objects = json_get(root, "objects");
    s->envelope = json_get(root, "envelope");
    s->summary_only = json_get(root, "summary_only");
    s->contexts = json_get(root, "contexts");
    *out = EVPACK_MOVE(s);
    return EVPACK_OK;
}

static void each_buf(shape *s, void (*act)(buf *))
{
    buf *all[] = {&s->subject, &s->type, &s->scope, &s->parent, &s->body};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        act(all[i]);
    }
}

void shape_reset(shape *s)
{
    each_buf(s, buf_reset);
    *s = (shape){0};
}

void shape_clear(shape *s)
{
    each_buf(s, buf_clear);
    s->kind = s->id_given = s->name = NULL;
    s->complete = s->normalised = false;
}

static bool listed(const json *list, const span *s)
{
    for (const json *e = json_first(list); e != NULL; e = json_next(e)) {
        if (json_is_string(e) && span_key_is(s, json_string(e))) {
            return true;
        }
    }
    return false;
}

static const json *find_type(const shapes *table, const char *type)
{
    for (const json *e = json_first(table->types); e != NULL; e = json_next(e)) {
        if (strcmp(json_get_string(e, "type"), type) == 0) {
            return e;
        }
    }
    return NULL;
}

static void put_member(buf *out, const char *key, size_t key_len, const char *value, size_t len)
{
    if (out->len > 0 && out->data[out->len - 1] != '{') {
        buf_putc(out, ',');
    }
    buf_putc(out, '"');
    buf_append(out, key, key_len);
    buf_append(out, "\":", 2);
    buf_append(out, value, len);
}

static const char *renamed(const json *rule, const span *s)
{
    for (const json *e = json_first(json_get(rule, "rename")); e != NULL; e = json_next(e)) {
        if (span_key_is(s, json_name(e))) {
            return json_string(e);
        }
    }
    return NULL;
}

static void lift(const shapes *table, const json *rule, const char *text, size_t len, buf *out);

/* An array of objects whose own properties az flattened too. */
static void lift_inner(const shapes *table, const span *array, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf inner = {0};
    buf_putc(&inner, '[');
    span_walk walk = span_begin(array->value, array->value_len);
    span element;
    for (bool first = true; span_next(&walk, &element); first = false) {
        if (!first) {
            buf_putc(&inner, ',');
        }
        EVPACK_AUTO_VALUE(buf_reset) buf one = {0};
        if (element.value_len > 0 && element.value[0] == '{') {
            lift(table, NULL, element.value, element.value_len, &one);
            buf_append(&inner, one.data, one.len);
        } else {
            buf_append(&inner, element.value, element.value_len);
        }
    }
    buf_putc(&inner, ']');
    put_member(out, array->key, array->key_len, buf_str(&inner), inner.len);
}

/* Writes the object with everything that is not ARM's envelope moved below "properties". */
static void lift(const shapes *table, const json *rule, const char *text, size_t len, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf properties = {0};
    buf_putc(&properties, '{');
    buf_putc(out, '{');
    span_walk walk = span_begin(text, len);
    for (span s; span_next(&walk, &s);) {
        if (listed(table->envelope, &s)) {
            put_member(out, s.key, s.key_len, s.value, s.value_len);
        } else if (listed(json_get(rule, "inner"), &s)) {
            lift_inner(table, &s, &properties);
        } else {
            const char *name = renamed(rule, &s);
            put_member(&properties, name == NULL ? s.key : name,
                       name == NULL ? s.key_len : strlen(name), s.value, s.value_len);
        }
    }
    buf_putc(&properties, '}');
    put_member(out, "properties", strlen("properties"), buf_str(&properties), properties.len);
    buf_putc(out, '}');
    out->failed = out->failed || properties.failed;
}

/* Whether members stand at the top that az moved up from below "properties". */
static bool is_flattened(const shapes *table, const char *text, size_t len)
{
    span_walk walk = span_begin(text, len);
    for (span s; span_next(&walk, &s);) {
        if (!listed(table->envelope, &s) && !listed(table->summary_only, &s)) {
            return true;
        }
    }
    return false;
}

static void set_scope(const json *rule, const json *value, const char *canonical, buf *out)
{
    const char *member = json_get_string(rule, "scope");
    const char *scope = NULL;
    if (member != NULL) {
        scope = json_get_string(json_get(value, "properties"), member);
        scope = scope != NULL ? scope : json_get_string(value, member);
    }
    if (scope != NULL) {
        arm_canonical(scope, out);
    } else if (member != NULL || json_is_true(json_get(rule, "extension"))) {
        arm_scope(canonical, out);
    }
}

static void recognise_arm(const shapes *table, const char *text, size_t len, const json *value,
                          shape *out)
{
    out->id_given = json_get_string(value, "id");
    arm_canonical(out->id_given, &out->subject);
    arm_type(buf_str(&out->subject), &out->type);
    const json *rule = find_type(table, buf_str(&out->type));
    out->kind = rule == NULL ? "arm-resource" : json_get_string(rule, "kind");
    out->name = json_get_string(value, "name");
    set_scope(rule, value, buf_str(&out->subject), &out->scope);
    arm_parent(buf_str(&out->subject), &out->parent);
    const json *properties = json_get(value, "properties");
    /* {} says no more than null does. */
    out->complete =
        json_first(properties) != NULL || json_is_true(json_get(rule, "always_complete"));
    if (properties == NULL && !json_is_true(json_get(rule, "nested")) &&
        is_flattened(table, text, len)) {
        out->complete = true;
        out->normalised = true;
        lift(table, rule, text, len, &out->body);
    }
}

static bool has_all(const json *names, const json *value)
{
    for (const json *e = json_first(names); e != NULL; e = json_next(e)) {
        if (json_get(value, json_string(e)) == NULL) {
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

static const json *find_object(const shapes *table, const json *value)
{
    for (const json *e = json_first(table->objects); e != NULL; e = json_next(e)) {
        const char *guid = json_get_string(e, "guid");
        if (has_all(json_get(e, "has"), value) &&
            (guid == NULL || is_guid(json_get_string(value, guid)))) {
            return e;
        }
    }
    return NULL;
}

/* az account list prints the bare GUID as id and flattens; ARM has /subscriptions/GUID. */
static void recognise_object(const shapes *table, const char *text, size_t len, const json *value,
                             shape *out)
{
    const json *rule = find_object(table, value);
    out->complete = true;
    out->id_given = json_get_string(value, "id");
    out->name = json_get_string(value, "displayName");
    out->name = out->name != NULL ? out->name : json_get_string(value, "name");
    if (rule == NULL) {
        out->kind = "other";
        return;
    }
    out->kind = json_get_string(rule, "kind");
    const char *prefix = json_get_string(rule, "subject");
    const char *key = json_get_string(rule, "key");
    const char *scope = json_get_string(rule, "scope");
    if (prefix != NULL) {
        buf_puts(&out->subject, prefix);
        arm_canonical(out->id_given, &out->subject);
        arm_type(buf_str(&out->subject), &out->type);
        out->normalised = true;
        lift(table, rule, text, len, &out->body);
    } else if (key != NULL && json_get_string(value, key) != NULL) {
        buf_printf(&out->subject, "%s:", out->kind);
        size_t start = out->subject.len;
        buf_puts(&out->subject, json_get_string(value, key));
        if (!out->subject.failed) {
            text_lower_bytes(out->subject.data + start, out->subject.len - start);
        }
    }
    const char *given = scope == NULL ? NULL : json_get_string(value, scope);
    if (given != NULL) {
        arm_canonical(given, &out->scope);
    }
}

evpack_status shape_recognise(const shapes *table, const char *text, size_t len, const json *value,
                              shape *out, evpack_err *err)
{
    shape_clear(out);
    if (arm_is_id(json_get_string(value, "id"))) {
        recognise_arm(table, text, len, value, out);
    } else {
        recognise_object(table, text, len, value, out);
    }
    buf *all[] = {&out->subject, &out->type, &out->scope, &out->parent, &out->body};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        EVPACK_TRY(buf_status(all[i], err));
    }
    return EVPACK_OK;
}

/* A member by its name, or by the same name in Pascal case. */
static const json *either(const json *value, const char *lower, const char *upper)
{
    const json *found = json_get(value, lower);
    return found != NULL ? found : json_get(value, upper);
}

/* {"code": …, "message": …} without anything that a resource has. */
static bool is_bare_error(const json *value)
{
    const json *message = either(value, "message", "Message");
    return json_is_string(either(value, "code", "Code")) &&
           (json_is_string(message) || json_is_null(message)) &&
           either(value, "id", "Id") == NULL && either(value, "name", "Name") == NULL &&
           either(value, "properties", "Properties") == NULL;
}

static const json *inner_error(const json *value)
{
    static const char *const names[] = {"error", "Error", "odata.error"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const json *inner = json_get(value, names[i]);
        if (json_is_object(inner)) {
            return inner;
        }
    }
    return NULL;
}

bool shape_has_error(const json *value, const char **code, const char **message)
{
    const json *inner = inner_error(value);
    if (inner == NULL) {
        return false;
    }
    *code = json_string(either(inner, "code", "Code"));
    const json *text = either(inner, "message", "Message");
    *message = json_is_object(text) ? json_get_string(text, "value") : json_string(text);
    return true;
}

/* Whether an object holds more than an error and scalars about it: a template that was exported in
 * part, for one. */
static bool holds_more(const json *value)
{
    for (const json *m = json_first(value); m != NULL; m = json_next(m)) {
        if ((json_is_object(m) || json_is_array(m)) && m != inner_error(value)) {
            return true;
        }
    }
    return json_get(value, "id") != NULL;
}

bool shape_is_error(const json *value, const char **code, const char **message)
{
    if (shape_has_error(value, code, message)) {
        return !holds_more(value);
    }
    /* What Microsoft Entra answers when a sign-in fails. */
    const char *word = json_get_string(value, "error");
    const char *said = json_get_string(value, "error_description");
    bool bare = is_bare_error(value);
    if (!bare && (word == NULL || said == NULL)) {
        return false;
    }
    *code = bare ? json_string(either(value, "code", "Code")) : word;
    *message = bare ? json_string(either(value, "message", "Message")) : said;
    return true;
}

const char *shape_of_page(const shapes *table, const json *envelope)
{
    const char *context = json_get_string(envelope, "@odata.context");
    for (const json *e = json_first(table->contexts); context != NULL && e != NULL;
         e = json_next(e)) {
        if (strstr(context, json_get_string(e, "contains")) != NULL) {
            return json_get_string(e, "kind");
        }
    }
    return NULL;
}
