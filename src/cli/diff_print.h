/* What `evpack diff` prints: words for a terminal, or one JSON object. */
#ifndef EVPACK_CLI_DIFF_PRINT_H
#define EVPACK_CLI_DIFF_PRINT_H

#include "review/diff.h"

typedef struct {
    const char *name[2]; /* as they were named; the same twice for one case */
    diff_origin origin[2];
    const char *control; /* changed findings of this control only; NULL: all */
    bool all;            /* every row in words, too */
} diff_shown;

/* Sides 0 and 1 were compared. */
evpack_status diff_print_text(drift *d, const diff_shown *shown, evpack_err *err) EVPACK_MUST_USE;
evpack_status diff_print_json(drift *d, const diff_shown *shown, evpack_err *err) EVPACK_MUST_USE;

#endif
