/*
 * What the report tests share: a report as bytes, the summary as text, pages drawn by hand.
 */
#ifndef EVPACK_TESTS_REPORTED_H
#define EVPACK_TESTS_REPORTED_H

#include "base/buf.h"
#include "report/layout.h"
#include "report/report.h"

enum { REPORTED_AT = 1795860000 }; /* 2026-11-28T10:00:00Z */

/* The report's bytes, appended. */
void reported(const store *s, const report_options *options, report_format format, buf *out);
/* The same for a part of it, from 1. */
void reported_part(const store *s, const report_options *options, report_format format,
                   unsigned part, buf *out);
/* The text of summary.pdf, by pdftotext -layout (poppler-utils; see tests/packages.sh). */
void reported_text(const store *s, const report_options *options, buf *out);
/* The text of a layout that a test drew. */
void reported_layout(layout *l, buf *out);
/* How often part stands in text. */
size_t reported_count(const char *text, const char *part);
/* text holds part; says which is missing. */
void reported_has(const char *text, const char *part);
/* text without white space, for finding what is wrapped over lines. */
void reported_squeeze(const char *text, buf *out);

/* Gives the case of tests/report/basic.sql an engagement, by which three accounts are left out of
 * scope, and a vault is in it because nobody knows its tags. */
void reported_engagement(store *s);

#endif
