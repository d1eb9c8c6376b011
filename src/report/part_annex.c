/*
 * The annex: evidence index, custody, method, verification. Invariant: digests are whole here, so
 * that a file can be checked against the printed page.
 */
#include "report/part.h"

#include "report/files.h"

#include <stdio.h>
#include <string.h>

/* The path over the whole width; below it the digest, and the columns beside it. */
static void file_row(part *p, const table *t, const report_file *f)
{
    layout *l = p->l;
    char n[2][TEXTS_NUMBER];
    const char *const cells[] = {f->sha256, f->kind,
                                 texts_word(p->words, "completeness", f->completeness, "word"),
                                 texts_number(f->records, n[0]), texts_number(f->size, n[1])};
    const char *const none[TABLE_COLUMNS] = {0};
    (void)table_row(t, none);
    layout_area area = {.y = t->at[0].y, .width = layout_width(l)};
    area.y = layout_text(l, area, STYLE_MONO, f->path);
    double end = area.y;
    for (size_t i = 0; i < t->count; i++) {
        layout_area cell = t->at[i];
        cell.y = area.y;
        /* Rather smaller than broken. */
        bool wide = layout_text_width(l, t->style[i], cells[i]) > cell.width;
        layout_style style = wide && t->style[i] == STYLE_CELL ? STYLE_LABEL : t->style[i];
        cell.y += style == STYLE_LABEL ? 0.7 : 0; /* on the line of the others */
        double y = layout_text(l, cell, style, cells[i]);
        end = y > end ? y : end;
    }
    area.y = end;
    /* data/evidence/SNAPSHOT/ is ours; what follows is the original path unless it was escaped. */
    const char *tail = f->path + strlen("data/evidence/") + strlen(f->snapshot) + 1;
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    if (strcmp(tail, f->original) != 0) {
        texts_fill(p->words, &b, "index.original", "path", f->original, NULL);
        area.y = layout_text(l, area, STYLE_LABEL, buf_str(&b));
    }
    if (f->reason != NULL) {
        buf_clear(&b);
        part_cut(p, f->reason, 300, &b);
        area.y = layout_text(l, area, STYLE_LABEL, buf_str(&b));
    }
    table_row_end(t, area.y + 3);
}

evpack_status part_index(part *p, evpack_err *err)
{
    layout_section(p->l, texts_get(p->words, "index.title"), KEEP_SECTION);
    if (p->m->files == 0) {
        part_paragraph(p, STYLE_BODY, "index.none", 0);
        return EVPACK_OK;
    }
    part_paragraph(p, STYLE_BODY, "index.intro", 8);
    EVPACK_AUTO(report_files) files = NULL;
    EVPACK_TRY(report_files_open(p->s, &files, err));
    table t;
    EVPACK_TRY(table_open(p->l, "index", &t, err));
    table_head(&t, p->words, "index.columns");
    int64_t shown = 0;
    const report_file *f = NULL;
    EVPACK_TRY(report_files_next(files, &f, err));
    while (f != NULL && shown < p->options->index_cap) {
        file_row(p, &t, f);
        shown++;
        EVPACK_TRY(report_files_next(files, &f, err));
    }
    table_end(&t);
    if (p->m->files > shown) {
        char n[TEXTS_NUMBER];
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        texts_fill(p->words, &b, "index.rest", "n", texts_number(p->m->files - shown, n), NULL);
        layout_space(p->l, 6);
        layout_paragraph(p->l, STYLE_STRONG, buf_str(&b), 0);
    }
    return EVPACK_OK;
}

