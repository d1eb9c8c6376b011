/*
 * Findings as they were sealed against those that were made again: one by one, by id, and member by
 * member. What differs is told; nothing is dropped, however much it is, and memory stays that of
 * one finding and one bit for each.
 */
#ifndef EVPACK_REVIEW_COMPARE_H
#define EVPACK_REVIEW_COMPARE_H

#include "review/earlier.h"
#include "review/received.h"
#include "store/store.h"

/* A member's value is told as JSON text of at most so many bytes; a longer one is cut, with … */
enum { COMPARE_VALUE_MAX = 400, COMPARE_MEMBERS_MAX = 64 };

typedef enum { COMPARE_CHANGED, COMPARE_ADDED, COMPARE_REMOVED } compare_kind;
/* "changed", "added", "removed". */
const char *compare_kind_word(compare_kind kind);

/* Text is borrowed during the call; NULL: null, or not there. */
typedef struct {
    compare_kind kind;
    const char *id, *subject, *service, *feature, *control_id, *source, *snapshot;
    const char *then, *now; /* the status; NULL for one that was added, or removed */
    struct {
        const char *name;
        const char *then, *now; /* JSON; NULL: absent */
    } members[COMPARE_MEMBERS_MAX];
    size_t member_count;
} compare_difference;

/* How many findings went from one status to another, for each thing that is tested. */
typedef struct {
    const char *service, *feature, *control_id, *source; /* NULL: none */
    const char *then, *now; /* NULL: added, removed; equal: other members differ */
    uint64_t findings;
} compare_change;

typedef struct {
    const received *package; /* its redacted files have other bytes now; NULL: none has */
    bool another_time;       /* evaluated_at is not compared */
    const char *table;       /* the path of a new file */
    evpack_status (*difference)(void *ctx, const compare_difference *one, evpack_err *err);
    evpack_status (*change)(void *ctx, const compare_change *one, evpack_err *err);
    void *ctx;
} compare_options;

typedef struct {
    uint64_t then, now, same, changed, status_changed, added, removed;
    uint64_t redacted; /* of the same ones: they rest on a redacted file, so that their byte ranges
                        * were not compared */
} compare_totals;

/* With the newest run of the case: first what changed and what was added, in the order of its
 * findings, then what was removed, in that of the file, then the changes. */
evpack_status compare_findings(store *s, earlier *e, const compare_options *options,
                               compare_totals *totals, evpack_err *err) EVPACK_MUST_USE;

#endif
