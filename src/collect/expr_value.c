/*
 * Values of the template language. Invariant: no value weighs more than EXPR_WEIGHT_MAX, and all
 * that a document makes come out of one budget. Knows nothing of expressions.
 */
#include "collect/expr_value.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const double exact_max = 9007199254740992.0; /* 2^53 */

expr_machine expr_machine_new(arena *memory)
{
    return (expr_machine){.memory = memory, .work = EXPR_WORK_MAX, .bytes = EXPR_BYTES_MAX};
}

bool expr_spend(expr_machine *m, uint64_t work)
{
    if (work > m->work) {
        m->work = 0;
        m->limited = true;
        return false;
    }
    m->work -= work;
    return true;
}

void *expr_alloc(expr_machine *m, size_t size)
{
    if (size > m->bytes) {
        m->limited = true;
        return NULL;
    }
    m->bytes -= size;
    return arena_alloc(m->memory, size);
}

const expr_value *expr_symbolic(void)
{
    static const expr_value v = {.type = EXPR_SYMBOLIC, .open = true, .weight = 1};
    return &v;
}

const expr_value *expr_wrong(void)
{
    static const expr_value v = {.type = EXPR_SYMBOLIC, .truth = true, .open = true, .weight = 1};
    return &v;
}

const expr_value *expr_null(void)
{
    static const expr_value v = {.type = EXPR_NULL, .weight = 1};
    return &v;
}

const expr_value *expr_bool(bool truth)
{
    static const expr_value yes = {.type = EXPR_BOOL, .truth = true, .weight = 1};
    static const expr_value no = {.type = EXPR_BOOL, .weight = 1};
    return truth ? &yes : &no;
}

static expr_value *fresh(expr_machine *m, expr_type type, size_t weight)
{
    if (weight > EXPR_WEIGHT_MAX) {
        m->limited = true;
        return NULL;
    }
    expr_value *v = expr_alloc(m, sizeof *v);
    if (v != NULL) {
        v->type = type;
        v->weight = weight;
    }
    return v;
}

const expr_value *expr_written(expr_machine *m, const json *written, bool wrong)
{
    expr_value *v = fresh(m, EXPR_SYMBOLIC, 1);
    if (v == NULL) {
        return expr_symbolic();
    }
    v->open = true;
    v->truth = wrong;
    v->written = written;
    return v;
}

const expr_value *expr_number(expr_machine *m, double number)
{
    expr_value *v = fresh(m, EXPR_NUMBER, 1);
    if (v == NULL) {
        return expr_symbolic();
    }
    v->number = number;
    return v;
}

const expr_value *expr_string(expr_machine *m, const char *text, size_t len, bool open)
{
    expr_value *v = fresh(m, EXPR_STRING, len + 1);
    char *copy = v == NULL ? NULL : expr_alloc(m, len + 1);
    if (copy == NULL) {
        return expr_symbolic();
    }
    if (len > 0 && text != NULL) {
        memcpy(copy, text, len);
    }
    v->text = copy;
    v->len = len;
    v->open = open;
    return v;
}

static const expr_value *container(expr_machine *m, expr_type type, const char *const *names,
                                   const expr_value *const *items, size_t count)
{
    size_t weight = 1;
    bool open = false;
    for (size_t i = 0; i < count && weight <= EXPR_WEIGHT_MAX; i++) {
        weight += items[i]->weight + (names == NULL ? 0 : strlen(names[i]) + 1);
        open = open || items[i]->open;
    }
    expr_value *v = fresh(m, type, weight);
    if (v == NULL) {
        return expr_symbolic();
    }
    v->names = names;
    v->items = items;
    v->count = count;
    v->open = open;
    return v;
}

const expr_value *expr_array(expr_machine *m, const expr_value *const *items, size_t count)
{
    return container(m, EXPR_ARRAY, NULL, items, count);
}

const expr_value *expr_object(expr_machine *m, const char *const *names,
                              const expr_value *const *items, size_t count)
{
    return container(m, EXPR_OBJECT, names, items, count);
}

static const char *copied(expr_machine *m, const char *text)
{
    size_t len = strlen(text);
    char *copy = expr_alloc(m, len + 1);
    return copy == NULL ? "" : memcpy(copy, text, len + 1);
}

static const expr_value *container_from_json(expr_machine *m, const json *value)
{
    size_t count = json_count(value);
    bool object = json_is_object(value);
    const expr_value **items = expr_alloc(m, count * sizeof(void *));
    const char **names = expr_alloc(m, count * sizeof(void *));
    if (items == NULL || names == NULL || m->depth >= EXPR_DEPTH_MAX) {
        m->limited = true;
        return expr_symbolic();
    }
    m->depth++;
    size_t n = 0;
    for (const json *e = json_first(value); e != NULL; e = json_next(e), n++) {
        names[n] = object ? copied(m, json_name(e)) : "";
        items[n] = expr_from_json(m, e);
    }
    m->depth--;
    return object ? expr_object(m, names, items, count) : expr_array(m, items, count);
}

