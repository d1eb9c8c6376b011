/*
 * The findings of the page, in blocks of rows and of details (island.h has their form).
 */
#ifndef EVPACK_REPORT_ISLAND_FINDINGS_H
#define EVPACK_REPORT_ISLAND_FINDINGS_H

#include "report/island_put.h"

/* Findings that want attention, and the others: how many were written. */
typedef struct {
    int64_t attention, rest;
} island_written;
enum {
    ISLAND_ATTENTION = FINDINGS_ONLY(FINDING_FAIL) | FINDINGS_ONLY(FINDING_UNKNOWN) |
                       FINDINGS_ONLY(FINDING_EXEMPT) | FINDINGS_ONLY(FINDING_ERROR)
};

/* The tests of i are known. */
evpack_status island_findings(island *i, island_written *out, evpack_err *err) EVPACK_MUST_USE;

/* The largest limit for each test with which at most cap of these findings are taken; at least 1.
 * 0 when all fit. */
int64_t island_limit(const model *m, unsigned statuses, int64_t cap);

#endif
