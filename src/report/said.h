/*
 * What stands beside numbers, so that none is taken for more than it is: which of them rest on an
 * attestation instead of a test, and how many resources the engagement left out. Without either
 * there is nothing to say, and nothing is appended.
 */
#ifndef EVPACK_REPORT_SAID_H
#define EVPACK_REPORT_SAID_H

#include "report/model.h"
#include "report/report.h"
#include "report/texts.h"

/* For a row of counts: "by attestation: 5 pass, 1 fail". */
void said_of_counts(const model_counts *counts, texts *words, buf *out);
/* For all of the report, in sentences, where its totals stand. */
evpack_status said_of_all(const store *s, const model *m, texts *words, buf *out,
                          evpack_err *err) EVPACK_MUST_USE;
/* "Made with": the program, and the template where one was wished. */
void said_made_with(const report_options *options, texts *words, buf *out);

#endif
