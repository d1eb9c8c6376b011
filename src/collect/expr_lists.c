/*
 * Functions over arrays, objects, numbers and truths. Invariant: what walks a value pays for it
 * from the machine's budget. Refuses to compare what is not known.
 */
#include "base/text.h"
#include "collect/expr_functions.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define VALUE const expr_value *

/* Code units of UTF-16, as .NET counts them. */
static double text_units(VALUE v)
{
    double units = 0;
    for (size_t i = 0; i < v->len; i++) {
        unsigned char c = (unsigned char)v->text[i];
        units += (c & 0xc0) == 0x80 ? 0 : c >= 0xf0 ? 2 : 1;
    }
    return units;
}

static VALUE call_length(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    switch (args[0]->type) {
    case EXPR_STRING:
        return args[0]->open ? expr_symbolic() : expr_number(m, text_units(args[0]));
    case EXPR_ARRAY:
    case EXPR_OBJECT:
        return expr_number(m, (double)args[0]->count);
    default:
        return expr_wrong();
    }
}

static VALUE call_empty(expr_machine *m, VALUE const *args, size_t count)
{
    (void)m;
    (void)count;
    switch (args[0]->type) {
    case EXPR_NULL:
        return expr_bool(true);
    case EXPR_STRING:
        return expr_bool(args[0]->len == 0);
    case EXPR_ARRAY:
    case EXPR_OBJECT:
        return expr_bool(args[0]->count == 0);
    default:
        return expr_wrong();
    }
}

/* One element of an array, or one character of a text. */
static VALUE one_of(expr_machine *m, VALUE v, bool last)
{
    if (v->type == EXPR_ARRAY && v->count > 0) {
        return v->items[last ? v->count - 1 : 0];
    }
    if (v->type == EXPR_STRING && v->len > 0 && expr_is_ascii(v) && !v->open) {
        return expr_string(m, v->text + (last ? v->len - 1 : 0), 1, false);
    }
    /* Of nothing: the documentation does not say. */
    return v->type == EXPR_ARRAY || v->type == EXPR_STRING ? expr_symbolic() : expr_wrong();
}

static VALUE call_first(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    return one_of(m, args[0], false);
}

static VALUE call_last(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    return one_of(m, args[0], true);
}

static VALUE part_of(expr_machine *m, VALUE const *args, bool skip)
{
    VALUE v = args[0];
    bool list = v->type == EXPR_ARRAY;
    if ((!list && v->type != EXPR_STRING) || !expr_is_whole(args[1])) {
        return expr_wrong();
    }
    if (!list && (v->open || !expr_is_ascii(v))) {
        return expr_symbolic();
    }
    size_t all = list ? v->count : v->len;
    double wanted = args[1]->number < 0 ? 0 : args[1]->number;
    size_t n = wanted > (double)all ? all : (size_t)wanted;
    size_t from = skip ? n : 0;
    size_t len = skip ? all - n : n;
    return list ? expr_array(m, v->items + from, len) : expr_string(m, v->text + from, len, false);
}

static VALUE call_skip(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    return part_of(m, args, true);
}

static VALUE call_take(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    return part_of(m, args, false);
}

static bool has_item(expr_machine *m, VALUE list, size_t count, VALUE item)
{
    for (size_t i = 0; i < count; i++) {
        if (expr_same(m, list->items[i], item)) {
            return true;
        }
    }
    return false;
}

static VALUE call_contains(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    VALUE in = args[0];
    VALUE item = args[1];
    if (item->open) {
        return expr_symbolic();
    }
    if (in->type == EXPR_OBJECT) {
        return item->type == EXPR_STRING ? expr_bool(expr_member(m, in, item->text) != NULL)
                                         : expr_wrong();
    }
    if (in->open) {
        return expr_symbolic();
    }
    if (in->type == EXPR_ARRAY) {
        return expr_bool(has_item(m, in, in->count, item));
    }
    if (in->type != EXPR_STRING || item->type != EXPR_STRING) {
        return expr_wrong();
    }
    return expr_bool(memmem(in->text, in->len, item->text, item->len) != NULL);
}

static VALUE call_create_array(expr_machine *m, VALUE const *args, size_t count)
{
    VALUE *items = expr_alloc(m, count * sizeof(void *));
    if (items == NULL) {
        return expr_symbolic();
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = args[i];
    }
    return expr_array(m, items, count);
}

