/*
 * The parts of summary.pdf, in their order, and what they share. Each part draws on the layout and
 * reads the model, and the findings through the cursor; words come from the texts.
 */
#ifndef EVPACK_REPORT_PART_H
#define EVPACK_REPORT_PART_H

#include "report/layout.h"
#include "report/model.h"
#include "report/report.h"
#include "report/table.h"
#include "report/texts.h"
#include "store/needs.h"

/* What must fit on a page below a section's title: some text; the first finding of a list. */
enum { KEEP_SECTION = 120, KEEP_LIST = 300 };

typedef struct {
    const store *s;
    const report_options *options;
    texts *words;
    model *m;
    layout *l;
    needs *needs;
    char times[4][TEXTS_NUMBER]; /* part_time */
    unsigned next_time;
    const char *list_file; /* where all findings are: findings.json, or what to say instead */
    size_t contents_page;  /* where the contents go when all is drawn; 0: nowhere */
    double contents_y;
} part;

evpack_status part_cover(part *p, evpack_err *err) EVPACK_MUST_USE;
/* A page for the contents, however many sections there will be. */
evpack_status part_contents(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_read(part *p, evpack_err *err) EVPACK_MUST_USE;
/* Scope and engagement; nothing when the run went by no engagement. */
evpack_status part_engagement(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_assessed(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_controls(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_breakdown(part *p, evpack_err *err) EVPACK_MUST_USE;
/* Nothing when the evidence holds no state of Azure's. */
evpack_status part_reconciled(part *p, evpack_err *err) EVPACK_MUST_USE;
/* Exceptions (with Azure's exemptions), and attestations; nothing when there are none. */
evpack_status part_decided(part *p, evpack_err *err) EVPACK_MUST_USE;
/* name: the texts of the section; statuses: which findings. */
evpack_status part_findings(part *p, const char *name, unsigned statuses,
                            evpack_err *err) EVPACK_MUST_USE;
evpack_status part_manual(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_index(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_custody(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_method(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_verify(part *p, evpack_err *err) EVPACK_MUST_USE;

/* A text of the section: part_text(p, "index", "intro"). Borrowed. */
const char *part_text(part *p, const char *section, const char *name);
/* A paragraph from the texts; nothing may be filled in. */
void part_paragraph(part *p, layout_style style, const char *key, double after);
/* A number, in the largest of the cell styles that fits the area. */
void part_number(part *p, layout_area area, bool bold, int64_t n);
/* Shares of the statuses as a bar. */
void part_bar(part *p, pdf_box box, const model_counts *counts);
/* Appends text cut to most bytes, and says how many were cut. */
void part_clip(part *p, const char *text, size_t len, size_t most, buf *out);
/* A time as people read it, or "not stated". The result lives until the next call but three. */
const char *part_time(part *p, const char *rfc3339);

#endif
