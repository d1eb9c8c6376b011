/*
 * The custody log: who did what when, one JSON object a line. Each line holds the SHA-256 of the
 * line before it (its bytes without the newline; 64 zeros for the first), so that a line taken out
 * or changed breaks the chain:
 *   {"seq":1,"at":"…","event":"collect","by":"","tool":"evpack 0.1.0","detail":{…},"prev":"…"}
 * `by` is what the user said (--by), never asked of the system.
 */
#ifndef EVPACK_STORE_CUSTODY_H
#define EVPACK_STORE_CUSTODY_H

#include "store/store.h"

typedef struct {
    const char *event;  /* collect, map, package */
    const char *by;     /* NULL: empty */
    const char *detail; /* a JSON object; NULL: {} */
    int64_t at;
} custody_event;

/* Appends within the open transaction. */
evpack_status custody_add(store *s, const custody_event *event, evpack_err *err) EVPACK_MUST_USE;

#endif
