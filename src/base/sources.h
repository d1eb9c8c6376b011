/*
 * A path that stands for files: one file, or a folder with some. Of a folder, the files right in it
 * whose names end as the rule says (in any letter case) are meant, in byte order of their names;
 * all others, those that begin with a dot, and folders below it are not. A name that fits and is no
 * file is an error and not skipped: what was put there was meant. Links are followed, as for a file
 * that is named itself.
 */
#ifndef EVPACK_BASE_SOURCES_H
#define EVPACK_BASE_SOURCES_H

#include "base/buf.h"

typedef struct {
    const char *const *endings; /* ".pem", lower case; NULL ends the list */
    const char *expected;       /* in sentences: "files named *.pem" */
    size_t files_max;           /* of a folder */
    size_t bytes_max;           /* of all files together */
} sources_rule;

typedef evpack_status (*sources_visit)(void *ctx, const char *path, const buf *content,
                                       evpack_err *err);

/* Reads each file and calls visit for it, until one call fails. A folder without such a file is
 * EVPACK_E_INPUT; more than the rule allows, EVPACK_E_LIMIT. */
evpack_status sources_each(const char *path, const sources_rule *rule, sources_visit visit,
                           void *ctx, evpack_err *err) EVPACK_MUST_USE;

#endif
