/*
 * Functions over texts. Invariant: no result is longer than a value may be, whatever is repeated or
 * replaced. Refuses to guess what .NET does outside ASCII.
 */
#include "base/text.h"
#include "collect/expr_functions.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define VALUE const expr_value *

bool expr_is_ascii(VALUE v)
{
    for (size_t i = 0; i < v->len; i++) {
        if ((unsigned char)v->text[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

bool expr_any_open(VALUE const *args, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (args[i]->open) {
            return true;
        }
    }
    return false;
}

VALUE expr_string_of(expr_machine *m, buf *b, bool open)
{
    bool sound = !b->failed && expr_spend(m, b->len);
    VALUE v = sound ? expr_string(m, buf_str(b), b->len, open) : expr_symbolic();
    buf_reset(b);
    return v;
}

bool expr_append_text(buf *out, VALUE v)
{
    if (v->type == EXPR_STRING) {
        buf_append(out, v->text, v->len);
        return out->len <= EXPR_WEIGHT_MAX;
    }
    if (!expr_is_whole(v)) {
        return false;
    }
    expr_write_number(out, v->number);
    return true;
}

static bool all_texts(VALUE const *args, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (args[i]->type != EXPR_STRING) {
            return false;
        }
    }
    return true;
}

static VALUE concat_arrays(expr_machine *m, VALUE const *args, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        if (args[i]->type != EXPR_ARRAY) {
            return expr_wrong();
        }
        total += args[i]->count;
    }
    VALUE *items = expr_alloc(m, total * sizeof(void *));
    if (items == NULL || !expr_spend(m, total)) {
        return expr_symbolic();
    }
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < args[i]->count; j++) {
            items[n++] = args[i]->items[j];
        }
    }
    return expr_array(m, items, total);
}

static VALUE call_concat(expr_machine *m, VALUE const *args, size_t count)
{
    if (args[0]->type == EXPR_ARRAY) {
        return concat_arrays(m, args, count);
    }
    buf out = {0};
    for (size_t i = 0; i < count; i++) {
        if (!expr_append_text(&out, args[i])) {
            buf_reset(&out);
            bool never = args[i]->type == EXPR_ARRAY || args[i]->type == EXPR_OBJECT;
            return never ? expr_wrong() : expr_symbolic();
        }
    }
    return expr_string_of(m, &out, expr_any_open(args, count));
}

/* "{n}" at p; the place after it, NULL when it is anything else (an alignment, a specifier). */
static const char *format_argument(const char *p, const char *end, size_t *n)
{
    size_t digits = 0;
    *n = 0;
    for (p++; p < end && *p >= '0' && *p <= '9' && digits < 4; p++, digits++) {
        *n = *n * 10 + (size_t)(*p - '0');
    }
    return digits > 0 && p < end && *p == '}' ? p + 1 : NULL;
}

bool expr_format_walk(const char *format, size_t len, size_t count, const expr_format_parts *parts)
{
    const char *end = format + len;
    for (const char *p = format; p < end;) {
        size_t plain = 0;
        while (p + plain < end && p[plain] != '{' && p[plain] != '}') {
            plain++;
        }
        parts->text(parts->ctx, p, plain);
        p += plain;
        if (p == end) {
            break;
        }
        if (p + 1 < end && p[1] == *p) {
            parts->text(parts->ctx, p, 1);
            p += 2;
            continue;
        }
        size_t n = 0;
        p = *p == '{' ? format_argument(p, end, &n) : NULL;
        if (p == NULL || n >= count || !parts->argument(parts->ctx, n)) {
            return false;
        }
    }
    return true;
}

typedef struct {
    buf out;
    VALUE const *args;
} formatting;

static void on_text(void *ctx, const char *text, size_t len)
{
    formatting *f = ctx;
    buf_append(&f->out, text, len);
}

static bool on_argument(void *ctx, size_t n)
{
    formatting *f = ctx;
    return expr_append_text(&f->out, f->args[n]);
}

