/*
 * Walking a folder: every entry once, a folder before what it holds, siblings in the order of their
 * bytes, whatever the locale. Links are told and never followed, but for the root itself.
 */
#ifndef EVPACK_BASE_TREE_H
#define EVPACK_BASE_TREE_H

#include "base/err.h"

#include <sys/stat.h>

enum { TREE_DEPTH_MAX = 256 };

typedef struct {
    const char *path; /* the root as given, and what is below it */
    const char *name; /* its last part */
    const struct stat *st;
} tree_entry;

typedef evpack_status (*tree_visit)(void *ctx, const tree_entry *entry, evpack_err *err);

/* Calls visit for the root and all below it, until one call fails: that is the result then. What
 * cannot be read or is too deep is EVPACK_E_IO and names the path. */
evpack_status tree_walk(const char *root, tree_visit visit, void *ctx,
                        evpack_err *err) EVPACK_MUST_USE;

#endif
