/*
 * The JSON island of report.html: totals, what findings share, and findings, up to two caps: one
 * for findings that want attention (failed, unknown, exempt, error), one for the others. Under a
 * cap every feature keeps a fair share, so that no control vanishes; what is left out is counted
 * and said. Numbers observed in evidence are texts here, because a script would round them.
 */
#ifndef EVPACK_REPORT_ISLAND_H
#define EVPACK_REPORT_ISLAND_H

#include "report/model.h"
#include "report/out.h"
#include "report/report.h"
#include "report/texts.h"

typedef struct {
    const store *s;
    const report_options *options;
    const model *m;
    texts *words;
    report_out *out;
} island_source;

evpack_status island_write(const island_source *source, evpack_err *err) EVPACK_MUST_USE;

/* The largest limit for each test with which at most cap of these findings are taken; at least 1.
 * 0 when all fit. */
int64_t island_limit(const model *m, unsigned statuses, int64_t cap);

#endif