static VALUE call_format(expr_machine *m, VALUE const *args, size_t count)
{
    if (args[0]->type != EXPR_STRING) {
        return expr_wrong();
    }
    formatting f = {.args = args + 1};
    const expr_format_parts parts = {on_text, on_argument, &f};
    if (!expr_format_walk(args[0]->text, args[0]->len, count - 1, &parts)) {
        buf_reset(&f.out);
        return expr_symbolic();
    }
    return expr_string_of(m, &f.out, expr_any_open(args, count));
}

/* The letters from first to last in their other case. */
static VALUE change_case(expr_machine *m, VALUE v, char first, char last)
{
    if (v->type != EXPR_STRING) {
        return expr_wrong();
    }
    if (!expr_is_ascii(v)) {
        return expr_symbolic();
    }
    buf out = {0};
    for (size_t i = 0; i < v->len; i++) {
        char c = v->text[i];
        if (c >= first && c <= last) {
            c = (char)(c ^ 0x20);
        }
        buf_putc(&out, c);
    }
    return expr_string_of(m, &out, v->open);
}

static VALUE call_to_lower(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    return change_case(m, args[0], 'A', 'Z');
}

static VALUE call_to_upper(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    return change_case(m, args[0], 'a', 'z');
}

static VALUE call_substring(expr_machine *m, VALUE const *args, size_t count)
{
    VALUE v = args[0];
    bool sound = v->type == EXPR_STRING && expr_is_whole(args[1]) && args[1]->number >= 0 &&
                 (count < 3 || (expr_is_whole(args[2]) && args[2]->number >= 0));
    if (!sound || args[1]->number > (double)v->len) {
        return expr_wrong();
    }
    if (!expr_is_ascii(v)) {
        return expr_symbolic();
    }
    size_t from = (size_t)args[1]->number;
    double most = count < 3 ? (double)(v->len - from) : args[2]->number;
    return most > (double)(v->len - from) ? expr_wrong()
                                          : expr_string(m, v->text + from, (size_t)most, false);
}

static VALUE call_replace(expr_machine *m, VALUE const *args, size_t count)
{
    if (!all_texts(args, count) || args[1]->len == 0) {
        return expr_wrong();
    }
    buf out = {0};
    const char *p = args[0]->text;
    const char *end = p + args[0]->len;
    while (p < end && out.len <= EXPR_WEIGHT_MAX) {
        const char *hit = memmem(p, (size_t)(end - p), args[1]->text, args[1]->len);
        buf_append(&out, p, (size_t)((hit == NULL ? end : hit) - p));
        if (hit == NULL) {
            break;
        }
        buf_append(&out, args[2]->text, args[2]->len);
        p = hit + args[1]->len;
    }
    return expr_string_of(m, &out, expr_any_open(args, count));
}

/* The first delimiter in a text: its place and length; NULL when there is none. */
static const char *next_delimiter(VALUE delimiters, const char *p, const char *end, size_t *len)
{
    const char *first = NULL;
    size_t many = delimiters->type == EXPR_ARRAY ? delimiters->count : 1;
    for (size_t i = 0; i < many; i++) {
        VALUE d = delimiters->type == EXPR_ARRAY ? delimiters->items[i] : delimiters;
        const char *hit = memmem(p, (size_t)(end - p), d->text, d->len);
        if (hit != NULL && (first == NULL || hit < first)) {
            first = hit;
            *len = d->len;
        }
    }
    return first;
}

static bool are_delimiters(VALUE v)
{
    bool sound = v->type == EXPR_STRING ? v->len > 0 : v->type == EXPR_ARRAY;
    for (size_t i = 0; sound && i < v->count; i++) {
        sound = v->items[i]->type == EXPR_STRING && v->items[i]->len > 0;
    }
    return sound;
}