const expr_value *expr_from_json(expr_machine *m, const json *value)
{
    if (json_is_string(value)) {
        return expr_string(m, json_string(value), strlen(json_string(value)), false);
    }
    if (json_is_number(value)) {
        return expr_number(m, json_number(value));
    }
    if (json_is_bool(value)) {
        return expr_bool(json_is_true(value));
    }
    return json_is_null(value) || value == NULL ? expr_null() : container_from_json(m, value);
}

bool expr_is_wrong(const expr_value *v)
{
    return v->type == EXPR_SYMBOLIC && v->truth;
}

bool expr_is_whole(const expr_value *v)
{
    return v->type == EXPR_NUMBER && fabs(v->number) <= exact_max &&
           fabs(v->number - trunc(v->number)) <= 0;
}

const expr_value *expr_member(expr_machine *m, const expr_value *object, const char *name)
{
    if (!expr_spend(m, object->count)) {
        return NULL;
    }
    for (size_t i = 0; i < object->count; i++) {
        if (strcasecmp(object->names[i], name) == 0) {
            return object->items[i];
        }
    }
    return NULL;
}

static bool same_items(expr_machine *m, const expr_value *a, const expr_value *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        const expr_value *other =
            a->type == EXPR_ARRAY ? b->items[i] : expr_member(m, b, a->names[i]);
        if (other == NULL || !expr_same(m, a->items[i], other)) {
            return false;
        }
    }
    return true;
}

bool expr_same(expr_machine *m, const expr_value *a, const expr_value *b)
{
    if (a->type != b->type || !expr_spend(m, 1 + a->len / 16)) {
        return false;
    }
    switch (a->type) {
    case EXPR_NULL:
        return true;
    case EXPR_BOOL:
        return a->truth == b->truth;
    case EXPR_NUMBER:
        return a->number <= b->number && a->number >= b->number;
    case EXPR_STRING:
        return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
    case EXPR_SYMBOLIC:
        return false;
    default:
        return same_items(m, a, b);
    }
}

void expr_write_number(buf *out, double number)
{
    if (!isfinite(number)) {
        buf_puts(out, number < 0 ? "-1e999" : "1e999");
        return;
    }
    if (fabs(number) <= exact_max && fabs(number - trunc(number)) <= 0) {
        buf_printf(out, "%.0f", number);
        return;
    }
    char text[40];
    (void)snprintf(text, sizeof text, "%.15g", number);
    double again = strtod(text, NULL);
    if (again < number || again > number) {
        (void)snprintf(text, sizeof text, "%.17g", number);
    }
    buf_puts(out, text);
}

void expr_write_json(buf *out, const json *value)
{
    if (json_is_string(value)) {
        buf_json_string(out, json_string(value), strlen(json_string(value)));
    } else if (json_is_number(value)) {
        expr_write_number(out, json_number(value));
    } else if (json_is_bool(value)) {
        buf_puts(out, json_is_true(value) ? "true" : "false");
    } else if (json_is_array(value) || json_is_object(value)) {
        bool object = json_is_object(value);
        buf_putc(out, object ? '{' : '[');
        for (const json *e = json_first(value); e != NULL; e = json_next(e)) {
            buf_puts(out, e == json_first(value) ? "" : ",");
            if (object) {
                buf_json_string(out, json_name(e), strlen(json_name(e)));
                buf_putc(out, ':');
            }
            expr_write_json(out, e);
        }
        buf_putc(out, object ? '}' : ']');
    } else {
        buf_puts(out, "null");
    }
}

static void write_container(buf *out, const expr_value *v)
{
    bool object = v->type == EXPR_OBJECT;
    buf_putc(out, object ? '{' : '[');
    for (size_t i = 0; i < v->count; i++) {
        buf_puts(out, i == 0 ? "" : ",");
        if (object) {
            buf_json_string(out, v->names[i], strlen(v->names[i]));
            buf_putc(out, ':');
        }
        expr_write(out, v->items[i]);
    }
    buf_putc(out, object ? '}' : ']');
}

void expr_write(buf *out, const expr_value *v)
{
    switch (v->type) {
    case EXPR_BOOL:
        buf_puts(out, v->truth ? "true" : "false");
        return;
    case EXPR_NUMBER:
        expr_write_number(out, v->number);
        return;
    case EXPR_STRING:
        buf_json_string(out, v->text, v->len);
        return;
    case EXPR_ARRAY:
    case EXPR_OBJECT:
        write_container(out, v);
        return;
    default:
        expr_write_json(out, v->type == EXPR_SYMBOLIC ? v->written : NULL);
    }
}
