/*
 * The faults of the published service baselines and how the mapping resolved them: each rule in
 * words, and every row that it was applied to with what was published
 * (mapping/baseline-resolutions.json, as the case's newest mapping has it).
 */
#ifndef EVPACK_REPORT_ISSUES_H
#define EVPACK_REPORT_ISSUES_H

#include "base/buf.h"
#include "store/store.h"

#include <stdio.h>

/* Appends [{"rule","text","rows"}], rows a count; [] when the case's mapping says nothing of them.
 */
evpack_status issues_summary(const store *s, buf *out, evpack_err *err) EVPACK_MUST_USE;

/* All of them: for people, or as one JSON object {"evpack","baseline_issues":{"rules","rows"}}. */
evpack_status issues_text(const store *s, FILE *out, evpack_err *err) EVPACK_MUST_USE;
evpack_status issues_json(const store *s, FILE *out, evpack_err *err) EVPACK_MUST_USE;

#endif
