/*
 * Exceptions and attestations, all of them: what each excuses or answers, who stands for it, and
 * whether it holds. Invariant: what wants a look comes first; what the cap leaves out is said, with
 * the file that has it.
 */
#include "report/decisions.h"
#include "report/part.h"

#include <string.h>

enum { TEXT_BYTES = 1200 };

/* Appends "label: text" on a line of its own; nothing for NULL. */
static void line(part *p, buf *b, const char *key, const char *text)
{
    if (text != NULL && *text != '\0') {
        buf_puts(b, b->len > 0 ? "\n" : "");
        buf_printf(b, "%s: ", texts_get(p->words, key));
        part_cut(p, text, TEXT_BYTES, b);
    }
}

/* Paragraphs of one cell, one below the other. Gives the y below them. */
static double lines(part *p, layout_area area, layout_style style, buf *b)
{
    char *rest = NULL;
    if (b->len == 0) {
        return area.y;
    }
    for (char *one = strtok_r(b->data, "\n", &rest); one != NULL;
         one = strtok_r(NULL, "\n", &rest)) {
        area.y = layout_text(p->l, area, style, one);
    }
    return area.y;
}

/* An id that its column is too narrow for stands over the whole row instead. Gives where the cells
 * begin. */
static double put_key(part *p, const table *t, const decision_row *row, bool *over)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    const char *name = strrchr(row->key, '/'); /* an exemption's id is an ARM id */
    name = name == NULL ? row->key : name + 1;
    part_cut(p, name, 160, &b);
    layout_area area = t->at[0];
    *over = layout_text_width(p->l, STYLE_CELLBOLD, buf_str(&b)) > area.width;
    if (*over) {
        area.width = layout_width(p->l);
    }
    const double below = layout_text(p->l, area, STYLE_CELLBOLD, buf_str(&b));
    return *over ? below : area.y;
}

static double head_cell(part *p, layout_area area, const decision_row *row, bool over)
{
    area.y += over ? 0 : layout_leading(p->l, STYLE_CELLBOLD);
    return layout_text(p->l, area, STYLE_LABEL,
                       texts_word(p->words, "decision_kind", row->kind, ""));
}

static double state_cell(part *p, layout_area area, const decision_row *row)
{
    char n[TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    bool holds = strcmp(row->state, "in-force") == 0;
    area.y = layout_text(p->l, area, holds ? STYLE_CELL : STYLE_CELLBOLD,
                         texts_word(p->words, "decision_state", row->state, ""));
    if (row->conclusion != NULL) {
        part_cut(p, row->conclusion, 60, &b);
        area.y = layout_text(p->l, area, STYLE_LABEL, buf_str(&b));
        buf_clear(&b);
    }
    texts_fill(p->words, &b, row->decided == 1 ? "decided.decides_one" : "decided.decides", "n",
               texts_number(row->decided, n), NULL);
    return layout_text(p->l, area, STYLE_LABEL, buf_str(&b));
}

static double what_cell(part *p, layout_area area, const decision_row *row, bool attested)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    line(p, &b, "decided.covers", row->covers);
    line(p, &b, "decided.scope", row->scope);
    area.y = lines(p, area, STYLE_CELL, &b);
    buf_clear(&b);
    line(p, &b, attested ? "decided.looked_at" : "decided.why", row->why);
    line(p, &b, "decided.ticket", row->ticket);
    line(p, &b, "decided.note", row->note);
    return lines(p, area, STYLE_LABEL, &b);
}

static double who_cell(part *p, layout_area area, const decision_row *row, bool attested)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    line(p, &b, attested ? "decided.reviewer" : "decided.approver", row->who);
    line(p, &b, "decided.owner", row->owner);
    line(p, &b, attested ? "decided.reviewed" : "decided.granted", row->since);
    line(p, &b, "decided.until",
         row->until == NULL ? texts_get(p->words, "decided.no_end") : row->until);
    return lines(p, area, STYLE_LABEL, &b);
}

static void put_row(part *p, const table *t, const decision_row *row, bool attested)
{
    const char *const none[TABLE_COLUMNS] = {0};
    const double pad = table_row(t, none);
    bool over = false;
    layout_area at[4] = {t->at[0], t->at[1], t->at[2], t->at[3]};
    at[0].y = put_key(p, t, row, &over);
    at[1].y = at[2].y = at[3].y = at[0].y;
    const double ends[] = {head_cell(p, at[0], row, over), what_cell(p, at[1], row, attested),
                           who_cell(p, at[2], row, attested), state_cell(p, at[3], row)};
    double y = 0;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        y = ends[i] > y ? ends[i] : y;
    }
    table_row_end(t, y + pad);
}

static evpack_status list(part *p, unsigned kinds, int64_t total, bool attested, evpack_err *err)
{
    table t;
    EVPACK_TRY(table_open(p->l, "decided", &t, err));
    table_head(&t, p->words, "decided.columns");
    EVPACK_AUTO(decisions) d = NULL;
    EVPACK_TRY(decisions_open(p->s, kinds, &d, err));
    const decision_row *row = NULL;
    int64_t shown = 0;
    EVPACK_TRY(decisions_next(d, &row, err));
    while (row != NULL && shown < p->options->cap) {
        put_row(p, &t, row, attested);
        shown++;
        EVPACK_TRY(decisions_next(d, &row, err));
    }
    table_end(&t);
    if (total > shown) {
        char n[TEXTS_NUMBER];
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        texts_fill(p->words, &b, "decided.rest", "n", texts_number(total - shown, n), NULL);
        layout_space(p->l, 6);
        layout_paragraph(p->l, STYLE_STRONG, buf_str(&b), 0);
    }
    return EVPACK_OK;
}

static int64_t sum_of(const decision_counts *c, decision_kind kind)
{
    int64_t n = 0;
    for (int i = 0; i < DECISION_STATES; i++) {
        n += c->of[kind][i];
    }
    return n;
}

evpack_status part_decided(part *p, evpack_err *err)
{
    const decision_counts *c = &p->m->decided;
    const int64_t excuses = sum_of(c, DECISION_EXCEPTION) + sum_of(c, DECISION_EXEMPTION);
    const int64_t attested = sum_of(c, DECISION_ATTESTATION);
    char n[2][TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    if (excuses > 0) {
        layout_section(p->l, texts_get(p->words, "decided.exceptions_title"), KEEP_SECTION);
        texts_fill(p->words, &b, "decided.exceptions_intro", "n", texts_number(c->excused, n[0]),
                   "exempted", texts_number(c->exempted, n[1]), NULL);
        layout_paragraph(p->l, STYLE_BODY, buf_str(&b), 8);
        EVPACK_TRY(
            list(p, 1U << DECISION_EXCEPTION | 1U << DECISION_EXEMPTION, excuses, false, err));
    }
    if (attested > 0) {
        buf_clear(&b);
        layout_section(p->l, texts_get(p->words, "decided.attestations_title"), KEEP_SECTION);
        texts_fill(p->words, &b, "decided.attestations_intro", "pass",
                   texts_number(c->attested[FINDING_PASS], n[0]), "fail",
                   texts_number(c->attested[FINDING_FAIL] + c->attested[FINDING_EXEMPT], n[1]),
                   NULL);
        layout_paragraph(p->l, STYLE_BODY, buf_str(&b), 8);
        EVPACK_TRY(list(p, 1U << DECISION_ATTESTATION, attested, true, err));
    }
    return EVPACK_OK;
}