static VALUE call_split(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    if (args[0]->type != EXPR_STRING || !are_delimiters(args[1])) {
        return expr_wrong();
    }
    const char *p = args[0]->text;
    const char *end = p + args[0]->len;
    VALUE *items = expr_alloc(m, (args[0]->len + 1) * sizeof(void *));
    if (items == NULL) {
        return expr_symbolic();
    }
    size_t n = 0;
    for (const char *hit = p; hit != NULL;) {
        size_t skip = 0;
        /* Several delimiters look through the rest anew each time. */
        if (!expr_spend(m, args[1]->type == EXPR_ARRAY ? (size_t)(end - p) * args[1]->count : 1)) {
            return expr_symbolic();
        }
        hit = next_delimiter(args[1], p, end, &skip);
        size_t len = (size_t)((hit == NULL ? end : hit) - p);
        bool open = args[0]->open && memchr(p, '{', len) != NULL;
        items[n++] = expr_string(m, p, len, open);
        p += len + skip;
    }
    return expr_array(m, items, n);
}

static VALUE call_join(expr_machine *m, VALUE const *args, size_t count)
{
    if (args[0]->type != EXPR_ARRAY || args[1]->type != EXPR_STRING) {
        return expr_wrong();
    }
    buf out = {0};
    for (size_t i = 0; i < args[0]->count; i++) {
        if (i > 0) {
            buf_append(&out, args[1]->text, args[1]->len);
        }
        if (!expr_append_text(&out, args[0]->items[i])) {
            buf_reset(&out);
            return expr_symbolic();
        }
    }
    return expr_string_of(m, &out, expr_any_open(args, count));
}

static VALUE call_trim(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    if (args[0]->type != EXPR_STRING) {
        return expr_wrong();
    }
    if (!expr_is_ascii(args[0])) {
        return expr_symbolic();
    }
    static const char space[] = " \t\n\v\f\r";
    const char *p = args[0]->text;
    size_t len = args[0]->len;
    while (len > 0 && strchr(space, *p) != NULL && *p != '\0') {
        p++;
        len--;
    }
    while (len > 0 && strchr(space, p[len - 1]) != NULL && p[len - 1] != '\0') {
        len--;
    }
    return expr_string(m, p, len, args[0]->open);
}

/* Texts that are compared without case; 1 yes, 0 no, -1 error, -2 not sure. */
static int two_texts(VALUE const *args)
{
    if (!all_texts(args, 2)) {
        return -1;
    }
    return expr_is_ascii(args[0]) && expr_is_ascii(args[1]) ? 1 : -2;
}

static VALUE unsure(int sound)
{
    return sound == -1 ? expr_wrong() : expr_symbolic();
}

static VALUE call_starts_with(expr_machine *m, VALUE const *args, size_t count)
{
    (void)m;
    (void)count;
    int sound = two_texts(args);
    return sound < 0 ? unsure(sound)
                     : expr_bool(args[1]->len <= args[0]->len &&
                                 strncasecmp(args[0]->text, args[1]->text, args[1]->len) == 0);
}

static VALUE call_ends_with(expr_machine *m, VALUE const *args, size_t count)
{
    (void)m;
    (void)count;
    int sound = two_texts(args);
    if (sound < 0) {
        return unsure(sound);
    }
    size_t len = args[1]->len;
    return expr_bool(len <= args[0]->len &&
                     strncasecmp(args[0]->text + args[0]->len - len, args[1]->text, len) == 0);
}

static VALUE call_index_of(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    int sound = two_texts(args);
    if (sound < 0) {
        return unsure(sound);
    }
    if (!expr_spend(m, (uint64_t)args[0]->len * (args[1]->len + 1))) {
        return expr_symbolic();
    }
    for (size_t i = 0; i + args[1]->len <= args[0]->len; i++) {
        if (strncasecmp(args[0]->text + i, args[1]->text, args[1]->len) == 0) {
            return expr_number(m, (double)i);
        }
    }
    return expr_number(m, -1);
}

