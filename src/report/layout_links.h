/*
 * Links inside the document: names of places, and areas that lead to a name. Both come in any
 * order; they are brought together when all pages are known. Only layout.c uses it.
 */
#ifndef EVPACK_REPORT_LAYOUT_LINKS_H
#define EVPACK_REPORT_LAYOUT_LINKS_H

#include "base/arena.h"
#include "port/pdf.h"

typedef struct {
    const char *name;
    size_t page, order;
    double y;
} layout_place;

typedef struct {
    const char *name;
    size_t page;
    pdf_box area;
} layout_jump;

/* Starts as {0}. */
typedef struct {
    arena names;
    layout_place *places;
    layout_jump *jumps;
    size_t place_count, place_cap, jump_count, jump_cap;
    bool failed; /* out of memory */
} layout_links;

void layout_links_reset(layout_links *l);
/* Of two places of one name the first counts. */
void layout_links_place(layout_links *l, const char *name, size_t page, double y);
void layout_links_jump(layout_links *l, const char *name, size_t page, pdf_box area);
/* Draws a link for each area whose name has a place; what has none stays plain. */
void layout_links_draw(layout_links *l, pdf *p);

#endif
