/*
 * The state of a case. Invariant: every evidence file of the case is in the answer, and both forms
 * say the same. Reads, never judges.
 */
#include "report/status.h"

#include "base/buf.h"
#include "base/visible.h"
#include "report/coverage.h"
#include "report/decisions.h"
#include "report/issues.h"
#include "report/reconciliation.h"
#include "report/status_engagement.h"
#include "report/status_ledger.h"
#include "report/status_received.h"
#include "report/status_totals.h"
#include "store/gaps.h"

#include <string.h>

/* A query whose rows become JSON objects: a column each, integers as numbers. */
typedef struct {
    const char *name;
    const char *sql;
} listing;

static const listing listings[] = {
    {"snapshots", "SELECT label, collected_at, imported_at, tool_version, az_version,"
                  " (SELECT count(*) FROM evidence e WHERE e.snapshot_id = s.id) AS files,"
                  " (SELECT count(*) FROM record r JOIN evidence e ON e.id = r.evidence_id"
                  "   WHERE e.snapshot_id = s.id) AS records FROM snapshot s"
                  "  WHERE s.role = 'tenant' ORDER BY id"},
    {"evidence",
     "SELECT e.path, lower(hex(c.sha256)) AS sha256, c.size,"
     " CASE e.kind WHEN 'empty' THEN coalesce(l.kind, 'empty') ELSE e.kind END AS kind,"
     " e.encoding,"
     " coalesce(l.completeness, e.completeness) AS completeness, e.records,"
     " CASE WHEN l.completeness IS NOT e.completeness THEN coalesce(l.says, e.reason)"
     "      ELSE e.reason END AS reason, e.shape, s.label AS snapshot, e.note, e.secrets"
     " FROM evidence e JOIN content c ON c.id = e.content_id"
     " LEFT JOIN ledger l ON l.evidence_id = e.id AND l.document = -1"
     " JOIN snapshot s ON s.id = e.snapshot_id ORDER BY s.id, e.path, e.id"},
    /* What the ledgers of the exports say went wrong, or is not as they say. */
    {"collection",
     "SELECT e.path AS ledger, c.line, c.state, c.plan, c.subject, c.file, c.exit_code,"
     " c.permission, c.error, c.ended, c.account, s.label AS snapshot"
     " FROM collection c JOIN evidence e ON e.id = c.evidence_id"
     " JOIN snapshot s ON s.id = c.snapshot_id"
     " WHERE c.state IN ('failed', 'missing', 'changed')"
     " ORDER BY s.id, e.path, c.line"},
    {"secrets", "SELECT e.path, s.label AS snapshot, x.place, x.kind, x.words, x.pointer,"
                " x.start AS offset, x.length FROM secret x JOIN evidence e ON e.id = x.evidence_id"
                " JOIN snapshot s ON s.id = e.snapshot_id"
                " ORDER BY s.id, e.path, e.id, x.place, x.start"},
};

static const char records_sql[] = "SELECT coalesce(r.type, r.kind), count(*) FROM record r"
                                  " JOIN evidence e ON e.id = r.evidence_id"
                                  " JOIN snapshot s ON s.id = e.snapshot_id"
                                  "  AND s.role = 'tenant' GROUP BY 1 ORDER BY 1";

static void put_value(db_stmt *row, int column, bool number, buf *out)
{
    if (db_null(row, column)) {
        buf_puts(out, "null");
    } else if (number) {
        buf_printf(out, "%lld", (long long)db_int(row, column));
    } else {
        size_t len = 0;
        const char *text = db_bytes(row, column, &len);
        buf_json_string(out, text, len);
    }
}

static bool is_number(const char *column)
{
    return strcmp(column, "size") == 0 || strcmp(column, "records") == 0 ||
           strcmp(column, "files") == 0 || strcmp(column, "line") == 0 ||
           strcmp(column, "exit_code") == 0 || strcmp(column, "secrets") == 0 ||
           strcmp(column, "offset") == 0 || strcmp(column, "length") == 0;
}

static void put_object(db_stmt *row, buf *out)
{
    buf_putc(out, '{');
    for (int i = 0; i < db_columns(row); i++) {
        const char *name = db_column_name(row, i);
        buf_printf(out, "%s\"%s\":", i == 0 ? "" : ",", name);
        put_value(row, i, is_number(name), out);
    }
    buf_putc(out, '}');
}

