/*
 * report.html: findings to search and open, in one file that needs nothing else. The page is data
 * (reports/report.html, .css, .js); what it shows is a JSON island in it. A strict
 * Content-Security-Policy allows exactly this style and this script, by their SHA-256, and nothing
 * from anywhere. In the island '<' is written \u003c, so that no value can end it; the script
 * shows every value by textContent.
 */
#ifndef EVPACK_REPORT_HTML_H
#define EVPACK_REPORT_HTML_H

#include "report/report.h"

evpack_status report_html_write(const store *s, const report_options *options, int fd,
                                evpack_err *err) EVPACK_MUST_USE;

#endif
