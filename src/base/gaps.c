/*
 * Gaps. Invariant: the list rises strictly, so that a byte has one offset. Knows nothing of what
 * was left out.
 */
#include "base/gaps.h"

#include <stdlib.h>

void gaps_reset(gaps *g)
{
    free(g->list);
    *g = (gaps){0};
}

void gaps_note(gaps *g, size_t at, uint64_t offset)
{
    if (g->count > 0 && g->list[g->count - 1].at == at) {
        g->count--;
    }
    if (g->count == g->room) {
        size_t room = g->room == 0 ? 256 : g->room * 2;
        gap *more = room > GAPS_MAX ? NULL : realloc(g->list, room * sizeof *more);
        if (more == NULL) {
            g->full = true;
            return;
        }
        g->list = more;
        g->room = room;
    }
    g->list[g->count++] = (gap){at, offset - at};
}

void gaps_cut(gaps *g, size_t at)
{
    while (g->count > 0 && g->list[g->count - 1].at >= at) {
        g->count--;
        g->full = false;
    }
}

bool gaps_find(const gaps *g, size_t at, uint64_t *offset)
{
    size_t low = 0;
    size_t high = g->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g->list[middle].at <= at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *offset = at + (low == 0 ? 0 : g->list[low - 1].ahead);
    return !g->full;
}