static evpack_status flush(buf *b, FILE *out, evpack_err *err)
{
    EVPACK_TRY(buf_status(b, err));
    if (b->len > 0 && fwrite(b->data, 1, b->len, out) != b->len) {
        return evpack_fail(err, EVPACK_E_IO, "the answer cannot be written");
    }
    buf_clear(b);
    return EVPACK_OK;
}

static evpack_status put_list(store *s, const listing *list, buf *line, FILE *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), list->sql, &rows, err));
    buf_printf(line, "\"%s\":[", list->name);
    bool first = true;
    for (bool row = true; row; first = false) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            buf_puts(line, first ? "" : ",");
            put_object(rows, line);
            EVPACK_TRY(flush(line, out, err));
        }
    }
    buf_puts(line, "],");
    return EVPACK_OK;
}

/* {"word":count,…} */
static evpack_status put_counts(store *s, const char *name, const char *sql, buf *line,
                                evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), sql, &rows, err));
    buf_printf(line, "\"%s\":{", name);
    bool first = true;
    for (bool row = true; row; first = false) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            buf_puts(line, first ? "" : ",");
            put_value(rows, 0, false, line);
            buf_printf(line, ":%lld", (long long)db_int(rows, 1));
        }
    }
    buf_puts(line, "},");
    return EVPACK_OK;
}

static void put_member(buf *line, const char *name, const char *text)
{
    buf_printf(line, "\"%s\":", name);
    buf_json_string(line, text, strlen(text));
}

static evpack_status put_gaps(store *s, buf *line, FILE *out, evpack_err *err)
{
    EVPACK_AUTO(gaps) g = NULL;
    EVPACK_TRY(gaps_open(s, &g, err));
    buf_puts(line, "\"gaps\":[");
    EVPACK_TRY(flush(line, out, err));
    gap one;
    bool first = true;
    for (bool more = true; more;) {
        EVPACK_TRY(gaps_next(g, &one, &more, err));
        if (more) {
            buf_puts(line, first ? "{" : ",{");
            first = false;
            put_member(line, "subject", one.subject);
            buf_putc(line, ',');
            put_member(line, "needs", one.need);
            buf_putc(line, ',');
            put_member(line, "command", one.command);
            buf_putc(line, ',');
            put_member(line, "snapshot", one.snapshot);
            buf_printf(line, ",\"findings\":%lld}", (long long)one.findings);
            EVPACK_TRY(flush(line, out, err));
        }
    }
    EVPACK_TRY(status_ledger_gaps(s, !first, out, err));
    buf_puts(line, "]}\n");
    return flush(line, out, err);
}

typedef struct {
    buf *line;
    coverage_row total;
    size_t rows;
} coverage_list;

static evpack_status put_type(void *ctx, const coverage_row *row, evpack_err *err)
{
    coverage_list *list = ctx;
    buf_puts(list->line, list->rows++ == 0 ? "{" : ",{");
    put_member(list->line, "type", row->type);
    buf_printf(list->line,
               ",\"records\":%lld,\"assessed\":%lld,\"supporting\":%lld,\"not_covered\":%lld,"
               "\"scoped_out\":%lld,\"unmapped\":%lld}",
               (long long)row->records, (long long)row->assessed, (long long)row->supporting,
               (long long)row->not_covered, (long long)row->scoped_out, (long long)row->unmapped);
    coverage_add(&list->total, row);
    return buf_status(list->line, err);
}

/* null before the first map run. */
static evpack_status put_coverage(store *s, buf *line, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf types = {0};
    coverage_list list = {.line = &types};
    bool run = false;
    EVPACK_TRY(coverage_read(s, put_type, &list, &run, err));
    const coverage_row *t = &list.total;
    if (!run) {
        buf_puts(line, "\"coverage\":null,");
        return EVPACK_OK;
    }
    buf_printf(line,
               "\"coverage\":{\"records\":%lld,\"assessed\":%lld,\"supporting\":%lld,"
               "\"not_covered\":%lld,\"scoped_out\":%lld,\"unmapped\":%lld,\"types\":[",
               (long long)t->records, (long long)t->assessed, (long long)t->supporting,
               (long long)t->not_covered, (long long)t->scoped_out, (long long)t->unmapped);
    buf_puts(line, buf_str(&types));
    buf_puts(line, "]},");
    return buf_status(line, err);
}

