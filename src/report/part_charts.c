/*
 * The results as pictures: coverage, results by domain and by responsibility, and control by
 * service. Invariant: each picture adds up to the model's total and says its numbers, and none
 * needs colour to be read: a cell of the map holds a letter for its worst status and how many there
 * are.
 */
#include "report/part.h"

#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 132, BAR = 9, LINE = 17 };

static uint32_t tint(uint32_t colour, double share)
{
    uint32_t out = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        double c = (double)(colour >> shift & 255U);
        out = out << 8 | (uint32_t)(255 - (255 - c) * share);
    }
    return out;
}

/* Each status with its swatch and the letter that stands for it in the map. */
static void legend(part *p)
{
    enum { COLUMNS = 4, ROW = 13, SWATCH = 9 };
    layout *l = p->l;
    size_t n = 0;
    const int *order = layout_status_order(l, &n);
    const double column = layout_width(l) / COLUMNS;
    layout_begin(l);
    for (size_t i = 0; i < n; i++) {
        const double x = column * (double)(i % COLUMNS);
        const double y = ROW * (double)(i / COLUMNS);
        const char *word = finding_status_word(order[i]);
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        buf_printf(&b, "%s  %s", texts_word(p->words, "letter", word, ""),
                   texts_word(p->words, "status", word, "word"));
        layout_fill(l, (pdf_box){x, y + 1, SWATCH, SWATCH}, layout_status_colour(l, order[i]));
        (void)layout_text(l, (layout_area){.x = x + SWATCH + 5, .y = y, .width = column - 20},
                          STYLE_CELL, buf_str(&b));
    }
    layout_end(l, ROW * (double)((n + COLUMNS - 1) / COLUMNS) + 4, 0);
}

static void share_line(part *p, const char *key, int64_t n, uint32_t colour)
{
    enum { NUMBERS = 90 };
    layout *l = p->l;
    const double full = layout_width(l) - NAME_WIDTH - NUMBERS;
    const int64_t all = p->m->total.total;
    const double share = all == 0 ? 0 : (double)n / (double)all;
    char number[TEXTS_NUMBER];
    char percent[16];
    (void)snprintf(percent, sizeof percent, "%.1f %%", share * 100);
    layout_begin(l);
    (void)layout_text(l, (layout_area){.y = 2, .width = NAME_WIDTH - 6}, STYLE_CELL,
                      part_text(p, "charts", key));
    layout_fill(l, (pdf_box){NAME_WIDTH, 3.5, full, BAR}, layout_colour_of(l, COLOUR_LIGHT));
    layout_fill(l, (pdf_box){NAME_WIDTH, 3.5, n > 0 && full * share < 1 ? 1 : full * share, BAR},
                colour);
    (void)layout_text(l, (layout_area){NAME_WIDTH + full, 2, 48, ALIGN_RIGHT}, STYLE_CELLBOLD,
                      texts_number(n, number));
    (void)layout_text(l, (layout_area){NAME_WIDTH + full + 48, 2, NUMBERS - 48, ALIGN_RIGHT},
                      STYLE_LABEL, percent);
    layout_end(l, LINE, 0);
}

/* How much of all findings was tested, and what became of the rest. Adds up to all. */
static void coverage(part *p)
{
    const model_counts *c = &p->m->total;
    const layout *l = p->l;
    int64_t attested = 0;
    for (int i = 1; i < FINDING_STATUSES; i++) {
        attested += c->attested[i];
    }
    const int64_t decided =
        c->of[FINDING_PASS] + c->of[FINDING_FAIL] + c->of[FINDING_EXEMPT] - attested;
    layout_heading(p->l, texts_get(p->words, "charts.coverage_title"), 120, false);
    part_number_line(p, STYLE_NOTE, "charts.coverage_note", c->total, 4);
    share_line(p, "tested", decided, layout_status_colour(l, FINDING_PASS));
    if (attested > 0) {
        share_line(p, "attested", attested, tint(layout_status_colour(l, FINDING_PASS), 0.6));
    }
    share_line(p, "manual", c->of[FINDING_MANUAL], layout_status_colour(l, FINDING_MANUAL));
    share_line(p, "unknown", c->of[FINDING_UNKNOWN], layout_status_colour(l, FINDING_UNKNOWN));
    if (c->of[FINDING_ERROR] > 0) {
        share_line(p, "error", c->of[FINDING_ERROR], layout_status_colour(l, FINDING_ERROR));
    }
    share_line(p, "inherited", c->of[FINDING_INHERITED],
               layout_status_colour(l, FINDING_INHERITED));
    share_line(p, "notapplicable", c->of[FINDING_NOTAPPLICABLE],
               layout_status_colour(l, FINDING_NOTAPPLICABLE));
}

