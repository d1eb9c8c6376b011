/*
 * One resource of a template. Invariant: what is not known of a type, a name or an id stands in
 * braces, and no id is one that a real resource could have.
 */
#include "collect/template_declared.h"

#include "base/text.h"
#include "collect/expr_ids.h"
#include "collect/template_body.h"

#include <string.h>
#include <strings.h>

static const char deployments_type[] = "Microsoft.Resources/deployments";

void template_declared_reset(template_declared *d)
{
    buf *const all[] = {&d->type, &d->name,   &d->api_version, &d->base,
                        &d->id,   &d->parent, &d->body};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        buf_reset(all[i]);
    }
    arena_reset(&d->memory);
}

bool template_declared_has_word(const char *text, const char *lower)
{
    size_t len = strlen(lower);
    for (; text != NULL && *text != '\0'; text++) {
        if (strncasecmp(text, lower, len) == 0) {
            return true;
        }
    }
    return false;
}

/* Appends the text that a string means, as far as it is known; true when it all is. */
static bool put_text(template_work *w, const expr_env *env, const char *text, buf *out)
{
    size_t start = out->len;
    bool known = true;
    if (!expression_is(text)) {
        buf_puts(out, expression_literal(text));
    } else {
        w->machine.expressions++;
        const expr_node *node = expression_parse(&w->machine, text);
        known = node != NULL && expr_partial(env, node, out);
        if (node == NULL) {
            w->machine.wrong++;
            expr_placeholder(env, text, strlen(text), out);
        } else {
            w->machine.symbolic += !known;
        }
        arena_clear(&w->scratch);
    }
    if (out->len - start > TEMPLATE_NAME_MAX) {
        buf_truncate(out, start);
        buf_puts(out, "{too long}");
        w->machine.limited = true;
        known = false;
    }
    return known;
}

/* put_text of a member; "" and true when it is no string. */
static bool put_member(template_work *w, const expr_env *env, const json *object, const char *name,
                       buf *out)
{
    const char *text = json_get_string(object, name);
    return text == NULL || put_text(w, env, text, out);
}

static bool is_below(const char *text, const char *above)
{
    size_t len = strlen(above);
    return strncasecmp(text, above, len) == 0 && text[len] == '/';
}

/* Type and name, after those of the resource around it; some write these again. */
static void put_names(template_work *w, const json *resource, const template_place *at,
                      template_declared *d)
{
    EVPACK_AUTO_VALUE(buf_reset) buf type = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    bool known = put_member(w, &at->env, resource, "type", &type);
    known = put_member(w, &at->env, resource, "name", &name) && known;
    d->name_symbolic = d->symbolic = !known;
    bool full = at->type == NULL || is_below(buf_str(&type), at->type);
    bool full_name = at->type == NULL || (full && is_below(buf_str(&name), at->name));
    if (!full) {
        buf_printf(&d->type, "%s/", at->type);
    }
    if (!full_name) {
        buf_printf(&d->name, "%s/", at->name);
    }
    buf_puts(&d->type, buf_str(&type));
    buf_puts(&d->name, buf_str(&name));
}

/* What "scope" names: an id, or type and name of something beside it. */
static void put_scope(const char *text, const char *base, buf *out)
{
    if (text[0] == '{') {
        buf_printf(out, "/%s", text);
    } else if (text[0] != '/' && strchr(text, '/') != NULL) {
        buf_printf(out, "%s/providers/%s", base, text);
    } else {
        expr_ids_mark(text, out);
    }
}

static bool is_schema(const json *tmpl, const char *word)
{
    return template_declared_has_word(json_get_string(tmpl, "$schema"), word);
}

void template_declared_level(const json *tmpl, const char *base, buf *out)
{
    size_t subscription = expr_ids_subscription(base);
    if (is_schema(tmpl, "/subscriptiondeploymenttemplate.json")) {
        buf_append(out, subscription > 0 ? base : EXPR_IDS_SUBSCRIPTION,
                   subscription > 0 ? subscription : strlen(EXPR_IDS_SUBSCRIPTION));
    } else if (is_schema(tmpl, "/managementgroupdeploymenttemplate.json")) {
        buf_puts(out, EXPR_IDS_MANAGEMENT_GROUP);
    } else if (is_schema(tmpl, "/tenantdeploymenttemplate.json")) {
        buf_puts(out, EXPR_IDS_TENANT);
    } else {
        buf_puts(out, base);
    }
}

/* A deployment may go to another subscription or group than the one around it. */
static void put_deployment_base(template_work *w, const json *resource, const template_place *at,
                                buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf subscription = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf group = {0};
    (void)put_member(w, &at->env, resource, "subscriptionId", &subscription);
    (void)put_member(w, &at->env, resource, "resourceGroup", &group);
    if (subscription.len == 0 && group.len == 0) {
        template_declared_level(json_get(json_get(resource, "properties"), "template"), at->base,
                                out);
        return;
    }
    size_t around = expr_ids_subscription(at->base);
    EVPACK_AUTO_VALUE(buf_reset) buf id = {0};
    if (subscription.len > 0) {
        buf_printf(&id, "/subscriptions/%s", buf_str(&subscription));
    } else {
        buf_append(&id, around > 0 ? at->base : EXPR_IDS_SUBSCRIPTION,
                   around > 0 ? around : strlen(EXPR_IDS_SUBSCRIPTION));
    }
    if (group.len > 0) {
        buf_printf(&id, "/resourceGroups/%s", buf_str(&group));
    }
    expr_ids_mark(buf_str(&id), out);
}

/* "X/a/providers/roleAssignments" with the name "n/Microsoft.Authorization/g" is an extension of
 * X/a named n: type, name and scope become its own. */
