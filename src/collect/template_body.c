/*
 * Bodies of resources in templates. Invariant: what is written is strict JSON, and no value for a
 * secure parameter is in it. Knows nothing of types.
 */
#include "collect/template_body.h"

#include "base/text.h"

#include <string.h>

static void put_name(buf *out, const char *name)
{
    bool first = out->len > 0 && out->data[out->len - 1] == '{';
    buf_puts(out, first ? "" : ",");
    buf_json_string(out, name, strlen(name));
    buf_putc(out, ':');
}

static void put_string(template_body *b, const json *string)
{
    const char *text = json_string(string);
    if (!expression_is(text)) {
        const char *literal = expression_literal(text);
        buf_json_string(b->out, literal, strlen(literal));
        return;
    }
    const expr_value *v = template_string(&b->env, string);
    if (v->weight > *b->left) {
        b->env.machine->limited = true;
        b->symbolic = true;
        expr_write_json(b->out, string);
    } else {
        *b->left -= v->weight;
        b->symbolic = b->symbolic || v->open;
        expr_write(b->out, v);
    }
    arena_clear(b->scratch);
}

/* What a loop over properties would write at least, so that it is not begun when it cannot end. */
static bool affordable(template_body *b, const json *input, int turns)
{
    EVPACK_AUTO_VALUE(buf_reset) buf once = {0};
    expr_write_json(&once, input);
    /* A few bytes more than it writes: even an empty turn is work. */
    size_t all = (once.len + 16) * (size_t)turns;
    if (all > *b->left || !expr_spend(b->env.machine, once.len)) {
        b->env.machine->limited = true;
        return false;
    }
    *b->left -= all;
    return true;
}

static void put_loop(template_body *b, const json *item)
{
    const char *name = json_get_string(item, "name");
    int turns = template_loop_turns(&b->env, json_get(item, "count"));
    arena_clear(b->scratch);
    put_name(b->out, name);
    if (turns < 0 || !affordable(b, json_get(item, "input"), turns)) {
        b->symbolic = true;
        expr_write_json(b->out, item);
        return;
    }
    const expr_loop *around = b->env.loop;
    expr_loop loop = {name, true, true, 0, around};
    b->env.loop = &loop;
    buf_putc(b->out, '[');
    for (int i = 0; i < turns; i++) {
        loop.index = (uint64_t)i;
        buf_puts(b->out, i == 0 ? "" : ",");
        template_body_value(b, json_get(item, "input"));
    }
    buf_putc(b->out, ']');
    b->env.loop = around;
}

/* A member's name may be an expression too: the ids of an identity are. */
static void put_member_name(template_body *b, const char *name)
{
    if (!expression_is(name)) {
        put_name(b->out, name);
        return;
    }
    const expr_node *node = expression_parse(b->env.machine, name);
    const expr_value *v = expr_eval(&b->env, node);
    b->env.machine->expressions++;
    bool known = v->type == EXPR_STRING && v->weight <= *b->left;
    b->env.machine->wrong += expr_is_wrong(v);
    b->env.machine->symbolic += v->type == EXPR_SYMBOLIC && !expr_is_wrong(v);
    b->symbolic = b->symbolic || v->open || !known;
    *b->left -= known ? v->weight : 0;
    put_name(b->out, known ? v->text : name);
    arena_clear(b->scratch);
}

void template_body_member(template_body *b, const json *member)
{
    put_member_name(b, json_name(member));
    template_body_value(b, member);
}

static void put_object(template_body *b, const json *object)
{
    const json *copy = json_get(object, "copy");
    copy = template_is_property_loop(copy) ? copy : NULL;
    buf_putc(b->out, '{');
    for (const json *m = json_first(object); m != NULL; m = json_next(m)) {
        if (m != copy) {
            template_body_member(b, m);
        }
    }
    for (const json *l = json_first(copy); l != NULL; l = json_next(l)) {
        put_loop(b, l);
    }
    buf_putc(b->out, '}');
}

void template_body_value(template_body *b, const json *value)
{
    if (json_is_string(value)) {
        put_string(b, value);
    } else if (json_is_object(value)) {
        put_object(b, value);
    } else if (json_is_array(value)) {
        buf_putc(b->out, '[');
        for (const json *e = json_first(value); e != NULL; e = json_next(e)) {
            buf_puts(b->out, e == json_first(value) ? "" : ",");
            template_body_value(b, e);
        }
        buf_putc(b->out, ']');
    } else {
        expr_write_json(b->out, value);
    }
}

/* In place of a value that is given to a secure parameter. */
static void put_secure(template_body *b, const char *name)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_printf(&text, "[parameters('%s')]", name);
    put_name(b->out, name);
    buf_puts(b->out, "{\"value\":");
    buf_json_string(b->out, buf_str(&text), text.len);
    buf_putc(b->out, '}');
    b->symbolic = true;
}

static void put_given(template_body *b, const json *parameters, const template_scope *inner)
{
    put_name(b->out, "parameters");
    buf_putc(b->out, '{');
    for (const json *p = json_first(parameters); p != NULL; p = json_next(p)) {
        /* A value that stands in a key vault is named by "reference", which is no secret. */
        bool value = json_get(p, "reference") == NULL || json_get(p, "value") != NULL;
        if (value && template_scope_is_secure(inner, json_name(p))) {
            put_secure(b, json_name(p));
        } else {
            template_body_member(b, p);
        }
    }
    buf_putc(b->out, '}');
}

void template_body_deployment(template_body *b, const json *properties, const template_scope *inner)
{
    buf_putc(b->out, '{');
    for (const json *m = json_first(properties); m != NULL; m = json_next(m)) {
        bool parameters = strcmp(json_name(m), "parameters") == 0 && json_is_object(m);
        if (parameters && inner != NULL) {
            put_given(b, m, inner);
        } else if (strcmp(json_name(m), "template") != 0) {
            template_body_member(b, m);
        }
    }
    buf_putc(b->out, '}');
}
