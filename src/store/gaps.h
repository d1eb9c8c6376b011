/*
 * What is missing: for each finding that is unknown for want of evidence, the kind of evidence and
 * the az command that would supply it. One gap for each subject and kind, in the order of the
 * subjects' ids.
 */
#ifndef EVPACK_STORE_GAPS_H
#define EVPACK_STORE_GAPS_H

#include "base/buf.h"
#include "store/store.h"

/* Borrowed until the next call. */
typedef struct {
    const char *snapshot;
    const char *subject; /* the id as it was written */
    const char *need;    /* the kind */
    const char *what;    /* in words; the kind when the mapping does not say */
    const char *command; /* with the subject's names filled in; "" when the mapping has none */
    int64_t findings;    /* how many findings wait for it */
} gap;

typedef struct gaps gaps;
/* Of the newest run; without one there are none. */
evpack_status gaps_open(const store *s, gaps **out, evpack_err *err) EVPACK_MUST_USE;
evpack_status gaps_next(gaps *g, gap *out, bool *more, evpack_err *err) EVPACK_MUST_USE;
void gaps_free(gaps *g);
EVPACK_DEFINE_CLEANUP(gaps, gaps_free)

#endif
