/*
 * The tables for a spreadsheet, and the custody log.
 *
 * CSV of RFC 4180: UTF-8 with a byte order mark (without it a spreadsheet guesses), CRLF, a header
 * row; what a spreadsheet would run as a formula has an apostrophe before it (report/out.h). A
 * field of more than Excel's 32,767 characters is cut, and says so, but in the evidence index, from
 * which review/ makes a case again.
 */
#ifndef EVPACK_REPORT_CSV_H
#define EVPACK_REPORT_CSV_H

#include "report/out.h"
#include "report/report.h"

/* findings.csv: a row for each finding of the newest run, in the order of findings.json. */
evpack_status report_csv_findings(const store *s, report_rows rows, int fd,
                                  evpack_err *err) EVPACK_MUST_USE;
evpack_status report_csv_count(const store *s, int64_t *rows, evpack_err *err) EVPACK_MUST_USE;
/* evidence-index.csv: a row for each raw file of the case; sha256 and size are the original's, also
 * where `redacted` says redacted or withheld. `order` is the order in which the files came into the
 * case: by it, the names and the snapshots' times, review/ makes a case again. */
evpack_status report_csv_evidence(const store *s, const report_options *options, int fd,
                                  evpack_err *err) EVPACK_MUST_USE;
/* custody-log.jsonl: the lines as they are, so that their digests still chain; it ends
 * before the package events at its end. */
evpack_status report_custody_lines(const store *s, int fd, evpack_err *err) EVPACK_MUST_USE;

#endif
