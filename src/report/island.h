/*
 * The data of report.html: JSON in <script type="application/json"> blocks, which no browser runs.
 *
 * class="rows": findings in columns, a few hundred a block, for the list, the filters and the
 *   search: {"n","subjects":[new ones: the id, or [id, name] where the name is not its end],
 *   "reasons":[new ones],"test":[index],"status":[code],"subject":[index],"reason":[index, -1:
 *   none],"snapshot":[index into data's snapshots],"id":"32 hex digits each"}. Indices count over
 * all blocks; an entry may come twice. class="more": what a finding opens to, in the same order:
 * [{"raw","decided","needs",
 *   "command","observed","evidence","excerpt","snapshot","collected","stated"}]. The script parses
 * such a block when one of its findings is opened. id="data": everything else: totals, tests,
 * rules, what the findings rest on, the texts.
 *
 * Findings come up to two caps: one for those that want attention (failed, unknown, exempt, error),
 * one for the others. Under a cap every test keeps a fair share, so that no control vanishes; what
 * is left out is counted and said. Numbers observed in evidence are texts here, because a script
 * would round them. Memory does not grow with the number of findings.
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

/* All blocks. */
evpack_status island_write(const island_source *source, evpack_err *err) EVPACK_MUST_USE;

#endif
