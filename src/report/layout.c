/*
 * Blocks and pages. Invariant: everything composed is drawn exactly once (a header once a page),
 * inside the margins, and no block that fits on a page is split. Knows nothing of findings but the
 * colours of their statuses.
 */
#include "report/layout.h"

#include "base/arena.h"
#include "port/image.h"
#include "report/layout_config.h"
#include "report/layout_links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { OP_FILL, OP_RULE, OP_TEXT, OP_TEXT_UP, OP_POLYGON, OP_LINK } op_kind;

typedef struct {
    op_kind kind;
    size_t order; /* in which it was added */
    pdf_box box;
    layout_style style; /* OP_TEXT, OP_TEXT_UP */
    uint32_t colour;    /* OP_FILL, OP_RULE, OP_POLYGON */
    const char *text;   /* OP_TEXT, OP_TEXT_UP; OP_LINK: the name */
    size_t len;         /* of the text; OP_POLYGON: of the corners */
    const pdf_point *corners;
} op;

typedef struct {
    op *ops;
    size_t count, cap;
    arena text;
    double height;
} block;

typedef struct {
    const char *title;
    size_t page;
    double y;
} entry;

enum { ANCHORS = 4 };

struct layout {
    pdf *p;
    layout_config c;
    block now, header;
    bool has_header;
    double y; /* from the page's top */
    bool at_top;
    arena keep; /* section titles */
    entry *sections;
    size_t section_count, section_cap;
    double logo_width, logo_height; /* in pixels; 0: there is no logo */
    layout_links links;
    const char *anchors[ANCHORS]; /* of the next block; in keep */
    size_t anchor_count;
    buf visible;
    bool failed; /* out of memory */
};

static void block_reset(block *b)
{
    free(b->ops);
    arena_reset(&b->text);
    *b = (block){0};
}

void layout_free(layout *l)
{
    if (l != NULL) {
        pdf_free(l->p);
        json_free(l->c.doc);
        block_reset(&l->now);
        block_reset(&l->header);
        arena_reset(&l->keep);
        free(l->sections);
        layout_links_reset(&l->links);
        buf_reset(&l->visible);
        free(l);
    }
}

static evpack_status take_logo(layout *l, const report_template *t, evpack_err *err)
{
    const embed_file *file = report_template_logo(t);
    if (file == NULL) {
        return EVPACK_OK;
    }
    EVPACK_AUTO_VALUE(image_reset) image logo = {0};
    if (image_read(file->data, file->len, REPORT_TEMPLATE_LOGO, &logo, err) != EVPACK_OK) {
        return evpack_context(err, "%s", file->name);
    }
    pdf_set_picture(l->p, logo.rgb, logo.width, logo.height);
    l->logo_width = logo.width;
    l->logo_height = logo.height;
    return EVPACK_OK;
}

