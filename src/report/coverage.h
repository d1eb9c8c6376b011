/*
 * What became of each record of a case in its newest map run: assessed (the subject that it is
 * about has findings under a service baseline), supporting evidence (it says something about
 * another resource, a scope or the tenant), not covered (a resource that no baseline speaks of),
 * left out of the scope by the engagement, or not mapped (collected after the run). Every record is
 * exactly one of these; none disappears.
 */
#ifndef EVPACK_REPORT_COVERAGE_H
#define EVPACK_REPORT_COVERAGE_H

#include "store/store.h"

/* Records of one ARM type, or of one kind where there is no type. */
typedef struct {
    const char *type; /* borrowed until the next row */
    int64_t records, assessed, supporting, not_covered, scoped_out, unmapped;
    const char *why; /* the mapping's word on a type that is not covered; NULL: none */
} coverage_row;

/* run false: there is no map run, and no row is given. Rows come in the order of their types. */
typedef evpack_status (*coverage_each)(void *ctx, const coverage_row *row, evpack_err *err);
evpack_status coverage_read(const store *s, coverage_each each, void *ctx, bool *run,
                            evpack_err *err) EVPACK_MUST_USE;

/* Adds a row to a total. */
void coverage_add(coverage_row *total, const coverage_row *row);

#endif