/* A name, the bar, the total, and below them the counts in words. */
static void bar_line(part *p, const char *name, const model_counts *counts)
{
    enum { TOTAL = 44 };
    layout *l = p->l;
    const double width = layout_width(l) - NAME_WIDTH - TOTAL;
    char n[TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf words = {0};
    if (counts->total == 0) {
        return;
    }
    part_put_counts(p, counts, &words);
    layout_begin(l);
    double a = layout_text(l, (layout_area){.y = 1.5, .width = NAME_WIDTH - 8}, STYLE_CELL, name);
    part_bar(p, (pdf_box){NAME_WIDTH, 3, width, BAR}, counts);
    (void)layout_text(l, (layout_area){NAME_WIDTH + width, 1.5, TOTAL, ALIGN_RIGHT}, STYLE_CELLBOLD,
                      texts_number(counts->total, n));
    double b = layout_text(l, (layout_area){.x = NAME_WIDTH, .y = 3 + BAR + 1, .width = width},
                           STYLE_LABEL, buf_str(&words));
    layout_end(l, (a > b ? a : b) + 3.5, 0);
}

static void by_domain(part *p)
{
    const model *m = p->m;
    layout_heading(p->l, texts_get(p->words, "charts.domain_title"), 120, false);
    for (size_t i = 0; i < m->control_count;) {
        const model_control *first = &m->controls[i];
        model_counts sum = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
        while (i < m->control_count && strcmp(m->controls[i].domain, first->domain) == 0 &&
               m->controls[i].preview == first->preview) {
            model_add(&sum, &m->controls[i++].counts);
        }
        part_put_domain(p, first, &name);
        bar_line(p, buf_str(&name), &sum);
    }
}

static void by_responsibility(part *p)
{
    layout_heading(p->l, texts_get(p->words, "charts.responsibility_title"), 120, false);
    for (int code = 1; code <= MODEL_RESPONSIBILITIES; code++) {
        const int of = code % MODEL_RESPONSIBILITIES; /* nobody's last */
        bar_line(p,
                 texts_word(p->words, "responsibility",
                            of == 0 ? "none" : model_responsibility_word(of), "word"),
                 &p->m->by_responsibility[of]);
    }
}

/* The control by service map ------------------------------------------------------------------ */

enum { MAP_COLUMNS = 12, MAP_NAME = 150, MAP_NAME_MOST = 250, MAP_ROW = 14, MAP_GAP = 1 };

/* The worst first: what a reader must see rather than the other. */
static const int worst_first[] = {FINDING_FAIL,      FINDING_ERROR,        FINDING_UNKNOWN,
                                  FINDING_EXEMPT,    FINDING_MANUAL,       FINDING_PASS,
                                  FINDING_INHERITED, FINDING_NOTAPPLICABLE};

static model_counts counts_of(const model *m, int64_t control, int64_t service)
{
    model_counts sum = {0};
    for (size_t i = 0; i < m->test_count; i++) {
        if (m->tests[i].control == control && m->tests[i].service == service) {
            model_add(&sum, &m->tests[i].counts);
        }
    }
    return sum;
}

static void cell(part *p, pdf_box box, const model_counts *counts)
{
    enum { STATUSES = sizeof worst_first / sizeof worst_first[0] };
    layout *l = p->l;
    size_t i = 0;
    while (i < STATUSES && counts->of[worst_first[i]] == 0) {
        i++;
    }
    if (i == STATUSES) {
        return; /* no finding: white */
    }
    const int status = worst_first[i];
    char n[TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    const bool quiet = status == FINDING_NOTAPPLICABLE || status == FINDING_INHERITED;
    layout_fill(l, box, tint(layout_status_colour(l, status), quiet ? 0.5 : 0.34));
    buf_puts(&b, texts_word(p->words, "letter", finding_status_word(status), ""));
    if (!quiet) {
        buf_printf(&b, " %s", texts_number(counts->of[status], n));
    }
    layout_style style =
        status == FINDING_FAIL || status == FINDING_ERROR ? STYLE_HEAD : STYLE_LABEL;
    if (layout_text_width(l, style, buf_str(&b)) > box.width - 2) {
        style = STYLE_MONOSMALL;
    }
    const double width = layout_text_width(l, style, buf_str(&b));
    const double x = box.x + (box.width > width ? (box.width - width) / 2 : 0);
    (void)layout_text(l, (layout_area){.x = x, .y = box.y + 1.5, .width = width + 1}, style,
                      buf_str(&b));
}

/* Which service a column is: the letter of its head. */
static void column_name(size_t i, char out[4])
{
    (void)snprintf(out, 4, "%c%c", i < 26 ? (char)('A' + i) : (char)('A' + i / 26 - 1),
                   i < 26 ? '\0' : (char)('A' + i % 26));
}

static const char *service_name(part *p, const model_service *v)
{
    return v->id == 0 ? texts_get(p->words, "breakdown.no_service") : v->title;
}

/* The services of one panel, by the letters of their columns. */
static void put_key(part *p, size_t from, size_t to)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    for (size_t i = from; i < to; i++) {
        char letter[4];
        column_name(i, letter);
        buf_printf(&b, "%s%s  %s", i > from ? "   " : "", letter,
                   service_name(p, &p->m->services[i]));
    }
    layout_begin(p->l);
    double y =
        layout_text(p->l, (layout_area){.width = layout_width(p->l)}, STYLE_LABEL, buf_str(&b));
    layout_end(p->l, y + 4, 90);
}

/* A control's title, cut to a line; that of a preview keeps the benchmark's name, which tells it
 * from the control of the same id. */
static void put_title(part *p, const model_control *c, double width, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf base = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf end = {0};
    const char *title = c->id == 0 ? texts_get(p->words, "controls.none") : c->title;
    const char *mark = c->preview ? strrchr(title, '(') : NULL;
    if (mark != NULL) {
        buf_printf(&end, " %s", c->benchmark);
        buf_append(&base, title, mark > title ? (size_t)(mark - title) - 1 : 0);
        title = buf_str(&base);
    }
    part_fit(p, STYLE_LABEL, title, width - layout_text_width(p->l, STYLE_LABEL, buf_str(&end)),
             out);
    buf_puts(out, buf_str(&end));
}

static void panel(part *p, size_t from, size_t to)
{
    layout *l = p->l;
    const model *m = p->m;
    /* Few columns leave more of the titles. */
    const double least = (layout_width(l) - MAP_NAME) / MAP_COLUMNS;
    const double left = layout_width(l) - least * (double)(to - from);
    const double names = left > MAP_NAME_MOST ? MAP_NAME_MOST : left;
    const double wide = (layout_width(l) - names) / (double)(to - from);
    const double room = wide > 2 * least ? 2 * least : wide;
    put_key(p, from, to);
    layout_begin(l);
    for (size_t i = from; i < to; i++) {
        char letter[4];
        column_name(i, letter);
        const double width = layout_text_width(l, STYLE_HEAD, letter);
        (void)layout_text(l,
                          (layout_area){.x = names + room * (double)(i - from) + (room - width) / 2,
                                        .width = width + 1},
                          STYLE_HEAD, letter);
    }
    layout_rule(l, 0, 11.5, layout_width(l), 0.6, layout_colour_of(l, COLOUR_STRONG_RULE));
    layout_end_header(l, 13, 60);
    for (size_t c = 0; c < m->control_count; c++) {
        const model_control *control = &m->controls[c];
        model_counts all = {0};
        model_counts of[MAP_COLUMNS] = {0};
        for (size_t i = from; i < to; i++) {
            of[i - from] = counts_of(m, control->id, m->services[i].id);
            model_add(&all, &of[i - from]);
        }
        if (all.total == 0) {
            continue;
        }
        layout_begin(l);
        (void)layout_text(l, (layout_area){.y = 1.5, .width = 32}, STYLE_HEAD,
                          control->id == 0 ? "–" : control->control_id);
        EVPACK_AUTO_VALUE(buf_reset) buf title = {0};
        put_title(p, control, names - 38, &title);
        (void)layout_text(l, (layout_area){.x = 32, .y = 1.5, .width = names - 34}, STYLE_LABEL,
                          buf_str(&title));
        for (size_t i = from; i < to; i++) {
            cell(p,
                 (pdf_box){names + room * (double)(i - from), 0, room - MAP_GAP, MAP_ROW - MAP_GAP},
                 &of[i - from]);
        }
        part_control_link(p, (pdf_box){0, 0, names, MAP_ROW}, control->id);
        layout_end(l, MAP_ROW, 0);
    }
    layout_drop_header(l);
    layout_space(l, 8);
}

static void map(part *p)
{
    layout_heading(p->l, texts_get(p->words, "charts.map_title"), 200, true);
    part_paragraph(p, STYLE_NOTE, "charts.map_note", 5);
    legend(p);
    for (size_t from = 0; from < p->m->service_count; from += MAP_COLUMNS) {
        const size_t to = from + MAP_COLUMNS;
        panel(p, from, to < p->m->service_count ? to : p->m->service_count);
    }
}

evpack_status part_charts(part *p, evpack_err *err)
{
    (void)err;
    layout_section(p->l, texts_get(p->words, "charts.title"), KEEP_SECTION);
    if (p->m->total.total == 0) {
        part_paragraph(p, STYLE_BODY, "charts.none", 0);
        return EVPACK_OK;
    }
    coverage(p);
    layout_space(p->l, 4);
    by_responsibility(p);
    layout_space(p->l, 4);
    by_domain(p);
    map(p);
    return EVPACK_OK;
}
