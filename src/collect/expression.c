/*
 * Parsing template expressions. Invariant: a tree is no deeper than EXPRESSION_DEPTH_MAX, and every
 * byte of the text is in it. Knows no function.
 */
#include "collect/expression.h"

#include <string.h>

typedef struct {
    expr_machine *m;
    const char *p;
    const char *end;
    unsigned depth;
} parser;

bool expression_is(const char *text)
{
    size_t len = strlen(text);
    return len >= 2 && text[0] == '[' && text[1] != '[' && text[len - 1] == ']';
}

const char *expression_literal(const char *text)
{
    size_t len = strlen(text);
    return len >= 3 && text[0] == '[' && text[1] == '[' && text[len - 1] == ']' ? text + 1 : text;
}

static void skip_space(parser *s)
{
    while (s->p < s->end && strchr(" \t\r\n", *s->p) != NULL) {
        s->p++;
    }
}

/* The next character that is not white space; '\0' at the end. */
static char peek(parser *s)
{
    skip_space(s);
    if (s->p == s->end) {
        return '\0';
    }
    return *s->p;
}

static bool take(parser *s, char c)
{
    if (peek(s) != c) {
        return false;
    }
    s->p++;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static size_t name_length(const parser *s, const char *p)
{
    size_t n = 0;
    while (p + n < s->end && (is_letter(p[n]) || (n > 0 && is_digit(p[n])))) {
        n++;
    }
    return n;
}

static expr_node *node(parser *s, expr_node_type type, const char *source)
{
    expr_node *n = expr_alloc(s->m, sizeof *n);
    if (n != NULL) {
        n->type = type;
        n->source = source;
    }
    return n;
}

static expr_node *close_node(const parser *s, expr_node *n)
{
    if (n != NULL) {
        n->source_len = (size_t)(s->p - n->source);
    }
    return n;
}

/* The quote that closes the text at p, past the doubled ones; NULL when there is none. */
static const char *closing_quote(const char *p, const char *end)
{
    for (p++; p < end; p++) {
        bool doubled = *p == '\'' && p + 1 < end && p[1] == '\'';
        if (*p == '\'' && !doubled) {
            return p;
        }
        p += doubled ? 1 : 0;
    }
    return NULL;
}

static expr_node *parse_text(parser *s)
{
    const char *close = closing_quote(s->p, s->end);
    expr_node *n = close == NULL ? NULL : node(s, EXPR_TEXT, s->p);
    char *to = n == NULL ? NULL : expr_alloc(s->m, (size_t)(close - s->p));
    if (to == NULL) {
        return NULL;
    }
    n->text = to;
    for (s->p++; s->p < close; s->p++) {
        *to++ = *s->p;
        s->p += *s->p == '\'' ? 1 : 0;
    }
    n->len = (size_t)(to - n->text);
    s->p = close + 1;
    return close_node(s, n);
}

static expr_node *parse_number(parser *s)
{
    expr_node *n = node(s, EXPR_DIGITS, s->p);
    bool minus = take(s, '-');
    size_t digits = 0;
    double number = 0;
    while (s->p < s->end && is_digit(*s->p) && digits < 16) {
        number = number * 10 + (*s->p - '0');
        s->p++;
        digits++;
    }
    bool more = s->p < s->end && (is_digit(*s->p) || is_letter(*s->p));
    if (n == NULL || digits == 0 || more) {
        return NULL;
    }
    n->number = minus ? -number : number;
    return close_node(s, n);
}

static expr_node *parse_expression(parser *s);

/* The arguments between "(" and ")". */
static bool parse_arguments(parser *s, expr_node *call)
{
    expr_node *first = NULL;
    expr_node **last = &first;
    bool more = !take(s, ')');
    while (more) {
        *last = parse_expression(s);
        if (*last == NULL) {
            return false;
        }
        last = &(*last)->next;
        call->count++;
        more = take(s, ',');
        if (!more && !take(s, ')')) {
            return false;
        }
    }
    call->parts = expr_alloc(s->m, call->count * sizeof(void *));
    if (call->parts == NULL) {
        return false;
    }
    size_t n = 0;
    for (const expr_node *one = first; one != NULL; one = one->next) {
        call->parts[n++] = one;
    }
    return true;
}

static expr_node *parse_call(parser *s)
{
    const char *start = s->p;
    size_t len = name_length(s, s->p);
    /* A function of the template's own has a namespace before it. */
    while (len > 0 && start + len < s->end && start[len] == '.') {
        size_t more = name_length(s, start + len + 1);
        if (more == 0) {
            return NULL;
        }
        len += 1 + more;
    }
    expr_node *n = len == 0 ? NULL : node(s, EXPR_CALL, start);
    char *name = n == NULL ? NULL : expr_alloc(s->m, len + 1);
    if (name == NULL) {
        return NULL;
    }
    memcpy(name, start, len);
    n->text = name;
    n->len = len;
    s->p += len;
    return take(s, '(') && parse_arguments(s, n) ? close_node(s, n) : NULL;
}

static expr_node *parse_primary(parser *s)
{
    char c = peek(s);
    if (c == '\'') {
        return parse_text(s);
    }
    return c == '-' || is_digit(c) ? parse_number(s) : parse_call(s);
}

/* What follows a value: ".name" or "[index]". */
static expr_node *parse_after(parser *s, const expr_node *before)
{
    bool index = *s->p == '[';
    s->p++;
    expr_node *n = node(s, index ? EXPR_INDEX : EXPR_MEMBER, before->source);
    const expr_node **parts = n == NULL ? NULL : expr_alloc(s->m, 2 * sizeof(void *));
    if (parts == NULL) {
        return NULL;
    }
    n->parts = parts;
    n->parts[0] = before;
    n->count = 1;
    if (index) {
        n->parts[1] = parse_expression(s);
        n->count = 2;
        return n->parts[1] != NULL && take(s, ']') ? close_node(s, n) : NULL;
    }
    skip_space(s);
    size_t len = name_length(s, s->p);
    char *name = len == 0 ? NULL : expr_alloc(s->m, len + 1);
    if (name == NULL) {
        return NULL;
    }
    memcpy(name, s->p, len);
    n->text = name;
    n->len = len;
    s->p += len;
    return close_node(s, n);
}

static expr_node *parse_expression(parser *s)
{
    if (s->depth >= EXPRESSION_DEPTH_MAX) {
        return NULL;
    }
    s->depth++;
    expr_node *n = parse_primary(s);
    unsigned chain = 0;
    for (char c = peek(s); n != NULL && (c == '.' || c == '['); c = peek(s)) {
        n = ++chain > EXPRESSION_DEPTH_MAX ? NULL : parse_after(s, n);
    }
    s->depth--;
    return n;
}

const expr_node *expression_parse(expr_machine *m, const char *text)
{
    size_t len = strlen(text);
    if (len > EXPRESSION_MAX || !expr_spend(m, len)) {
        m->limited = true;
        return NULL;
    }
    parser s = {.m = m, .p = text + 1, .end = text + len - 1};
    const expr_node *root = parse_expression(&s);
    return root != NULL && peek(&s) == '\0' && s.p == s.end ? root : NULL;
}
