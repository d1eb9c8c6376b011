/*
 * The samples that were drawn, each with its population, method, seed and items, and blank columns
 * for what the reviewer finds. Invariant: what is printed is what was kept when it was drawn; that
 * the case was mapped again since is said. Nothing when there is none.
 */
#include "base/text.h"
#include "report/part.h"
#include "store/samples.h"

#include <stdio.h>
#include <string.h>

enum { NAME_BYTES = 400, STRATA_SHOWN = 40 };

typedef struct {
    part *p;
    table t;
    buf b;
    int64_t told;
    bool by_status; /* the strata's names are statuses */
} drawing;

static void drawing_reset(drawing *w)
{
    buf_reset(&w->b);
}

static void fact(drawing *w, const char *label_key, const char *text, bool mono)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    part_cut(w->p, text, NAME_BYTES, &b);
    const char *const none[TABLE_COLUMNS] = {0};
    const double pad = table_row(&w->t, none);
    const double a =
        layout_text(w->p->l, w->t.at[0], STYLE_LABEL, texts_get(w->p->words, label_key));
    const double z = layout_text(w->p->l, w->t.at[1], mono ? STYLE_MONO : STYLE_CELL, buf_str(&b));
    table_row_end(&w->t, (a > z ? a : z) + pad);
}

static evpack_status told_stratum(void *ctx, const sample_stratum *one, evpack_err *err)
{
    drawing *w = ctx;
    (void)err;
    char n[2][TEXTS_NUMBER];
    if (w->told++ < STRATA_SHOWN) {
        buf_puts(&w->b, w->b.len > 0 ? "; " : "");
        const char *name =
            w->by_status ? texts_word(w->p->words, "in_words", one->name, "") : one->name;
        texts_fill(w->p->words, &w->b, "samples.stratum", "name", name, "n",
                   texts_number(one->size, n[0]), "population", texts_number(one->population, n[1]),
                   NULL);
    }
    return EVPACK_OK;
}

static evpack_status told_item(void *ctx, const sample_item *one, evpack_err *err)
{
    drawing *w = ctx;
    (void)err;
    part *p = w->p;
    char n[TEXTS_NUMBER];
    const char *const none[TABLE_COLUMNS] = {0};
    const double pad = table_row(&w->t, none);
    double y = layout_text(p->l, w->t.at[0], STYLE_CELL, texts_number(one->ordinal, n));
    layout_area area = w->t.at[1];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    part_cut(p, one->tested, NAME_BYTES, &b);
    buf_printf(&b, "%s%s", one->service == NULL ? "" : " · ",
               one->service == NULL ? "" : part_service_title(p, one->service));
    area.y = layout_text(p->l, area, STYLE_CELL, buf_str(&b));
    buf_clear(&b);
    part_cut(p, one->subject, NAME_BYTES, &b);
    area.y = layout_text(p->l, area, STYLE_LABEL, buf_str(&b));
    area.y = layout_text(p->l, area, STYLE_MONOSMALL, one->finding_id);
    y = area.y > y ? area.y : y;
    area = w->t.at[2];
    (void)layout_text(p->l, area, STYLE_CELL, texts_word(p->words, "status", one->status, "word"));
    for (size_t i = 3; i < w->t.count; i++) { /* to be filled in by hand */
        layout_rule(p->l, w->t.at[i].x, y - 1, w->t.at[i].width, 0.5,
                    layout_colour_of(p->l, COLOUR_STRONG_RULE));
    }
    table_row_end(&w->t, y + pad);
    return EVPACK_OK;
}

static void facts(drawing *w, const sample_row *row)
{
    part *p = w->p;
    char n[2][TEXTS_NUMBER];
    char sha256[DIGEST_HEX];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(p->words, &b, "samples.population_value", "n", texts_number(row->population, n[0]),
               "resources", texts_number(row->resources, n[1]), "snapshot", row->label, "at",
               part_time(p, row->evaluated_at), NULL);
    fact(w, "samples.population", buf_str(&b), false);
    buf_clear(&b);
    texts_fill(p->words, &b, "samples.limits_value", "service",
               row->service == NULL ? texts_get(p->words, "samples.all")
                                    : part_service_title(p, row->service),
               "status",
               samples_all_statuses(row) ? texts_get(p->words, "samples.all") : row->statuses,
               NULL);
    fact(w, "samples.limits", buf_str(&b), false);
    text_hex(row->population_sha256, DIGEST_SIZE, sha256);
    fact(w, "samples.digest", sha256, true);
    fact(w, "samples.seed", row->seed, true);
    buf_clear(&b);
    texts_fill(p->words, &b, "samples.size_value", "asked", texts_number(row->size, n[0]), "n",
               texts_number(row->items, n[1]), NULL);
    fact(w, "samples.size", buf_str(&b), false);
    buf_clear(&b);
    buf_puts(&b, part_time(p, row->drawn_at));
    if (row->drawn_by[0] != '\0') {
        buf_printf(&b, ", %s", row->drawn_by);
    }
    fact(w, "samples.drawn", buf_str(&b), false);
}

static evpack_status strata(drawing *w, const sample_row *row, evpack_err *err)
{
    if (strcmp(row->strata, "none") == 0) {
        fact(w, "samples.strata", texts_get(w->p->words, "samples.strata_none"), false);
        return EVPACK_OK;
    }
    w->told = 0;
    w->by_status = strcmp(row->strata, "status") == 0;
    buf_clear(&w->b);
    EVPACK_TRY(samples_each_stratum(w->p->s, row->id, told_stratum, w, err));
    if (w->told > STRATA_SHOWN) {
        char n[TEXTS_NUMBER];
        buf_puts(&w->b, "; ");
        texts_fill(w->p->words, &w->b, "common.more", "n", texts_number(w->told - STRATA_SHOWN, n),
                   NULL);
    }
    EVPACK_TRY(buf_status(&w->b, err));
    fact(w, "samples.strata", buf_str(&w->b), false);
    return EVPACK_OK;
}

static evpack_status told_sample(void *ctx, const sample_row *row, evpack_err *err)
{
    drawing *w = ctx;
    part *p = w->p;
    char n[2][TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(p->words, &b, "samples.heading", "id", texts_number(row->id, n[0]), "control",
               row->control_id, "n", texts_number(row->items, n[1]), NULL);
    layout_heading(p->l, buf_str(&b), 120, true);
    if (row->older) {
        buf_clear(&b);
        texts_fill(p->words, &b, "samples.older", "at", part_time(p, row->evaluated_at), NULL);
        layout_paragraph(p->l, STYLE_STRONG, buf_str(&b), 4);
    }
    EVPACK_TRY(table_open(p->l, "sample_facts", &w->t, err));
    facts(w, row);
    EVPACK_TRY(strata(w, row, err));
    layout_space(p->l, 6);
    EVPACK_TRY(table_open(p->l, "sample_items", &w->t, err));
    table_head(&w->t, p->words, "samples.columns");
    EVPACK_TRY(samples_each_item(p->s, row->id, told_item, w, err));
    table_end(&w->t);
    layout_space(p->l, 10);
    return EVPACK_OK;
}

evpack_status part_samples(part *p, evpack_err *err)
{
    int64_t count = 0;
    EVPACK_TRY(samples_count(p->s, &count, err));
    if (count == 0) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(drawing_reset) drawing w = {.p = p};
    layout_section(p->l, texts_get(p->words, "samples.title"), KEEP_SECTION);
    part_paragraph(p, STYLE_BODY, "samples.intro", 6);
    part_paragraph(p, STYLE_NOTE, "samples.not", 8);
    return samples_each(p->s, told_sample, &w, err);
}
