/*
 * Parameters and variables. Invariant: each is worked out at most once, in memory that lives as
 * long as the scope, and a secure value never leaves the JSON it stands in.
 */
#include "collect/template_scope.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

#define VALUE const expr_value *

typedef struct {
    const char *name;
    const json *declared;
    bool loop;      /* declared is one loop of "copy" in variables */
    bool ambiguous; /* another has the same name but for case */
    bool busy;
    VALUE value; /* NULL: not yet */
} entry;

typedef struct {
    entry *entries; /* sorted by name; owned */
    size_t count;
} table;

struct template_scope {
    expr_machine *machine;
    arena memory;
    const json *tmpl;
    const template_given *given;
    size_t definitions_count;
    table parameters, variables, given_values;
    expr_scope scope;
};

static int by_name(const void *a, const void *b)
{
    return strcasecmp(((const entry *)a)->name, ((const entry *)b)->name);
}

static void add(table *t, const char *name, const json *declared, bool loop)
{
    if (name != NULL) {
        t->entries[t->count++] = (entry){.name = name, .declared = declared, .loop = loop};
    }
}

static evpack_status fill(table *t, const json *object, bool variables, evpack_err *err)
{
    const json *copy = variables ? json_get(object, "copy") : NULL;
    copy = template_is_property_loop(copy) ? copy : NULL;
    t->entries = calloc(json_count(object) + json_count(copy) + 1, sizeof *t->entries);
    if (t->entries == NULL) {
        return evpack_oom(err);
    }
    for (const json *m = json_is_object(object) ? json_first(object) : NULL; m != NULL;
         m = json_next(m)) {
        if (m != copy) {
            add(t, json_name(m), m, false);
        }
    }
    for (const json *l = json_first(copy); l != NULL; l = json_next(l)) {
        add(t, json_get_string(l, "name"), l, true);
    }
    qsort(t->entries, t->count, sizeof *t->entries, by_name);
    for (size_t i = 1; i < t->count; i++) {
        if (by_name(&t->entries[i - 1], &t->entries[i]) == 0) {
            t->entries[i - 1].ambiguous = t->entries[i].ambiguous = true;
        }
    }
    return EVPACK_OK;
}

static entry *find(const table *t, const char *name)
{
    const entry key = {.name = name};
    return t->count == 0 ? NULL : bsearch(&key, t->entries, t->count, sizeof *t->entries, by_name);
}

static bool is_secure_word(const char *type)
{
    return text_same(type, "securestring") || text_same(type, "secureobject");
}

typedef struct {
    expr_machine *machine;
    const json *definitions;
    size_t definitions_count;
    unsigned left;
} secure_search;

/* Looks for a secure type in a declaration and in the definitions that it names. A search that gets
 * too long, or that cannot see a definition, takes it for secure. */
static bool holds_secure(secure_search *in, const json *declared)
{
    if (in->left == 0 || !expr_spend(in->machine, json_count(declared) + 1)) {
        return true;
    }
    in->left--;
    static const char own[] = "#/definitions/";
    const char *ref = json_get_string(declared, "$ref");
    if (ref != NULL && strncmp(ref, own, strlen(own)) == 0) {
        bool paid = expr_spend(in->machine, in->definitions_count);
        const json *named = paid ? json_get(in->definitions, ref + strlen(own)) : NULL;
        return named == NULL || holds_secure(in, named);
    }
    if (ref != NULL || is_secure_word(json_get_string(declared, "type"))) {
        return true;
    }
    static const char *const parts[] = {"items", "additionalProperties"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const json *part = json_get(declared, parts[i]);
        if (json_is_object(part) && holds_secure(in, part)) {
            return true;
        }
    }
    static const char *const lists[] = {"properties", "prefixItems"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const json *list = json_get(declared, lists[i]);
        for (const json *p = json_first(list); p != NULL; p = json_next(p)) {
            if (json_is_object(p) && holds_secure(in, p)) {
                return true;
            }
        }
    }
    return false;
}