static void own_names(template_declared *d)
{
    if (strcasestr(buf_str(&d->type), "/providers/") == NULL) {
        return;
    }
    const char *p = buf_str(&d->id);
    for (const char *q = p; (q = strcasestr(q, "/providers/")) != NULL; q++) {
        p = q;
    }
    buf_clear(&d->base);
    buf_append(&d->base, buf_str(&d->id), (size_t)(p - buf_str(&d->id)));
    p += strlen("/providers/");
    buf_clear(&d->type);
    buf_clear(&d->name);
    for (size_t n = 0; *p != '\0'; n++) {
        size_t len = strcspn(p, "/");
        buf *to = n == 0 || n % 2 == 1 ? &d->type : &d->name;
        buf_puts(to, to->len > 0 ? "/" : "");
        buf_append(to, p, len);
        p += p[len] == '/' ? len + 1 : len;
    }
}

/* A child's id without its last type and name. */
static void put_parent(template_declared *d)
{
    size_t segments = 0;
    for (const char *p = buf_str(&d->type); *p != '\0'; p++) {
        segments += *p == '/';
    }
    if (segments < 2) {
        return;
    }
    const char *id = buf_str(&d->id);
    const char *end = strrchr(id, '/');
    while (end > id && end[-1] != '/') {
        end--;
    }
    if (end > id + 1) {
        buf_append(&d->parent, id, (size_t)(end - 1 - id));
    }
}

static void put_ids(template_work *w, const json *resource, const template_place *at,
                    template_declared *d)
{
    EVPACK_AUTO_VALUE(buf_reset) buf scope = {0};
    (void)put_member(w, &at->env, resource, "scope", &scope);
    if (scope.len > 0) {
        put_scope(buf_str(&scope), at->base, &d->base);
    } else if (text_same(buf_str(&d->type), deployments_type)) {
        put_deployment_base(w, resource, at, &d->base);
    } else {
        buf_puts(&d->base, at->base);
    }
    if (expr_ids_join(buf_str(&d->base), buf_str(&d->type), buf_str(&d->name), &d->id)) {
        own_names(d);
        put_parent(d);
    }
}

static evpack_status put_depends_on(template_work *w, const json *resource,
                                    const template_place *at, template_declared *d, evpack_err *err)
{
    const json *list = json_get(resource, "dependsOn");
    list = json_is_array(list) ? list : NULL;
    d->depends_on = arena_alloc(&d->memory, (json_count(list) + 1) * sizeof *d->depends_on);
    for (const json *e = json_first(list); e != NULL && d->depends_on != NULL; e = json_next(e)) {
        if (!json_is_string(e)) {
            continue;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf id = {0};
        (void)put_text(w, &at->env, json_string(e), &text);
        if (buf_str(&text)[0] == '/') {
            expr_ids_mark(buf_str(&text), &id);
        } else {
            buf_puts(&id, buf_str(&text));
        }
        EVPACK_TRY(buf_status(&id, err));
        d->depends_on[d->depends_on_count++] = arena_copy(&d->memory, buf_str(&id), id.len);
    }
    return arena_status(&d->memory, err);
}

static template_deployed condition(template_work *w, const json *resource, const expr_env *env)
{
    const json *test = json_get_set(resource, "condition");
    if (test == NULL || json_is_true(test)) {
        return TEMPLATE_DEPLOYED;
    }
    template_deployed deployed = json_is_bool(test) ? TEMPLATE_NOT_DEPLOYED : TEMPLATE_DEPENDS;
    if (json_is_string(test)) {
        const expr_value *v = template_string(env, test);
        if (v->type == EXPR_BOOL) {
            deployed = v->truth ? TEMPLATE_DEPLOYED : TEMPLATE_NOT_DEPLOYED;
        }
        arena_clear(&w->scratch);
    }
    return deployed;
}

static bool steers(const char *name)
{
    static const char *const names[] = {"name",      "type", "apiVersion", "comments", "condition",
                                        "dependsOn", "copy", "resources",  "scope",    "existing"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

void template_declared_body(template_work *w, const json *resource, const template_place *at,
                            const template_scope *inner, template_declared *d)
{
    const char *slash = strrchr(buf_str(&d->name), '/');
    const char *name = slash == NULL ? buf_str(&d->name) : slash + 1;
    buf_puts(&d->body, "{\"name\":");
    buf_json_string(&d->body, name, strlen(name));
    buf_puts(&d->body, ",\"type\":");
    buf_json_string(&d->body, buf_str(&d->type), d->type.len);
    template_body b = {at->env, &w->scratch, &w->left, false, &d->body};
    for (const json *m = json_first(resource); m != NULL; m = json_next(m)) {
        if (steers(json_name(m))) {
            continue;
        }
        if (strcmp(json_name(m), "properties") == 0 && inner != NULL) {
            buf_puts(&d->body, ",\"properties\":");
            template_body_deployment(&b, m, inner);
        } else {
            template_body_member(&b, m);
        }
    }
    buf_putc(&d->body, '}');
    d->symbolic = d->symbolic || b.symbolic;
}

bool template_declared_is_deployment(const template_declared *d)
{
    return text_same(buf_str(&d->type), deployments_type);
}

evpack_status template_declared_read(template_work *w, const json *resource,
                                     const template_place *at, template_declared *d,
                                     evpack_err *err)
{
    put_names(w, resource, at, d);
    (void)put_member(w, &at->env, resource, "apiVersion", &d->api_version);
    put_ids(w, resource, at, d);
    d->deployed = condition(w, resource, &at->env);
    return put_depends_on(w, resource, at, d, err);
}
