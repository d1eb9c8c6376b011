/*
 * The results: what was assessed, totals by control, responsibility and service. Invariant: every
 * number is the model's, and each table adds up to the model's total.
 */
#include "report/part.h"

#include "report/said.h"

#include <stdio.h>
#include <string.h>

static evpack_status open_table(part *p, const char *name, const char *heads, table *t,
                                evpack_err *err)
{
    EVPACK_TRY(table_open(p->l, name, t, err));
    table_head(t, p->words, heads);
    return EVPACK_OK;
}

static evpack_status snapshots(part *p, evpack_err *err)
{
    table t;
    layout_heading(p->l, texts_get(p->words, "assessed.snapshots_title"), 60, false);
    EVPACK_TRY(open_table(p, "snapshots", "assessed.snapshot_columns", &t, err));
    for (size_t i = 0; i < p->m->snapshot_count; i++) {
        const model_snapshot *s = &p->m->snapshots[i];
        char files[TEXTS_NUMBER];
        char records[TEXTS_NUMBER];
        const char *const cells[] = {
            s->label,
            part_time(p, s->collected_at),
            part_time(p, s->imported_at),
            s->az_version == NULL ? texts_get(p->words, "common.not_stated") : s->az_version,
            texts_number(s->files, files),
            texts_number(s->records, records)};
        table_put(&t, cells);
    }
    table_end(&t);
    layout_space(p->l, 5);
    part_paragraph(p, STYLE_NOTE, "assessed.snapshots_note", 0);
    return EVPACK_OK;
}

