/*
 * Where Azure and our rules speak of one thing. Invariant: every verdict is counted; of the
 * disagreements, what the cap leaves out is said, with the file that has it.
 */
#include "report/part.h"
#include "report/reconciliation.h"

#include <string.h>

enum { NAME_BYTES = 300 };

/* "fail, 2026-11-20", or a dash. */
static void said(part *p, const reconciliation_said *one, buf *out)
{
    if (one->status == NULL) {
        buf_puts(out, "–");
        return;
    }
    bool mixed = strcmp(one->status, "mixed") == 0;
    buf_puts(out, mixed ? texts_get(p->words, "reconciled.mixed")
                        : texts_word(p->words, "status", one->status, "word"));
    buf_puts(out, "\n");
    part_clip(p, one->at == NULL ? texts_get(p->words, "common.not_stated") : one->at,
              one->at == NULL ? strlen(texts_get(p->words, "common.not_stated"))
                              : strnlen(one->at, 10),
              NAME_BYTES, out);
}

static void put_row(part *p, const table *t, const reconciliation_row *row)
{
    EVPACK_AUTO_VALUE(buf_reset) buf topic = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf rule = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf policy = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf assessment = {0};
    const char *what = row->feature != NULL ? row->feature : row->topic;
    part_clip(p, what == NULL ? "" : what, what == NULL ? 0 : strlen(what), NAME_BYTES, &topic);
    buf_puts(&topic, "\n");
    part_clip(p, row->subject, strlen(row->subject), NAME_BYTES, &topic);
    said(p, &row->rule, &rule);
    said(p, &row->policy, &policy);
    said(p, &row->assessment, &assessment);
    const char *const cells[] = {row->control_id == NULL ? "–" : row->control_id, buf_str(&topic),
                                 buf_str(&rule), buf_str(&policy), buf_str(&assessment)};
    table_put(t, cells);
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