static bool declares_secure(const template_scope *s, const json *declared)
{
    secure_search in = {s->machine, json_get(s->tmpl, "definitions"), s->definitions_count, 1000};
    return holds_secure(&in, declared);
}

bool template_scope_is_secure(const template_scope *s, const char *parameter)
{
    const entry *e = find(&s->parameters, parameter);
    return e != NULL && declares_secure(s, e->declared);
}

static VALUE value_of_parameter(template_scope *s, const json *declared)
{
    if (!json_is_object(declared) || declares_secure(s, declared)) {
        return expr_symbolic();
    }
    const expr_env own = {s->machine, &s->scope, NULL};
    const entry *given = find(&s->given_values, json_name(declared));
    if (given != NULL) {
        const json *value = given->ambiguous ? NULL : json_get(given->declared, "value");
        return value == NULL ? expr_symbolic() : template_value(&s->given->env, value);
    }
    const json *value = json_get_set(declared, "defaultValue");
    if (value != NULL) {
        return template_value(&own, value);
    }
    return json_is_true(json_get(declared, "nullable")) ? expr_null() : expr_symbolic();
}

static VALUE value_of_loop(const expr_env *env, const json *item)
{
    int turns = template_loop_turns(env, json_get(item, "count"));
    if (turns < 0) {
        return expr_symbolic();
    }
    VALUE *items = expr_alloc(env->machine, (size_t)turns * sizeof(void *));
    if (items == NULL) {
        return expr_symbolic();
    }
    expr_loop loop = {json_get_string(item, "name"), true, true, 0, env->loop};
    const expr_env inside = {env->machine, env->scope, &loop};
    for (int i = 0; i < turns; i++) {
        loop.index = (uint64_t)i;
        items[i] = template_value(&inside, json_get(item, "input"));
    }
    return expr_array(env->machine, items, (size_t)turns);
}

static VALUE value_of_variable(template_scope *s, const entry *e)
{
    const expr_env own = {s->machine, &s->scope, NULL};
    return e->loop ? value_of_loop(&own, e->declared) : template_value(&own, e->declared);
}

static VALUE look_up(template_scope *s, const table *t, const char *name)
{
    entry *e = find(t, name);
    if (e == NULL || e->busy || e->ambiguous) {
        return expr_wrong();
    }
    if (e->value == NULL) {
        arena *before = s->machine->memory;
        s->machine->memory = &s->memory;
        e->busy = true;
        e->value =
            t == &s->parameters ? value_of_parameter(s, e->declared) : value_of_variable(s, e);
        e->busy = false;
        s->machine->memory = before;
    }
    return e->value;
}

static VALUE on_parameter(void *ctx, const char *name)
{
    template_scope *s = ctx;
    return look_up(s, &s->parameters, name);
}

static VALUE on_variable(void *ctx, const char *name)
{
    template_scope *s = ctx;
    return look_up(s, &s->variables, name);
}

evpack_status template_scope_new(expr_machine *machine, const json *tmpl,
                                 const template_given *given, template_scope **out, evpack_err *err)
{
    EVPACK_AUTO(template_scope) s = calloc(1, sizeof *s);
    if (s == NULL) {
        return evpack_oom(err);
    }
    s->machine = machine;
    s->tmpl = tmpl;
    s->given = given;
    s->scope = (expr_scope){on_parameter, on_variable, s,
                            "/subscriptions/{subscription}/resourceGroups/{group}", 0};
    EVPACK_TRY(fill(&s->parameters, json_get(tmpl, "parameters"), false, err));
    EVPACK_TRY(fill(&s->variables, json_get(tmpl, "variables"), true, err));
    EVPACK_TRY(fill(&s->given_values, given == NULL ? NULL : given->parameters, false, err));
    s->definitions_count = json_count(json_get(tmpl, "definitions"));
    *out = EVPACK_MOVE(s);
    return EVPACK_OK;
}