static VALUE call_array(expr_machine *m, VALUE const *args, size_t count)
{
    return args[0]->type == EXPR_ARRAY ? args[0] : call_create_array(m, args, count);
}

static VALUE call_create_object(expr_machine *m, VALUE const *args, size_t count)
{
    VALUE *items = expr_alloc(m, count / 2 * sizeof(void *));
    const char **names = expr_alloc(m, count / 2 * sizeof(void *));
    if (items == NULL || names == NULL) {
        return expr_symbolic();
    }
    for (size_t i = 0; i + 1 < count; i += 2) {
        if (args[i]->type != EXPR_STRING || args[i]->open) {
            return args[i]->open ? expr_symbolic() : expr_wrong();
        }
        names[i / 2] = args[i]->text;
        items[i / 2] = args[i + 1];
    }
    return count % 2 == 0 ? expr_object(m, names, items, count / 2) : expr_wrong();
}

static VALUE union_arrays(expr_machine *m, VALUE const *args, size_t count)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        if (args[i]->open) {
            return expr_symbolic(); /* which are the same is not known */
        }
        most += args[i]->count;
    }
    VALUE *items = expr_alloc(m, most * sizeof(void *));
    if (items == NULL) {
        return expr_symbolic();
    }
    expr_value so_far = {.type = EXPR_ARRAY, .items = items};
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < args[i]->count; j++) {
            if (!has_item(m, &so_far, n, args[i]->items[j])) {
                items[n++] = args[i]->items[j];
            }
        }
    }
    return expr_array(m, items, n);
}

static size_t place_of(expr_machine *m, const char *const *names, size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && expr_spend(m, 1) && strcasecmp(names[i], name) != 0) {
        i++;
    }
    return i;
}

/* The members of both; objects in both are merged in turn, else b's count. */
static VALUE merged(expr_machine *m, VALUE a, VALUE b)
{
    VALUE *items = expr_alloc(m, (a->count + b->count) * sizeof(void *));
    const char **names = expr_alloc(m, (a->count + b->count) * sizeof(void *));
    if (items == NULL || names == NULL || m->depth >= EXPR_DEPTH_MAX) {
        m->limited = true;
        return expr_symbolic();
    }
    m->depth++;
    size_t n = a->count;
    for (size_t i = 0; i < n; i++) {
        items[i] = a->items[i];
        names[i] = a->names[i];
    }
    for (size_t i = 0; i < b->count; i++) {
        size_t at = place_of(m, names, n, b->names[i]);
        bool both = at < n && items[at]->type == EXPR_OBJECT && b->items[i]->type == EXPR_OBJECT;
        names[at] = at < n ? names[at] : b->names[i];
        items[at] = both ? merged(m, items[at], b->items[i]) : b->items[i];
        n += at == n;
    }
    m->depth--;
    return expr_object(m, names, items, n);
}

static VALUE call_union(expr_machine *m, VALUE const *args, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (args[i]->type != args[0]->type ||
            (args[i]->type != EXPR_ARRAY && args[i]->type != EXPR_OBJECT)) {
            return expr_wrong();
        }
    }
    if (args[0]->type == EXPR_ARRAY) {
        return union_arrays(m, args, count);
    }
    if (expr_any_open(args, count)) {
        return expr_symbolic(); /* an object behind a symbolic value would be merged */
    }
    VALUE all = args[0];
    for (size_t i = 1; i < count && all->type == EXPR_OBJECT; i++) {
        all = merged(m, all, args[i]);
    }
    return m->work == 0 ? expr_symbolic() : all;
}

static VALUE call_equals(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    return expr_bool(expr_same(m, args[0], args[1]));
}

static VALUE call_not(expr_machine *m, VALUE const *args, size_t count)
{
    (void)m;
    (void)count;
    return args[0]->type == EXPR_BOOL ? expr_bool(!args[0]->truth) : expr_wrong();
}

/* -1, 0, 1; 2 when they cannot be compared for sure. */
static int order(VALUE const *args)
{
    if (args[0]->type != EXPR_NUMBER || args[1]->type != EXPR_NUMBER) {
        return 2;
    }
    return (args[0]->number > args[1]->number) - (args[0]->number < args[1]->number);
}

static VALUE compared(VALUE const *args, int yes, int or)
{
    int is = order(args);
    bool texts = args[0]->type == EXPR_STRING && args[1]->type == EXPR_STRING;
    if (is == 2) {
        return texts ? expr_symbolic() : expr_wrong();
    }
    return expr_bool(is == yes || is == or);
}

