/*
 * What our rules, Azure Policy and Defender said of one thing, side by side: the case's view
 * `reconciliation`. reconciliation.csv has every row, the other reports count them and show the
 * disagreements.
 */
#ifndef EVPACK_REPORT_RECONCILIATION_H
#define EVPACK_REPORT_RECONCILIATION_H

#include "base/buf.h"
#include "report/out.h"
#include "store/store.h"

typedef enum {
    VERDICT_DISAGREE,
    VERDICT_AGREE,
    VERDICT_RULE_ONLY,
    VERDICT_POLICY_ONLY,
    VERDICT_ASSESSMENT_ONLY,
    VERDICT_UNDECIDED,
    VERDICTS
} reconciliation_verdict;
/* "disagree" and so on, as in the view. */
const char *reconciliation_word(reconciliation_verdict verdict);

/* What one speaker said. status NULL: it said nothing of this. */
typedef struct {
    const char *id;     /* of the rule, the policy definition, the assessment */
    const char *status; /* a status word, or "mixed" */
    const char *at;     /* when the export was made; when Azure evaluated. NULL: nobody says */
} reconciliation_said;

/* Borrowed until the next call. NULL where there is none. */
typedef struct {
    const char *snapshot, *subject, *subject_type, *control_id, *service, *feature, *topic,
        *definition, *verdict;
    reconciliation_said rule, policy, assessment;
} reconciliation_row;

typedef struct reconciliation reconciliation;
/* The newest run's rows in the order of the case; only the disagreements, or all. */
evpack_status reconciliation_open(const store *s, bool disagreements, reconciliation **out,
                                  evpack_err *err) EVPACK_MUST_USE;
/* *out is NULL after the last. */
evpack_status reconciliation_next(reconciliation *r, const reconciliation_row **out,
                                  evpack_err *err) EVPACK_MUST_USE;
void reconciliation_close(reconciliation *r);
EVPACK_DEFINE_CLEANUP(reconciliation, reconciliation_close)

/* of[] by verdict. */
evpack_status reconciliation_count(const store *s, int64_t of[VERDICTS],
                                   evpack_err *err) EVPACK_MUST_USE;
/* {"snapshot":…,"subject":…,…,"rule":{"id","status","at"},"policy":{…},"assessment":{…}} */
void reconciliation_json(const reconciliation_row *row, buf *out);
/* {"disagree":N,…,"disagreements":[…]}: all of them; the rest is in reconciliation.csv. */
evpack_status reconciliation_summary(const store *s, buf *out, evpack_err *err) EVPACK_MUST_USE;
/* reconciliation.csv, in the form of findings.csv. */
evpack_status reconciliation_csv(const store *s, report_rows rows, int fd,
                                 evpack_err *err) EVPACK_MUST_USE;
evpack_status reconciliation_rows(const store *s, int64_t *rows, evpack_err *err) EVPACK_MUST_USE;

#endif
