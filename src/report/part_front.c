/*
 * The front: cover, contents, how to read. Invariant: what the cover states is what the model
 * counted, and what nobody stated is said not to be stated.
 */
#include "report/part.h"

#include "base/text.h"
#include "report/said.h"

#include <stdio.h>
#include <string.h>

enum { LABEL_WIDTH = 96, LIST_MOST = 4, SERVICES_MOST = 12 };

/* One line of the cover's lists: a label, and a value that may wrap. */
static void fact(part *p, const char *label_key, const char *value, layout_style style)
{
    layout *l = p->l;
    layout_begin(l);
    double y = 0;
    if (label_key != NULL) {
        y = layout_text(l, (layout_area){.y = 1.5, .width = LABEL_WIDTH - 8}, STYLE_LABEL,
                        texts_get(p->words, label_key));
    }
    double end = layout_text(
        l, (layout_area){.x = LABEL_WIDTH, .width = layout_width(l) - LABEL_WIDTH}, style, value);
    layout_end(l, end > y ? end : y, 0);
}

static void more_line(part *p, int64_t more)
{
    char n[TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(p->words, &b, "common.more", "n", texts_number(more, n), NULL);
    fact(p, NULL, buf_str(&b), STYLE_NOTE);
}

static void tenants(part *p)
{
    const model *m = p->m;
    if (m->tenant_count == 0) {
        fact(p, "cover.tenants", texts_get(p->words, "cover.tenant_none"), STYLE_CELL);
    }
    for (size_t i = 0; i < m->tenant_count && i < LIST_MOST; i++) {
        fact(p, i == 0 ? "cover.tenants" : NULL, m->tenants[i], STYLE_MONO);
    }
    if (m->tenant_count > LIST_MOST) {
        more_line(p, (int64_t)m->tenant_count - LIST_MOST);
    }
}

static void subscriptions(part *p)
{
    const model *m = p->m;
    if (m->subscription_total == 0) {
        fact(p, "cover.subscriptions", texts_get(p->words, "common.none"), STYLE_CELL);
    }
    for (size_t i = 0; i < m->subscription_count && i < LIST_MOST; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        buf_puts(&b, m->subscriptions[i].id);
        if (m->subscriptions[i].name != NULL) {
            buf_puts(&b, "  ");
            part_cut(p, m->subscriptions[i].name, 80, &b);
        }
        fact(p, i == 0 ? "cover.subscriptions" : NULL, buf_str(&b), STYLE_MONO);
    }
    if (m->subscription_total > LIST_MOST) {
        more_line(p, m->subscription_total - LIST_MOST);
    }
}

static void snapshots(part *p)
{
    const model *m = p->m;
    for (size_t i = 0; i < m->snapshot_count && i < LIST_MOST; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        char n[2][TEXTS_NUMBER];
        texts_fill(p->words, &b, "cover.snapshot", "label", m->snapshots[i].label, "collected",
                   part_time(p, m->snapshots[i].collected_at), "imported",
                   part_time(p, m->snapshots[i].imported_at), NULL);
        if (m->snapshots[i].ledgers > 0 &&
            m->snapshot_count == 1) { /* what that is worth stands in part_complete */
            texts_fill(p->words, &b, "cover.ledgers_short", "n",
                       texts_number(m->snapshots[i].ledgers, n[0]), "confirmed",
                       texts_number(m->snapshots[i].confirmed, n[1]), NULL);
        }
        fact(p, i == 0 ? "cover.snapshots" : NULL, buf_str(&b), STYLE_CELL);
    }
    if (m->snapshot_count > LIST_MOST) {
        more_line(p, (int64_t)m->snapshot_count - LIST_MOST);
    }
}

/* Services of which a resource was exported. Those that Azure's own results alone speak of stand in
 * the tables. */
static void services(part *p)
{
    const model *m = p->m;
    char n[TEXTS_NUMBER];
    int64_t shown = 0;
    int64_t more = 0;
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    for (size_t i = 0; i < m->service_count; i++) {
        const model_service *v = &m->services[i];
        if (v->id == 0 || v->resources == 0) {
            continue;
        }
        if (shown++ >= SERVICES_MOST) {
            more++;
            continue;
        }
        buf_puts(&b, b.len > 0 ? ", " : "");
        texts_fill(p->words, &b, v->resources == 1 ? "cover.service_one" : "cover.service", "title",
                   v->title, "n", texts_number(v->resources, n), NULL);
    }
    if (more > 0) {
        buf_putc(&b, ' ');
        texts_fill(p->words, &b, "common.more", "n", texts_number(more, n), NULL);
    }
    fact(p, "cover.services", shown == 0 ? texts_get(p->words, "common.none") : buf_str(&b),
         STYLE_CELL);
}

/* The bar and, below it, each status with its number: the legend of every bar. */
static void figures(part *p)
{
    enum { BAR = 14, COLUMNS = 4, CELL = 33 };
    layout *l = p->l;
    const model_counts *total = &p->m->total;
    char n[3][TEXTS_NUMBER];
    EVPACK_AUTO_VALUE(buf_reset) buf head = {0};
    texts_fill(p->words, &head, "cover.headline", "n", texts_number(total->total, n[0]),
               "resources", texts_number(p->m->resources, n[1]), "controls",
               texts_number((int64_t)model_tested_controls(p->m), n[2]), NULL);
    layout_begin(l);
    double y =
        layout_text(l, (layout_area){.width = layout_width(l)}, STYLE_H2, buf_str(&head)) + 6;
    part_bar(p, (pdf_box){0, y, layout_width(l), BAR}, total);
    y += BAR + 9;
    size_t count = 0;
    const int *order = layout_status_order(l, &count);
    double column = layout_width(l) / COLUMNS;
    for (size_t i = 0; i < count; i++) {
        double x = column * (double)(i % COLUMNS);
        size_t line = i / COLUMNS;
        double top = y + CELL * (double)line;
        layout_fill(l, (pdf_box){x, top + 3, 3, 26}, layout_status_colour(l, order[i]));
        const char *word = finding_status_word(order[i]);
        double below = layout_text(l, (layout_area){.x = x + 9, .y = top, .width = column - 14},
                                   STYLE_FIGURE, texts_number(total->of[order[i]], n[0]));
        (void)layout_text(l, (layout_area){.x = x + 9, .y = below, .width = column - 14},
                          STYLE_LABEL, texts_word(p->words, "status", word, "word"));
    }
    layout_end(l, y + CELL * 2, 0);
}

/* What is no test's among the figures, and what is in none of them. */
static evpack_status beside(part *p, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    EVPACK_TRY(said_of_all(p->s, p->m, p->words, &b, err));
    if (b.len > 0) {
        layout_paragraph(p->l, STYLE_NOTE, buf_str(&b), 0);
    }
    return EVPACK_OK;
}

static void origin(part *p)
{
    const report_options *o = p->options;
    char at[TEXT_TIME];
    text_format_time(o->at, at);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    texts_fill(p->words, &b, "cover.times", "evaluated", part_time(p, p->m->evaluated_at), "made",
               part_time(p, at), NULL);
    fact(p, "cover.evaluated", buf_str(&b), STYLE_CELL);
    buf_clear(&b);
    said_made_with(o, p->words, &b);
    fact(p, "cover.tool", buf_str(&b), STYLE_CELL);
    buf_clear(&b);
    texts_fill(p->words, &b, "cover.mapping_value", "origin", p->m->mapping_origin, "sha256",
               p->m->mapping_sha256, NULL);
    fact(p, "cover.mapping", buf_str(&b), STYLE_MONO);
    fact(p, "cover.package",
         o->package_id == NULL ? texts_get(p->words, "cover.unsealed") : o->package_id,
         o->package_id == NULL ? STYLE_CELL : STYLE_MONO);
    if (o->signer != NULL) {
        fact(p, "cover.signer", o->signer, STYLE_CELL);
    }
}

static void divider(part *p)
{
    layout_space(p->l, 5);
    layout_begin(p->l);
    layout_rule(p->l, 0, 0, layout_width(p->l), 0.4, layout_colour_of(p->l, COLOUR_RULE));
    layout_end(p->l, 5, 0);
}

/* Who it is for; nothing without an engagement. */
static evpack_status parties(part *p, evpack_err *err)
{
    EVPACK_AUTO_VALUE(part_who_reset) part_who w = {0};
    EVPACK_TRY(part_who_read(p, &w, err));
    const struct {
        const char *key;
        const buf *value;
    } facts[] = {{"cover.client", &w.client},
                 {"cover.auditor", &w.auditor},
                 {"cover.reference", &w.reference},
                 {"cover.period", &w.period}};
    for (size_t i = 0; w.there && i < sizeof facts / sizeof facts[0]; i++) {
        if (facts[i].value->len > 0) {
            fact(p, facts[i].key, buf_str(facts[i].value), STYLE_BODY);
        }
    }
    layout_space(p->l, 12);
    return EVPACK_OK;
}

/* Kinds of evidence that usually name people, of those that the case holds. */
static evpack_status put_personal(part *p, buf *out, evpack_err *err)
{
    for (const json *e = json_first(texts_node(p->words, "personal.kinds")); e != NULL;
         e = json_next(e)) {
        EVPACK_AUTO(db_stmt) row = NULL;
        const char *kind = json_get_string(e, "kind");
        const char *word = json_get_string(e, "word");
        bool there = false;
        EVPACK_TRY(db_prepare(store_db(p->s), "SELECT 1 FROM evidence WHERE kind = ?1 LIMIT 1",
                              &row, err));
        EVPACK_TRY(db_bind(row, err, "t", kind == NULL ? "" : kind));
        EVPACK_TRY(db_step(row, &there, err));
        if (there && word != NULL) {
            buf_printf(out, "%s%s", out->len > 0 ? ", " : "", word);
        }
    }
    return buf_status(out, err);
}

/* What this is not, and that people may be named in it. */
static evpack_status note(part *p, evpack_err *err)
{
    enum { PAD = 8, GAP = 4 };
    layout *l = p->l;
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf personal = {0};
    EVPACK_TRY(put_personal(p, &list, err));
    texts_fill(p->words, &personal, list.len > 0 ? "personal.cover" : "personal.cover_none", "list",
               buf_str(&list), NULL);
    const char *const lines[] = {texts_get(p->words, "cover.note"),
                                 texts_get(p->words, "cover.not"), buf_str(&personal)};
    double height = 0;
    for (int pass = 0; pass < 2; pass++) { /* the panel lies below the text, and is as high as it */
        layout_begin(l);
        if (pass == 1) {
            layout_fill(l, (pdf_box){0, 0, layout_width(l), height},
                        layout_colour_of(l, COLOUR_PANEL));
            layout_fill(l, (pdf_box){0, 0, 2.5, height}, layout_colour_of(l, COLOUR_ACCENT));
        }
        layout_area area = {.x = PAD + 4, .y = PAD, .width = layout_width(l) - 2 * PAD - 4};
        for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
            area.y = layout_text(l, area, STYLE_NOTE, lines[i]) + GAP;
        }
        height = area.y - GAP + PAD;
    }
    layout_end(l, height, 0);
    return buf_status(&personal, err);
}

