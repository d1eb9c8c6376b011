/*
 * CSV tables and the custody log. Invariant: every row has as many fields as the header. Knows
 * nothing of which spreadsheet reads it.
 */
#include "report/csv.h"
#include "report/crosswalk_table.h"

#include "base/visible.h"
#include "report/files.h"
#include "report/out.h"
#include "store/findings.h"
#include "store/needs.h"

#include <stdio.h>
#include <string.h>

/* "POINTER = VALUE; POINTER is absent" */
static void observed_text(const finding *f, buf *b)
{
    for (size_t i = 0; i < f->value_count; i++) {
        const finding_value *v = &f->values[i];
        buf_puts(b, i > 0 ? "; " : "");
        buf_puts(b, v->pointer);
        if (v->value.text == NULL) {
            buf_puts(b, " is absent");
        } else {
            buf_puts(b, " = ");
            buf_append(b, v->value.text, v->value.len);
        }
    }
}

/* The places beyond the subject's own. */
static void places_text(const finding *f, buf *b)
{
    for (size_t i = 1; i < f->place_count; i++) {
        buf_printf(b, "%s%s#%s", i > 1 ? "; " : "", f->places[i].path, f->places[i].pointer);
    }
}

static const char *const finding_header[] = {"id",
                                             "benchmark",
                                             "control_id",
                                             "published_control_id",
                                             "control_title",
                                             "service",
                                             "feature",
                                             "responsibility",
                                             "status",
                                             "raw_status",
                                             "severity",
                                             "reason",
                                             "subject",
                                             "subject_type",
                                             "subscription",
                                             "observed",
                                             "evidence_path",
                                             "evidence_pointer",
                                             "evidence_offset",
                                             "evidence_length",
                                             "evidence_sha256",
                                             "more_evidence",
                                             "command",
                                             "source",
                                             "rule_id",
                                             "rule_version",
                                             "rule_title",
                                             "claim",
                                             "stated_at",
                                             "decision",
                                             "decided_by",
                                             "snapshot",
                                             "collected_at",
                                             "evaluated_at"};
enum { FINDING_FIELDS = sizeof finding_header / sizeof finding_header[0] };

typedef struct {
    report_out o;
    needs *needs;
    crosswalk_table *crosswalk;
    buf observed, places, command;
} findings_csv;

static void findings_csv_reset(findings_csv *c)
{
    report_out_reset(&c->o);
    needs_free(c->needs);
    crosswalk_table_free(c->crosswalk);
    buf_reset(&c->observed);
    buf_reset(&c->places);
    buf_reset(&c->command);
}

static evpack_status finding_row(findings_csv *c, const finding *f, evpack_err *err)
{
    buf_clear(&c->observed);
    buf_clear(&c->places);
    buf_clear(&c->command);
    observed_text(f, &c->observed);
    places_text(f, &c->places);
    if (f->need != NULL) {
        needs_command(c->needs, f->need, f->subject, &c->command);
    }
    EVPACK_TRY(buf_status(&c->observed, err));
    EVPACK_TRY(buf_status(&c->places, err));
    EVPACK_TRY(buf_status(&c->command, err));
    const finding_test *t = f->test;
    const finding_place *p = &f->places[0];
    char offset[24];
    char length[24];
    (void)snprintf(offset, sizeof offset, "%llu", (unsigned long long)p->start);
    (void)snprintf(length, sizeof length, "%llu", (unsigned long long)p->length);
    const char *fields[FINDING_FIELDS + CROSSWALK_FRAMEWORKS_MAX] = {f->id,
                                                                     t->benchmark,
                                                                     t->control_id,
                                                                     t->published_control_id,
                                                                     t->control_title,
                                                                     t->service,
                                                                     t->feature,
                                                                     t->responsibility,
                                                                     finding_status_word(f->status),
                                                                     f->raw_status,
                                                                     t->severity,
                                                                     f->reason,
                                                                     f->subject,
                                                                     f->subject_type,
                                                                     f->subscription,
                                                                     buf_str(&c->observed),
                                                                     p->path,
                                                                     p->pointer,
                                                                     offset,
                                                                     length,
                                                                     p->sha256,
                                                                     buf_str(&c->places),
                                                                     buf_str(&c->command),
                                                                     t->source,
                                                                     t->rule_id,
                                                                     t->rule_version,
                                                                     t->rule_title,
                                                                     t->claim,
                                                                     f->stated_at,
                                                                     f->decision,
                                                                     f->decided_by,
                                                                     f->snapshot,
                                                                     f->collected_at,
                                                                     t->evaluated_at};
    const size_t frameworks = crosswalk_table_count(c->crosswalk);
    for (size_t i = 0; i < frameworks; i++) {
        fields[FINDING_FIELDS + i] = crosswalk_table_refs(c->crosswalk, t->control, i);
    }
    report_out_row(&c->o, fields, FINDING_FIELDS + frameworks);
    return EVPACK_OK;
}

