/*
 * Reading the view `reconciliation`. Invariant: a speaker that said nothing is null, never a
 * status. Judges nothing: the verdict was made when the case was mapped.
 */
#include "report/reconciliation.h"

#include "report/out.h"

#include <stdlib.h>
#include <string.h>

struct reconciliation {
    db_stmt *rows;
    reconciliation_row now;
};

const char *reconciliation_word(reconciliation_verdict verdict)
{
    static const char *const words[VERDICTS] = {"disagree",    "agree",           "rule-only",
                                                "policy-only", "assessment-only", "undecided"};
    return words[verdict];
}

void reconciliation_close(reconciliation *r)
{
    if (r != NULL) {
        db_finalize(r->rows);
        free(r);
    }
}

#define COLUMNS                                                                             \
    "SELECT snapshot, subject, subject_type, control_id, service, feature, topic,"          \
    " policy_definition, verdict, rule_id, rule_status, rule_at, policy_id, policy_status," \
    " policy_at, assessment_id, assessment_status, assessment_at FROM reconciliation"

evpack_status reconciliation_open(const store *s, bool disagreements, reconciliation **out,
                                  evpack_err *err)
{
    EVPACK_AUTO(reconciliation) r = calloc(1, sizeof *r);
    if (r == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(db_prepare(store_db(s),
                          disagreements ? COLUMNS " WHERE verdict = 'disagree' ORDER BY id"
                                        : COLUMNS " ORDER BY id",
                          &r->rows, err));
    *out = EVPACK_MOVE(r);
    return EVPACK_OK;
}

evpack_status reconciliation_next(reconciliation *r, const reconciliation_row **out,
                                  evpack_err *err)
{
    bool row = false;
    *out = NULL;
    EVPACK_TRY(db_step(r->rows, &row, err));
    if (!row) {
        return EVPACK_OK;
    }
    reconciliation_row *n = &r->now;
    const char **const fields[] = {&n->snapshot,      &n->subject,           &n->subject_type,
                                   &n->control_id,    &n->service,           &n->feature,
                                   &n->topic,         &n->definition,        &n->verdict,
                                   &n->rule.id,       &n->rule.status,       &n->rule.at,
                                   &n->policy.id,     &n->policy.status,     &n->policy.at,
                                   &n->assessment.id, &n->assessment.status, &n->assessment.at};
    for (int i = 0; i < (int)(sizeof fields / sizeof fields[0]); i++) {
        *fields[i] = db_text(r->rows, i);
    }
    *out = n;
    return EVPACK_OK;
}

evpack_status reconciliation_count(const store *s, int64_t of[VERDICTS], evpack_err *err)
{
    memset(of, 0, VERDICTS * sizeof of[0]);
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT verdict, count(*) FROM reconciled"
                          " WHERE run_id = (SELECT max(id) FROM run) GROUP BY verdict",
                          &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        for (int i = 0; row && i < VERDICTS; i++) {
            if (strcmp(db_text_or_empty(rows, 0), reconciliation_word(i)) == 0) {
                of[i] = db_int(rows, 1);
            }
        }
    }
    return EVPACK_OK;
}

static void put_said(buf *b, const char *name, const reconciliation_said *said)
{
    buf_printf(b, ",\"%s\":", name);
    if (said->status == NULL) {
        buf_puts(b, "null");
        return;
    }
    buf_putc(b, '{');
    report_out_member(b, "id", said->id);
    report_out_member(b, "status", said->status);
    report_out_member(b, "at", said->at);
    buf_putc(b, '}');
}

void reconciliation_json(const reconciliation_row *row, buf *out)
{
    buf_putc(out, '{');
    report_out_member(out, "snapshot", row->snapshot);
    report_out_member(out, "subject", row->subject);
    report_out_member(out, "subject_type", row->subject_type);
    report_out_member(out, "control_id", row->control_id);
    report_out_member(out, "service", row->service);
    report_out_member(out, "feature", row->feature);
    report_out_member(out, "topic", row->topic);
    report_out_member(out, "policy_definition", row->definition);
    report_out_member(out, "verdict", row->verdict);
    put_said(out, "rule", &row->rule);
    put_said(out, "policy", &row->policy);
    put_said(out, "assessment", &row->assessment);
    buf_putc(out, '}');
}

evpack_status reconciliation_summary(const store *s, buf *out, evpack_err *err)
{
    int64_t of[VERDICTS];
    EVPACK_TRY(reconciliation_count(s, of, err));
    buf_putc(out, '{');
    for (int i = 0; i < VERDICTS; i++) {
        buf_printf(out, "\"%s\":%lld,", reconciliation_word(i), (long long)of[i]);
    }
    buf_puts(out, "\"disagreements\":[");
    EVPACK_AUTO(reconciliation) r = NULL;
    EVPACK_TRY(reconciliation_open(s, true, &r, err));
    const reconciliation_row *row = NULL;
    EVPACK_TRY(reconciliation_next(r, &row, err));
    for (bool first = true; row != NULL; first = false) {
        buf_puts(out, first ? "" : ",");
        reconciliation_json(row, out);
        EVPACK_TRY(reconciliation_next(r, &row, err));
    }
    buf_puts(out, "]}");
    return buf_status(out, err);
}

evpack_status reconciliation_rows(const store *s, int64_t *rows, evpack_err *err)
{
    int64_t of[VERDICTS];
    EVPACK_TRY(reconciliation_count(s, of, err));
    *rows = 0;
    for (int i = 0; i < VERDICTS; i++) {
        *rows += of[i];
    }
    return EVPACK_OK;
}

evpack_status reconciliation_csv(const store *s, report_rows rows, int fd, evpack_err *err)
{
    static const char *const header[] = {
        "verdict",       "control_id",    "topic",     "subject",       "subject_type",
        "service",       "feature",       "rule_id",   "rule_status",   "rule_at",
        "policy_id",     "policy_status", "policy_at", "assessment_id", "assessment_status",
        "assessment_at", "snapshot"};
    enum { FIELDS = sizeof header / sizeof header[0] };
    EVPACK_AUTO_VALUE(report_out_reset) report_out o = {.fd = fd, .whole = "the evidence"};
    EVPACK_AUTO(reconciliation) r = NULL;
    EVPACK_TRY(reconciliation_open(s, false, &r, err));
    report_out_head(&o, header, FIELDS);
    const reconciliation_row *n = NULL;
    EVPACK_TRY(reconciliation_next(r, &n, err));
    for (int64_t at = 0; n != NULL && at - rows.skip < rows.count; at++) {
        const char *const fields[FIELDS] = {
            n->verdict,       n->control_id,    n->topic,
            n->subject,       n->subject_type,  n->service,
            n->feature,       n->rule.id,       n->rule.status,
            n->rule.at,       n->policy.id,     n->policy.status,
            n->policy.at,     n->assessment.id, n->assessment.status,
            n->assessment.at, n->snapshot};
        if (at >= rows.skip) {
            report_out_row(&o, fields, FIELDS);
        }
        EVPACK_TRY(reconciliation_next(r, &n, err));
    }
    return report_out_end(&o, err);
}
