/*
 * Reading a template's resources. Invariant: every resource of a template is told, a loop that
 * cannot be expanded once; no id that is told can be that of a real resource. Knows nothing of
 * the store, and takes nothing of it for deployed.
 */
#include "collect/template.h"

#include "base/text.h"
#include "collect/expr_ids.h"
#include "collect/template_body.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char deployments_type[] = "Microsoft.Resources/deployments";

typedef struct {
    expr_machine machine;
    arena scratch;
    const template_listener *listener;
    template_result *result;
    buf pointer;
    size_t left;       /* of TEMPLATE_OUTPUT_MAX */
    uint64_t expanded; /* of TEMPLATE_EXPANDED_MAX */
    unsigned serials;
    unsigned depth;
} reader;

/* Where a list of resources stands. */
typedef struct {
    expr_env env;
    const char *base;        /* the id that they stand on */
    const char *type, *name; /* of the resource around them; NULL: none */
    template_deployed deployed;
    bool looped;
    int turn;
} place;

typedef struct {
    buf type, name, api_version, base, id, parent, body;
    arena memory; /* of depends_on */
    const char **depends_on;
    size_t depends_on_count;
    template_deployed deployed;
    bool name_symbolic, symbolic;
} declared;

static void declared_reset(declared *d)
{
    buf *const all[] = {&d->type, &d->name,   &d->api_version, &d->base,
                        &d->id,   &d->parent, &d->body};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        buf_reset(all[i]);
    }
    arena_reset(&d->memory);
}

