/*
 * Writing what a template says of a resource as JSON, with its expressions worked out. What is not
 * known stands as written. The bytes that expressions add are counted against a budget; when it is
 * spent the rest stands as written too.
 */
#ifndef EVPACK_COLLECT_TEMPLATE_BODY_H
#define EVPACK_COLLECT_TEMPLATE_BODY_H

#include "collect/template_scope.h"

typedef struct {
    expr_env env;
    arena *scratch; /* the machine's memory, cleared after each expression */
    size_t *left;   /* the budget */
    bool symbolic;  /* something stayed as written */
    buf *out;
} template_body;

/* Appends a value; the resource's or the document's "copy" in it are loops over properties. */
void template_body_value(template_body *b, const json *value);
/* Appends "NAME":value, with a comma before it unless it is the first in its object. */
void template_body_member(template_body *b, const json *member);
/* Appends a deployment's properties, without its template. inner is the scope of that template, or
 * NULL; values for its secure parameters are not written. */
void template_body_deployment(template_body *b, const json *properties,
                              const template_scope *inner);

#endif
