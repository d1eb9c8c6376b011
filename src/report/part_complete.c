/*
 * How complete the evidence is: what the files say of themselves, what the ledger found when they
 * were read together, and what the findings still lack, each with the command that closes it.
 * Invariant: of every list, what the cap leaves out is counted. Judges nothing.
 */
#include "report/part.h"

#include <string.h>

enum { TEXT_BYTES = 600, PAD = 4 };

static evpack_status completeness(part *p, evpack_err *err)
{
    table t;
    layout_heading(p->l, texts_get(p->words, "assessed.completeness_title"), 60, false);
    EVPACK_TRY(table_open(p->l, "completeness", &t, err));
    table_head(&t, p->words, "assessed.completeness_columns");
    for (size_t i = 0; i < p->m->completeness_count; i++) {
        const model_completeness *c = &p->m->completeness[i];
        char n[2][TEXTS_NUMBER];
        const char *const cells[] = {texts_word(p->words, "completeness", c->word, "word"),
                                     texts_number(c->files, n[0]), texts_number(c->records, n[1]),
                                     texts_word(p->words, "completeness", c->word, "means")};
        table_put(&t, cells);
    }
    table_end(&t);
    return EVPACK_OK;
}

static void gap_block(part *p, const model_gap *g)
{
    layout *l = p->l;
    char n[TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf waiting = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf subjects = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    texts_fill(p->words, &waiting,
               g->findings == 1 ? "assessed.gap_findings_one" : "assessed.gap_findings", "n",
               texts_number(g->findings, n), NULL);
    texts_fill(p->words, &subjects,
               g->subjects == 1 ? "assessed.gap_subjects_one" : "assessed.gap_subjects", "n",
               texts_number(g->subjects, n), NULL);
    texts_fill(p->words, &line, "assessed.gap_line", "findings", buf_str(&waiting), "subjects",
               buf_str(&subjects), NULL);
    layout_begin(l);
    double right = layout_width(l) * 0.3;
    double a = layout_text(l, (layout_area){.y = PAD, .width = layout_width(l) - right - 8},
                           STYLE_CELLBOLD, g->what);
    double b = layout_text(l, (layout_area){layout_width(l) - right, PAD, right, ALIGN_RIGHT},
                           STYLE_LABEL, buf_str(&line));
    double y = (a > b ? a : b) + 2;
    for (size_t i = 0; i < g->command_count; i++) {
        y = layout_text(l, (layout_area){.x = 8, .y = y, .width = layout_width(l) - 8}, STYLE_MONO,
                        g->commands[i]) +
            1.5;
    }
    if (g->more_commands) {
        EVPACK_AUTO_VALUE(buf_reset) buf more = {0};
        texts_fill(p->words, &more, "assessed.gap_more", "n",
                   texts_number(g->subjects - (int64_t)g->command_count, n), NULL);
        y = layout_text(l, (layout_area){.x = 8, .y = y, .width = layout_width(l) - 8}, STYLE_LABEL,
                        buf_str(&more));
    }
    layout_rule(l, 0, y + PAD, layout_width(l), 0.35, layout_colour_of(l, COLOUR_RULE));
    layout_end(l, y + PAD, 0);
}

static void gaps(part *p)
{
    layout_heading(p->l, texts_get(p->words, "assessed.gaps_title"), 70, true);
    if (p->m->gap_count == 0) {
        part_paragraph(p, STYLE_BODY, "assessed.gaps_none", 0);
        return;
    }
    part_paragraph(p, STYLE_BODY, "assessed.gaps_note", 4);
    for (size_t i = 0; i < p->m->gap_count; i++) {
        gap_block(p, &p->m->gaps[i]);
    }
}

static const char notes_sql[] =
    "SELECT n.code, sn.label, n.subject, n.text, n.command FROM ledger_note n"
    " JOIN snapshot sn ON sn.id = n.snapshot_id"
    " ORDER BY n.command IS NULL, sn.id, n.code, n.id LIMIT ?1";

/* What there is to know, about what, and below it the command that closes it. */
static void note_block(part *p, db_stmt *row)
{
    enum { RIGHT = 90 };
    layout *l = p->l;
    const double width = layout_width(l);
    const char *subject = db_text(row, 2);
    const char *text = db_text_or_empty(row, 3);
    const char *command = db_text(row, 4);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    layout_begin(l);
    (void)layout_text(l, (layout_area){width - RIGHT, PAD, RIGHT, ALIGN_RIGHT}, STYLE_LABEL,
                      db_text_or_empty(row, 1));
    part_cut(p, text, TEXT_BYTES, &b);
    double y = layout_text(l, (layout_area){.y = PAD, .width = width - RIGHT - 8}, STYLE_CELL,
                           buf_str(&b));
    if (subject != NULL) {
        buf_clear(&b);
        part_cut(p, subject, TEXT_BYTES, &b);
        y = layout_text(l, (layout_area){.y = y, .width = width}, STYLE_MONO, buf_str(&b));
    }
    if (command != NULL) {
        buf_clear(&b);
        part_cut(p, command, TEXT_BYTES, &b);
        layout_fill(l, (pdf_box){0, y + 2.5, 1.2, 6}, layout_colour_of(l, COLOUR_ACCENT));
        y = layout_text(l, (layout_area){.x = 8, .y = y + 1, .width = width - 8}, STYLE_MONO,
                        buf_str(&b));
    }
    layout_rule(l, 0, y + PAD, width, 0.35, layout_colour_of(l, COLOUR_RULE));
    layout_end(l, y + PAD, 0);
}

static evpack_status notes(part *p, evpack_err *err)
{
    int64_t total = 0;
    EVPACK_TRY(db_value(store_db(p->s), "SELECT count(*) FROM ledger_note", &total, err));
    layout_heading(p->l, texts_get(p->words, "complete.notes_title"), 70, true);
    if (total == 0) {
        part_paragraph(p, STYLE_BODY, "complete.notes_none", 0);
        return EVPACK_OK;
    }
    part_paragraph(p, STYLE_BODY, "complete.notes_intro", 4);
    EVPACK_AUTO(db_stmt) rows = NULL;
    EVPACK_TRY(db_prepare(store_db(p->s), notes_sql, &rows, err));
    EVPACK_TRY(db_bind(rows, err, "i", p->options->cap));
    int64_t shown = 0;
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(rows, &row, err));
        if (row) {
            note_block(p, rows);
            shown++;
        }
    }
    part_rest(p, "complete.notes_rest", total - shown);
    return EVPACK_OK;
}

static void ledgers(part *p)
{
    for (size_t i = 0; i < p->m->snapshot_count; i++) {
        const model_snapshot *s = &p->m->snapshots[i];
        char n[2][TEXTS_NUMBER];
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        texts_fill(p->words, &b, s->ledgers == 0 ? "complete.ledger_none" : "complete.ledger",
                   "label", s->label, "n", texts_number(s->ledgers, n[0]), "confirmed",
                   texts_number(s->confirmed, n[1]), NULL);
        layout_paragraph(p->l, STYLE_BODY, buf_str(&b), 3);
    }
}

evpack_status part_complete(part *p, evpack_err *err)
{
    layout_section(p->l, texts_get(p->words, "complete.title"), KEEP_SECTION);
    part_paragraph(p, STYLE_BODY, "complete.intro", 4);
    EVPACK_TRY(completeness(p, err));
    layout_space(p->l, 6);
    ledgers(p);
    gaps(p);
    return notes(p, err);
}