static void tenants(part *p)
{
    if (p->m->tenant_count == 0) {
        part_paragraph(p, STYLE_NOTE, "assessed.tenants_none", 0);
        return;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    for (size_t i = 0; i < p->m->tenant_count; i++) {
        buf_puts(&list, i > 0 ? ", " : "");
        buf_puts(&list, p->m->tenants[i]);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(p->words, &b, "assessed.tenants", "list", buf_str(&list), NULL);
    layout_paragraph(p->l, STYLE_NOTE, buf_str(&b), 0);
}

static evpack_status scope(part *p, evpack_err *err)
{
    table t;
    layout_heading(p->l, texts_get(p->words, "assessed.scope_title"), 60, false);
    if (p->m->subscription_count > 0) {
        EVPACK_TRY(open_table(p, "scope", "assessed.scope_columns", &t, err));
        for (size_t i = 0; i < p->m->subscription_count; i++) {
            const model_subscription *s = &p->m->subscriptions[i];
            char n[TEXTS_NUMBER];
            const char *const cells[] = {
                s->id, s->name == NULL ? texts_get(p->words, "common.not_stated") : s->name,
                texts_number(s->resources, n)};
            table_put(&t, cells);
        }
        table_end(&t);
        part_rest(p, "common.more", p->m->subscription_total - (int64_t)p->m->subscription_count);
        layout_space(p->l, 5);
    }
    tenants(p);
    return EVPACK_OK;
}

static evpack_status services(part *p, evpack_err *err)
{
    table t;
    layout_heading(p->l, texts_get(p->words, "assessed.services_title"), 60, false);
    EVPACK_TRY(open_table(p, "services", "assessed.service_columns", &t, err));
    for (size_t i = 0; i < p->m->service_count; i++) {
        const model_service *v = &p->m->services[i];
        char n[3][TEXTS_NUMBER];
        const char *title = v->id == 0 ? texts_get(p->words, "breakdown.no_service") : v->title;
        const char *const cells[] = {title, v->source_date, texts_number(v->features, n[0]),
                                     texts_number(v->resources, n[1]),
                                     texts_number(v->counts.total, n[2])};
        table_put(&t, cells);
    }
    table_end(&t);
    layout_space(p->l, 5);
    part_paragraph(p, STYLE_NOTE, "assessed.services_note", 0);
    if (p->m->idle_services > 0) {
        char n[TEXTS_NUMBER];
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        texts_fill(p->words, &b,
                   p->m->idle_services == 1 ? "assessed.services_idle_one"
                                            : "assessed.services_idle",
                   "n", texts_number(p->m->idle_services, n), NULL);
        layout_paragraph(p->l, STYLE_NOTE, buf_str(&b), 0);
    }
    return EVPACK_OK;
}

/* What became of all records, in one sentence. */
static void coverage(part *p)
{
    const coverage_row *c = &p->m->coverage;
    char n[4][TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(p->words, &b, "assessed.coverage", "records", texts_number(c->records, n[0]),
               "assessed", texts_number(c->assessed, n[1]), "supporting",
               texts_number(c->supporting, n[2]), "uncovered", texts_number(c->not_covered, n[3]),
               NULL);
    if (c->scoped_out > 0) {
        buf_putc(&b, ' ');
        texts_fill(p->words, &b, "assessed.coverage_left", "n", texts_number(c->scoped_out, n[0]),
                   NULL);
    }
    if (c->unmapped > 0) {
        buf_putc(&b, ' ');
        texts_fill(p->words, &b, "assessed.coverage_unmapped", "n", texts_number(c->unmapped, n[0]),
                   NULL);
    }
    layout_paragraph(p->l, STYLE_NOTE, buf_str(&b), 0);
}

static evpack_status population(part *p, evpack_err *err)
{
    table t;
    layout_heading(p->l, texts_get(p->words, "assessed.population_title"), 60, false);
    EVPACK_TRY(open_table(p, "population", "assessed.population_columns", &t, err));
    for (size_t i = 0; i < p->m->kind_count; i++) {
        const model_kind *k = &p->m->kinds[i];
        char n[4][TEXTS_NUMBER];
        const char *const cells[] = {
            k->kind, texts_number(k->objects, n[0]), texts_number(k->summaries, n[1]),
            texts_number(k->assessed, n[2]), texts_number(k->objects - k->assessed, n[3])};
        table_put(&t, cells);
    }
    table_end(&t);
    part_rest(p, "common.more", p->m->kind_total - (int64_t)p->m->kind_count);
    layout_space(p->l, 5);
    part_paragraph(p, STYLE_NOTE, "assessed.population_note", 0);
    coverage(p);
    return EVPACK_OK;
}

static void untested(part *p)
{
    layout_heading(p->l, texts_get(p->words, "assessed.untested_title"), 30, false);
    if (p->m->untested_count == 0) {
        part_paragraph(p, STYLE_BODY, "assessed.untested_none", 0);
        return;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    for (size_t i = 0; i < p->m->untested_count; i++) {
        buf_puts(&list, i > 0 ? ", " : "");
        buf_puts(&list, p->m->untested[i]);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(p->words, &b, "assessed.untested", "list", buf_str(&list), NULL);
    layout_paragraph(p->l, STYLE_BODY, buf_str(&b), 0);
}

evpack_status part_assessed(part *p, evpack_err *err)
{
    layout_section(p->l, texts_get(p->words, "assessed.title"), KEEP_SECTION);
    EVPACK_TRY(services(p, err));
    EVPACK_TRY(snapshots(p, err));
    EVPACK_TRY(scope(p, err));
    EVPACK_TRY(population(p, err));
    untested(p);
    return EVPACK_OK;
}

/* The counts of a row, after two columns of its own. */
static void counts_cells(part *p, const table *t, const model_counts *counts, bool bold)
{
    size_t n = 0;
    const int *order = layout_status_order(p->l, &n);
    for (size_t i = 0; i < n && i + 2 < t->count; i++) {
        part_number(p, t->at[i + 2], bold, counts->of[order[i]]);
    }
}

void part_counts_row(part *p, const table *t, const char *id, const char *title, const char *below,
                     const model_counts *counts, int64_t control)
{
    enum { ID_WIDTH = 34 };
    const char *const none[TABLE_COLUMNS] = {0};
    double height = table_row(t, none);
    layout_area area = t->at[0];
    bool bold = id == NULL && below == NULL && title == texts_get(p->words, "common.total");
    if (id != NULL) {
        (void)layout_text(p->l, area, STYLE_CELLBOLD, id);
        area.x += ID_WIDTH;
        area.width -= ID_WIDTH;
    }
    double y = layout_text(p->l, area, bold ? STYLE_CELLBOLD : STYLE_CELL, title);
    if (below != NULL) {
        area.y = y;
        y = layout_text(p->l, area, STYLE_LABEL, below);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf said = {0};
    said_of_counts(counts, p->words, &said);
    if (said.len > 0) {
        area.y = y;
        y = layout_text(p->l, area, STYLE_LABEL, buf_str(&said));
    }
    part_bar(p, (pdf_box){t->at[1].x, t->at[1].y + 2, t->at[1].width, 6.5}, counts);
    counts_cells(p, t, counts, bold);
    if (control >= 0) {
        part_control_link(p, (pdf_box){0, 0, t->at[0].x + t->at[0].width, y}, control);
    }
    table_row_end(t, y + height);
}

static void domain_row(part *p, const char *domain)
{
    enum { HEIGHT = 15, KEEP = 34 };
    layout_begin(p->l);
    layout_fill(p->l, (pdf_box){0, 0, layout_width(p->l), HEIGHT},
                layout_colour_of(p->l, COLOUR_PANEL));
    (void)layout_text(p->l, (layout_area){.x = 4, .y = 2.6, .width = layout_width(p->l) - 8},
                      STYLE_HEAD, domain);
    layout_end(p->l, HEIGHT, KEEP);
}

evpack_status part_controls(part *p, evpack_err *err)
{
    table t;
    layout_section(p->l, texts_get(p->words, "controls.title"), KEEP_SECTION);
    part_paragraph(p, STYLE_BODY, "controls.note", 10);
    EVPACK_TRY(open_table(p, "controls", "controls.columns", &t, err));
    EVPACK_AUTO_VALUE(buf_reset) buf domain = {0};
    for (size_t i = 0; i < p->m->control_count; i++) {
        const model_control *c = &p->m->controls[i];
        if (c->id == 0) {
            part_counts_row(p, &t, NULL, texts_get(p->words, "controls.none"), "", &c->counts, 0);
            continue;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf of = {0};
        part_put_domain(p, c, &of);
        if (strcmp(buf_str(&of), buf_str(&domain)) != 0) {
            buf_clear(&domain);
            buf_puts(&domain, buf_str(&of));
            domain_row(p, buf_str(&domain));
        }
        EVPACK_AUTO_VALUE(buf_reset) buf below = {0};
        if (c->published != NULL) {
            texts_fill(p->words, &below, "common.published_as", "id", c->published, NULL);
        }
        part_counts_row(p, &t, c->control_id, c->title,
                        c->published == NULL ? NULL : buf_str(&below), &c->counts, c->id);
    }
    part_counts_row(p, &t, NULL, texts_get(p->words, "common.total"), NULL, &p->m->total, -1);
    table_end(&t);
    return EVPACK_OK;
}

/* The controls' columns with another first head. */
static evpack_status breakdown_table(part *p, const char *heads, table *t, evpack_err *err)
{
    return open_table(p, "controls", heads, t, err);
}

evpack_status part_breakdown(part *p, evpack_err *err)
{
    table t;
    layout_section(p->l, texts_get(p->words, "breakdown.title"), KEEP_SECTION);
    layout_heading(p->l, texts_get(p->words, "breakdown.responsibility_title"), 80, false);
    EVPACK_TRY(breakdown_table(p, "breakdown.responsibility_columns", &t, err));
    for (int i = 1; i < MODEL_RESPONSIBILITIES; i++) {
        part_counts_row(
            p, &t, NULL,
            texts_word(p->words, "responsibility", model_responsibility_word(i), "word"), NULL,
            &p->m->by_responsibility[i], -1);
    }
    if (p->m->by_responsibility[0].total > 0) {
        part_counts_row(p, &t, NULL, texts_word(p->words, "responsibility", "none", "word"), NULL,
                        &p->m->by_responsibility[0], -1);
    }
    part_counts_row(p, &t, NULL, texts_get(p->words, "common.total"), NULL, &p->m->total, -1);
    table_end(&t);
    layout_heading(p->l, texts_get(p->words, "breakdown.service_title"), 80, false);
    EVPACK_TRY(breakdown_table(p, "breakdown.service_columns", &t, err));
    for (size_t i = 0; i < p->m->service_count; i++) {
        const model_service *v = &p->m->services[i];
        part_counts_row(p, &t, NULL,
                        v->id == 0 ? texts_get(p->words, "breakdown.no_service") : v->title, NULL,
                        &v->counts, -1);
    }
    part_counts_row(p, &t, NULL, texts_get(p->words, "common.total"), NULL, &p->m->total, -1);
    table_end(&t);
    layout_space(p->l, 5);
    part_paragraph(p, STYLE_NOTE, "breakdown.note", 0);
    return EVPACK_OK;
}
