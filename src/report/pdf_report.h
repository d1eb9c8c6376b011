/*
 * summary.pdf: the work paper that an auditor reads and signs off.
 */
#ifndef EVPACK_REPORT_PDF_REPORT_H
#define EVPACK_REPORT_PDF_REPORT_H

#include "report/report.h"

evpack_status report_pdf_write(const store *s, const report_options *options, int fd,
                               evpack_err *err) EVPACK_MUST_USE;

#endif
