/*
 * The functions of the template language that need nothing but their arguments. What a function
 * does is as documented ("ARM template functions", Microsoft Learn); where the documentation leaves
 * a result open (the text of a truth, upper case outside ASCII, a place in a text outside ASCII,
 * .NET's format specifiers), the answer is symbolic, not a guess.
 */
#ifndef EVPACK_COLLECT_EXPR_FUNCTIONS_H
#define EVPACK_COLLECT_EXPR_FUNCTIONS_H

#include "collect/expr_value.h"

typedef struct {
    const char *name; /* compares without case */
    size_t least, most;
    /* Takes arguments in which something is open; never a symbolic argument itself. */
    bool takes_open;
    /* expr_wrong() when the arguments do not fit. */
    const expr_value *(*call)(expr_machine *m, const expr_value *const *args, size_t count);
} expr_function;

/* NULL when it is not one of these. Texts: expr_text.c; lists, objects, numbers: expr_lists.c. */
const expr_function *expr_text_function(const char *name);
const expr_function *expr_lists_function(const char *name);

/* Appends what concat() and format() make of a value; false when it has no sure text. */
bool expr_append_text(buf *out, const expr_value *v);
/* Every byte is ASCII. */
bool expr_is_ascii(const expr_value *v);
/* The value of the text in b, which is forgotten. */
const expr_value *expr_string_of(expr_machine *m, buf *b, bool open);
bool expr_any_open(const expr_value *const *args, size_t count);

enum { EXPR_MANY = 65535 }; /* no upper limit of arguments */

/* What stands between format()'s placeholders: calls text for texts and argument for "{n}". False
 * when a placeholder is not plain or names no argument (n < count). */
typedef struct {
    void (*text)(void *ctx, const char *text, size_t len);
    bool (*argument)(void *ctx, size_t n);
    void *ctx;
} expr_format_parts;
bool expr_format_walk(const char *format, size_t len, size_t count, const expr_format_parts *parts);

#endif
