/*
 * The reports: everything that an auditor reads, made from a case that was mapped. One entry point
 * for `evpack report` and for the packager. Reports show the newest run over all snapshots.
 *
 * The same case and the same options give the same bytes, on any machine, in any locale and zone.
 * A case without a run is refused (EVPACK_E_CASE), but for the evidence index and the custody log.
 */
#ifndef EVPACK_REPORT_REPORT_H
#define EVPACK_REPORT_REPORT_H

#include "report/template.h"
#include "store/store.h"

#include <stdint.h>

typedef enum {
    REPORT_PDF,
    REPORT_HTML,
    REPORT_JSON,
    REPORT_CSV,
    REPORT_INDEX,
    REPORT_CUSTODY,
    REPORT_RECONCILIATION,
    REPORT_DECISIONS,
    REPORT_OSCAL,
    REPORT_SARIF,
    REPORT_SCHEMA,
    REPORT_FORMATS /* their number */
} report_format;
#define REPORT_BIT(format) (1U << (unsigned)(format))

/* Excel reads so many rows of a sheet, the head among them, and no more. */
enum { REPORT_ROWS = 1048576, REPORT_NAME = 64 };
enum { REPORT_CAP = 25, REPORT_HTML_CAP = 20000, REPORT_INDEX_CAP = 1000 };

/* What became of an evidence file's bytes in the package. */
typedef struct {
    bool withheld; /* left out; else they are a redacted copy: */
    const char *sha256;
    uint64_t size;
} report_redacted;

typedef struct {
    const char *package_id; /* NULL: the reports are not in a package (yet) */
    const char *signer;     /* the subject of the certificate that will sign; NULL: none */
    int64_t at;             /* "now": a claim, shown as one */
    int64_t cap;            /* PDF: findings in full for each control and status; 0: REPORT_CAP */
    int64_t html_cap;       /* HTML: findings for each of two groups; 0: REPORT_HTML_CAP */
    int64_t index_cap;      /* PDF: files in the evidence index; 0: REPORT_INDEX_CAP */
    int64_t rows;           /* CSV: of one file, with its head, at least 2; 0: REPORT_ROWS */
    unsigned
        formats; /* REPORT_BITs of what is made together: reports refer to each other; 0: all */
    /* Says of a file whose bytes are not in the package as they are what became of them; NULL: all
     * are. */
    bool (*redacted)(void *ctx, int64_t evidence_id, report_redacted *out);
    void *redacted_ctx;
    const report_template *template; /* borrowed; NULL: what is built in */
} report_options;

/* summary.pdf, report.html, findings.json, findings.csv, evidence-index.csv, custody-log.jsonl,
 * reconciliation.csv, decisions.csv, oscal-assessment-results.json, findings.sarif,
 * findings.schema.json */
const char *report_name(report_format format);
/*
 * A table of more than `rows` rows is several files, each with a head: findings.csv,
 * findings-2.csv, findings-3.csv and so on. How many; 1 for whatever is never cut.
 */
evpack_status report_parts(const store *s, const report_options *options, report_format format,
                           unsigned *parts, evpack_err *err) EVPACK_MUST_USE;
/* The name of a part, from 1, which has the report's own name. Gives out. */
const char *report_part_name(report_format format, unsigned part, char out[REPORT_NAME]);
/* Writes one part of a report (1 where there is but one) to fd, from where it stands. */
evpack_status report_write(const store *s, const report_options *options, report_format format,
                           unsigned part, int fd, evpack_err *err) EVPACK_MUST_USE;

#endif
