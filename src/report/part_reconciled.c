/*
 * Where Azure and our rules speak of one thing. Invariant: every verdict is counted; of the
 * disagreements, what the cap leaves out is said, with the file that has it.
 */
#include "base/text.h"
#include "report/part.h"
#include "report/reconciliation.h"

#include <stdio.h>
#include <string.h>

enum { NAME_BYTES = 300 };

/* Two lines in a cell, cut to what they may be; gives the y below them. */
static double two_lines(part *p, layout_area area, layout_style first, const char *above,
                        const char *below)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    part_cut(p, above, NAME_BYTES, &b);
    area.y = layout_text(p->l, area, first, buf_str(&b));
    if (*below == '\0') {
        return area.y;
    }
    buf_clear(&b);
    part_cut(p, below, NAME_BYTES, &b);
    return layout_text(p->l, area, STYLE_LABEL, buf_str(&b));
}

/* What one said, and on which day. */
static double said(part *p, layout_area area, const reconciliation_said *one)
{
    if (one->status == NULL) {
        return two_lines(p, area, STYLE_CELL, "–", "");
    }
    char day[11] = "";
    if (one->at != NULL) {
        (void)snprintf(day, sizeof day, "%.10s", one->at);
        day[text_utf8_check(day, strlen(day))] = '\0'; /* what Azure wrote may be anything */
    }
    bool mixed = strcmp(one->status, "mixed") == 0;
    return two_lines(p, area, STYLE_CELL,
                     mixed ? texts_get(p->words, "reconciled.mixed")
                           : texts_word(p->words, "status", one->status, "word"),
                     one->at == NULL ? texts_get(p->words, "common.not_stated") : day);
}

static void put_row(part *p, const table *t, const reconciliation_row *row)
{
    const char *const none[TABLE_COLUMNS] = {0};
    const char *what = row->feature != NULL ? row->feature : row->topic;
    const double pad = table_row(t, none);
    const double ends[] = {
        two_lines(p, t->at[0], STYLE_CELLBOLD, row->control_id == NULL ? "–" : row->control_id, ""),
        two_lines(p, t->at[1], STYLE_CELL, what == NULL ? "" : what, row->subject),
        said(p, t->at[2], &row->rule), said(p, t->at[3], &row->policy),
        said(p, t->at[4], &row->assessment)};
    double y = 0;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        y = ends[i] > y ? ends[i] : y;
    }
    table_row_end(t, y + pad);
}

static evpack_status disagreements(part *p, int64_t total, evpack_err *err)
{
    table t;
    layout_heading(p->l, texts_get(p->words, "reconciled.list_title"), 80, false);
    EVPACK_TRY(table_open(p->l, "reconciled", &t, err));
    table_head(&t, p->words, "reconciled.columns");
    EVPACK_AUTO(reconciliation) r = NULL;
    EVPACK_TRY(reconciliation_open(p->s, true, &r, err));
    int64_t shown = 0;
    const reconciliation_row *row = NULL;
    EVPACK_TRY(reconciliation_next(r, &row, err));
    while (row != NULL && shown < p->options->cap) {
        put_row(p, &t, row);
        shown++;
        EVPACK_TRY(reconciliation_next(r, &row, err));
    }
    table_end(&t);
    if (total > shown) {
        char n[TEXTS_NUMBER];
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        texts_fill(p->words, &b, "reconciled.rest", "n", texts_number(total - shown, n), NULL);
        layout_space(p->l, 6);
        layout_paragraph(p->l, STYLE_STRONG, buf_str(&b), 0);
    }
    return EVPACK_OK;
}

evpack_status part_reconciled(part *p, evpack_err *err)
{
    int64_t of[VERDICTS];
    EVPACK_TRY(reconciliation_count(p->s, of, err));
    int64_t total = 0;
    for (int i = 0; i < VERDICTS; i++) {
        total += of[i];
    }
    if (total == 0) {
        return EVPACK_OK; /* the evidence holds no state of Azure's */
    }
    layout_section(p->l, texts_get(p->words, "reconciled.title"), KEEP_SECTION);
    part_paragraph(p, STYLE_BODY, "reconciled.intro", 8);
    table t;
    EVPACK_TRY(table_open(p->l, "verdicts", &t, err));
    table_head(&t, p->words, "reconciled.verdict_columns");
    for (int i = 0; i < VERDICTS; i++) {
        char n[TEXTS_NUMBER];
        const char *const cells[] = {
            texts_word(p->words, "verdict", reconciliation_word(i), "word"), texts_number(of[i], n),
            texts_word(p->words, "verdict", reconciliation_word(i), "means")};
        table_put(&t, cells);
    }
    table_end(&t);
    if (of[VERDICT_DISAGREE] == 0) {
        layout_space(p->l, 5);
        part_paragraph(p, STYLE_BODY, "reconciled.none", 0);
        return EVPACK_OK;
    }
    return disagreements(p, of[VERDICT_DISAGREE], err);
}
