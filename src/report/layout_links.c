/*
 * Names to places. Invariant: a link leads to the first place of its name, or is not drawn. Knows
 * nothing of blocks.
 */
#include "report/layout_links.h"

#include <stdlib.h>
#include <string.h>

void layout_links_reset(layout_links *l)
{
    arena_reset(&l->names);
    free(l->places);
    free(l->jumps);
    *l = (layout_links){0};
}

/* Makes room for one more of count elements; false, and failed, when memory ran out. */
static bool make_room(layout_links *l, void **at, size_t size, size_t count, size_t *cap)
{
    if (count < *cap) {
        return true;
    }
    const size_t more = *cap == 0 ? 64 : *cap * 2;
    void *grown = realloc(*at, more * size);
    if (grown == NULL) {
        l->failed = true;
        return false;
    }
    *at = grown;
    *cap = more;
    return true;
}

void layout_links_place(layout_links *l, const char *name, size_t page, double y)
{
    void *at = l->places;
    if (make_room(l, &at, sizeof *l->places, l->place_count, &l->place_cap)) {
        l->places = at;
        l->places[l->place_count] = (layout_place){
            .name = arena_text(&l->names, name), .page = page, .order = l->place_count, .y = y};
        l->place_count++;
    }
}

void layout_links_jump(layout_links *l, const char *name, size_t page, pdf_box area)
{
    void *at = l->jumps;
    if (make_room(l, &at, sizeof *l->jumps, l->jump_count, &l->jump_cap)) {
        l->jumps = at;
        l->jumps[l->jump_count++] =
            (layout_jump){.name = arena_text(&l->names, name), .page = page, .area = area};
    }
}

static int by_name(const void *a, const void *b)
{
    const layout_place *x = a;
    const layout_place *y = b;
    const int names = strcmp(x->name, y->name);
    return names != 0 ? names : (x->order > y->order) - (x->order < y->order);
}

/* The first of the places with that name; they are sorted. */
static const layout_place *find(const layout_links *l, const char *name)
{
    size_t low = 0;
    size_t high = l->place_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(l->places[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const bool found = low < l->place_count && strcmp(l->places[low].name, name) == 0;
    return found ? &l->places[low] : NULL;
}

void layout_links_draw(layout_links *l, pdf *p)
{
    l->failed = l->failed || l->names.failed;
    if (l->failed) {
        return;
    }
    if (l->place_count > 0) {
        qsort(l->places, l->place_count, sizeof *l->places, by_name);
    }
    for (size_t i = 0; i < l->jump_count; i++) {
        const layout_place *to = find(l, l->jumps[i].name);
        if (to != NULL) {
            pdf_go(p, l->jumps[i].page);
            pdf_link(p, l->jumps[i].area, to->page, to->y);
        }
    }
}