static bool has_word(const char *text, const char *lower)
{
    size_t len = strlen(lower);
    for (; text != NULL && *text != '\0'; text++) {
        if (strncasecmp(text, lower, len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_plain(const json *value)
{
    const json *resources = json_get(value, "resources");
    bool schema = has_word(json_get_string(value, "$schema"), "deploymenttemplate.json");
    bool list = json_is_array(resources) || json_is_object(resources);
    return schema || (list && json_get_string(value, "contentVersion") != NULL);
}

template_form template_is(const json *value)
{
    if (!json_is_object(value)) {
        return TEMPLATE_NONE;
    }
    if (is_plain(value)) {
        return TEMPLATE_PLAIN;
    }
    if (is_plain(json_get(value, "template"))) {
        return TEMPLATE_EXPORT;
    }
    return is_plain(json_get(json_get(value, "properties"), "template")) ? TEMPLATE_DEPLOYMENT
                                                                         : TEMPLATE_NONE;
}

/* Appends the text that a string means, as far as it is known; true when it all is. */
static bool put_text(reader *r, const expr_env *env, const char *text, buf *out)
{
    size_t start = out->len;
    bool known = true;
    if (!expression_is(text)) {
        buf_puts(out, expression_literal(text));
    } else {
        r->machine.expressions++;
        const expr_node *node = expression_parse(&r->machine, text);
        known = node != NULL && expr_partial(env, node, out);
        if (node == NULL) {
            r->machine.wrong++;
            expr_placeholder(env, text, strlen(text), out);
        } else {
            r->machine.symbolic += !known;
        }
        arena_clear(&r->scratch);
    }
    if (out->len - start > TEMPLATE_NAME_MAX) {
        buf_truncate(out, start);
        buf_puts(out, "{too long}");
        r->machine.limited = true;
        known = false;
    }
    return known;
}

/* put_text of a member; "" and true when it is no string. */
static bool put_member(reader *r, const expr_env *env, const json *object, const char *name,
                       buf *out)
{
    const char *text = json_get_string(object, name);
    return text == NULL || put_text(r, env, text, out);
}

static bool is_below(const char *text, const char *above)
{
    size_t len = strlen(above);
    return strncasecmp(text, above, len) == 0 && text[len] == '/';
}

/* Type and name, after those of the resource around it; some write these again. */
static void put_names(reader *r, const json *resource, const place *at, declared *d)
{
    EVPACK_AUTO_VALUE(buf_reset) buf type = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    bool known = put_member(r, &at->env, resource, "type", &type);
    known = put_member(r, &at->env, resource, "name", &name) && known;
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
    return has_word(json_get_string(tmpl, "$schema"), word);
}

/* Where a template is deployed when nothing else says so. */
static void put_level(const json *tmpl, const char *base, buf *out)
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
static void put_deployment_base(reader *r, const json *resource, const place *at, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf subscription = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf group = {0};
    (void)put_member(r, &at->env, resource, "subscriptionId", &subscription);
    (void)put_member(r, &at->env, resource, "resourceGroup", &group);
    if (subscription.len == 0 && group.len == 0) {
        put_level(json_get(json_get(resource, "properties"), "template"), at->base, out);
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
static void own_names(declared *d)
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
static void put_parent(declared *d)
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

static void put_ids(reader *r, const json *resource, const place *at, declared *d)
{
    EVPACK_AUTO_VALUE(buf_reset) buf scope = {0};
    (void)put_member(r, &at->env, resource, "scope", &scope);
    if (scope.len > 0) {
        put_scope(buf_str(&scope), at->base, &d->base);
    } else if (text_same(buf_str(&d->type), deployments_type)) {
        put_deployment_base(r, resource, at, &d->base);
    } else {
        buf_puts(&d->base, at->base);
    }
    if (expr_ids_join(buf_str(&d->base), buf_str(&d->type), buf_str(&d->name), &d->id)) {
        own_names(d);
        put_parent(d);
    }
}

static evpack_status put_depends_on(reader *r, const json *resource, const place *at, declared *d,
                                    evpack_err *err)
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
        (void)put_text(r, &at->env, json_string(e), &text);
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

static template_deployed condition(reader *r, const json *resource, const expr_env *env)
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
        arena_clear(&r->scratch);
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

static void put_body(reader *r, const json *resource, const place *at, const template_scope *inner,
                     declared *d)
{
    const char *slash = strrchr(buf_str(&d->name), '/');
    const char *name = slash == NULL ? buf_str(&d->name) : slash + 1;
    buf_puts(&d->body, "{\"name\":");
    buf_json_string(&d->body, name, strlen(name));
    buf_puts(&d->body, ",\"type\":");
    buf_json_string(&d->body, buf_str(&d->type), d->type.len);
    template_body b = {at->env, &r->scratch, &r->left, false, &d->body};
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

static evpack_status tell(reader *r, const json *resource, const place *at, const declared *d,
                          const char *key, evpack_err *err)
{
    const buf *const all[] = {&d->type, &d->name,   &d->api_version, &d->base,
                              &d->id,   &d->parent, &d->body,        &r->pointer};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        EVPACK_TRY(buf_status(all[i], err));
    }
    const template_resource told = {
        .pointer = buf_str(&r->pointer),
        .key = key,
        .type = buf_str(&d->type),
        .name = buf_str(&d->name),
        .api_version = buf_str(&d->api_version),
        .id = buf_str(&d->id),
        .parent = d->parent.len > 0 ? buf_str(&d->parent) : NULL,
        .scope = buf_str(&d->base),
        .depends_on = d->depends_on,
        .depends_on_count = d->depends_on_count,
        .deployed = d->deployed < at->deployed ? d->deployed : at->deployed,
        .existing = json_is_true(json_get(resource, "existing")),
        .looped = at->looped,
        .turn = at->turn,
        .name_symbolic = d->name_symbolic,
        .symbolic = d->symbolic,
        .body = buf_str(&d->body),
        .body_len = d->body.len,
    };
    r->result->resources++;
    return r->listener->resource(r->listener->ctx, &told, err);
}

static evpack_status walk_list(reader *r, const json *resources, const place *at, evpack_err *err);

static bool is_inner(const json *properties)
{
    return text_same(json_get_string(json_get(properties, "expressionEvaluationOptions"), "scope"),
                     "inner");
}

/* The resources of a deployment's template: worked out with what is around it, or on its own. */
static evpack_status walk_inner(reader *r, const json *properties, const place *at,
                                const declared *d, template_scope *inner, evpack_err *err)
{
    place inside = {.env = at->env,
                    .base = buf_str(&d->base),
                    .deployed = d->deployed < at->deployed ? d->deployed : at->deployed,
                    .looped = at->looped,
                    .turn = at->turn};
    if (is_inner(properties)) {
        template_scope_place(inner, buf_str(&d->base), ++r->serials);
        inside.env = (expr_env){&r->machine, template_scope_expr(inner), NULL};
    }
    size_t before = r->pointer.len;
    buf_puts(&r->pointer, "/properties/template");
    evpack_status status =
        walk_list(r, json_get(json_get(properties, "template"), "resources"), &inside, err);
    buf_truncate(&r->pointer, before);
    EVPACK_TRY(status);
    return template_scope_status(inner, err);
}

static evpack_status walk_within(reader *r, const json *resource, const place *at,
                                 const declared *d, template_scope *inner, evpack_err *err)
{
    if (inner != NULL) {
        EVPACK_TRY(walk_inner(r, json_get(resource, "properties"), at, d, inner, err));
    }
    place inside = *at;
    inside.base = buf_str(&d->base);
    inside.type = buf_str(&d->type);
    inside.name = buf_str(&d->name);
    return walk_list(r, json_get(resource, "resources"), &inside, err);
}

/* One resource, or one turn of its loop. */
static evpack_status walk_once(reader *r, const json *resource, const place *at, const char *key,
                               evpack_err *err)
{
    EVPACK_AUTO_VALUE(declared_reset) declared d = {0};
    EVPACK_AUTO(template_scope) inner = NULL;
    put_names(r, resource, at, &d);
    (void)put_member(r, &at->env, resource, "apiVersion", &d.api_version);
    put_ids(r, resource, at, &d);
    d.deployed = condition(r, resource, &at->env);
    EVPACK_TRY(put_depends_on(r, resource, at, &d, err));
    const json *properties = json_get(resource, "properties");
    const json *tmpl = json_get(properties, "template");
    bool deployment = text_same(buf_str(&d.type), deployments_type);
    const template_given given = {json_get(properties, "parameters"), at->env};
    if (deployment && json_is_object(tmpl)) {
        EVPACK_TRY(template_scope_new(&r->machine, tmpl, &given, &inner, err));
    } else {
        r->result->linked += deployment;
    }
    put_body(r, resource, at, inner, &d);
    EVPACK_TRY(tell(r, resource, at, &d, key, err));
    buf_reset(&d.body);
    r->depth++;
    evpack_status status = walk_within(r, resource, at, &d, inner, err);
    r->depth--;
    return status;
}

/* Bytes of a JSON value, about, and how many objects are in it. */
static void measure(const json *value, uint64_t *bytes, uint64_t *objects)
{
    const char *text = json_string(value);
    *bytes += 8 + (text == NULL ? 0 : strlen(text));
    *objects += json_is_object(value);
    for (const json *e = json_first(value); e != NULL; e = json_next(e)) {
        *bytes += json_is_object(value) ? strlen(json_name(e)) + 4 : 0;
        measure(e, bytes, objects);
    }
}

/* Resources in a value of "resources": they and what stands in them. */
static uint64_t count_resources(const json *resources)
{
    uint64_t n = 0;
    for (const json *e = json_first(resources); e != NULL; e = json_next(e)) {
        const json *tmpl = json_get(json_get(e, "properties"), "template");
        n += 1 + count_resources(json_get(e, "resources")) +
             count_resources(json_get(tmpl, "resources"));
    }
    return n;
}

/* Whether a loop fits in what is left, and takes it. */
static bool afford(reader *r, const json *resource, int turns)
{
    uint64_t bytes = 0;
    uint64_t objects = 0;
    measure(resource, &bytes, &objects);
    const json *tmpl = json_get(json_get(resource, "properties"), "template");
    uint64_t resources = 1 + count_resources(json_get(resource, "resources")) +
                         count_resources(json_get(tmpl, "resources"));
    resources *= (uint64_t)turns;
    bool fits = expr_spend(&r->machine, objects + bytes / 16) &&
                resources <= TEMPLATE_EXPANDED_MAX - r->expanded &&
                bytes * (uint64_t)turns <= r->left;
    if (!fits) {
        r->machine.limited = true;
        return false;
    }
    r->expanded += resources;
    r->left -= (size_t)(bytes * (uint64_t)turns);
    return true;
}

static evpack_status walk_loop(reader *r, const json *resource, const place *at, const char *key,
                               evpack_err *err)
{
    const json *copy = json_get(resource, "copy");
    int turns = template_loop_turns(&at->env, json_get(copy, "count"));
    arena_clear(&r->scratch);
    expr_loop loop = {json_get_string(copy, "name"), true, false, 0, at->env.loop};
    place inside = *at;
    inside.env.loop = &loop;
    inside.looped = true;
    if (turns <= 0 || !afford(r, resource, turns)) {
        loop.known = false;
        inside.turn = -1;
        inside.deployed = turns == 0 ? TEMPLATE_NOT_DEPLOYED : at->deployed;
        r->result->unexpanded += turns != 0;
        return walk_once(r, resource, &inside, key, err);
    }
    for (int i = 0; i < turns; i++) {
        loop.index = (uint64_t)i;
        inside.turn = i;
        EVPACK_TRY(walk_once(r, resource, &inside, key, err));
    }
    return EVPACK_OK;
}

static void put_token(buf *pointer, const char *name)
{
    buf_putc(pointer, '/');
    for (; *name != '\0'; name++) {
        if (*name == '~' || *name == '/') {
            buf_puts(pointer, *name == '~' ? "~0" : "~1");
        } else {
            buf_putc(pointer, *name);
        }
    }
}

static evpack_status walk_list(reader *r, const json *resources, const place *at, evpack_err *err)
{
    size_t before = r->pointer.len;
    size_t n = 0;
    for (const json *e = json_first(resources); e != NULL; e = json_next(e), n++) {
        if (!json_is_object(e) || r->depth >= TEMPLATE_DEPTH_MAX) {
            r->result->not_read++;
            continue;
        }
        const char *key = json_is_object(resources) ? json_name(e) : NULL;
        char index[24];
        (void)snprintf(index, sizeof index, "%zu", n);
        buf_puts(&r->pointer, "/resources");
        put_token(&r->pointer, key != NULL ? key : index);
        bool loop = json_is_object(json_get(e, "copy"));
        EVPACK_TRY(loop ? walk_loop(r, e, at, key, err) : walk_once(r, e, at, key, err));
        buf_truncate(&r->pointer, before);
    }
    return EVPACK_OK;
}

static evpack_status read_root(reader *r, const json *tmpl, const template_given *given,
                               evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf base = {0};
    put_level(tmpl, EXPR_IDS_GROUP, &base);
    EVPACK_TRY(buf_status(&base, err));
    EVPACK_AUTO(template_scope) scope = NULL;
    EVPACK_TRY(template_scope_new(&r->machine, tmpl, given, &scope, err));
    template_scope_place(scope, buf_str(&base), 0);
    const place root = {.env = {&r->machine, template_scope_expr(scope), NULL},
                        .base = buf_str(&base),
                        .deployed = TEMPLATE_DEPLOYED,
                        .turn = -1};
    EVPACK_TRY(walk_list(r, json_get(tmpl, "resources"), &root, err));
    EVPACK_TRY(template_scope_status(scope, err));
    return arena_status(&r->scratch, err);
}

static void note_error(const json *document, template_result *result)
{
    const json *error = json_get_set(document, "error");
    if (json_is_object(error)) {
        result->error = error;
        result->error_code = json_get_string(error, "code");
        result->error_message = json_get_string(error, "message");
    }
}

static evpack_status read_form(reader *r, const json *document, evpack_err *err)
{
    if (r->result->form == TEMPLATE_PLAIN) {
        return read_root(r, document, NULL, err);
    }
    note_error(document, r->result);
    if (r->result->form == TEMPLATE_EXPORT) {
        buf_puts(&r->pointer, "/template");
        return read_root(r, json_get(document, "template"), NULL, err);
    }
    /* What a request gives to its template are plain values: nothing is declared around it. */
    const json *properties = json_get(document, "properties");
    EVPACK_AUTO(template_scope) nothing = NULL;
    EVPACK_TRY(template_scope_new(&r->machine, NULL, NULL, &nothing, err));
    const template_given given = {json_get(properties, "parameters"),
                                  {&r->machine, template_scope_expr(nothing), NULL}};
    buf_puts(&r->pointer, "/properties/template");
    return read_root(r, json_get(properties, "template"), &given, err);
}

evpack_status template_read(const json *document, const template_listener *listener,
                            template_result *result, evpack_err *err)
{
    *result = (template_result){.form = template_is(document)};
    if (result->form == TEMPLATE_NONE) {
        return evpack_fail(err, EVPACK_E_USAGE, "not an ARM template");
    }
    reader r = {.listener = listener, .result = result, .left = TEMPLATE_OUTPUT_MAX};
    r.machine = expr_machine_new(&r.scratch);
    evpack_status status = read_form(&r, document, err);
    buf_reset(&r.pointer);
    arena_reset(&r.scratch);
    result->expressions = r.machine.expressions;
    result->symbolic = r.machine.symbolic;
    result->wrong = r.machine.wrong;
    result->limited = r.machine.limited;
    return status;
}
