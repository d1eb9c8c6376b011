/*
 * Reading the view `decisions`. Invariant: a member that was not written is null, never made up.
 * Judges nothing: what holds was decided when the case was mapped.
 */
#include "report/decisions.h"

#include "report/out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct decisions {
    db_stmt *rows;
    decision_row now;
};

const char *decision_kind_word(decision_kind kind)
{
    static const char *const words[DECISIONS] = {"exception", "exemption", "attestation"};
    return words[kind];
}

const char *decision_state_word(decision_state state)
{
    static const char *const words[DECISION_STATES] = {"expired", "not-yet",   "unreadable",
                                                       "older",   "unmatched", "in-force"};
    return words[state];
}

void decisions_close(decisions *d)
{
    if (d != NULL) {
        db_finalize(d->rows);
        free(d);
    }
}

static const char rows_sql[] =
    "SELECT kind, key, state, scope, covers, who, owner, why, ticket, since, until, conclusion,"
    " note, path, pointer, snapshot, matched, decided FROM decisions"
    " WHERE (?1 >> CASE kind WHEN 'exception' THEN 0 WHEN 'exemption' THEN 1 ELSE 2 END) & 1"
    " ORDER BY CASE kind WHEN 'exception' THEN 0 WHEN 'exemption' THEN 1 ELSE 2 END, ordinal, key,"
    " snapshot, record_id";

evpack_status decisions_open(const store *s, unsigned kinds, decisions **out, evpack_err *err)
{
    EVPACK_AUTO(decisions) d = calloc(1, sizeof *d);
    if (d == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(db_prepare(store_db(s), rows_sql, &d->rows, err));
    EVPACK_TRY(db_bind(d->rows, err, "i", (int64_t)kinds));
    *out = EVPACK_MOVE(d);
    return EVPACK_OK;
}

evpack_status decisions_next(decisions *d, const decision_row **out, evpack_err *err)
{
    bool row = false;
    *out = NULL;
    EVPACK_TRY(db_step(d->rows, &row, err));
    if (!row) {
        return EVPACK_OK;
    }
    decision_row *n = &d->now;
    const char **const fields[] = {&n->kind,   &n->key,   &n->state,   &n->scope,
                                   &n->covers, &n->who,   &n->owner,   &n->why,
                                   &n->ticket, &n->since, &n->until,   &n->conclusion,
                                   &n->note,   &n->path,  &n->pointer, &n->snapshot};
    const int count = (int)(sizeof fields / sizeof fields[0]);
    for (int i = 0; i < count; i++) {
        *fields[i] = db_text(d->rows, i);
    }
    n->matched = db_int(d->rows, count);
    n->decided = db_int(d->rows, count + 1);
    *out = n;
    return EVPACK_OK;
}

static evpack_status count_states(const store *s, decision_counts *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT kind, state, count(*) FROM decision"
                          " WHERE run_id = (SELECT max(id) FROM run) GROUP BY 1, 2",
                          &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        for (int k = 0; row && k < DECISIONS; k++) {
            for (int n = 0; n < DECISION_STATES; n++) {
                if (strcmp(db_text_or_empty(rows, 0), decision_kind_word(k)) == 0 &&
                    strcmp(db_text_or_empty(rows, 1), decision_state_word(n)) == 0) {
                    out->of[k][n] = db_int(rows, 2);
                    out->total += db_int(rows, 2);
                }
            }
        }
    }
    return EVPACK_OK;
}

/* Findings about attestations themselves have no feature. */
static evpack_status count_attested(const store *s, decision_counts *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s),
                          "SELECT f.status, count(*) FROM test t CROSS JOIN finding f"
                          " ON f.test_id = t.id WHERE t.run_id = (SELECT max(id) FROM run)"
                          " AND t.source = 'attestation' AND t.feature_id IS NOT NULL GROUP BY 1",
                          &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row && db_int(rows, 0) > 0 && db_int(rows, 0) < FINDING_STATUSES) {
            out->attested[db_int(rows, 0)] = db_int(rows, 1);
        }
    }
    return EVPACK_OK;
}

evpack_status decisions_count(const store *s, decision_counts *out, evpack_err *err)
{
    *out = (decision_counts){0};
    EVPACK_TRY(count_states(s, out, err));
    EVPACK_TRY(count_attested(s, out, err));
    EVPACK_TRY(db_value(store_db(s),
                        "SELECT coalesce(sum(decided), 0) FROM decision WHERE kind = 'exception'"
                        " AND run_id = (SELECT max(id) FROM run)",
                        &out->excused, err));
    int64_t exempt = 0;
    EVPACK_TRY(db_value(store_db(s),
                        "SELECT count(*) FROM test t CROSS JOIN finding f ON f.test_id = t.id"
                        " WHERE t.run_id = (SELECT max(id) FROM run) AND t.policy_id IS NOT NULL"
                        " AND f.status = 7 AND (f.decided IS NULL OR f.decided IN"
                        " (SELECT record_id FROM decision WHERE kind = 'exemption'"
                        "   AND run_id = t.run_id))",
                        &exempt, err));
    out->exempted = exempt;
    return EVPACK_OK;
}

