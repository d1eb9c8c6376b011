/*
 * What became of each exception, attestation and exemption of Azure's: the case's view `decisions`.
 * decisions.csv has every row; the other reports count them and list them, those that want a look
 * (ended, not begun, not readable, too old, matching nothing) first.
 */
#ifndef EVPACK_REPORT_DECISIONS_H
#define EVPACK_REPORT_DECISIONS_H

#include "base/buf.h"
#include "report/out.h"
#include "report/texts.h"
#include "store/findings.h"

typedef enum {
    DECISION_EXCEPTION,
    DECISION_EXEMPTION,
    DECISION_ATTESTATION,
    DECISIONS
} decision_kind;
typedef enum {
    DECISION_EXPIRED,
    DECISION_NOT_YET,
    DECISION_UNREADABLE,
    DECISION_OLDER,
    DECISION_UNMATCHED,
    DECISION_IN_FORCE,
    DECISION_STATES
} decision_state;
/* "exception" and "expired" and so on, as in the view. */
const char *decision_kind_word(decision_kind kind);
const char *decision_state_word(decision_state state);

/* Borrowed until the next call. NULL where there is none. */
typedef struct {
    const char *kind, *key, *state;
    const char *scope, *covers;
    const char *who, *owner; /* approver, or reviewer with role; who owns the risk */
    const char *why;         /* the reason, or what was looked at */
    const char *ticket, *since, *until, *conclusion, *note;
    int64_t matched, decided; /* findings that it speaks of, and those that it decided */
    const char *path, *pointer, *snapshot;
} decision_row;

typedef struct decisions decisions;
/* kinds: a set of 1 << decision_kind. By kind, then what wants a look first, then by id. */
evpack_status decisions_open(const store *s, unsigned kinds, decisions **out,
                             evpack_err *err) EVPACK_MUST_USE;
/* *out is NULL after the last. */
evpack_status decisions_next(decisions *d, const decision_row **out,
                             evpack_err *err) EVPACK_MUST_USE;
void decisions_close(decisions *d);
EVPACK_DEFINE_CLEANUP(decisions, decisions_close)

typedef struct {
    int64_t of[DECISIONS][DECISION_STATES];
    int64_t total;
    int64_t attested[FINDING_STATUSES]; /* findings by attestation, by status; [0] is not used */
    int64_t excused;                    /* findings that an exception made exempt */
    int64_t exempted;                   /* findings that are exempt in Azure Policy */
} decision_counts;
evpack_status decisions_count(const store *s, decision_counts *out,
                              evpack_err *err) EVPACK_MUST_USE;

void decisions_json(const decision_row *row, buf *out);
/* {"exception":{"expired":N,…},…,"attested":{STATUS:N},"excused":N,"exempted":N,"list":[…]} */
evpack_status decisions_summary(const store *s, buf *out, evpack_err *err) EVPACK_MUST_USE;
/* For the page: ,"decided":{…,"total":N,"rows":[…]}, at most so many rows; nothing when there are
 * none at all. */
evpack_status decisions_page(const store *s, const decision_counts *counts, int64_t most, buf *out,
                             evpack_err *err) EVPACK_MUST_USE;
/* decisions.csv, in the form of findings.csv. */
evpack_status decisions_csv(const store *s, report_rows rows, int fd,
                            evpack_err *err) EVPACK_MUST_USE;
evpack_status decisions_rows(const store *s, int64_t *rows, evpack_err *err) EVPACK_MUST_USE;

/* finding_tested, and words for what has neither feature nor policy: findings about the files of
 * exceptions and attestations. Never empty for those. */
const char *decisions_tested(texts *words, const finding_test *t);

#endif
