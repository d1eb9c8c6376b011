/*
 * What changed between states of a tenant: two snapshots of one case, or of two cases, or of what a
 * package sealed. Each state is a side; a comparison goes from one side to another.
 *
 * Findings are matched by benchmark, control, service, feature, rule or policy, source, subject and
 * part: by all that makes a finding's id, but the snapshot. Of a control it is said how it stood at
 * each side, and how many of its findings
 *   got better   said fail (an exception does not count) and say pass;
 *   got worse    said pass and say fail;
 *   are new fails: of resources that appeared (below);
 *   are first fails: of other subjects that the earlier side has no such finding of;
 *   changed otherwise, such as pass to unknown: neither is claimed of them.
 * Worse are pass to fail and new fails. What was not tested before, as a first fail, may have
 * failed then, too: neither is claimed of it. A failing finding that is only on the earlier side is
 * counted apart, and is no improvement. That others came or went with their subjects changes no
 * control.
 *
 * A resource that one side has and the other has not is gone, or appeared, only when a list of the
 * other side that is whole would hold it: one of its kind, of its subscription or of what it
 * belongs to, which a line of an export's ledger vouches for. Else it is not seen, or first seen:
 * unknown.
 *
 * Everything is kept in temporary tables on disk: memory does not grow with the findings.
 */
#ifndef EVPACK_STORE_DRIFT_H
#define EVPACK_STORE_DRIFT_H

#include "base/buf.h"
#include "store/findings.h"

enum { DRIFT_SIDES = 8 };

typedef struct drift drift;
evpack_status drift_new(drift **out, evpack_err *err) EVPACK_MUST_USE;
void drift_free(drift *d);
EVPACK_DEFINE_CLEANUP(drift, drift_free)

/* Filling a side ------------------------------------------------------------------------------ */

/* NULL: not known. */
typedef struct {
    const char *label, *collected_at, *evaluated_at, *mapping_sha256;
} drift_side;
/* *side is its number, from 0. At most DRIFT_SIDES: EVPACK_E_LIMIT. */
evpack_status drift_add_side(drift *d, const drift_side *one, int *side,
                             evpack_err *err) EVPACK_MUST_USE;

/* Who evaluated its findings, when that is known only later. */
evpack_status drift_set_run(drift *d, int side, const char *evaluated_at,
                            const char *mapping_sha256, evpack_err *err) EVPACK_MUST_USE;

/* Replaces *out by the key of the subject that a side has a record of, written so; !*there: it has
 * none, and *out is empty. Of two the first in the order of their keys. */
evpack_status drift_find_given(drift *d, int side, const char *given, buf *out, bool *there,
                               evpack_err *err) EVPACK_MUST_USE;

/* NULL: it has none. */
typedef struct {
    const char *benchmark, *control_id, *service, *feature, *rule, *source;
    const char *title;   /* what was tested, for people */
    int64_t ordinal;     /* the control's place in its benchmark; 0: not known */
    const char *version; /* of the rule, at this side */
} drift_tested;
/* *id is the same for the same test at another side. */
evpack_status drift_add_test(drift *d, int side, const drift_tested *test, int64_t *id,
                             evpack_err *err) EVPACK_MUST_USE;

typedef struct {
    const char *key;                   /* canonical */
    const char *given, *type;          /* as written; NULL: as key; none */
    const char *kind, *parent, *scope; /* of a record; NULL: no record speaks of it */
} drift_subject;
/* there: the side has a record of it, and not only findings. */
evpack_status drift_add_subject(drift *d, int side, const drift_subject *one, bool there,
                                int64_t *id, evpack_err *err) EVPACK_MUST_USE;

/* Where a subject that has no id of its own stands. Its key is made of the file's path, so that it
 * is another when the export's folder has another name: such subjects of two sides are compared as
 * one when they stand at the same place of the same file, as files are (drift_compare). */
typedef struct {
    const char *kind, *path, *pointer;
} drift_place;
evpack_status drift_add_nameless(drift *d, int side, const char *key, const drift_place *at,
                                 evpack_err *err) EVPACK_MUST_USE;

/* raw: the status before an exception or attestation decided. */
typedef struct {
    int64_t test, subject;
    const char *part; /* NULL: none */
    int status, raw;
} drift_finding;
/* *twice: the side has one already, and this one is not taken. */
evpack_status drift_add_finding(drift *d, int side, const drift_finding *one, bool *twice,
                                evpack_err *err) EVPACK_MUST_USE;

/* A list that is whole: all subjects of the kind that lie in the scope (a subscription, a group, or
 * what they belong to; "": all that lie in no subscription). */
evpack_status drift_add_list(drift *d, int side, const char *kind, const char *scope,
                             evpack_err *err) EVPACK_MUST_USE;
/* sha256 in hex. */
evpack_status drift_add_file(drift *d, int side, const char *path, const char *sha256,
                             evpack_err *err) EVPACK_MUST_USE;
/* An exception or attestation, with its text. */
evpack_status drift_add_decision(drift *d, int side, const char *kind, const char *key,
                                 const char *body, evpack_err *err) EVPACK_MUST_USE;

/* Comparing ----------------------------------------------------------------------------------- */

/* Both sides are filled. A folder that all files of a side lie in is left out of their paths when
 * the other side's lie in one of another name. */
evpack_status drift_compare(drift *d, int from, int to, evpack_err *err) EVPACK_MUST_USE;

typedef enum { DRIFT_SAME, DRIFT_BETTER, DRIFT_WORSE, DRIFT_MIXED, DRIFT_OTHER } drift_verdict;
/* "same", "better", "worse", "mixed", "other". */
const char *drift_verdict_word(drift_verdict verdict);

