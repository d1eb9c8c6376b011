/*
 * The map from text to file. Invariant: runs rise strictly in the text, so that any offset has one
 * answer. Refuses to know encodings.
 */
#include "collect/places.h"

#include <stdlib.h>
#include <string.h>

void places_reset(places *p)
{
    free(p->at);
    *p = (places){0};
}

evpack_status places_add(places *p, const place_run *run, evpack_err *err)
{
    if (p->count > 0 && p->at[p->count - 1].text == run->text) {
        p->count--;
    }
    if (p->count == p->room) {
        if (p->room >= PLACES_MAX) {
            return evpack_fail(err, EVPACK_E_LIMIT, "its places are too many to be kept");
        }
        size_t room = p->room == 0 ? 64 : p->room * 2;
        place_run *more = realloc(p->at, room * sizeof *more);
        if (more == NULL) {
            return evpack_oom(err);
        }
        p->at = more;
        p->room = room;
    }
    p->at[p->count++] = *run;
    return EVPACK_OK;
}

/* The index of the last run that begins at or before text; 0 when none does. */
static size_t find(const places *p, uint64_t text)
{
    size_t low = 0;
    size_t high = p->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (p->at[middle].text <= text) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

uint64_t places_at(const places *p, uint64_t text)
{
    if (p == NULL || p->count == 0) {
        return text;
    }
    const place_run *r = &p->at[find(p, text)];
    return text <= r->text ? r->raw : r->raw + (text - r->text) / r->wide * r->raw_wide;
}

uint64_t places_end(const places *p, uint64_t text)
{
    if (p == NULL || p->count == 0) {
        return text;
    }
    return places_at(p, text - 1) + p->at[find(p, text - 1)].raw_wide;
}

void places_forget(places *p, uint64_t text)
{
    if (p->count < 2) {
        return;
    }
    size_t first = find(p, text);
    /* Moving what is left costs as much as what goes: in all, no run is moved more than once. */
    if (first > p->count / 2) {
        p->count -= first;
        memmove(p->at, p->at + first, p->count * sizeof *p->at);
    }
}
