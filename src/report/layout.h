/*
 * From blocks to pages. A block is composed first (texts, rules, fills, in coordinates of its own:
 * x from the left margin, y from the block's top) and placed then, so that its height is known
 * before a page is chosen. A block that fits on a page is never split; a taller one is split
 * between lines. All sizes and colours are data: reports/summary.layout.json.
 *
 * A header block (a table's) is repeated at the top of each new page until it is dropped. Headings
 * keep with what follows. Page numbers, running heads and the table of contents are drawn last,
 * when all pages are known.
 */
#ifndef EVPACK_REPORT_LAYOUT_H
#define EVPACK_REPORT_LAYOUT_H

#include "port/json.h"
#include "port/pdf.h"
#include "report/template.h"
#include "store/findings.h"

#define LAYOUT_STYLES_LIST(X)       \
    X(STYLE_DISPLAY, "display")     \
    X(STYLE_KICKER, "kicker")       \
    X(STYLE_SUBTITLE, "subtitle")   \
    X(STYLE_H1, "h1")               \
    X(STYLE_H2, "h2")               \
    X(STYLE_H3, "h3")               \
    X(STYLE_BODY, "body")           \
    X(STYLE_STRONG, "strong")       \
    X(STYLE_NOTE, "note")           \
    X(STYLE_LABEL, "label")         \
    X(STYLE_CELL, "cell")           \
    X(STYLE_CELLBOLD, "cellbold")   \
    X(STYLE_HEAD, "head")           \
    X(STYLE_MONO, "mono")           \
    X(STYLE_MONOSMALL, "monosmall") \
    X(STYLE_FIGURE, "figure")       \
    X(STYLE_RUNNING, "running")

#define LAYOUT_COLOURS_LIST(X)           \
    X(COLOUR_RULE, "rule")               \
    X(COLOUR_STRONG_RULE, "strong_rule") \
    X(COLOUR_PANEL, "panel")             \
    X(COLOUR_ACCENT, "accent")           \
    X(COLOUR_LIGHT, "light")

typedef enum {
#define LAYOUT_CODE(code, name) code,
    LAYOUT_STYLES_LIST(LAYOUT_CODE) LAYOUT_STYLES
} layout_style;
typedef enum {
    LAYOUT_COLOURS_LIST(LAYOUT_CODE) LAYOUT_COLOURS
#undef LAYOUT_CODE
} layout_colour;
typedef enum { ALIGN_LEFT, ALIGN_RIGHT } layout_align;

typedef struct layout layout;

typedef struct {
    const char *title, *subject, *creator;
    int64_t at;
    const report_template *template; /* NULL: what is built in */
} layout_info;
evpack_status layout_new(const layout_info *info, layout **out, evpack_err *err) EVPACK_MUST_USE;
void layout_free(layout *l);
EVPACK_DEFINE_CLEANUP(layout, layout_free)

/* The width between the margins. */
double layout_width(const layout *l);
double layout_leading(const layout *l, layout_style style);
uint32_t layout_colour_of(const layout *l, layout_colour colour);
uint32_t layout_status_colour(const layout *l, int status);
/* The statuses in the order of bars and legends. */
const int *layout_status_order(const layout *l, size_t *count);
/* A member of reports/summary.layout.json; NULL when it is not there. Borrowed. */
const json *layout_data(const layout *l, const char *name);
double layout_text_width(layout *l, layout_style style, const char *text);

/* Composing. */
typedef struct {
    double x, y, width;
    layout_align align;
} layout_area;
void layout_begin(layout *l);
/* Wraps text into the area; what cannot be shown is escaped. Gives the y below its last line. */
double layout_text(layout *l, layout_area area, layout_style style, const char *text);
void layout_fill(layout *l, pdf_box box, uint32_t colour);
void layout_rule(layout *l, double x, double y, double width, double thick, uint32_t colour);
/* A filled shape of three to 64 corners. */
void layout_polygon(layout *l, const pdf_point *corners, size_t count, uint32_t colour);
/* One line that is read from below: it begins at (x, bottom) and goes up, as high as
 * layout_text_width says; x is the middle of the line. */
void layout_text_up(layout *l, double x, double bottom, layout_style style, const char *text);
/* Places the block where the page stands, or on the next page when height + keep do not fit. */
void layout_end(layout *l, double height, double keep);
/* The same, and the block is repeated on each new page until layout_drop_header. */
void layout_end_header(layout *l, double height, double keep);
void layout_drop_header(layout *l);

/*
 * Links inside the document. layout_anchor names the top of the block that is being composed, or of
 * the next one: also of a heading or a section. layout_link makes an area of the block that is
 * being composed lead to a name; a name that no block has by the end leaves it plain. Of two blocks
 * of one name the first counts.
 */
void layout_anchor(layout *l, const char *name);
void layout_link(layout *l, pdf_box area, const char *name);

/* White space, which a page's top swallows. */
void layout_space(layout *l, double height);
void layout_new_page(layout *l);
/* Where the next block would begin: the page (from 0) and the room left on it. */
size_t layout_page(const layout *l);
double layout_room(const layout *l);
/* The y, from the page's top, where the next block would begin. */
double layout_top(const layout *l);

/* Ready-made blocks over the whole width. */
void layout_paragraph(layout *l, layout_style style, const char *text, double after);
/* The template's logo in the top margin of the page, as large as reports/summary.layout.json lets it
 * be; nothing without one. */
void layout_logo(layout *l);
/* A section is numbered, listed and stands in the running head. keep: what must fit below it. */
void layout_section(layout *l, const char *title, double keep);
/* listed: in the outline, too. */
void layout_heading(layout *l, const char *title, double keep, bool listed);
/* An entry of the outline below the section's, for what comes next. */
void layout_mark(layout *l, const char *title);

/* Draws the list of sections on a page, from y on. */
void layout_contents(layout *l, size_t page, double y);
/* Draws heads and feet: left_foot, and the page with its number (page_text fills it in). */
typedef void (*layout_page_text)(void *ctx, size_t page, size_t pages, buf *out);
void layout_furnish(layout *l, const char *head, const char *left_foot, layout_page_text page_text,
                    void *ctx);
evpack_status layout_write(layout *l, int fd, evpack_err *err) EVPACK_MUST_USE;

#endif
