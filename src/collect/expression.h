/*
 * The expressions of ARM templates, as text and as a tree: "[" expression "]" fills a whole string,
 * "[[" stands for a literal "[".
 *
 *   expression  = literal | call | expression "." name | expression "[" expression "]"
 *   literal     = "'" text with '' for ' "'" | ["-"] digits
 *   call        = name *("." name) "(" [expression *("," expression)] ")"
 *
 * See "ARM template expressions", Microsoft Learn, "Understand the structure and syntax". ARM's own
 * limit for an expression is 24,576 characters.
 */
#ifndef EVPACK_COLLECT_EXPRESSION_H
#define EVPACK_COLLECT_EXPRESSION_H

#include "collect/expr_value.h"

enum { EXPRESSION_MAX = 24576, EXPRESSION_DEPTH_MAX = 100 };

typedef enum {
    EXPR_TEXT,   /* text */
    EXPR_DIGITS, /* number */
    EXPR_CALL,   /* text(parts…) */
    EXPR_MEMBER, /* parts[0].text */
    EXPR_INDEX   /* parts[0][parts[1]] */
} expr_node_type;

typedef struct expr_node expr_node;
struct expr_node {
    expr_node_type type;
    const char *text; /* in the machine's memory */
    size_t len;
    double number;
    const expr_node **parts;
    size_t count;
    const char *source; /* the expression's own text, borrowed from what was parsed */
    size_t source_len;
    expr_node *next; /* of the parser */
};

/* Whether a string is an expression at all. */
bool expression_is(const char *text);
/* A string that is no expression: what it says, past the escaping "[". */
const char *expression_literal(const char *text);
/* The tree, in the machine's memory; text is a string that expression_is accepted, and must live
 * as long. NULL when it breaks the grammar or a limit. */
const expr_node *expression_parse(expr_machine *m, const char *text);

#endif
