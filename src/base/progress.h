/*
 * How far a long step is. Who does the work tells who shows it, as often as it likes: showing is
 * the other's business, and so is not showing too often.
 */
#ifndef EVPACK_BASE_PROGRESS_H
#define EVPACK_BASE_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

typedef enum { PROGRESS_BYTES, PROGRESS_FINDINGS, PROGRESS_TESTS } progress_unit;

typedef struct {
    /* what is static text, or NULL: what was told before goes on. total 0: nobody knows. done never
     * goes back but when another count begins. */
    void (*step)(void *ctx, const char *what, progress_unit unit, uint64_t done, uint64_t total);
    void *ctx;
} progress;

/* p may be NULL: nobody wants to know. */
static inline void progress_tell(const progress *p, const char *what, progress_unit unit,
                                 uint64_t done, uint64_t total)
{
    if (p != NULL && p->step != NULL) {
        p->step(p->ctx, what, unit, done, total);
    }
}

#endif
