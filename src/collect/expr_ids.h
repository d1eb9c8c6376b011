/*
 * Ids as a template can tell them. Where a template cannot know a part of an id it stands in
 * braces; an id of something that a template declares always has braces in its first place
 * (/subscriptions/{subscription}/…, /subscriptions/{GUID}/…, /{tenant}/…), so that it can never be
 * taken for the id of something that was seen.
 */
#ifndef EVPACK_COLLECT_EXPR_IDS_H
#define EVPACK_COLLECT_EXPR_IDS_H

#include "base/buf.h"

#define EXPR_IDS_GROUP "/subscriptions/{subscription}/resourceGroups/{group}"
#define EXPR_IDS_SUBSCRIPTION "/subscriptions/{subscription}"
#define EXPR_IDS_TENANT "/{tenant}"
#define EXPR_IDS_MANAGEMENT_GROUP \
    "/{tenant}/providers/Microsoft.Management/managementGroups/{managementGroup}"

/*
 * Appends base/providers/TYPE/NAME with the segments of type and name interleaved: "a.b/c/d" and
 * "x/y" give a.b/c/x/d/y. A resource group stands right below its subscription. False when they
 * don't fit each other; then TYPE and NAME stand one after the other.
 */
bool expr_ids_join(const char *base, const char *type, const char *name, buf *out);
/* Appends the id as that of something declared: with braces in its first place. */
void expr_ids_mark(const char *id, buf *out);
/* Bytes of "/subscriptions/X" at the head of an id; 0 when it has none. */
size_t expr_ids_subscription(const char *id);

typedef struct {
    const char *function; /* resourceId, subscriptionResourceId, … */
    const char *base;     /* of the template */
    const char *const *args;
    size_t count;
} expr_ids_call;
/* Whether it is one of the four functions. */
bool expr_ids_is(const char *function);
/* Appends the id that the function gives; false when the arguments don't fit. */
bool expr_ids_of(const expr_ids_call *call, buf *out);

#endif
