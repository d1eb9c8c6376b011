/*
 * Tables of template expressions and what they give, for the tests of the functions.
 */
#ifndef EVPACK_TESTS_COLLECT_EXPRESSIONS_H
#define EVPACK_TESTS_COLLECT_EXPRESSIONS_H

#include "collect/template_scope.h"
#include "support.h"

typedef struct {
    const char *text; /* a template's string */
    const char *want; /* JSON, "symbolic" or "wrong" */
} expression_row;

/* A template with parameters and variables of every sort, in which the rows are worked out. */
extern const char expressions_template[];
/* loop may be NULL. Fails the test at the first row that gives something else. */
void expressions_check(const expression_row *rows, size_t count, const expr_loop *loop);

#endif
