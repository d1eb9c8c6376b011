/*
 * The one door to the reports. Invariant: what is written is whole or an error is returned; the
 * caller owns the descriptor and what becomes of the file. Knows nothing of any format.
 */
#include "report/report.h"

#include "report/csv.h"
#include "report/decisions.h"
#include "report/html.h"
#include "report/json.h"
#include "report/oscal.h"
#include "report/pdf_report.h"
#include "report/reconciliation.h"
#include "report/sarif.h"

#include <stdio.h>
#include <string.h>

const char *report_name(report_format format)
{
    static const char *const names[REPORT_FORMATS] = {
        [REPORT_PDF] = "summary.pdf",
        [REPORT_HTML] = "report.html",
        [REPORT_JSON] = "findings.json",
        [REPORT_CSV] = "findings.csv",
        [REPORT_INDEX] = "evidence-index.csv",
        [REPORT_CUSTODY] = "custody-log.jsonl",
        [REPORT_RECONCILIATION] = "reconciliation.csv",
        [REPORT_DECISIONS] = "decisions.csv",
        [REPORT_OSCAL] = "oscal-assessment-results.json",
        [REPORT_SARIF] = "findings.sarif",
        [REPORT_SCHEMA] = "findings.schema.json"};
    return names[format];
}

static evpack_status check_mapped(const store *s, evpack_err *err)
{
    int64_t runs = 0;
    EVPACK_TRY(db_value(store_db(s), "SELECT count(*) FROM run", &runs, err));
    if (runs == 0) {
        return evpack_fail(err, EVPACK_E_CASE,
                           "%s: was not mapped yet; run 'evpack map' before reporting",
                           store_path(s));
    }
    return EVPACK_OK;
}

static report_options complete(const report_options *given)
{
    report_options o = *given;
    o.cap = o.cap > 0 ? o.cap : REPORT_CAP;
    o.html_cap = o.html_cap > 0 ? o.html_cap : REPORT_HTML_CAP;
    o.index_cap = o.index_cap > 0 ? o.index_cap : REPORT_INDEX_CAP;
    o.rows = o.rows > 1 ? o.rows : REPORT_ROWS;
    o.formats = o.formats != 0 ? o.formats : REPORT_BIT(REPORT_FORMATS) - 1;
    return o;
}

enum { PARTS_MAX = 1000 };

/* How many rows a table has, without its head; 0 for what is not cut. The evidence index is not: a
 * package holds fewer files than Excel reads rows. */
static evpack_status count_rows(const store *s, report_format format, int64_t *out, evpack_err *err)
{
    *out = 0;
    switch (format) {
    case REPORT_CSV:
        return report_csv_count(s, out, err);
    case REPORT_RECONCILIATION:
        return reconciliation_rows(s, out, err);
    case REPORT_DECISIONS:
        return decisions_rows(s, out, err);
    default:
        return EVPACK_OK;
    }
}

evpack_status report_parts(const store *s, const report_options *options, report_format format,
                           unsigned *parts, evpack_err *err)
{
    int64_t rows = 0;
    const report_options full = complete(options);
    const int64_t each = full.rows - 1;
    EVPACK_TRY(count_rows(s, format, &rows, err));
    const int64_t n = rows <= each ? 1 : (rows + each - 1) / each;
    if (n > PARTS_MAX) {
        return evpack_fail(err, EVPACK_E_LIMIT, "%s would be more than %d files",
                           report_name(format), PARTS_MAX);
    }
    *parts = (unsigned)n;
    return EVPACK_OK;
}

const char *report_part_name(report_format format, unsigned part, char out[REPORT_NAME])
{
    const char *name = report_name(format);
    const size_t stem = strcspn(name, ".");
    if (part <= 1) {
        (void)snprintf(out, REPORT_NAME, "%s", name);
    } else {
        (void)snprintf(out, REPORT_NAME, "%.*s-%u%s", (int)stem, name, part, name + stem);
    }
    return out;
}

evpack_status report_write(const store *s, const report_options *options, report_format format,
                           unsigned part, int fd, evpack_err *err)
{
    if (format != REPORT_INDEX && format != REPORT_CUSTODY && format != REPORT_SCHEMA) {
        EVPACK_TRY(check_mapped(s, err));
    }
    const report_options full = complete(options);
    const report_rows rows = {(int64_t)(part > 1 ? part - 1 : 0) * (full.rows - 1), full.rows - 1};
    switch (format) {
    case REPORT_PDF:
        return report_pdf_write(s, &full, fd, err);
    case REPORT_HTML:
        return report_html_write(s, &full, fd, err);
    case REPORT_JSON:
        return report_json_write(s, fd, err);
    case REPORT_CSV:
        return report_csv_findings(s, rows, fd, err);
    case REPORT_INDEX:
        return report_csv_evidence(s, &full, fd, err);
    case REPORT_CUSTODY:
        return report_custody_lines(s, fd, err);
    case REPORT_RECONCILIATION:
        return reconciliation_csv(s, rows, fd, err);
    case REPORT_DECISIONS:
        return decisions_csv(s, rows, fd, err);
    case REPORT_OSCAL:
        return report_oscal_write(s, &full, fd, err);
    case REPORT_SARIF:
        return report_sarif_write(s, &full, fd, err);
    case REPORT_SCHEMA:
        return report_json_schema(fd, err);
    default:
        return evpack_fail(err, EVPACK_E_INTERNAL, "there is no report format %d", (int)format);
    }
}
