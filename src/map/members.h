/*
 * Who the subjects of each service are: the table temp.member(service_id, record_id, certain,
 * reason, need). Services that speak of every resource of their types are found in one pass over
 * the case, however many there are; one that says in SQL whom it speaks of has its SELECT run in
 * the sandbox. certain 0: it may be one; reason says why nobody knows, need what would tell, and
 * status the findings' where that is not unknown: a SELECT that fails goes to the faults, and every
 * resource of the service's types gets error findings.
 */
#ifndef EVPACK_MAP_MEMBERS_H
#define EVPACK_MAP_MEMBERS_H

#include "map/evaluate.h"

evpack_status members_find(const evaluation *e, evpack_err *err) EVPACK_MUST_USE;

/* Subjects of a service: all, and those that are certain. */
evpack_status members_count(const evaluation *e, int64_t service, int64_t *all, int64_t *certain,
                            evpack_err *err) EVPACK_MUST_USE;

/* Text that comes from a mapping must be one SELECT without parameters before it is wrapped in
 * anything. */
evpack_status members_prepare_alone(const evaluation *e, const char *sql, db_stmt **out,
                                    evpack_err *err) EVPACK_MUST_USE;

/* Whether a failure is one that a mapping's text can cause; any other ends the run. */
bool members_is_mappings_fault(evpack_status status);

#endif
