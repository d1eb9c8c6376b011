/*
 * report.html: findings to search and open, in one file that needs nothing else.
 */
#ifndef EVPACK_REPORT_HTML_H
#define EVPACK_REPORT_HTML_H

#include "report/report.h"

evpack_status report_html_write(const store *s, const report_options *options, int fd,
                                evpack_err *err) EVPACK_MUST_USE;

#endif
