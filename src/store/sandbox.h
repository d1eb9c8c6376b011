/*
 * What SQL that is data may do: rules, mapping views and subjects are single SELECTs over named
 * views, with SQLite's own deterministic functions and a bound on their work.
 */
#ifndef EVPACK_STORE_SANDBOX_H
#define EVPACK_STORE_SANDBOX_H

#include "store/store.h"

typedef struct {
    const char *const *views; /* names beyond the built-in ones, NULL-terminated; NULL: none */
    const char *inserting;    /* the one table that a wrapping INSERT may fill; NULL: none */
    const char *joining;      /* one more table, that what wraps the SELECT reads; NULL: none */
    uint64_t ops;             /* thousands of SQLite instructions; 0: no bound */
    uint64_t disk;            /* bytes in the case, and in temporary files; 0: no bound */
    int64_t cpu_ms, until_ms; /* processor time, see port/db.h; 0: no bound */
} sandbox_options;

/* Off again with sandbox_off. views is borrowed until then. */
void sandbox_on(store *s, sandbox_options *options);
void sandbox_off(store *s);

#endif
