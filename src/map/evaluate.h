/*
 * From features to findings: for every subject of a service and every feature of its baseline, one
 * finding. Nothing disappears: a subject that a rule does not speak of gets an error finding, a
 * rule that fails gives error findings, a subject that may not be one gets unknown.
 */
#ifndef EVPACK_MAP_EVALUATE_H
#define EVPACK_MAP_EVALUATE_H

#include "map/views.h"
#include "port/json.h"

typedef struct {
    store *s;
    const mapping_files *files;
    const view_names *views;
    const json *reasons; /* mapping/reasons.json */
    int64_t mapping, run;
    map_bounds bounds;
    map_faults *faults;      /* what stands here is not run; grows */
    uint64_t broken;         /* rules that failed */
    uint64_t told, expected; /* features, for who watches */
} evaluation;

evpack_status evaluate_all(evaluation *e, evpack_err *err) EVPACK_MUST_USE;

#endif
