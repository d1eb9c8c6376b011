/*
 * What changed between the snapshots of the case: how each control stood at each, then the changes
 * themselves. Invariant: totals are of everything, what a list leaves out is said, and a resource
 * that no whole list speaks of is not called gone. Nothing when the case holds one snapshot.
 */
#include "report/part.h"
#include "store/drift.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 6, NAME_BYTES = 300, GAP = 8 };

typedef struct {
    part *p;
    drift *d;
    table t;
    int64_t shown;
} drawing;

/* The columns: control, one for each snapshot, change. */
static void columns(drawing *w, int sides)
{
    const double all = layout_width(w->p->l);
    const double edge = all * (sides > 3 ? 0.1 : 0.14);
    const double each = (all - 2 * edge) / sides;
    double x = 0;
    w->t = (table){.l = w->p->l, .count = (size_t)sides + 2};
    for (size_t i = 0; i < w->t.count; i++) {
        const double width = i == 0 || i == w->t.count - 1 ? edge : each;
        w->t.at[i] = (layout_area){.x = x, .y = 3, .width = width - GAP, .align = ALIGN_LEFT};
        w->t.style[i] = i == 0 ? STYLE_CELLBOLD : STYLE_LABEL;
        x += width;
    }
}

static double head_cell(drawing *w, layout_area area, int side)
{
    const drift_side *one = drift_side_at(w->d, side);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    part_cut(w->p, one->label, 80, &b);
    area.y = layout_text(w->p->l, area, STYLE_HEAD, buf_str(&b));
    char day[11] = "";
    if (one->collected_at != NULL) {
        (void)snprintf(day, sizeof day, "%.10s", one->collected_at);
    }
    return layout_text(w->p->l, area, STYLE_LABEL,
                       day[0] == '\0' ? texts_get(w->p->words, "common.not_stated") : day);
}

static void put_head(drawing *w, int sides)
{
    layout *l = w->p->l;
    layout_begin(l);
    const size_t last = w->t.count - 1;
    double bottom = layout_text(l, w->t.at[0], STYLE_HEAD, texts_get(w->p->words, "drift.control"));
    (void)layout_text(l, w->t.at[last], STYLE_HEAD, texts_get(w->p->words, "drift.change"));
    for (int i = 0; i < sides; i++) {
        const double y = head_cell(w, w->t.at[i + 1], i);
        bottom = y > bottom ? y : bottom;
    }
    layout_rule(l, 0, bottom + 2, layout_width(l), 0.8, layout_colour_of(l, COLOUR_STRONG_RULE));
    layout_end_header(l, bottom + 4, 40);
}

/* A bar, and the numbers below it. */
static double stood_cell(drawing *w, layout_area area, const int64_t at[FINDING_STATUSES])
{
    part *p = w->p;
    model_counts counts = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    size_t n = 0;
    const int *order = layout_status_order(p->l, &n);
    for (size_t i = 0; i < n; i++) {
        const int64_t of = at[order[i]];
        counts.of[order[i]] = of;
        counts.total += of;
        if (of > 0) {
            char number[TEXTS_NUMBER];
            buf_printf(&b, "%s%s %s", b.len > 0 ? ", " : "", texts_number(of, number),
                       texts_word(p->words, "status", finding_status_word(order[i]), "word"));
        }
    }
    part_bar(p, (pdf_box){area.x, area.y, area.width, 5}, &counts);
    area.y += 7;
    return layout_text(p->l, area, STYLE_LABEL,
                       b.len > 0 ? buf_str(&b) : texts_get(p->words, "common.none"));
}

/* "better" and by what. */
static double change_cell(drawing *w, layout_area area, const drift_numbers *n)
{
    part *p = w->p;
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    const struct {
        int64_t n;
        const char *key;
    } parts[] = {{n->better, "drift.n_better"},       {n->worse, "drift.n_worse"},
                 {n->new_fails, "drift.n_new_fails"}, {n->first_fails, "drift.n_first_fails"},
                 {n->other, "drift.n_other"},         {n->fails_gone, "drift.n_fails_gone"}};
    area.y =
        layout_text(p->l, area, STYLE_CELLBOLD,
                    texts_word(p->words, "drift_verdict", drift_verdict_word(drift_judge(n)), ""));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].n > 0) {
            char number[TEXTS_NUMBER];
            buf_clear(&b);
            texts_fill(p->words, &b, parts[i].key, "n", texts_number(parts[i].n, number), NULL);
            area.y = layout_text(p->l, area, STYLE_LABEL, buf_str(&b));
        }
    }
    return area.y;
}

