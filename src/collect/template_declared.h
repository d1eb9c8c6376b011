/*
 * One resource of a template by itself: its type, name and ids, what it depends on, and its body.
 * The parts that are not known stand in braces (expr_eval.h); ids are marked (expr_ids.h).
 */
#ifndef EVPACK_COLLECT_TEMPLATE_DECLARED_H
#define EVPACK_COLLECT_TEMPLATE_DECLARED_H

#include "collect/template.h"
#include "collect/template_scope.h"

/* What reading one document may still cost. */
typedef struct {
    expr_machine machine; /* its memory is scratch, but while a scope works out its own */
    arena scratch;        /* forgotten after each string */
    size_t left;          /* of TEMPLATE_OUTPUT_MAX */
} template_work;

/* Where a list of resources stands. */
typedef struct {
    expr_env env;
    const char *base;        /* the id that they stand on */
    const char *type, *name; /* of the resource around them; NULL: none */
    template_deployed deployed;
    bool looped;
    int turn;
} template_place;

/* Filled by template_declared_read; start with {0}. */
typedef struct {
    buf type, name, api_version, base, id, parent, body;
    arena memory; /* of depends_on */
    const char **depends_on;
    size_t depends_on_count;
    template_deployed deployed;
    bool name_symbolic, symbolic;
} template_declared;

void template_declared_reset(template_declared *d);

/* All but the body. d->base is where it stands: its scope, or where a deployment goes. */
evpack_status template_declared_read(template_work *w, const json *resource,
                                     const template_place *at, template_declared *d,
                                     evpack_err *err) EVPACK_MUST_USE;
bool template_declared_is_deployment(const template_declared *d);
/* The body; inner is the scope of the template in a deployment, NULL when there is none. */
void template_declared_body(template_work *w, const json *resource, const template_place *at,
                            const template_scope *inner, template_declared *d);
/* Appends the id that a template's resources stand on, by its schema, below base. */
void template_declared_level(const json *tmpl, const char *base, buf *out);
/* Whether text holds a word, which is in lower case, in any case. */
bool template_declared_has_word(const char *text, const char *lower);

#endif