static evpack_status put_issues(store *s, buf *line, evpack_err *err)
{
    buf_puts(line, "\"baseline_issues\":");
    EVPACK_TRY(issues_summary(s, line, err));
    buf_putc(line, ',');
    return EVPACK_OK;
}

static evpack_status put_run(store *s, buf *line, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) run = NULL;
    EVPACK_TRY(db_prepare(store_db(s), STATUS_RUN_SQL, &run, err));
    bool row = false;
    EVPACK_TRY(db_step(run, &row, err));
    buf_puts(line, "\"run\":");
    if (row) {
        put_object(run, line);
    } else {
        buf_puts(line, "null");
    }
    buf_putc(line, ',');
    return EVPACK_OK;
}

evpack_status status_json(store *s, FILE *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    buf_puts(&line, "{\"evpack\":{\"version\":\"" EVPACK_VERSION "\"},");
    EVPACK_TRY(put_run(s, &line, err));
    EVPACK_TRY(status_engagement_json(s, &line, err));
    EVPACK_TRY(status_received_json(s, &line, err));
    EVPACK_TRY(put_list(s, &listings[0], &line, out, err));
    EVPACK_TRY(put_list(s, &listings[1], &line, out, err));
    EVPACK_TRY(put_list(s, &listings[2], &line, out, err));
    EVPACK_TRY(put_counts(s, "records", records_sql, &line, err));
    EVPACK_TRY(put_coverage(s, &line, err));
    EVPACK_TRY(put_counts(s, "findings", STATUS_FINDINGS_SQL, &line, err));
    EVPACK_TRY(put_issues(s, &line, err));
    EVPACK_TRY(put_list(s, &listings[3], &line, out, err));
    EVPACK_TRY(flush(&line, out, err));
    EVPACK_TRY(status_ledger_json(s, out, err));
    buf_puts(&line, "\"reconciliation\":");
    EVPACK_TRY(reconciliation_summary(s, &line, err));
    buf_puts(&line, ",\"decisions\":");
    EVPACK_TRY(decisions_summary(s, &line, err));
    buf_putc(&line, ',');
    return put_gaps(s, &line, out, err);
}

static void put_clean(const char *text, buf *line)
{
    visible_append(line, text, strlen(text), NULL, NULL);
}

static evpack_status text_snapshots(store *s, buf *line, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), listings[0].sql, &rows, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            buf_puts(line, "Snapshot ");
            put_clean(db_text_or_empty(rows, 0), line);
            buf_printf(line, ": %lld files, %lld records; collected %s, imported %s\n",
                       (long long)db_int(rows, 5), (long long)db_int(rows, 6),
                       db_null(rows, 1) ? "at a time that nothing states" : db_text(rows, 1),
                       db_text_or_empty(rows, 2));
        }
    }
    return EVPACK_OK;
}

static evpack_status text_secrets(store *s, const term *t, buf *line, FILE *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), listings[3].sql, &rows, err));
    bool first = true;
    for (bool row = true; row; first = false) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            if (first) {
                status_head(t, "Secrets (where, not what)", line);
            }
            buf_printf(line, "  %-18s ", db_text_or_empty(rows, 3));
            put_clean(db_text_or_empty(rows, 0), line);
            if (strcmp(db_text_or_empty(rows, 2), "name") == 0) {
                buf_puts(line, ", in its name\n");
            } else {
                buf_putc(line, ' ');
                put_clean(db_text_or_empty(rows, 5), line);
                buf_printf(line, " (byte %lld)\n", (long long)db_int(rows, 6));
            }
            EVPACK_TRY(flush(line, out, err));
        }
    }
    int64_t unseen = 0;
    EVPACK_TRY(
        db_value(store_db(s), "SELECT count(*) FROM evidence WHERE secrets IS NULL", &unseen, err));
    if (unseen > 0) {
        buf_printf(line,
                   "\nNobody looked for secrets in %lld files: an older evpack collected them\n",
                   (long long)unseen);
    }
    return EVPACK_OK;
}

