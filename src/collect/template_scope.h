/*
 * What one template declares, parameters and variables, worked out when they are asked for, once.
 * A parameter's value is what the deployment resource around the template gives it, else its
 * default. The value of a secure parameter (securestring, secureObject, or a type that holds one)
 * is never looked at: it is symbolic. So is one without a value; one that leads back to itself is
 * in error. Names compare without case; two that differ in case only are in error.
 */
#ifndef EVPACK_COLLECT_TEMPLATE_SCOPE_H
#define EVPACK_COLLECT_TEMPLATE_SCOPE_H

#include "collect/expr_eval.h"

enum { TEMPLATE_COPY_MAX = 800 }; /* turns of a loop; ARM's own limit */

/* What a deployment resource gives its template, and where its expressions are worked out. */
typedef struct {
    const json *parameters; /* {NAME: {"value": …}}; NULL: none */
    expr_env env;
} template_given;

typedef struct template_scope template_scope;
/* machine, tmpl, given and base are borrowed and must live as long. given NULL: nothing. */
evpack_status template_scope_new(expr_machine *machine, const json *tmpl,
                                 const template_given *given, template_scope **out,
                                 evpack_err *err) EVPACK_MUST_USE;
void template_scope_free(template_scope *s);
EVPACK_DEFINE_CLEANUP(template_scope, template_scope_free)
/* Where the template is deployed; until it is set, a resource group that is not known. */
void template_scope_place(template_scope *s, const char *base, unsigned serial);
const expr_scope *template_scope_expr(const template_scope *s);
/* Whether memory ran out for its values. */
evpack_status template_scope_status(const template_scope *s, evpack_err *err) EVPACK_MUST_USE;

/* Whether a parameter that the template declares is secure. */
bool template_scope_is_secure(const template_scope *s, const char *parameter);

/* The value of a string in a template: what it says, or what its expression gives; when that is not
 * known, a symbolic value that stands as written. Counted in the machine. */
const expr_value *template_string(const expr_env *env, const json *string);
/* The value of any JSON in a template, loops of properties ("copy") expanded. */
const expr_value *template_value(const expr_env *env, const json *value);
/* Whether an object's "copy" is a list of loops over its properties, {name, count, input}. */
bool template_is_property_loop(const json *copy);
/* The turns of a loop; -1 when they are not known, or more than TEMPLATE_COPY_MAX. */
int template_loop_turns(const expr_env *env, const json *count);

#endif