evpack_status part_cover(part *p, evpack_err *err)
{
    layout *l = p->l;
    layout_logo(l);
    layout_begin(l);
    layout_fill(l, (pdf_box){0, 0, 46, 3}, layout_colour_of(l, COLOUR_ACCENT));
    double y = layout_text(l, (layout_area){.y = 14, .width = layout_width(l)}, STYLE_KICKER,
                           texts_get(p->words, "cover.kicker"));
    y = layout_text(l, (layout_area){.y = y + 4, .width = layout_width(l)}, STYLE_DISPLAY,
                    *p->m->benchmark == '\0' ? texts_get(p->words, "title") : p->m->benchmark);
    y = layout_text(l, (layout_area){.y = y + 6, .width = layout_width(l) * 0.8}, STYLE_SUBTITLE,
                    texts_get(p->words, "cover.subtitle"));
    layout_end(l, y + 12, 0);
    EVPACK_TRY(parties(p, err));
    figures(p);
    EVPACK_TRY(beside(p, err));
    layout_space(l, 6);
    EVPACK_TRY(note(p, err));
    divider(p);
    tenants(p);
    subscriptions(p);
    snapshots(p);
    services(p);
    divider(p);
    origin(p);
    return EVPACK_OK;
}

evpack_status part_contents(part *p, evpack_err *err)
{
    (void)err;
    layout *l = p->l;
    layout_new_page(l);
    layout_begin(l);
    double end = layout_text(l, (layout_area){.width = layout_width(l)}, STYLE_H1,
                             texts_get(p->words, "contents.title"));
    layout_rule(l, 0, end + 4, layout_width(l), 1.1, layout_colour_of(l, COLOUR_STRONG_RULE));
    layout_end(l, end + 14, 0);
    p->contents_page = layout_page(l);
    p->contents_y = layout_top(l);
    layout_new_page(l);
    return EVPACK_OK;
}

