/*
 * Reading a template's resources. Invariant: every resource of a template is told, a loop that
 * cannot be expanded once; no id that is told can be that of a real resource. Knows nothing of
 * the store, and takes nothing of it for deployed.
 */
#include "collect/template.h"

#include "base/text.h"
#include "collect/expr_ids.h"
#include "collect/template_declared.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    template_work work;
    const template_listener *listener;
    template_result *result;
    buf pointer;
    uint64_t expanded; /* of TEMPLATE_EXPANDED_MAX */
    unsigned serials;
    unsigned depth;
} reader;

static bool is_plain(const json *value)
{
    const json *resources = json_get(value, "resources");
    bool schema =
        template_declared_has_word(json_get_string(value, "$schema"), "deploymenttemplate.json");
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

static evpack_status tell(reader *r, const json *resource, const template_place *at,
                          const template_declared *d, const char *key, evpack_err *err)
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

static evpack_status walk_list(reader *r, const json *resources, const template_place *at,
                               evpack_err *err);

static bool is_inner(const json *properties)
{
    return text_same(json_get_string(json_get(properties, "expressionEvaluationOptions"), "scope"),
                     "inner");
}

/* The resources of a deployment's template: worked out with what is around it, or on its own. */
static evpack_status walk_inner(reader *r, const json *properties, const template_place *at,
                                const template_declared *d, template_scope *inner, evpack_err *err)
{
    template_place inside = {.env = at->env,
                             .base = buf_str(&d->base),
                             .deployed = d->deployed < at->deployed ? d->deployed : at->deployed,
                             .looped = at->looped,
                             .turn = at->turn};
    if (is_inner(properties)) {
        template_scope_place(inner, buf_str(&d->base), ++r->serials);
        inside.env = (expr_env){&r->work.machine, template_scope_expr(inner), NULL};
    }
    size_t before = r->pointer.len;
    buf_puts(&r->pointer, "/properties/template");
    evpack_status status =
        walk_list(r, json_get(json_get(properties, "template"), "resources"), &inside, err);
    buf_truncate(&r->pointer, before);
    EVPACK_TRY(status);
    return template_scope_status(inner, err);
}

static evpack_status walk_within(reader *r, const json *resource, const template_place *at,
                                 const template_declared *d, template_scope *inner, evpack_err *err)
{
    if (inner != NULL) {
        EVPACK_TRY(walk_inner(r, json_get(resource, "properties"), at, d, inner, err));
    }
    template_place inside = *at;
    inside.base = buf_str(&d->base);
    inside.type = buf_str(&d->type);
    inside.name = buf_str(&d->name);
    return walk_list(r, json_get(resource, "resources"), &inside, err);
}

/* One resource, or one turn of its loop. */
static evpack_status walk_once(reader *r, const json *resource, const template_place *at,
                               const char *key, evpack_err *err)
{
    EVPACK_AUTO_VALUE(template_declared_reset) template_declared d = {0};
    EVPACK_AUTO(template_scope) inner = NULL;
    EVPACK_TRY(template_declared_read(&r->work, resource, at, &d, err));
    const json *properties = json_get(resource, "properties");
    const json *tmpl = json_get(properties, "template");
    bool deployment = template_declared_is_deployment(&d);
    const template_given given = {json_get(properties, "parameters"), at->env};
    if (deployment && json_is_object(tmpl)) {
        EVPACK_TRY(template_scope_new(&r->work.machine, tmpl, &given, &inner, err));
    } else {
        r->result->linked += deployment;
    }
    template_declared_body(&r->work, resource, at, inner, &d);
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
    bool fits = expr_spend(&r->work.machine, objects + bytes / 16) &&
                resources <= TEMPLATE_EXPANDED_MAX - r->expanded &&
                bytes * (uint64_t)turns <= r->work.left;
    if (!fits) {
        r->work.machine.limited = true;
        return false;
    }
    r->expanded += resources;
    r->work.left -= (size_t)(bytes * (uint64_t)turns);
    return true;
}

static evpack_status walk_loop(reader *r, const json *resource, const template_place *at,
                               const char *key, evpack_err *err)
{
    const json *copy = json_get(resource, "copy");
    int turns = template_loop_turns(&at->env, json_get(copy, "count"));
    arena_clear(&r->work.scratch);
    expr_loop loop = {json_get_string(copy, "name"), true, false, 0, at->env.loop};
    template_place inside = *at;
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

static evpack_status walk_list(reader *r, const json *resources, const template_place *at,
                               evpack_err *err)
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
    template_declared_level(tmpl, EXPR_IDS_GROUP, &base);
    EVPACK_TRY(buf_status(&base, err));
    EVPACK_AUTO(template_scope) scope = NULL;
    EVPACK_TRY(template_scope_new(&r->work.machine, tmpl, given, &scope, err));
    template_scope_place(scope, buf_str(&base), 0);
    const template_place root = {.env = {&r->work.machine, template_scope_expr(scope), NULL},
                                 .base = buf_str(&base),
                                 .deployed = TEMPLATE_DEPLOYED,
                                 .turn = -1};
    EVPACK_TRY(walk_list(r, json_get(tmpl, "resources"), &root, err));
    EVPACK_TRY(template_scope_status(scope, err));
    return arena_status(&r->work.scratch, err);
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
    EVPACK_TRY(template_scope_new(&r->work.machine, NULL, NULL, &nothing, err));
    const template_given given = {json_get(properties, "parameters"),
                                  {&r->work.machine, template_scope_expr(nothing), NULL}};
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
    reader r = {.listener = listener, .result = result, .work.left = TEMPLATE_OUTPUT_MAX};
    r.work.machine = expr_machine_new(&r.work.scratch);
    evpack_status status = read_form(&r, document, err);
    buf_reset(&r.pointer);
    arena_reset(&r.work.scratch);
    result->expressions = r.work.machine.expressions;
    result->symbolic = r.work.machine.symbolic;
    result->wrong = r.work.machine.wrong;
    result->limited = r.work.machine.limited;
    return status;
}