static VALUE call_pad_left(expr_machine *m, VALUE const *args, size_t count)
{
    buf text = {0};
    bool fill_sound = count < 3 || (args[2]->type == EXPR_STRING && args[2]->len == 1);
    bool sound = fill_sound && expr_is_whole(args[1]) && args[1]->number >= 0 &&
                 args[1]->number <= 4096 && expr_append_text(&text, args[0]);
    buf out = {0};
    size_t width = sound ? (size_t)args[1]->number : 0;
    for (size_t i = text.len; i < width; i++) {
        buf_append(&out, count < 3 ? " " : args[2]->text, 1);
    }
    buf_append(&out, buf_str(&text), text.len);
    buf_reset(&text);
    bool ascii = args[0]->type != EXPR_STRING || expr_is_ascii(args[0]);
    if (!sound || !ascii) {
        buf_reset(&out);
        return sound ? expr_symbolic() : expr_wrong();
    }
    return expr_string_of(m, &out, false);
}

static VALUE call_string(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    buf out = {0};
    bool whole = args[0]->type == EXPR_ARRAY || args[0]->type == EXPR_OBJECT;
    if (whole && !expr_spend(m, args[0]->weight)) {
        return expr_symbolic();
    }
    if (whole) {
        expr_write(&out, args[0]);
    } else if (!expr_append_text(&out, args[0])) {
        buf_reset(&out);
        return expr_symbolic();
    }
    return expr_string_of(m, &out, args[0]->open);
}

static VALUE call_int(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    if (expr_is_whole(args[0])) {
        return args[0];
    }
    if (args[0]->type != EXPR_STRING) {
        return args[0]->type == EXPR_NUMBER ? expr_symbolic() : expr_wrong();
    }
    const char *p = args[0]->text;
    bool minus = *p == '-';
    p += minus ? 1 : 0;
    size_t digits = strspn(p, "0123456789");
    if (digits == 0 || digits > 15 || p[digits] != '\0' ||
        (minus ? 1 : 0) + digits != args[0]->len) {
        return digits > 15 ? expr_symbolic() : expr_wrong();
    }
    double number = 0;
    for (size_t i = 0; i < digits; i++) {
        number = number * 10 + (p[i] - '0');
    }
    return expr_number(m, minus ? -number : number);
}

static VALUE call_bool(expr_machine *m, VALUE const *args, size_t count)
{
    (void)m;
    (void)count;
    if (args[0]->type == EXPR_BOOL) {
        return args[0];
    }
    if (args[0]->type == EXPR_NUMBER) {
        return expr_bool(args[0]->number < 0 || args[0]->number > 0);
    }
    if (args[0]->type != EXPR_STRING) {
        return expr_wrong();
    }
    bool yes = text_same(args[0]->text, "true");
    return yes || text_same(args[0]->text, "false") ? expr_bool(yes) : expr_wrong();
}

static VALUE call_json(expr_machine *m, VALUE const *args, size_t count)
{
    (void)count;
    if (args[0]->type != EXPR_STRING) {
        return expr_wrong();
    }
    EVPACK_AUTO(json_doc) doc = NULL;
    evpack_err err = {0};
    if (!expr_spend(m, args[0]->len) ||
        json_parse(args[0]->text, args[0]->len, false, &doc, &err) != EVPACK_OK) {
        return expr_wrong();
    }
    return expr_from_json(m, json_root(doc));
}

const expr_function *expr_text_function(const char *name)
{
    static const expr_function rows[] = {
        {"concat", 1, EXPR_MANY, true, call_concat},
        {"format", 1, EXPR_MANY, true, call_format},
        {"toLower", 1, 1, true, call_to_lower},
        {"toUpper", 1, 1, false, call_to_upper},
        {"substring", 2, 3, false, call_substring},
        {"replace", 3, 3, false, call_replace},
        {"split", 2, 2, true, call_split},
        {"join", 2, 2, true, call_join},
        {"trim", 1, 1, true, call_trim},
        {"startsWith", 2, 2, false, call_starts_with},
        {"endsWith", 2, 2, false, call_ends_with},
        {"indexOf", 2, 2, false, call_index_of},
        {"padLeft", 2, 3, false, call_pad_left},
        {"string", 1, 1, false, call_string},
        {"int", 1, 1, false, call_int},
        {"bool", 1, 1, false, call_bool},
        {"json", 1, 1, false, call_json},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (text_same(name, rows[i].name)) {
            return &rows[i];
        }
    }
    return NULL;
}