/* One line of what an export's ledger says went wrong: STATE, what, of what, and why. */
static void text_collection_row(db_stmt *row, buf *line)
{
    bool failed = strcmp(db_text_or_empty(row, 2), "failed") == 0;
    buf_printf(line, "  %-8s ", db_text_or_empty(row, 2));
    put_clean(db_text_or_empty(row, 3), line);
    buf_putc(line, ' ');
    put_clean(db_text_or_empty(row, failed ? 4 : 5), line);
    if (failed && !db_null(row, 7)) {
        buf_puts(line, "\n           this permission is missing: ");
        put_clean(db_text(row, 7), line);
    } else if (failed) {
        const char *error = db_text_or_empty(row, 8);
        size_t len = strcspn(error, "\n");
        buf_puts(line, "\n           ");
        visible_append(line, error, len > 300 ? 300 : len, NULL, NULL);
    }
    buf_putc(line, '\n');
}

static evpack_status text_collection(store *s, unsigned shown, const term *t, buf *line, FILE *out,
                                     evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), listings[2].sql, &rows, err));
    uint64_t count = 0;
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row && count++ < shown) {
            if (count == 1) {
                status_head(t, "What the ledgers of the exports say went wrong", line);
            }
            text_collection_row(rows, line);
            EVPACK_TRY(flush(line, out, err));
        }
    }
    if (count > shown) {
        buf_printf(line, "  and %llu more; 'evpack status --json' has them all\n",
                   (unsigned long long)(count - shown));
    }
    return EVPACK_OK;
}

static void text_said(const char *who, const reconciliation_said *said, buf *line)
{
    if (said->status != NULL) {
        buf_printf(line, "    %-10s %s, ", who, said->status);
        put_clean(said->at == NULL ? "at a time that nothing states" : said->at, line);
        buf_puts(line, ": ");
        put_clean(said->id == NULL ? "" : said->id, line);
        buf_putc(line, '\n');
    }
}

enum { DISAGREEMENTS_SHOWN = 10 };

/* Nothing when the evidence holds no state of Azure's. */
static evpack_status text_reconciliation(store *s, const term *t, buf *line, FILE *out,
                                         evpack_err *err)
{
    int64_t of[VERDICTS];
    int64_t total = 0;
    EVPACK_TRY(reconciliation_count(s, of, err));
    for (int i = 0; i < VERDICTS; i++) {
        total += of[i];
    }
    if (total == 0) {
        return EVPACK_OK;
    }
    status_head(t, "Azure's own results beside the rules", line);
    for (int i = 0; i < VERDICTS; i++) {
        buf_printf(line, "  %-16s %8lld\n", reconciliation_word(i), (long long)of[i]);
    }
    EVPACK_AUTO(reconciliation) r = NULL;
    EVPACK_TRY(reconciliation_open(s, true, &r, err));
    const reconciliation_row *row = NULL;
    EVPACK_TRY(reconciliation_next(r, &row, err));
    for (int shown = 0; row != NULL && shown < DISAGREEMENTS_SHOWN; shown++) {
        const char *what = row->feature != NULL ? row->feature : row->topic;
        buf_puts(line, "  disagree: ");
        put_clean(row->control_id == NULL ? "no control" : row->control_id, line);
        buf_puts(line, " ");
        put_clean(what == NULL ? "" : what, line);
        buf_puts(line, "\n    ");
        put_clean(row->subject, line);
        buf_putc(line, '\n');
        text_said("rule", &row->rule, line);
        text_said("policy", &row->policy, line);
        text_said("assessment", &row->assessment, line);
        EVPACK_TRY(flush(line, out, err));
        EVPACK_TRY(reconciliation_next(r, &row, err));
    }
    if (of[VERDICT_DISAGREE] > DISAGREEMENTS_SHOWN) {
        buf_printf(line, "  and %lld more; 'evpack status --json' has them all\n",
                   (long long)of[VERDICT_DISAGREE] - DISAGREEMENTS_SHOWN);
    }
    return flush(line, out, err);
}

enum { DECISIONS_SHOWN = 10 };

