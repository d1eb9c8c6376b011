/*
 * Memory that lives and dies together: copies of text made for one finding, one page or one model.
 * An arena on the stack starts as {0} and is released by arena_reset; arena_clear keeps the first
 * block for the next round. Running out is sticky, as in a buf: arena_status says so at the end,
 * and until then failed copies are "".
 */
#ifndef EVPACK_BASE_ARENA_H
#define EVPACK_BASE_ARENA_H

#include "base/err.h"
#include "base/own.h"

#include <stdbool.h>

typedef struct arena_block arena_block;
typedef struct {
    arena_block *first; /* the newest block */
    bool failed;
} arena;

void arena_reset(arena *a);
/* Forgets the contents, keeps one block. */
void arena_clear(arena *a);
/* size bytes of zeros, aligned for any object; NULL when memory ran out. */
void *arena_alloc(arena *a, size_t size);
/* A copy with a NUL after it; "" when memory ran out. */
const char *arena_copy(arena *a, const char *text, size_t len);
/* A copy of a C string; NULL stays NULL. */
const char *arena_text(arena *a, const char *text);
evpack_status arena_status(const arena *a, evpack_err *err) EVPACK_MUST_USE;

#endif