void decisions_json(const decision_row *row, buf *out)
{
    buf_putc(out, '{');
    report_out_member(out, "kind", row->kind);
    report_out_member(out, "id", row->key);
    report_out_member(out, "state", row->state);
    report_out_member(out, "scope", row->scope);
    report_out_member(out, "covers", row->covers);
    report_out_member(out, "who", row->who);
    report_out_member(out, "owner", row->owner);
    report_out_member(out, "why", row->why);
    report_out_member(out, "ticket", row->ticket);
    report_out_member(out, "since", row->since);
    report_out_member(out, "until", row->until);
    report_out_member(out, "conclusion", row->conclusion);
    report_out_member(out, "note", row->note);
    buf_printf(out, ",\"matched\":%lld,\"decided\":%lld", (long long)row->matched,
               (long long)row->decided);
    report_out_member(out, "path", row->path);
    report_out_member(out, "pointer", row->pointer);
    report_out_member(out, "snapshot", row->snapshot);
    buf_putc(out, '}');
}

evpack_status decisions_summary(const store *s, buf *out, evpack_err *err)
{
    decision_counts counts;
    EVPACK_TRY(decisions_count(s, &counts, err));
    buf_putc(out, '{');
    for (int k = 0; k < DECISIONS; k++) {
        buf_printf(out, "\"%s\":{", decision_kind_word(k));
        for (int n = 0; n < DECISION_STATES; n++) {
            buf_printf(out, "%s\"%s\":%lld", n > 0 ? "," : "", decision_state_word(n),
                       (long long)counts.of[k][n]);
        }
        buf_puts(out, "},");
    }
    buf_puts(out, "\"attested\":{");
    for (int i = 1; i < FINDING_STATUSES; i++) {
        if (counts.attested[i] > 0) {
            buf_printf(out, "%s\"%s\":%lld", out->data[out->len - 1] == '{' ? "" : ",",
                       finding_status_word(i), (long long)counts.attested[i]);
        }
    }
    buf_printf(out, "},\"excused\":%lld,\"exempted\":%lld,\"list\":[", (long long)counts.excused,
               (long long)counts.exempted);
    EVPACK_AUTO(decisions) d = NULL;
    EVPACK_TRY(decisions_open(s, (1U << DECISIONS) - 1, &d, err));
    const decision_row *row = NULL;
    EVPACK_TRY(decisions_next(d, &row, err));
    for (bool first = true; row != NULL; first = false) {
        buf_puts(out, first ? "" : ",");
        decisions_json(row, out);
        EVPACK_TRY(decisions_next(d, &row, err));
    }
    buf_puts(out, "]}");
    return buf_status(out, err);
}

evpack_status decisions_page(const store *s, const decision_counts *c, int64_t most, buf *out,
                             evpack_err *err)
{
    if (c->total == 0) {
        return EVPACK_OK;
    }
    buf_printf(out, ",\"decided\":{\"excused\":%lld,\"exempted\":%lld,\"attested\":{",
               (long long)c->excused, (long long)c->exempted);
    for (int k = 1; k < FINDING_STATUSES; k++) {
        buf_printf(out, "%s\"%s\":%lld", k > 1 ? "," : "", finding_status_word(k),
                   (long long)c->attested[k]);
    }
    buf_printf(out, "},\"total\":%lld,\"rows\":[", (long long)c->total);
    EVPACK_AUTO(decisions) d = NULL;
    EVPACK_TRY(decisions_open(s, (1U << DECISIONS) - 1, &d, err));
    const decision_row *row = NULL;
    EVPACK_TRY(decisions_next(d, &row, err));
    for (int64_t shown = 0; row != NULL && shown < most; shown++) {
        buf_puts(out, shown > 0 ? ",\n" : "\n");
        decisions_json(row, out);
        EVPACK_TRY(decisions_next(d, &row, err));
    }
    buf_puts(out, "]}");
    return buf_status(out, err);
}

evpack_status decisions_rows(const store *s, int64_t *rows, evpack_err *err)
{
    decision_counts counts;
    EVPACK_TRY(decisions_count(s, &counts, err));
    *rows = counts.total;
    return EVPACK_OK;
}

evpack_status decisions_csv(const store *s, report_rows rows, int fd, evpack_err *err)
{
    static const char *const header[] = {"kind",     "id",         "state",    "scope",   "covers",
                                         "who",      "owner",      "why",      "ticket",  "since",
                                         "until",    "conclusion", "findings", "decided", "note",
                                         "snapshot", "path",       "pointer"};
    enum { FIELDS = sizeof header / sizeof header[0] };
    EVPACK_AUTO_VALUE(report_out_reset) report_out o = {.fd = fd, .whole = "the evidence"};
    EVPACK_AUTO(decisions) d = NULL;
    EVPACK_TRY(decisions_open(s, (1U << DECISIONS) - 1, &d, err));
    report_out_head(&o, header, FIELDS);
    const decision_row *n = NULL;
    EVPACK_TRY(decisions_next(d, &n, err));
    for (int64_t at = 0; n != NULL && at - rows.skip < rows.count; at++) {
        char matched[24];
        char decided[24];
        (void)snprintf(matched, sizeof matched, "%lld", (long long)n->matched);
        (void)snprintf(decided, sizeof decided, "%lld", (long long)n->decided);
        const char *const fields[FIELDS] = {
            n->kind,  n->key,  n->state,  n->scope,    n->covers, n->who,
            n->owner, n->why,  n->ticket, n->since,    n->until,  n->conclusion,
            matched,  decided, n->note,   n->snapshot, n->path,   n->pointer};
        if (at >= rows.skip) {
            report_out_row(&o, fields, FIELDS);
        }
        EVPACK_TRY(decisions_next(d, &n, err));
    }
    return report_out_end(&o, err);
}

const char *decisions_tested(texts *words, const finding_test *t)
{
    const char *name = finding_tested(t);
    return *name == '\0' ? texts_word(words, "itself", t->source, "") : name;
}
