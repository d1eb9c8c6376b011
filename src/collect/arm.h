/*
 * Azure Resource Manager ids. They compare case-insensitively over ASCII (resource providers write
 * /resourceGroups/ and /resourcegroups/ as they like), so the canonical form is lower case with one
 * leading slash, no double and no trailing slashes, and no %XX where the character can stand itself
 * (RFC 3986, section 2.3: unreserved, and the space); the id as written is kept beside it.
 */
#ifndef EVPACK_COLLECT_ARM_H
#define EVPACK_COLLECT_ARM_H

#include "base/buf.h"

/* Whether the text has the form of an ARM id (with or without its leading slash). */
bool arm_is_id(const char *text);
/* Appends the canonical form. "/" stays "/". */
void arm_canonical(const char *id, buf *out);
/* The resource type that a canonical id names, "a.b/c/d"; nothing when it names none. */
void arm_type(const char *canonical, buf *out);
/*
 * What the resource belongs to, by its canonical id. For a child (…/accounts/a/deployments/d): the
 * parent's id. For an extension resource (…/providers/x/y/z/providers/n/t/name): its scope, which
 * may be a subscription or a resource group too. Nothing when there is none.
 */
void arm_parent(const char *canonical, buf *out);
void arm_scope(const char *canonical, buf *out);
/* Whether a canonical id names an extension resource of another: two providers stand in it. */
bool arm_is_extension(const char *canonical);

#endif