/* Two lines in a cell, cut to what they may be; gives the y below them. */
static double two_lines(part *p, layout_area area, layout_style first, const char *above,
                        const char *below)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    part_cut(p, above, NAME_BYTES, &b);
    area.y = layout_text(p->l, area, first, buf_str(&b));
    if (below == NULL || *below == '\0') {
        return area.y;
    }
    buf_clear(&b);
    part_cut(p, below, NAME_BYTES, &b);
    return layout_text(p->l, area, STYLE_LABEL, buf_str(&b));
}

/* The benchmark's name when it is a preview, whose ids may be those of the benchmark's; else "". */
static const char *preview_of(part *p, const char *benchmark)
{
    for (size_t i = 0; benchmark != NULL && i < p->m->control_count; i++) {
        const model_control *c = &p->m->controls[i];
        if (c->preview && strcmp(c->benchmark, benchmark) == 0) {
            return c->benchmark;
        }
    }
    return "";
}

static evpack_status told_control(void *ctx, const drift_control *one, evpack_err *err)
{
    (void)err;
    drawing *w = ctx;
    const char *const none[TABLE_COLUMNS] = {0};
    const double pad = table_row(&w->t, none);
    const size_t last = w->t.count - 1;
    double bottom = two_lines(w->p, w->t.at[0], STYLE_CELLBOLD,
                              one->control_id == NULL ? texts_get(w->p->words, "drift.no_control")
                                                      : one->control_id,
                              preview_of(w->p, one->benchmark));
    for (size_t i = 1; i < last; i++) {
        const double y = stood_cell(w, w->t.at[i], one->at[i - 1]);
        bottom = y > bottom ? y : bottom;
    }
    const double y = change_cell(w, w->t.at[last], &one->n);
    table_row_end(&w->t, (y > bottom ? y : bottom) + pad);
    return EVPACK_OK;
}

static const char *status_shown(part *p, int status)
{
    return texts_word(p->words, "status", finding_status_word(status), "word");
}

static evpack_status told_change(void *ctx, const drift_change *one, evpack_err *err)
{
    (void)err;
    drawing *w = ctx;
    part *p = w->p;
    const char *const none[TABLE_COLUMNS] = {0};
    const double pad = table_row(&w->t, none);
    EVPACK_AUTO_VALUE(buf_reset) buf what = {0};
    buf_printf(&what, "%s%s%s", one->title == NULL ? "" : one->title,
               one->service == NULL ? "" : " · ",
               one->service == NULL ? "" : part_service_title(p, one->service));
    const double ends[] = {two_lines(p, w->t.at[0], STYLE_CELLBOLD,
                                     one->control_id == NULL
                                         ? texts_get(p->words, "drift.no_control")
                                         : one->control_id,
                                     ""),
                           two_lines(p, w->t.at[1], STYLE_CELL, buf_str(&what), one->subject),
                           two_lines(p, w->t.at[2], STYLE_CELL, status_shown(p, one->before),
                                     drift_side_at(w->d, one->from)->label),
                           two_lines(p, w->t.at[3], STYLE_CELL, status_shown(p, one->after),
                                     drift_side_at(w->d, one->to)->label)};
    double y = 0;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        y = ends[i] > y ? ends[i] : y;
    }
    table_row_end(&w->t, y + pad);
    w->shown++;
    return EVPACK_OK;
}

static evpack_status told_moved(void *ctx, const drift_moved *one, evpack_err *err)
{
    (void)err;
    drawing *w = ctx;
    const char *const none[TABLE_COLUMNS] = {0};
    const double pad = table_row(&w->t, none);
    const char *type = one->type != NULL ? one->type : one->kind;
    const double a = two_lines(w->p, w->t.at[0], STYLE_CELL, one->subject, type);
    const double b =
        two_lines(w->p, w->t.at[1], STYLE_CELL, drift_side_at(w->d, one->to)->label, "");
    table_row_end(&w->t, (a > b ? a : b) + pad);
    w->shown++;
    return EVPACK_OK;
}