static void text_decision(const decision_row *row, buf *line)
{
    buf_printf(line, "  %s ", row->kind);
    put_clean(row->key, line);
    buf_printf(line, ": %s, decides %lld\n", row->state, (long long)row->decided);
    if (row->note != NULL) {
        buf_puts(line, "    ");
        put_clean(row->note, line);
        buf_putc(line, '\n');
    }
}

/* Nothing when there are no exceptions, attestations and exemptions. What holds is only counted. */
static evpack_status text_decisions(store *s, const term *t, buf *line, FILE *out, evpack_err *err)
{
    decision_counts counts;
    EVPACK_TRY(decisions_count(s, &counts, err));
    if (counts.total == 0) {
        return EVPACK_OK;
    }
    status_head(t, "Exceptions, exemptions and attestations", line);
    for (int i = 1; i < FINDING_STATUSES; i++) {
        if (counts.attested[i] > 0) {
            buf_printf(line, "  %-14s %10lld  by attestation\n", finding_status_word(i),
                       (long long)counts.attested[i]);
        }
    }
    buf_printf(line, "  %-14s %10lld  by exception\n", "exempt", (long long)counts.excused);
    buf_printf(line, "  %-14s %10lld  in Azure Policy\n", "exempt", (long long)counts.exempted);
    EVPACK_AUTO(decisions) d = NULL;
    EVPACK_TRY(decisions_open(s, (1U << DECISIONS) - 1, &d, err));
    const decision_row *row = NULL;
    int64_t rest = 0;
    int64_t in_force = 0;
    EVPACK_TRY(decisions_next(d, &row, err));
    for (int shown = 0; row != NULL;) {
        bool holds = strcmp(row->state, decision_state_word(DECISION_IN_FORCE)) == 0;
        in_force += holds;
        if (!holds && shown < DECISIONS_SHOWN) {
            text_decision(row, line);
            shown++;
        } else {
            rest += !holds;
        }
        EVPACK_TRY(flush(line, out, err));
        EVPACK_TRY(decisions_next(d, &row, err));
    }
    if (rest > 0) {
        buf_printf(line, "  and %lld more that want a look; 'evpack status --json' has them all\n",
                   (long long)rest);
    }
    buf_printf(line, "  %lld in force\n", (long long)in_force);
    return flush(line, out, err);
}

static evpack_status text_gaps(store *s, unsigned shown, const term *t, buf *line, FILE *out,
                               evpack_err *err)
{
    EVPACK_AUTO(gaps) g = NULL;
    EVPACK_TRY(gaps_open(s, &g, err));
    uint64_t count = 0;
    gap one;
    for (bool more = true; more;) {
        EVPACK_TRY(gaps_next(g, &one, &more, err));
        if (more && count++ < shown) {
            if (count == 1) {
                status_head(t, "Missing evidence, and the command that supplies it", line);
            }
            buf_puts(line, "  ");
            put_clean(one.subject, line);
            buf_printf(line, "\n    needs %s (%lld finding%s for it)\n    ", one.need,
                       (long long)one.findings, one.findings == 1 ? " waits" : "s wait");
            put_clean(one.command, line);
            buf_putc(line, '\n');
            EVPACK_TRY(flush(line, out, err));
        }
    }
    if (count > shown) {
        buf_printf(line, "  and %llu more; 'evpack status --json' has them all\n",
                   (unsigned long long)(count - shown));
    }
    return flush(line, out, err);
}

evpack_status status_text(store *s, FILE *out, unsigned gaps_shown, const term *look,
                          evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    EVPACK_TRY(text_snapshots(s, &line, err));
    EVPACK_TRY(flush(&line, out, err));
    EVPACK_TRY(status_ledger_text(s, out, gaps_shown, look, err));
    EVPACK_TRY(text_secrets(s, look, &line, out, err));
    EVPACK_TRY(text_collection(s, gaps_shown, look, &line, out, err));
    EVPACK_TRY(status_coverage_text(s, look, &line, err));
    EVPACK_TRY(status_engagement_text(s, gaps_shown, look, &line, err));
    EVPACK_TRY(status_received_text(s, look, &line, err));
    EVPACK_TRY(status_findings_text(s, look, &line, err));
    EVPACK_TRY(text_reconciliation(s, look, &line, out, err));
    EVPACK_TRY(text_decisions(s, look, &line, out, err));
    return text_gaps(s, gaps_shown, look, &line, out, err);
}
