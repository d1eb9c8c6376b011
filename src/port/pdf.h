/*
 * PDF pages, by libharu, as PDF/A-1b (ISO 19005-1): fonts and colour space are part of the file,
 * metadata and an identifier say what it is, nothing is transparent and nothing refers outside.
 *
 * Coordinates are points from the page's top left corner, y growing downwards; text stands on its
 * baseline. Text is UTF-8 in one of three embedded fonts. Whatever a font cannot show is made
 * visible first (base/visible), both when measuring and when drawing, so nothing is ever dropped.
 *
 * Failing is sticky: drawing after a failure does nothing, and pdf_write tells of it. The bytes
 * depend on the calls alone.
 */
#ifndef EVPACK_PORT_PDF_H
#define EVPACK_PORT_PDF_H

#include "base/buf.h"

typedef struct pdf pdf;

typedef enum { PDF_SANS, PDF_BOLD, PDF_MONO, PDF_FONTS } pdf_font;
typedef struct {
    pdf_font font;
    double size;
    uint32_t colour; /* 0xRRGGBB */
} pdf_style;

typedef struct {
    const char *title, *subject, *creator;
    int64_t at; /* the creation date */
    double width, height;
} pdf_info;

evpack_status pdf_new(const pdf_info *info, pdf **out, evpack_err *err) EVPACK_MUST_USE;
void pdf_free(pdf *p);
EVPACK_DEFINE_CLEANUP(pdf, pdf_free)

/* Adds a page after the last one and draws on it from now on. Pages count from 0. */
size_t pdf_add_page(pdf *p);
/* Draws on a page that is there already. */
void pdf_go(pdf *p, size_t page);
size_t pdf_pages(const pdf *p);

double pdf_text_width(pdf *p, pdf_font font, double size, const char *text, size_t len);
void pdf_text(pdf *p, double x, double y, const pdf_style *style, const char *text, size_t len);
/*
 * Appends text with what cannot be shown escaped. Do this once to every text that comes from
 * evidence, before cutting it into lines: drawing takes an escape's brackets for an escape.
 */
void pdf_visible(pdf *p, const char *text, size_t len, buf *out);

/*
 * The first line of text that is width wide: how many bytes to draw, and where the next line
 * starts. Lines end at spaces; a word that is wider than a line ends after a '/' or ',', or
 * when there is none after any character. Both are 0 only for an empty text. text should be visible
 * already.
 */
typedef struct {
    size_t draw, next;
    double width; /* of what is drawn */
} pdf_line_cut;
pdf_line_cut pdf_cut(pdf *p, pdf_font font, double size, const char *text, size_t len,
                     double width);

typedef struct {
    double x, y, width, height;
} pdf_box;
/* A horizontal line. */
void pdf_rule(pdf *p, double x, double y, double width, double thick, uint32_t colour);
void pdf_fill(pdf *p, pdf_box box, uint32_t colour);
void pdf_frame(pdf *p, pdf_box box, double thick, uint32_t colour);

/* A filled shape of at least three corners. */
typedef struct {
    double x, y;
} pdf_point;
void pdf_polygon(pdf *p, const pdf_point *corners, size_t count, uint32_t colour);
void pdf_line(pdf *p, pdf_point from, pdf_point to, double thick, uint32_t colour);
/* Text that is read from below: it begins at the point and goes up. */
void pdf_text_up(pdf *p, pdf_point at, const pdf_style *style, const char *text, size_t len);
/* The one picture that the document may have: rows of RGB from the top. The bytes are copied. */
void pdf_set_picture(pdf *p, const unsigned char *rgb, unsigned width, unsigned height);
/* Draws it, stretched to the box; nothing when there is none. */
void pdf_picture(pdf *p, pdf_box box);

/* An entry of the outline; level 0 or 1 (below the last of level 0). */
void pdf_outline(pdf *p, unsigned level, const char *title, size_t page, double y);
/* An area of the current page that leads to a place on another. */
void pdf_link(pdf *p, pdf_box area, size_t page, double to_y);

evpack_status pdf_write(pdf *p, int fd, evpack_err *err) EVPACK_MUST_USE;

#endif