void template_scope_free(template_scope *s)
{
    if (s != NULL) {
        free(s->parameters.entries);
        free(s->variables.entries);
        free(s->given_values.entries);
        arena_reset(&s->memory);
        free(s);
    }
}

void template_scope_place(template_scope *s, const char *base, unsigned serial)
{
    s->scope.base = base;
    s->scope.serial = serial;
}

const expr_scope *template_scope_expr(const template_scope *s)
{
    return &s->scope;
}

evpack_status template_scope_status(const template_scope *s, evpack_err *err)
{
    return arena_status(&s->memory, err);
}

VALUE template_string(const expr_env *env, const json *string)
{
    expr_machine *m = env->machine;
    const char *text = json_string(string);
    if (!expression_is(text)) {
        const char *literal = expression_literal(text);
        return expr_string(m, literal, strlen(literal), false);
    }
    m->expressions++;
    bool limited = m->limited;
    m->limited = false;
    VALUE v = expr_eval(env, expression_parse(m, text));
    bool known = v->type != EXPR_SYMBOLIC && !m->limited;
    bool wrong = expr_is_wrong(v) && !m->limited;
    m->limited = m->limited || limited;
    m->wrong += wrong;
    m->symbolic += !known && !wrong;
    return known ? v : expr_written(m, string, wrong);
}

bool template_is_property_loop(const json *copy)
{
    if (!json_is_array(copy) || json_count(copy) == 0) {
        return false;
    }
    for (const json *l = json_first(copy); l != NULL; l = json_next(l)) {
        bool sound = json_get_string(l, "name") != NULL && json_get(l, "count") != NULL &&
                     json_get(l, "input") != NULL;
        if (!sound) {
            return false;
        }
    }
    return true;
}

int template_loop_turns(const expr_env *env, const json *count)
{
    VALUE v = json_is_string(count) ? template_string(env, count) : expr_symbolic();
    double turns = json_is_number(count)    ? json_number(count)
                   : v->type == EXPR_NUMBER ? v->number
                                            : -1;
    bool whole = turns >= 0 && turns <= TEMPLATE_COPY_MAX && turns <= (double)(int)turns;
    return whole ? (int)turns : -1;
}

/* The members of an object, or the elements of an array, with loops over properties expanded. */
static VALUE value_of_container(const expr_env *env, const json *value)
{
    expr_machine *m = env->machine;
    const json *copy = json_is_object(value) ? json_get(value, "copy") : NULL;
    copy = template_is_property_loop(copy) ? copy : NULL;
    size_t most = json_count(value) + json_count(copy);
    VALUE *items = expr_alloc(m, most * sizeof(void *));
    const char **names = expr_alloc(m, most * sizeof(void *));
    if (items == NULL || names == NULL) {
        return expr_written(m, value, false);
    }
    size_t n = 0;
    for (const json *e = json_first(value); e != NULL; e = json_next(e)) {
        if (e != copy) {
            names[n] = json_name(e);
            items[n++] = template_value(env, e);
        }
    }
    for (const json *l = json_first(copy); l != NULL; l = json_next(l)) {
        VALUE made = value_of_loop(env, l);
        names[n] = json_get_string(l, "name");
        items[n++] = made->type == EXPR_SYMBOLIC ? expr_written(m, l, false) : made;
    }
    VALUE all = json_is_array(value) ? expr_array(m, items, n) : expr_object(m, names, items, n);
    return all->type == EXPR_SYMBOLIC ? expr_written(m, value, false) : all;
}

VALUE template_value(const expr_env *env, const json *value)
{
    expr_machine *m = env->machine;
    if (json_is_string(value)) {
        return template_string(env, value);
    }
    if (!json_is_array(value) && !json_is_object(value)) {
        return expr_from_json(m, value);
    }
    if (m->depth >= EXPR_DEPTH_MAX || !expr_spend(m, 1)) {
        m->limited = true;
        return expr_written(m, value, false);
    }
    m->depth++;
    VALUE v = value_of_container(env, value);
    m->depth--;
    return v;
}
