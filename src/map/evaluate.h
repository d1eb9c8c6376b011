/*
 * From features to findings: for every subject of a service and every feature of its baseline, one
 * finding. Nothing disappears: a subject that a rule does not speak of gets an error finding, a
 * rule that fails gives error findings, a subject that may not be one gets unknown.
 */
#ifndef EVPACK_MAP_EVALUATE_H
#define EVPACK_MAP_EVALUATE_H

#include "map/views.h"
#include "port/json.h"

/* Rules that were stopped, by their files' paths. SQLite ends the whole transaction with a write
 * that is stopped, so evaluate_all fails when it adds one; in the next run it is not run any more.
 */
typedef struct {
    char **at;
    size_t count;
} exhausted_rules;
void exhausted_reset(exhausted_rules *rules);

typedef struct {
    store *s;
    const mapping_files *files;
    const view_names *views;
    const json *reasons; /* mapping/reasons.json */
    int64_t mapping, run;
    uint64_t rule_ops; /* 0: the default */
    exhausted_rules *exhausted;
    int64_t subjects; /* of the case; evaluate_all counts them */
    uint64_t broken;  /* rules that failed */
} evaluation;

evpack_status evaluate_all(evaluation *e, evpack_err *err) EVPACK_MUST_USE;

#endif
