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
    char key[64];          /* part_key */
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
/* All failures in short, a line a test. */
evpack_status part_failures(part *p, evpack_err *err) EVPACK_MUST_USE;
/* Control by control: what was tested, and each finding that wants a look. */
evpack_status part_detail(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_management(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_charts(part *p, evpack_err *err) EVPACK_MUST_USE;
/* How complete the evidence is, the ledger's notes, and what is missing. */
evpack_status part_complete(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_redacted(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_sign(part *p, evpack_err *err) EVPACK_MUST_USE;

/*
 * The findings of some statuses in full, control by control: call part_listing_control for each
 * control of the model in its order. A heading stands over those that a control has.
 */
typedef struct part_listing part_listing;
/* name: their texts. */
evpack_status part_listing_open(part *p, const char *name, unsigned statuses, part_listing **out,
                                evpack_err *err) EVPACK_MUST_USE;
evpack_status part_listing_control(part_listing *k, const model_control *c,
                                   evpack_err *err) EVPACK_MUST_USE;
void part_listing_close(part_listing *k);
EVPACK_DEFINE_CLEANUP(part_listing, part_listing_close)

/* Manual work in the same way. */
typedef struct part_works part_works;
evpack_status part_works_open(part *p, part_works **out, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_works_control(part_works *k, const model_control *c,
                                 evpack_err *err) EVPACK_MUST_USE;
void part_works_close(part_works *k);
EVPACK_DEFINE_CLEANUP(part_works, part_works_close)

/* What changed between the snapshots; nothing when there is one. */
evpack_status part_drift(part *p, evpack_err *err) EVPACK_MUST_USE;
/* What was drawn for a reviewer; nothing when nothing was. */
evpack_status part_samples(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_index(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_custody(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_method(part *p, evpack_err *err) EVPACK_MUST_USE;
evpack_status part_verify(part *p, evpack_err *err) EVPACK_MUST_USE;

/* What the engagement states of itself; empty where it states nothing. Starts as {0}. */
typedef struct {
    bool there; /* there is an engagement */
    buf reference, client, auditor, period;
} part_who;
evpack_status part_who_read(part *p, part_who *out, evpack_err *err) EVPACK_MUST_USE;
void part_who_reset(part_who *w);

/* A text of the section: part_text(p, "index", "intro"). Borrowed. */
const char *part_text(part *p, const char *section, const char *name);
/* Its key: "index.intro". The result lives until the next call. */
const char *part_key(part *p, const char *section, const char *name);
/* A paragraph with {n} filled in. */
void part_number_line(part *p, layout_style style, const char *key, int64_t n, double after);
/* The line below a list that says how many are left out of it; nothing when none is. */
void part_rest(part *p, const char *key, int64_t n);
/* "9 fail, 2 unknown": the statuses that occur, in the legend's order. */
void part_put_counts(part *p, const model_counts *counts, buf *out);
/* A row of counts in the table "controls": title (over which id may stand), bar, numbers. control:
 * where the row leads; -1: nowhere. */
void part_counts_row(part *p, const table *t, const char *id, const char *title, const char *below,
                     const model_counts *counts, int64_t control);
/* A paragraph from the texts; nothing may be filled in. */
void part_paragraph(part *p, layout_style style, const char *key, double after);
/* A number, in the largest of the cell styles that fits the area. */
void part_number(part *p, layout_area area, bool bold, int64_t n);
/* Control by control has a place for each; what names the control elsewhere leads there. id 0:
 * those under none. */
void part_control_anchor(part *p, int64_t control);
void part_control_link(part *p, pdf_box area, int64_t control);
/* To the top of a page, when something stands on this one. */
void part_fresh_page(part *p);
/* Shares of the statuses as a bar. */
void part_bar(part *p, pdf_box box, const model_counts *counts);
/* Appends text cut to most bytes, and says how many were cut, and that all findings' file has it
 * whole: only for what a finding holds. */
void part_clip(part *p, const char *text, size_t len, size_t most, buf *out);
/* The same for anything else: how many were cut. */
void part_cut(part *p, const char *text, size_t most, buf *out);
/* What a test is called. A policy without a title in the evidence is called so, with the last part
 * of its id. */
void part_put_tested(part *p, const finding_test *t, buf *out);
/* A service's title by its slug, which is given when no finding speaks of the service. */
const char *part_service_title(part *p, const char *slug);
/* The domain of a control: that of a preview benchmark says so. */
void part_put_domain(part *p, const model_control *c, buf *out);
/* Appends as much of a title as fits on a line of that width, and "…" when it is cut. */
void part_fit(part *p, layout_style style, const char *text, double width, buf *out);
/* A time as people read it, or "not stated". The result lives until the next call but three. */
const char *part_time(part *p, const char *rfc3339);

#endif
