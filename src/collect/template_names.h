/*
 * What a template declares, as a list of type and name, for the ledger of what should be there:
 * "declared in a template, but not exported". Only what is certain says so: a name that is
 * symbolic, a resource with a condition that is not known, or one that the template says is there
 * already cannot be missed.
 */
#ifndef EVPACK_COLLECT_TEMPLATE_NAMES_H
#define EVPACK_COLLECT_TEMPLATE_NAMES_H

#include "collect/template.h"

typedef struct {
    const char *type, *name; /* as written; borrowed from the list */
    bool certain;            /* it is there if the template was deployed as it stands */
} template_name;

typedef struct template_names template_names;
evpack_status template_names_new(template_names **out, evpack_err *err) EVPACK_MUST_USE;
void template_names_free(template_names *names);
EVPACK_DEFINE_CLEANUP(template_names, template_names_free)
/* Adds one; a template_listener's resource function may call it. */
evpack_status template_names_add(template_names *names, const template_resource *r,
                                 evpack_err *err) EVPACK_MUST_USE;
/* Adds all that a document declares. */
evpack_status template_names_read(template_names *names, const json *document,
                                  evpack_err *err) EVPACK_MUST_USE;
size_t template_names_count(const template_names *names);
/* In the order in which they were added. */
template_name template_names_at(const template_names *names, size_t i);
/* Those that are certain and for which has(ctx, type, name) says no; told in order. */
typedef struct {
    bool (*has)(void *ctx, const char *type, const char *name);
    evpack_status (*missing)(void *ctx, const template_name *one, evpack_err *err);
    void *ctx;
} template_names_check;
evpack_status template_names_missing(const template_names *names, const template_names_check *check,
                                     evpack_err *err) EVPACK_MUST_USE;

#endif