/* A word and what it means, with its colour when it is a status. */
static void meaning(part *p, const char *word, const char *means, const uint32_t *colour)
{
    enum { SWATCH = 8, WORD_X = 15, MEANS_X = 110, PAD = 3 };
    layout *l = p->l;
    layout_begin(l);
    if (colour != NULL) {
        layout_fill(l, (pdf_box){0, PAD + 1.5, SWATCH, SWATCH}, *colour);
    }
    double x = colour == NULL ? 0 : WORD_X;
    double a = layout_text(l, (layout_area){.x = x, .y = PAD, .width = MEANS_X - x - 6},
                           STYLE_CELLBOLD, word);
    double b =
        layout_text(l, (layout_area){.x = MEANS_X, .y = PAD, .width = layout_width(l) - MEANS_X},
                    STYLE_CELL, means);
    double end = (a > b ? a : b) + PAD;
    layout_rule(l, 0, end, layout_width(l), 0.35, layout_colour_of(l, COLOUR_RULE));
    layout_end(l, end, 0);
}

evpack_status part_read(part *p, evpack_err *err)
{
    (void)err;
    layout *l = p->l;
    layout_section(l, texts_get(p->words, "read.title"), KEEP_SECTION);
    for (const json *e = json_first(texts_node(p->words, "read.intro")); e != NULL;
         e = json_next(e)) {
        layout_paragraph(l, STYLE_BODY, json_string(e), 6);
    }
    layout_heading(l, texts_get(p->words, "read.status_title"), 60, false);
    size_t count = 0;
    const int *order = layout_status_order(l, &count);
    for (size_t i = 0; i < count; i++) {
        const char *word = finding_status_word(order[i]);
        uint32_t colour = layout_status_colour(l, order[i]);
        meaning(p, texts_word(p->words, "status", word, "word"),
                texts_word(p->words, "status", word, "means"), &colour);
    }
    layout_space(l, 8);
    part_paragraph(p, STYLE_BODY, "read.absent", 0);
    layout_heading(l, texts_get(p->words, "read.responsibility_title"), 60, false);
    part_paragraph(p, STYLE_BODY, "read.responsibility_intro", 4);
    for (int i = 1; i < MODEL_RESPONSIBILITIES; i++) {
        const char *word = model_responsibility_word(i);
        meaning(p, texts_word(p->words, "responsibility", word, "word"),
                texts_word(p->words, "responsibility", word, "means"), NULL);
    }
    return EVPACK_OK;
}