evpack_status report_csv_count(const store *s, int64_t *rows, evpack_err *err)
{
    return db_value(store_db(s),
                    "SELECT count(*) FROM finding WHERE test_id IN"
                    " (SELECT id FROM test WHERE run_id = (SELECT max(id) FROM run))",
                    rows, err);
}

evpack_status report_csv_findings(const store *s, report_rows rows, int fd, evpack_err *err)
{
    EVPACK_AUTO_VALUE(findings_csv_reset)
    findings_csv c = {.o = {.fd = fd, .whole = "findings.json"}};
    EVPACK_TRY(needs_load(s, &c.needs, err));
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open_all(s, &f, err));
    EVPACK_TRY(crosswalk_table_load(s, &c.crosswalk, err));
    /* A column for each framework that the mapping knows, after those that are always there. */
    const char *header[FINDING_FIELDS + CROSSWALK_FRAMEWORKS_MAX];
    memcpy(header, finding_header, sizeof finding_header);
    const size_t frameworks = crosswalk_table_count(c.crosswalk);
    for (size_t i = 0; i < frameworks; i++) {
        header[FINDING_FIELDS + i] = crosswalk_table_name(c.crosswalk, i);
    }
    report_out_head(&c.o, header, FINDING_FIELDS + frameworks);
    EVPACK_TRY(findings_skip_of_all(f, rows.skip, err));
    for (int64_t n = 0; n < rows.count; n++) {
        const finding *one = NULL;
        EVPACK_TRY(findings_next_of_all(f, &one, err));
        if (one == NULL) {
            break;
        }
        EVPACK_TRY(finding_row(&c, one, err));
    }
    return report_out_end(&c.o, err);
}

static const char *const evidence_header[] = {
    "original_path",   "member",        "snapshot",     "sha256",       "size",   "kind",
    "encoding",        "shape",         "completeness", "records",      "reason", "redacted",
    "redacted_sha256", "redacted_size", "order",        "collected_at", "period"};
enum { EVIDENCE_FIELDS = sizeof evidence_header / sizeof evidence_header[0] };

static void file_row(report_out *o, const report_options *options, const report_file *f)
{
    report_redacted redacted = {0};
    bool other = options->redacted != NULL &&
                 options->redacted(options->redacted_ctx, f->evidence_id, &redacted);
    char redacted_size[24] = "";
    if (other && !redacted.withheld) {
        (void)snprintf(redacted_size, sizeof redacted_size, "%llu",
                       (unsigned long long)redacted.size);
    }
    char size[24];
    char records[24];
    char order[24];
    (void)snprintf(order, sizeof order, "%lld", (long long)f->order);
    (void)snprintf(size, sizeof size, "%lld", (long long)f->size);
    (void)snprintf(records, sizeof records, "%lld", (long long)f->records);
    /* Any bytes can stand in a file's name; as escapes that cannot be forged, none is lost. */
    EVPACK_AUTO_VALUE(buf_reset) buf original = {0};
    visible_append(&original, f->original, strlen(f->original), NULL, NULL);
    o->b.failed = o->b.failed || original.failed;
    const char *const fields[EVIDENCE_FIELDS] = {buf_str(&original),
                                                 f->path,
                                                 f->snapshot,
                                                 f->sha256,
                                                 size,
                                                 f->kind,
                                                 f->encoding,
                                                 f->shape,
                                                 f->completeness,
                                                 records,
                                                 f->reason,
                                                 !other              ? NULL
                                                 : redacted.withheld ? "withheld"
                                                                     : "redacted",
                                                 !other || redacted.withheld ? NULL
                                                                             : redacted.sha256,
                                                 redacted_size,
                                                 order,
                                                 f->collected_at,
                                                 f->period};
    report_out_row(o, fields, EVIDENCE_FIELDS);
}

evpack_status report_csv_evidence(const store *s, const report_options *options, int fd,
                                  evpack_err *err)
{
    EVPACK_AUTO(report_files) files = NULL;
    EVPACK_TRY(report_files_open(s, &files, err));
    EVPACK_AUTO_VALUE(report_out_reset) report_out o = {.fd = fd};
    report_out_head(&o, evidence_header, EVIDENCE_FIELDS);
    const report_file *f = NULL;
    EVPACK_TRY(report_files_next(files, &f, err));
    while (f != NULL) {
        file_row(&o, options, f);
        EVPACK_TRY(report_files_next(files, &f, err));
    }
    return report_out_end(&o, err);
}

evpack_status report_custody_lines(const store *s, int fd, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(s), "SELECT line FROM custody_sealed ORDER BY id", &rows, err));
    EVPACK_AUTO_VALUE(report_out_reset) report_out o = {.fd = fd};
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            buf_puts(&o.b, db_text_or_empty(rows, 0));
            buf_putc(&o.b, '\n');
            report_out_some(&o);
        }
    }
    return report_out_end(&o, err);
}