/* What happened, who did it and why; below it the details and the line's digest, whole. */
static evpack_status event_row(part *p, const table *t, const model_event *e, evpack_err *err)
{
    enum { DETAIL_BYTES = 600 };
    EVPACK_AUTO_VALUE(buf_reset) buf detail = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf by = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    if (e->detail != NULL) {
        part_cut(p, e->detail, DETAIL_BYTES, &detail);
    }
    bool unnamed = e->by == NULL || *e->by == '\0';
    buf_puts(&by, unnamed ? texts_get(p->words, "common.not_stated") : e->by);
    if (e->reason != NULL && *e->reason != '\0') {
        buf_printf(&by, ": %s", e->reason);
    }
    texts_fill(p->words, &line, "custody.digest", "sha256", e->sha256, NULL);
    EVPACK_TRY(buf_status(&by, err));
    const char *event = e->event == NULL ? "" : e->event;
    const char *const cells[] = {part_time(p, e->at), texts_word(p->words, "event", event, ""),
                                 buf_str(&by)};
    layout_area below = {.width = layout_width(p->l)};
    below.y = table_row(t, cells);
    below.y = layout_text(p->l, below, STYLE_MONOSMALL, buf_str(&detail));
    below.y = layout_text(p->l, below, STYLE_MONOSMALL, buf_str(&line));
    table_row_end(t, below.y + 3);
    return buf_status(&line, err);
}

evpack_status part_custody(part *p, evpack_err *err)
{
    layout_section(p->l, texts_get(p->words, "custody.title"), KEEP_SECTION);
    part_paragraph(p, STYLE_BODY, p->m->event_count == 0 ? "custody.none" : "custody.intro", 8);
    if (p->m->event_count == 0) {
        return EVPACK_OK;
    }
    table t;
    EVPACK_TRY(table_open(p->l, "custody", &t, err));
    table_head(&t, p->words, "custody.columns");
    for (size_t i = 0; i < p->m->event_count; i++) {
        EVPACK_TRY(event_row(p, &t, &p->m->events[i], err));
    }
    table_end(&t);
    int64_t rest = p->m->event_total - (int64_t)p->m->event_count;
    if (rest > 0) {
        layout_space(p->l, 6);
        part_number_line(p, STYLE_STRONG, "custody.rest", rest, 0);
    }
    return EVPACK_OK;
}

evpack_status part_method(part *p, evpack_err *err)
{
    (void)err;
    layout_section(p->l, texts_get(p->words, "method.title"), KEEP_SECTION);
    for (const json *e = json_first(texts_node(p->words, "method.parts")); e != NULL;
         e = json_next(e)) {
        layout_heading(p->l, json_get_string(e, "title"), 40, false);
        for (const json *text = json_first(json_get(e, "text")); text != NULL;
             text = json_next(text)) {
            layout_paragraph(p->l, STYLE_BODY, json_string(text), 5);
        }
    }
    return EVPACK_OK;
}

static void command(part *p, const char *text)
{
    enum { PAD = 5 };
    layout *l = p->l;
    const layout_area area = {.x = PAD + 3, .y = PAD, .width = layout_width(l) - 2 * PAD - 3};
    layout_begin(l);
    double height = layout_text(l, area, STYLE_MONO, text) + PAD;
    layout_begin(l);
    layout_fill(l, (pdf_box){0, 0, layout_width(l), height}, layout_colour_of(l, COLOUR_PANEL));
    (void)layout_text(l, area, STYLE_MONO, text);
    layout_end(l, height, 0);
    layout_space(l, 8);
}

evpack_status part_verify(part *p, evpack_err *err)
{
    (void)err;
    layout_section(p->l, texts_get(p->words, "verify.title"), KEEP_SECTION);
    part_paragraph(p, STYLE_BODY, "verify.intro", 8);
    for (const json *e = json_first(texts_node(p->words, "verify.steps")); e != NULL;
         e = json_next(e)) {
        layout_begin(p->l);
        double y = layout_text(p->l, (layout_area){.width = layout_width(p->l)}, STYLE_CELL,
                               json_get_string(e, "text"));
        layout_end(p->l, y + 3, 30);
        command(p, json_get_string(e, "command"));
    }
    part_paragraph(p, STYLE_NOTE, "verify.trust", 0);
    return EVPACK_OK;
}
