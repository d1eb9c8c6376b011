/*
 * How much the SQL of a mapping may use: each rule, view and list of subjects by itself, and all of
 * a run together. A mapping is untrusted, so none of it is without a bound; mapping/README.md names
 * the numbers. What grows with the case is counted by its subjects.
 */
#ifndef EVPACK_MAP_BOUNDS_H
#define EVPACK_MAP_BOUNDS_H

#include "store/sandbox.h"
#include "store/store.h"

typedef enum { BOUNDS_RULE, BOUNDS_SUBJECTS, BOUNDS_VIEW } bounds_of;

typedef struct {
    uint64_t ops;     /* of each, in thousands of instructions; 0: the default */
    int64_t cpu_ms;   /* of each; 0: the default */
    int64_t subjects; /* of the case */
    int64_t until_ms; /* of the run, on the clock of db_cpu_ms */
    uint64_t disk;    /* where the run's share of the disk ends, as db_disk counts */
} map_bounds;

/* For a run that begins now. run_ms 0: the default. */
evpack_status bounds_begin(const store *s, int64_t run_ms, map_bounds *b,
                           evpack_err *err) EVPACK_MUST_USE;
/* Fills in what is bounded in the options of a sandbox. */
void bounds_apply(const store *s, const map_bounds *b, bounds_of of, sandbox_options *options);

#endif
