/*
 * The one door to the reports. Invariant: what is written is whole or an error is returned; the
 * caller owns the descriptor and what becomes of the file. Knows nothing of any format.
 */
#include "report/report.h"

#include "report/csv.h"
#include "report/decisions.h"
#include "report/html.h"
#include "report/json.h"
#include "report/pdf_report.h"
#include "report/reconciliation.h"

const char *report_name(report_format format)
{
    static const char *const names[REPORT_FORMATS] = {[REPORT_PDF] = "summary.pdf",
                                                      [REPORT_HTML] = "report.html",
                                                      [REPORT_JSON] = "findings.json",
                                                      [REPORT_CSV] = "findings.csv",
                                                      [REPORT_INDEX] = "evidence-index.csv",
                                                      [REPORT_CUSTODY] = "custody-log.jsonl",
                                                      [REPORT_RECONCILIATION] =
                                                          "reconciliation.csv",
                                                      [REPORT_DECISIONS] = "decisions.csv"};
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
    o.formats = o.formats != 0 ? o.formats : REPORT_BIT(REPORT_FORMATS) - 1;
    return o;
}

evpack_status report_write(const store *s, const report_options *options, report_format format,
                           int fd, evpack_err *err)
{
    if (format != REPORT_INDEX && format != REPORT_CUSTODY) {
        EVPACK_TRY(check_mapped(s, err));
    }
    const report_options full = complete(options);
    switch (format) {
    case REPORT_PDF:
        return report_pdf_write(s, &full, fd, err);
    case REPORT_HTML:
        return report_html_write(s, &full, fd, err);
    case REPORT_JSON:
        return report_json_write(s, fd, err);
    case REPORT_CSV:
        return report_csv_findings(s, fd, err);
    case REPORT_INDEX:
        return report_csv_evidence(s, &full, fd, err);
    case REPORT_CUSTODY:
        return report_custody_lines(s, fd, err);
    case REPORT_RECONCILIATION:
        return reconciliation_csv(s, fd, err);
    case REPORT_DECISIONS:
        return decisions_csv(s, fd, err);
    default:
        return evpack_fail(err, EVPACK_E_INTERNAL, "there is no report format %d", (int)format);
    }
}
