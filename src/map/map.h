/*
 * Mapping a case: load a mapping, run its rules, write the findings of a new run. One transaction:
 * the case has the whole run afterwards, or is as it was. Older runs stay.
 */
#ifndef EVPACK_MAP_MAP_H
#define EVPACK_MAP_MAP_H

#include "store/store.h"

typedef struct {
    const char *folder; /* NULL: the built-in mapping */
    const char *by;     /* who says to be doing this, or NULL */
    const char *reason; /* why, for the custody log, or NULL */
    int64_t at;         /* evaluated_at */
    /* bound on the work of a rule, a view or a service's subjects, in thousands of instructions;
     * 0: the default */
    uint64_t rule_ops;
    int64_t rule_ms,
        run_ms; /* the same in processor time, of each and of the run; 0: the default */
    /* Told of each fault of the mapping that did not end the run; NULL: nobody. */
    void (*fault)(void *ctx, const char *text);
    void *fault_ctx;
} map_options;

typedef struct {
    int64_t run;
    uint64_t findings;
    uint64_t by_status[9]; /* by status code, 1 (pass) to 8 (error) */
    uint64_t broken;       /* rules that failed: their findings are errors */
    char mapping_sha256[65];
} map_totals;

evpack_status map_run(store *s, const map_options *options, map_totals *totals,
                      evpack_err *err) EVPACK_MUST_USE;

#endif
