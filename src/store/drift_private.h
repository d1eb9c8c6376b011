/*
 * What the files of drift share: drift.c fills and compares, drift_read.c tells, drift_case.c reads
 * a case. No other file may include it.
 */
#ifndef EVPACK_STORE_DRIFT_PRIVATE_H
#define EVPACK_STORE_DRIFT_PRIVATE_H

#include "base/arena.h"
#include "port/db.h"
#include "store/drift.h"

enum {
    ADD_CONTROL,
    FIND_CONTROL,
    ADD_TEST,
    FIND_TEST,
    ADD_VERSION,
    ADD_SUBJECT,
    FIND_SUBJECT,
    ADD_THERE,
    ADD_FINDING,
    ADD_LIST,
    ADD_FILE,
    ADD_DECISION,
    ADD_STOOD,
    FIND_GIVEN,
    ADD_NAMELESS,
    DRIFT_STATEMENTS
};

/* How many findings of a test have which status, before it is added to drift_stood: findings come
 * test by test, or a few hundred tests in turn. */
enum { DRIFT_SLOTS = 256 };
typedef struct {
    int64_t test;
    int64_t n[DRIFT_SIDES][FINDING_STATUSES];
} drift_slot;

struct drift {
    drift_slot *slots;
    bool tallied; /* drift_tally is of all comparisons */
    db *d;
    db_stmt *add[DRIFT_STATEMENTS];
    arena text;
    drift_side sides[DRIFT_SIDES];
    int count;
};

/* Brings drift_stood and drift_tally up to date. */
evpack_status drift_tally(drift *d, evpack_err *err) EVPACK_MUST_USE;

#endif
