/*
 * Working out an expression: parameters, variables and the loop's index come from the template, the
 * plain functions from expr_functions.h, and what only a deployment knows (reference(), listKeys(),
 * resourceGroup(), uniqueString(), utcNow(), …) is symbolic. if(), and(), or() and coalesce() look
 * at no more than they need.
 *
 * resourceId() and its kin give ids with placeholders in braces where the template cannot know,
 * /subscriptions/{subscription}/resourceGroups/{group}/providers/TYPE/NAME; such a text is open.
 */
#ifndef EVPACK_COLLECT_EXPR_EVAL_H
#define EVPACK_COLLECT_EXPR_EVAL_H

#include "collect/expression.h"

/* One turn of a copy loop, and the loops around it. */
typedef struct expr_loop expr_loop;
struct expr_loop {
    const char *name;
    bool known;    /* false: the loop was not expanded, the index is symbolic */
    bool property; /* of a property or variable: found by name only */
    uint64_t index;
    const expr_loop *up;
};

/* What a template declares. The callbacks give expr_wrong() for what is not declared. */
typedef struct {
    const expr_value *(*parameter)(void *ctx, const char *name);
    const expr_value *(*variable)(void *ctx, const char *name);
    void *ctx;
    const char *base; /* the id that resourceId() stands on, without a slash at its end */
    unsigned serial;  /* 0: the outermost template; placeholders of others carry it */
} expr_scope;

typedef struct {
    expr_machine *machine;
    const expr_scope *scope;
    const expr_loop *loop; /* NULL: none */
} expr_env;

/* Never NULL. */
const expr_value *expr_eval(const expr_env *env, const expr_node *node);
/*
 * The text of an expression as far as it is known, for names and ids: what is symbolic stands as
 * {source}, without white space, with '/', '%', '{' and '}' in it percent-encoded, so that a slash
 * is always one between segments. False when it has a placeholder.
 */
bool expr_partial(const expr_env *env, const expr_node *node, buf *out);
/* {text}, as above. */
void expr_placeholder(const expr_env *env, const char *text, size_t len, buf *out);

#endif
