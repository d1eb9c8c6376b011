/*
 * From features to findings: for every subject of a service and every feature of its baseline, one
 * finding. Nothing disappears: a subject that a rule does not speak of gets an error finding, a
 * rule that fails gives error findings, a subject that may not be one gets unknown.
 */
#ifndef EVPACK_MAP_EVALUATE_H
#define EVPACK_MAP_EVALUATE_H

#include "map/views.h"
#include "port/json.h"

/* Rules that a run had to give up, because SQLite threw the whole transaction away with them. */
typedef struct {
    struct {
        char *rule, *text; /* owned */
    } * at;
    size_t count;
    bool again; /* the transaction is gone: begin anew, without the rule given up last */
} rule_faults;
void rule_faults_reset(rule_faults *faults);

typedef struct {
    store *s;
    const mapping_files *files;
    const view_names *views;
    const json *reasons; /* mapping/reasons.json */
    int64_t mapping, run;
    uint64_t rule_ops;     /* 0: the default */
    int64_t subjects;      /* of the case; evaluate_all counts them */
    rule_faults *given_up; /* not run again; may grow */
    uint64_t broken;       /* rules that failed */
} evaluation;

evpack_status evaluate_all(evaluation *e, evpack_err *err) EVPACK_MUST_USE;

#endif
