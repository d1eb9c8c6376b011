/*
 * Scope and engagement: what the preparer decided, and what that leaves out. Invariant: of the
 * resources that are left out, what the cap leaves out is counted.
 */
#include "report/engagement.h"
#include "report/part.h"

#include <string.h>

enum { VALUE_BYTES = 1200, NAME_BYTES = 400 };

typedef struct {
    part *p;
    table t;
    bool begun;
} facts;

static evpack_status put_fact(void *ctx, const char *label, const char *value, evpack_err *err)
{
    facts *f = ctx;
    part *p = f->p;
    if (!f->begun) {
        f->begun = true;
        layout_section(p->l, texts_get(p->words, "engagement.title"), KEEP_SECTION);
        part_paragraph(p, STYLE_BODY, "engagement.intro", 8);
        EVPACK_TRY(table_open(p->l, "engagement", &f->t, err));
        table_head(&f->t, p->words, "engagement.columns");
    }
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    part_cut(p, value, VALUE_BYTES, &b);
    const char *const cells[] = {label == NULL ? "" : label, buf_str(&b)};
    table_put(&f->t, cells);
    return buf_status(&b, err);
}

static void put_left(part *p, const table *t, const engagement_left_row *row)
{
    EVPACK_AUTO_VALUE(buf_reset) buf subject = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf why = {0};
    part_cut(p, row->subject, NAME_BYTES, &subject);
    part_cut(p, row->why, VALUE_BYTES, &why);
    const char *const cells[] = {buf_str(&subject), buf_str(&why)};
    table_put(t, cells);
}

static evpack_status left(part *p, bool open, evpack_err *err)
{
    int64_t total = 0;
    EVPACK_TRY(engagement_left_count(p->s, open, &total, err));
    if (total == 0) {
        layout_space(p->l, open ? 0 : 5);
        if (!open) {
            part_paragraph(p, STYLE_BODY, "engagement.left_none", 0);
        }
        return EVPACK_OK;
    }
    char n[TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
    texts_fill(p->words, &head, open ? "engagement.open_title" : "engagement.left_title", "n",
               texts_number(total, n), NULL);
    layout_heading(p->l, buf_str(&head), 80, false);
    table t;
    EVPACK_TRY(table_open(p->l, "left", &t, err));
    table_head(&t, p->words, "engagement.left_columns");
    EVPACK_AUTO(engagement_left) rows = NULL;
    EVPACK_TRY(engagement_left_open(p->s, open, &rows, err));
    const engagement_left_row *row = NULL;
    EVPACK_TRY(engagement_left_next(rows, &row, err));
    int64_t shown = 0;
    for (; row != NULL && shown < p->options->cap; shown++) {
        put_left(p, &t, row);
        EVPACK_TRY(engagement_left_next(rows, &row, err));
    }
    table_end(&t);
    if (total > shown) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        texts_fill(p->words, &b, "engagement.rest", "n", texts_number(total - shown, n), NULL);
        layout_space(p->l, 6);
        layout_paragraph(p->l, STYLE_STRONG, buf_str(&b), 0);
    }
    return EVPACK_OK;
}

evpack_status part_engagement(part *p, evpack_err *err)
{
    facts f = {.p = p};
    EVPACK_TRY(engagement_facts(p->s, p->words, put_fact, &f, err));
    if (!f.begun) {
        return EVPACK_OK;
    }
    table_end(&f.t);
    EVPACK_TRY(left(p, false, err));
    return left(p, true, err);
}