static evpack_status told_file(void *ctx, const drift_item *one, evpack_err *err)
{
    (void)err;
    drawing *w = ctx;
    const char *const none[TABLE_COLUMNS] = {0};
    const double pad = table_row(&w->t, none);
    const double a = two_lines(w->p, w->t.at[0], STYLE_CELL, one->name, one->after);
    const double b = two_lines(w->p, w->t.at[1], STYLE_CELL,
                               texts_word(w->p->words, "drift_file", one->change, ""),
                               drift_side_at(w->d, one->to)->label);
    table_row_end(&w->t, (a > b ? a : b) + pad);
    w->shown++;
    return EVPACK_OK;
}

/* Title with the number, an explanation, the table's head. */
static evpack_status begin_list(drawing *w, const char *name, int64_t n, const char *table_name,
                                evpack_err *err)
{
    part *p = w->p;
    char number[TEXTS_NUMBER];
    char key[64];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    (void)snprintf(key, sizeof key, "drift.%s", name);
    texts_fill(p->words, &b, key, "n", texts_number(n, number), NULL);
    layout_heading(p->l, buf_str(&b), 80, false);
    (void)snprintf(key, sizeof key, "drift.%s_columns", table_name);
    (void)snprintf(number, sizeof number, "drift_%s", table_name);
    w->shown = 0;
    EVPACK_TRY(table_open(p->l, number, &w->t, err));
    table_head(&w->t, p->words, key);
    return EVPACK_OK;
}

static void end_list(drawing *w, int64_t n)
{
    table_end(&w->t);
    if (n > w->shown) {
        char number[TEXTS_NUMBER];
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        texts_fill(w->p->words, &b, "drift.rest", "n", texts_number(n - w->shown, number), NULL);
        layout_space(w->p->l, 6);
        layout_paragraph(w->p->l, STYLE_STRONG, buf_str(&b), 0);
    }
    layout_space(w->p->l, 6);
}

static evpack_status lists(drawing *w, const drift_totals *t, evpack_err *err)
{
    const int64_t cap = w->p->options->cap;
    const drift_pick pick = {.limit = cap};
    if (t->changed > 0) {
        EVPACK_TRY(begin_list(w, "findings", t->changed, "changes", err));
        EVPACK_TRY(drift_each_change(w->d, &pick, told_change, w, err));
        end_list(w, t->changed);
    }
    for (int i = 0; i < DRIFT_MOVES; i++) {
        if (t->moved[i] > 0) {
            EVPACK_TRY(
                begin_list(w, drift_move_word((drift_move)i), t->moved[i], "resources", err));
            EVPACK_TRY(drift_each_moved(w->d, (drift_move)i, cap, told_moved, w, err));
            end_list(w, t->moved[i]);
        }
    }
    if (t->files > 0) {
        EVPACK_TRY(begin_list(w, "files", t->files, "files", err));
        EVPACK_TRY(drift_each_file(w->d, cap, told_file, w, err));
        end_list(w, t->files);
    }
    return EVPACK_OK;
}

evpack_status part_drift(part *p, evpack_err *err)
{
    drift_snapshots all;
    EVPACK_TRY(drift_list_snapshots(p->s, true, &all, err));
    if (all.total < 2) {
        return EVPACK_OK;
    }
    EVPACK_AUTO(drift) d = NULL;
    drift_totals totals;
    char n[TEXTS_NUMBER];
    EVPACK_TRY(drift_of_case(p->s, COLUMNS, &d, err));
    EVPACK_TRY(drift_count(d, &totals, err));
    drawing w = {.p = p, .d = d};
    layout_section(p->l, texts_get(p->words, "drift.title"), KEEP_SECTION);
    part_paragraph(p, STYLE_BODY, "drift.intro", 6);
    if (all.total > drift_sides(d)) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        texts_fill(p->words, &b, "drift.earlier", "n", texts_number(all.total - drift_sides(d), n),
                   NULL);
        layout_paragraph(p->l, STYLE_STRONG, buf_str(&b), 6);
    }
    columns(&w, drift_sides(d));
    put_head(&w, drift_sides(d));
    EVPACK_TRY(drift_each_control(d, -1, told_control, &w, err));
    table_end(&w.t);
    layout_space(p->l, 8);
    part_paragraph(p, STYLE_NOTE, "drift.method", 8);
    return lists(&w, &totals, err);
}
