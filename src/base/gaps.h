/*
 * Where a copy and the bytes that it was made from drift apart, because bytes were left out: from
 * at on, the copy's byte i came from offset i + ahead. A gaps value starts as {0} and is released
 * by gaps_reset. At most GAPS_MAX places are kept; beyond that, or without memory for more, what
 * comes later has no known place.
 */
#ifndef EVPACK_BASE_GAPS_H
#define EVPACK_BASE_GAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GAPS_MAX = 1 << 20 };

typedef struct {
    size_t at;
    uint64_t ahead;
} gap;

typedef struct {
    gap *list; /* owned; rising */
    size_t count, room;
    bool full;
} gaps;

void gaps_reset(gaps *g);
/* What is copied next, to at, stands at offset. at is not below the one before. */
void gaps_note(gaps *g, size_t at, uint64_t offset);
/* Forgets what lies from at on: the copy was cut there. */
void gaps_cut(gaps *g, size_t at);
/* The offset of the copy's byte at; false when it is not known. */
bool gaps_find(const gaps *g, size_t at, uint64_t *offset);

#endif