evpack_status layout_new(const layout_info *info, layout **out, evpack_err *err)
{
    EVPACK_AUTO(layout) l = calloc(1, sizeof *l);
    if (l == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(layout_config_load(info->template, &l->c, err));
    const pdf_info pdf_info_of = {.title = info->title,
                                  .subject = info->subject,
                                  .creator = info->creator,
                                  .at = info->at,
                                  .width = l->c.width,
                                  .height = l->c.height};
    EVPACK_TRY(pdf_new(&pdf_info_of, &l->p, err));
    EVPACK_TRY(take_logo(l, info->template, err));
    layout_new_page(l);
    *out = EVPACK_MOVE(l);
    return EVPACK_OK;
}

double layout_width(const layout *l)
{
    return l->c.width - l->c.left - l->c.right;
}

double layout_leading(const layout *l, layout_style style)
{
    return l->c.faces[style].leading;
}

uint32_t layout_colour_of(const layout *l, layout_colour colour)
{
    return l->c.colours[colour];
}

uint32_t layout_status_colour(const layout *l, int status)
{
    return l->c.statuses[status];
}

const json *layout_data(const layout *l, const char *name)
{
    return json_get(json_root(l->c.doc), name);
}

const int *layout_status_order(const layout *l, size_t *count)
{
    *count = l->c.order_count;
    return l->c.order;
}

double layout_text_width(layout *l, layout_style style, const char *text)
{
    const pdf_style *face = &l->c.faces[style].face;
    buf_clear(&l->visible);
    pdf_visible(l->p, text, strlen(text), &l->visible);
    return pdf_text_width(l->p, face->font, face->size, buf_str(&l->visible), l->visible.len);
}

static op *add_op(layout *l, op_kind kind, pdf_box box)
{
    block *b = &l->now;
    if (b->count == b->cap) {
        size_t cap = b->cap == 0 ? 64 : b->cap * 2;
        op *grown = realloc(b->ops, cap * sizeof *grown);
        if (grown == NULL) {
            l->failed = true;
            return NULL;
        }
        b->ops = grown;
        b->cap = cap;
    }
    op *one = &b->ops[b->count];
    *one = (op){.kind = kind, .order = b->count++, .box = box};
    return one;
}

void layout_begin(layout *l)
{
    l->now.count = 0;
    arena_clear(&l->now.text);
}

double layout_text(layout *l, layout_area area, layout_style style, const char *text)
{
    const layout_face *face = &l->c.faces[style];
    buf_clear(&l->visible);
    pdf_visible(l->p, text, strlen(text), &l->visible);
    const char *rest = arena_copy(&l->now.text, buf_str(&l->visible), l->visible.len);
    size_t left = strlen(rest);
    double y = area.y;
    while (left > 0) {
        pdf_line_cut cut = pdf_cut(l->p, face->face.font, face->face.size, rest, left, area.width);
        double x = area.align == ALIGN_RIGHT ? area.x + area.width - cut.width : area.x;
        op *one = add_op(l, OP_TEXT, (pdf_box){x, y, cut.width, face->leading});
        if (one == NULL || cut.next == 0) {
            break;
        }
        one->style = style;
        one->text = rest;
        one->len = cut.draw;
        rest += cut.next;
        left -= cut.next;
        y += face->leading;
    }
    return y;
}

void layout_fill(layout *l, pdf_box box, uint32_t colour)
{
    op *one = add_op(l, OP_FILL, box);
    if (one != NULL) {
        one->colour = colour;
    }
}

void layout_rule(layout *l, double x, double y, double width, double thick, uint32_t colour)
{
    op *one = add_op(l, OP_RULE, (pdf_box){x, y, width, thick});
    if (one != NULL) {
        one->colour = colour;
    }
}

void layout_polygon(layout *l, const pdf_point *corners, size_t count, uint32_t colour)
{
    double top = corners[0].y;
    double end = top;
    for (size_t i = 1; i < count; i++) {
        top = corners[i].y < top ? corners[i].y : top;
        end = corners[i].y > end ? corners[i].y : end;
    }
    pdf_point *copy = arena_alloc(&l->now.text, count * sizeof *copy);
    op *one = add_op(l, OP_POLYGON, (pdf_box){0, top, 0, end - top});
    if (one != NULL && copy != NULL) {
        memcpy(copy, corners, count * sizeof *copy);
        one->colour = colour;
        one->corners = copy;
        one->len = count;
    }
}

void layout_text_up(layout *l, double x, double bottom, layout_style style, const char *text)
{
    const double high = layout_text_width(l, style, text); /* fills visible */
    op *one = add_op(l, OP_TEXT_UP, (pdf_box){x, bottom - high, 0, high});
    if (one != NULL) {
        one->style = style;
        one->text = arena_copy(&l->now.text, buf_str(&l->visible), l->visible.len);
        one->len = strlen(one->text);
    }
}

void layout_logo(layout *l)
{
    if (l->logo_width == 0) {
        return;
    }
    const double by_width = l->c.logo_width / l->logo_width;
    const double by_height = l->c.logo_height / l->logo_height;
    const double scale = by_width < by_height ? by_width : by_height;
    const double height = l->logo_height * scale;
    pdf_picture(l->p, (pdf_box){l->c.left, l->c.top - l->c.logo_after - height,
                                l->logo_width * scale, height});
}

void layout_anchor(layout *l, const char *name)
{
    if (l->anchor_count < ANCHORS) {
        l->anchors[l->anchor_count++] = arena_text(&l->keep, name);
    }
}

void layout_link(layout *l, pdf_box area, const char *name)
{
    op *one = add_op(l, OP_LINK, area);
    if (one != NULL) {
        one->text = arena_text(&l->now.text, name);
    }
}

/* The block's top is on the current page, at y. */
static void place_anchors(layout *l, double y)
{
    for (size_t i = 0; i < l->anchor_count; i++) {
        layout_links_place(&l->links, l->anchors[i], layout_page(l), y);
    }
    l->anchor_count = 0;
}

/* Corners are in the block's coordinates: base is its top. */
static void draw_polygon(layout *l, const op *o, double base)
{
    enum { MOST = 64 };
    pdf_point at[MOST];
    const size_t count = o->len < MOST ? o->len : MOST;
    for (size_t i = 0; i < count; i++) {
        at[i] = (pdf_point){l->c.left + o->corners[i].x, base + o->corners[i].y};
    }
    pdf_polygon(l->p, at, count, o->colour);
}

static void draw(layout *l, const op *o, double base)
{
    double x = l->c.left + o->box.x;
    double y = base + o->box.y;
    switch (o->kind) {
    case OP_FILL:
        pdf_fill(l->p, (pdf_box){x, y, o->box.width, o->box.height}, o->colour);
        return;
    case OP_RULE:
        pdf_rule(l->p, x, y, o->box.width, o->box.height, o->colour);
        return;
    case OP_POLYGON:
        draw_polygon(l, o, base);
        return;
    case OP_TEXT_UP: {
        const pdf_style *face = &l->c.faces[o->style].face;
        pdf_text_up(l->p, (pdf_point){x + face->size * 0.36, y + o->box.height}, face, o->text,
                    o->len);
        return;
    }
    case OP_LINK:
        layout_links_jump(&l->links, o->text, layout_page(l),
                          (pdf_box){x, y, o->box.width, o->box.height});
        return;
    case OP_TEXT: {
        const layout_face *face = &l->c.faces[o->style];
        double line = y + face->leading / 2 + face->face.size * 0.36;
        pdf_text(l->p, x, line, &face->face, o->text, o->len);
        return;
    }
    }
}

static double page_end(const layout *l)
{
    return l->c.height - l->c.bottom;
}

size_t layout_page(const layout *l)
{
    return pdf_pages(l->p) - 1;
}

double layout_top(const layout *l)
{
    return l->y;
}

double layout_room(const layout *l)
{
    return page_end(l) - l->y;
}

void layout_new_page(layout *l)
{
    (void)pdf_add_page(l->p);
    l->y = l->c.top;
    l->at_top = true;
    if (l->has_header) {
        for (size_t i = 0; i < l->header.count; i++) {
            draw(l, &l->header.ops[i], l->y);
        }
        l->y += l->header.height;
    }
}

static int by_y(const void *a, const void *b)
{
    const op *x = a;
    const op *y = b;
    if (x->box.y < y->box.y || x->box.y > y->box.y) {
        return x->box.y < y->box.y ? -1 : 1;
    }
    return x->order < y->order ? -1 : 1;
}

/* A block taller than a page: op after op, going to a new page where one does not fit. */
static void place_tall(layout *l)
{
    block *b = &l->now;
    qsort(b->ops, b->count, sizeof *b->ops, by_y);
    double base = l->y;
    for (size_t i = 0; i < b->count; i++) {
        const op *o = &b->ops[i];
        if (o->kind != OP_FILL && base + o->box.y + o->box.height > page_end(l)) {
            layout_new_page(l);
            base = l->y - o->box.y;
        }
        if (o->kind != OP_FILL) { /* a fill cannot be split here: it is decoration */
            draw(l, o, base);
        }
    }
    l->y = base + b->height;
}

void layout_end(layout *l, double height, double keep)
{
    block *b = &l->now;
    b->height = height;
    if (b->text.failed) {
        l->failed = true;
    }
    double body = page_end(l) - l->c.top - (l->has_header ? l->header.height : 0);
    if (height > body) {
        place_anchors(l, l->y);
        place_tall(l);
    } else {
        if (height + keep > layout_room(l) && !l->at_top) {
            layout_new_page(l);
        }
        place_anchors(l, l->y);
        for (size_t i = 0; i < b->count; i++) {
            draw(l, &b->ops[i], l->y);
        }
        l->y += height;
    }
    l->at_top = false;
}

void layout_end_header(layout *l, double height, double keep)
{
    l->has_header = false;
    layout_end(l, height, keep);
    block_reset(&l->header);
    l->header = l->now;
    l->now = (block){0};
    l->has_header = true;
}

void layout_drop_header(layout *l)
{
    l->has_header = false;
}

void layout_space(layout *l, double height)
{
    if (!l->at_top) {
        l->y += height;
    }
}

void layout_paragraph(layout *l, layout_style style, const char *text, double after)
{
    layout_begin(l);
    double y = layout_text(l, (layout_area){.width = layout_width(l)}, style, text);
    layout_end(l, y, 0);
    layout_space(l, after);
}

static void add_section(layout *l, const char *title)
{
    if (l->section_count == l->section_cap) {
        size_t cap = l->section_cap == 0 ? 16 : l->section_cap * 2;
        entry *grown = realloc(l->sections, cap * sizeof *grown);
        if (grown == NULL) {
            l->failed = true;
            return;
        }
        l->sections = grown;
        l->section_cap = cap;
    }
    l->sections[l->section_count++] = (entry){arena_text(&l->keep, title), layout_page(l), l->y};
}

void layout_section(layout *l, const char *title, double keep)
{
    enum { NUMBER_WIDTH = 32, AFTER = 12, BEFORE = 30 };
    if (layout_room(l) < layout_leading(l, STYLE_H1) + keep + BEFORE) {
        layout_new_page(l);
    }
    layout_space(l, BEFORE);
    add_section(l, title);
    char number[16];
    (void)snprintf(number, sizeof number, "%zu", l->section_count);
    pdf_outline(l->p, 0, title, layout_page(l), l->y - 12);
    layout_begin(l);
    (void)layout_text(l, (layout_area){.width = NUMBER_WIDTH}, STYLE_H1, number);
    double y =
        layout_text(l, (layout_area){.x = NUMBER_WIDTH, .width = layout_width(l) - NUMBER_WIDTH},
                    STYLE_H1, title);
    layout_rule(l, 0, y + 4, layout_width(l), 1.1, layout_colour_of(l, COLOUR_STRONG_RULE));
    layout_end(l, y + 4 + AFTER, keep);
}

void layout_mark(layout *l, const char *title)
{
    pdf_outline(l->p, 1, title, layout_page(l), l->y - 12);
}

void layout_heading(layout *l, const char *title, double keep, bool listed)
{
    enum { BEFORE = 14, AFTER = 5 };
    double height = layout_leading(l, STYLE_H2);
    if (layout_room(l) < BEFORE + height + AFTER + keep) {
        layout_new_page(l);
    }
    layout_space(l, BEFORE);
    if (listed) {
        layout_mark(l, title);
    }
    layout_begin(l);
    double y = layout_text(l, (layout_area){.width = layout_width(l)}, STYLE_H2, title);
    layout_end(l, y + AFTER, keep);
}

/* Dots from x to right, on a fixed grid so that the lines' dots stand below each other. */
static void leader(layout *l, double x, double right, double y)
{
    const double grid = 5;
    const pdf_style *face = &l->c.faces[STYLE_NOTE].face;
    int dots = (int)((right - x) / grid) - 1;
    for (int i = 1; i <= dots; i++) {
        pdf_text(l->p, right - grid * i, y, face, ".", 1);
    }
}

void layout_contents(layout *l, size_t page, double y)
{
    const layout_face *face = &l->c.faces[STYLE_BODY];
    const double line = 19;
    const double right = l->c.left + layout_width(l);
    pdf_go(l->p, page);
    for (size_t i = 0; i < l->section_count; i++) {
        const entry *e = &l->sections[i];
        char number[16];
        int n = snprintf(number, sizeof number, "%zu", i + 1);
        pdf_text(l->p, l->c.left, y + 12, &l->c.faces[STYLE_STRONG].face, number, (size_t)n);
        size_t len = strlen(e->title);
        pdf_text(l->p, l->c.left + 26, y + 12, &face->face, e->title, len);
        double width = pdf_text_width(l->p, face->face.font, face->face.size, e->title, len);
        n = snprintf(number, sizeof number, "%zu", e->page + 1);
        double number_width =
            pdf_text_width(l->p, face->face.font, face->face.size, number, (size_t)n);
        pdf_text(l->p, right - number_width, y + 12, &face->face, number, (size_t)n);
        leader(l, l->c.left + 26 + width, right - 18, y + 12);
        pdf_link(l->p, (pdf_box){l->c.left, y, layout_width(l), line}, e->page, e->y - 12);
        y += line;
    }
}

/* The title of the section that the page's top is in. */
static const char *section_on(const layout *l, size_t page)
{
    const char *title = "";
    for (size_t i = 0; i < l->section_count; i++) {
        const entry *e = &l->sections[i];
        if (e->page < page || (e->page == page && e->y < l->c.top + 1)) {
            title = e->title;
        }
    }
    return title;
}

static void right_text(layout *l, double y, const char *text)
{
    const pdf_style *face = &l->c.faces[STYLE_RUNNING].face;
    size_t len = strlen(text);
    double width = pdf_text_width(l->p, face->font, face->size, text, len);
    pdf_text(l->p, l->c.width - l->c.right - width, y, face, text, len);
}

void layout_furnish(layout *l, const char *head, const char *left_foot, layout_page_text page_text,
                    void *ctx)
{
    const pdf_style *face = &l->c.faces[STYLE_RUNNING].face;
    size_t pages = pdf_pages(l->p);
    EVPACK_AUTO_VALUE(buf_reset) buf number = {0};
    for (size_t i = 0; i < pages; i++) {
        pdf_go(l->p, i);
        if (i > 0) { /* the cover has a head of its own */
            pdf_text(l->p, l->c.left, l->c.head, face, head, strlen(head));
            right_text(l, l->c.head, section_on(l, i));
            pdf_rule(l->p, l->c.left, l->c.head + 7, layout_width(l), 0.4,
                     l->c.colours[COLOUR_RULE]);
        }
        double foot = l->c.height - l->c.foot;
        pdf_rule(l->p, l->c.left, foot - 12, layout_width(l), 0.4, l->c.colours[COLOUR_RULE]);
        pdf_text(l->p, l->c.left, foot, face, left_foot, strlen(left_foot));
        buf_clear(&number);
        page_text(ctx, i + 1, pages, &number);
        right_text(l, foot, buf_str(&number));
    }
    l->failed = l->failed || number.failed;
}

evpack_status layout_write(layout *l, int fd, evpack_err *err)
{
    layout_links_draw(&l->links, l->p);
    if (l->failed || l->visible.failed || l->keep.failed || l->links.failed) {
        return evpack_oom(err);
    }
    return pdf_write(l->p, fd, err);
}
