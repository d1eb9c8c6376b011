/*
 * Arena memory. Invariant: what was handed out stays where it is until arena_clear or arena_reset.
 * Knows nothing of what is kept in it.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FIRST = 1024, BLOCK_MOST = 65536, ALIGN = 16 };

struct arena_block {
    arena_block *next;
    size_t cap;
    size_t used;
    _Alignas(ALIGN) char data[];
};

static void free_blocks(arena_block *b)
{
    while (b != NULL) {
        arena_block *next = b->next;
        free(b);
        b = next;
    }
}

void arena_reset(arena *a)
{
    free_blocks(a->first);
    *a = (arena){0};
}

void arena_clear(arena *a)
{
    if (a->first != NULL) {
        free_blocks(a->first->next);
        a->first->next = NULL;
        a->first->used = 0;
    }
    a->failed = false;
}

static bool grow(arena *a, size_t size)
{
    /* Small at first, so that many arenas with little in them stay small. */
    size_t cap = a->first == NULL ? BLOCK_FIRST : a->first->cap * 2;
    cap = cap > BLOCK_MOST ? BLOCK_MOST : cap;
    cap = size > cap ? size : cap;
    if (cap > SIZE_MAX - sizeof(arena_block)) {
        return false;
    }
    arena_block *b = malloc(sizeof *b + cap);
    if (b == NULL) {
        return false;
    }
    b->next = a->first;
    b->cap = cap;
    b->used = 0;
    a->first = b;
    return true;
}

void *arena_alloc(arena *a, size_t size)
{
    if (a->failed || size > SIZE_MAX - ALIGN) {
        a->failed = true;
        return NULL;
    }
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    bool fits = a->first != NULL && size <= a->first->cap - a->first->used;
    if (!fits && !grow(a, size)) {
        a->failed = true;
        return NULL;
    }
    char *p = a->first->data + a->first->used;
    a->first->used += size;
    memset(p, 0, size);
    return p;
}

const char *arena_copy(arena *a, const char *text, size_t len)
{
    char *copy = len == SIZE_MAX ? NULL : arena_alloc(a, len + 1);
    if (copy == NULL) {
        a->failed = true;
        return "";
    }
    if (len > 0) {
        memcpy(copy, text, len);
    }
    return copy;
}

const char *arena_text(arena *a, const char *text)
{
    return text == NULL ? NULL : arena_copy(a, text, strlen(text));
}

evpack_status arena_status(const arena *a, evpack_err *err)
{
    return a->failed ? evpack_oom(err) : EVPACK_OK;
}