typedef struct {
    int64_t better, worse, new_fails, first_fails;
    int64_t other;      /* of the status, raw or not */
    int64_t decided;    /* of other: the test said the same, an exception or attestation did not */
    int64_t fails_gone; /* only on the earlier side */
    int64_t only_before, only_after;
} drift_numbers;
drift_verdict drift_judge(const drift_numbers *n);

/* Text is borrowed during the call; NULL: none. A function that is told gives a status; what is not
 * EVPACK_OK ends the walk and is returned. */
typedef struct {
    const char *benchmark, *control_id;    /* NULL: of no control */
    const int64_t (*at)[FINDING_STATUSES]; /* a row for each side, by status code */
    drift_numbers n;
} drift_control;
typedef evpack_status (*drift_told_control)(void *ctx, const drift_control *one, evpack_err *err);
/* Those with findings at any side, in the benchmark's order; numbers of all comparisons together,
 * or of the one that ends at side `to` (>= 0). */
evpack_status drift_each_control(drift *d, int to, drift_told_control told, void *ctx,
                                 evpack_err *err) EVPACK_MUST_USE;

typedef struct {
    int from, to;
    const char *benchmark, *control_id, *service, *feature, *rule, *source, *title;
    const char *subject, *type; /* as written */
    int before, after, raw_before, raw_after;
    char before_id[UUID_TEXT], after_id[UUID_TEXT]; /* the findings */
    const char *version_before, *version_after;     /* of the rule */
} drift_change;
typedef evpack_status (*drift_told_change)(void *ctx, const drift_change *one, evpack_err *err);

/* What to tell. */
typedef struct {
    const char *control_id; /* NULL: all */
    int64_t limit;          /* of each list; 0: all */
} drift_pick;
/* Findings of both sides whose status differs; worse ones first, then better ones, then others. */
evpack_status drift_each_change(drift *d, const drift_pick *pick, drift_told_change told, void *ctx,
                                evpack_err *err) EVPACK_MUST_USE;

typedef enum {
    DRIFT_APPEARED,
    DRIFT_FIRST_SEEN,
    DRIFT_GONE,
    DRIFT_NOT_SEEN,
    DRIFT_MOVES /* their number */
} drift_move;
const char *drift_move_word(drift_move move);
typedef struct {
    int from, to;
    const char *subject, *type, *kind;
} drift_moved;
typedef evpack_status (*drift_told_moved)(void *ctx, const drift_moved *one, evpack_err *err);
evpack_status drift_each_moved(drift *d, drift_move move, int64_t limit, drift_told_moved told,
                               void *ctx, evpack_err *err) EVPACK_MUST_USE;

/* Files and decisions: "changed", "new" or "not there". */
typedef struct {
    int from, to;
    const char *kind; /* of a decision; NULL: a file */
    const char *name; /* the path; the decision's id */
    const char *change;
    const char *before, *after; /* of a file: SHA-256, with spaces where several have the path */
} drift_item;
typedef evpack_status (*drift_told_item)(void *ctx, const drift_item *one, evpack_err *err);
evpack_status drift_each_file(drift *d, int64_t limit, drift_told_item told, void *ctx,
                              evpack_err *err) EVPACK_MUST_USE;
evpack_status drift_each_decision(drift *d, int64_t limit, drift_told_item told, void *ctx,
                                  evpack_err *err) EVPACK_MUST_USE;

typedef struct {
    drift_numbers n;
    int64_t changed; /* findings whose status differs: better, worse and other */
    int64_t moved[DRIFT_MOVES];
    int64_t files, decisions;
    int64_t versions; /* tests whose rule has another version */
} drift_totals;
evpack_status drift_count(drift *d, drift_totals *out, evpack_err *err) EVPACK_MUST_USE;

int drift_sides(const drift *d);
/* Borrowed. */
const drift_side *drift_side_at(const drift *d, int side);
/* Whether two sides were made by two mappings, or by one that is not known. */
bool drift_other_mapping(const drift *d, int from, int to);

/* From a case --------------------------------------------------------------------------------- */

/* The tenant's snapshots of a case, oldest first: by the time of the export, where nothing says it
 * by that of the import. */
typedef struct {
    int64_t id;
    char label[256];
} drift_snapshot;
typedef struct {
    drift_snapshot at[DRIFT_SIDES]; /* the newest ones */
    size_t count;
    int64_t total;
} drift_snapshots;
/* mapped: only those that the newest run saw. Of the others no finding speaks yet. */
evpack_status drift_list_snapshots(const store *s, bool mapped, drift_snapshots *out,
                                   evpack_err *err) EVPACK_MUST_USE;
/* EVPACK_E_USAGE: there is none of that label. */
evpack_status drift_find_snapshot(const store *s, const char *label, int64_t *id,
                                  evpack_err *err) EVPACK_MUST_USE;

/* Adds a side for a snapshot: resources, lists, decisions. *side is its number. */
evpack_status drift_add_snapshot(drift *d, const store *s, int64_t snapshot, int *side,
                                 evpack_err *err) EVPACK_MUST_USE;
/* And its files. */
evpack_status drift_add_files(drift *d, const store *s, int64_t snapshot, int side,
                              evpack_err *err) EVPACK_MUST_USE;
/* The findings of the newest run, for the snapshots that were added from that case. */
typedef struct {
    int64_t snapshot;
    int side;
} drift_loaded;
evpack_status drift_add_findings(drift *d, const store *s, const drift_loaded *loaded, size_t count,
                                 evpack_err *err) EVPACK_MUST_USE;
/* The newest mapped snapshots of the case, with their findings, each compared with the one before.
 * *d has fewer than two sides when there are fewer. */
evpack_status drift_of_case(const store *s, int most, drift **out, evpack_err *err) EVPACK_MUST_USE;

#endif
