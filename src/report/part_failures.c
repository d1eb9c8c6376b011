/*
 * All failures in short: for each test that has failures one row, with its resources by name. What
 * was observed stands control by control. Invariant: the numbers of the rows add up to all failed
 * findings; resources beyond those named are counted.
 */
#include "report/decisions.h"
#include "report/part.h"

#include <string.h>

enum { NAMES_MOST = 8, NAME_BYTES = 60 };

/* The resources of a test by name, those beyond the first few as a number. */
static evpack_status put_names(part *p, findings *f, int64_t all, buf *out, evpack_err *err)
{
    const finding *one = NULL;
    int64_t named = 0;
    EVPACK_TRY(findings_next(f, &one, err));
    while (one != NULL) {
        const char *name = one->subject_name == NULL ? one->subject_key : one->subject_name;
        buf_puts(out, named > 0 ? ", " : "");
        EVPACK_AUTO_VALUE(buf_reset) buf short_name = {0};
        part_cut(p, name, NAME_BYTES, &short_name);
        buf_puts(out, buf_str(&short_name));
        named++;
        EVPACK_TRY(findings_next(f, &one, err));
    }
    if (all > named) {
        char n[TEXTS_NUMBER];
        buf_putc(out, ' ');
        texts_fill(p->words, out, "common.more", "n", texts_number(all - named, n), NULL);
    }
    return buf_status(out, err);
}

static evpack_status put_row(part *p, const table *t, findings *f, const finding_test *test,
                             int64_t all, evpack_err *err)
{
    const char *const none[TABLE_COLUMNS] = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf names = {0};
    EVPACK_TRY(put_names(p, f, all, &names, err));
    EVPACK_AUTO_VALUE(buf_reset) buf by = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf tested = {0};
    part_put_tested(p, test, &tested);
    if (test->service_title != NULL) {
        buf_printf(&by, "%s  ·  ", test->service_title);
    }
    buf_printf(&by, "%s", texts_word(p->words, "source", test->source, ""));
    if (test->rule_id != NULL && (test->policy == 0 || test->rule_title == NULL)) {
        buf_printf(&by, " %s", test->rule_id);
    }
    const double pad = table_row(t, none);
    layout_area what = t->at[1];
    (void)layout_text(p->l, t->at[0], STYLE_CELLBOLD,
                      test->control_id == NULL ? "–" : test->control_id);
    what.y = layout_text(p->l, what, STYLE_CELLBOLD, buf_str(&tested));
    what.y = layout_text(p->l, what, STYLE_LABEL, buf_str(&by));
    what.y = layout_text(p->l, what, STYLE_CELL, buf_str(&names));
    (void)layout_text(p->l, t->at[2], STYLE_CELL,
                      test->severity == NULL
                          ? texts_get(p->words, "severity.none")
                          : texts_word(p->words, "severity", test->severity, ""));
    part_number(p, t->at[3], true, all);
    part_control_link(p, (pdf_box){0, 0, t->at[1].x + t->at[1].width, what.y}, test->control);
    table_row_end(t, what.y + pad);
    return EVPACK_OK;
}

evpack_status part_failures(part *p, evpack_err *err)
{
    layout_section(p->l, texts_get(p->words, "failures.title"), KEEP_SECTION);
    const int64_t all = p->m->total.of[FINDING_FAIL];
    if (all == 0) {
        part_paragraph(p, STYLE_BODY, "failures.none", 0);
        return EVPACK_OK;
    }
    part_number_line(p, STYLE_BODY, all == 1 ? "failures.intro_one" : "failures.intro", all, 8);
    table t;
    EVPACK_TRY(table_open(p->l, "failures", &t, err));
    table_head(&t, p->words, "failures.columns");
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open(p->s, FINDINGS_ONLY(FINDING_FAIL), NAMES_MOST, &f, err));
    const finding_test *test = NULL;
    EVPACK_TRY(findings_next_test(f, &test, err));
    while (test != NULL) {
        const model_test *counted = model_find_test(p->m, test->id);
        if (counted != NULL && counted->counts.of[FINDING_FAIL] > 0) {
            EVPACK_TRY(put_row(p, &t, f, test, counted->counts.of[FINDING_FAIL], err));
        }
        EVPACK_TRY(findings_next_test(f, &test, err));
    }
    table_end(&t);
    return EVPACK_OK;
}