static VALUE call_less(expr_machine *m, VALUE const *args, size_t count)
{
    (void)m;
    (void)count;
    return compared(args, -1, -1);
}

static VALUE call_less_or_equals(expr_machine *m, VALUE const *args, size_t count)
{
    (void)m;
    (void)count;
    return compared(args, -1, 0);
}

static VALUE call_greater(expr_machine *m, VALUE const *args, size_t count)
{
    (void)m;
    (void)count;
    return compared(args, 1, 1);
}

static VALUE call_greater_or_equals(expr_machine *m, VALUE const *args, size_t count)
{
    (void)m;
    (void)count;
    return compared(args, 1, 0);
}

static VALUE calculated(expr_machine *m, VALUE const *args, char operation)
{
    if (!expr_is_whole(args[0]) || !expr_is_whole(args[1])) {
        return expr_wrong();
    }
    double a = args[0]->number;
    double b = args[1]->number;
    if ((operation == '/' || operation == '%') && !(b < 0 || b > 0)) {
        return expr_wrong();
    }
    double result = operation == '+'   ? a + b
                    : operation == '-' ? a - b
                    : operation == '*' ? a * b
                    : operation == '/' ? trunc(a / b)
                                       : fmod(a, b);
    VALUE v = expr_number(m, result + 0.0);
    return expr_is_whole(v) ? v : expr_symbolic();
}

static VALUE call_add(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    return calculated(m, args, '+');
}

static VALUE call_sub(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    return calculated(m, args, '-');
}

static VALUE call_mul(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    return calculated(m, args, '*');
}

static VALUE call_div(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    return calculated(m, args, '/');
}

static VALUE call_mod(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    return calculated(m, args, '%');
}

static VALUE call_range(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    enum { RANGE_MAX = 10000 }; /* ARM's */
    bool sound = expr_is_whole(args[0]) && expr_is_whole(args[1]) && args[1]->number >= 0 &&
                 args[1]->number <= RANGE_MAX;
    if (!sound) {
        return expr_wrong();
    }
    size_t many = (size_t)args[1]->number;
    VALUE *items = expr_alloc(m, many * sizeof(void *));
    if (items == NULL || !expr_spend(m, many)) {
        return expr_symbolic();
    }
    for (size_t i = 0; i < many; i++) {
        items[i] = expr_number(m, args[0]->number + (double)i);
    }
    return expr_array(m, items, many);
}

static VALUE call_null(expr_machine *m, VALUE const *args, size_t count)
{
    (void)m;
    (void)args;
    (void)count;
    return expr_null();
}

static VALUE call_true(expr_machine *m, VALUE const *args, size_t count)
{
    (void)m;
    (void)args;
    (void)count;
    return expr_bool(true);
}

static VALUE call_false(expr_machine *m, VALUE const *args, size_t count)
{
    (void)m;
    (void)args;
    (void)count;
    return expr_bool(false);
}

const expr_function *expr_lists_function(const char *name)
{
    static const expr_function rows[] = {
        {"length", 1, 1, true, call_length},
        {"empty", 1, 1, true, call_empty},
        {"first", 1, 1, true, call_first},
        {"last", 1, 1, true, call_last},
        {"skip", 2, 2, true, call_skip},
        {"take", 2, 2, true, call_take},
        {"contains", 2, 2, true, call_contains},
        {"array", 1, 1, true, call_array},
        {"createArray", 0, EXPR_MANY, true, call_create_array},
        {"createObject", 0, EXPR_MANY, true, call_create_object},
        {"union", 2, EXPR_MANY, true, call_union},
        {"equals", 2, 2, false, call_equals},
        {"not", 1, 1, false, call_not},
        {"less", 2, 2, false, call_less},
        {"lessOrEquals", 2, 2, false, call_less_or_equals},
        {"greater", 2, 2, false, call_greater},
        {"greaterOrEquals", 2, 2, false, call_greater_or_equals},
        {"add", 2, 2, false, call_add},
        {"sub", 2, 2, false, call_sub},
        {"mul", 2, 2, false, call_mul},
        {"div", 2, 2, false, call_div},
        {"mod", 2, 2, false, call_mod},
        {"range", 2, 2, false, call_range},
        {"null", 0, 0, false, call_null},
        {"true", 0, 0, false, call_true},
        {"false", 0, 0, false, call_false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (text_same(name, rows[i].name)) {
            return &rows[i];
        }
    }
    return NULL;
}
