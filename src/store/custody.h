/*
 * The custody log: who did what when, one JSON object a line. Each line holds the SHA-256 of the
 * line before it (its bytes without the newline; 64 zeros for the first), so that a line taken out
 * or changed breaks the chain:
 *   {"seq":1,"at":"…","event":"collect","by":"","reason":"","tool":"evpack 0.1.0","detail":{…},
 *    "prev":"…"}                                          on one line
 * `by` and `reason` are what the user said (--by, --reason), "" when nothing; neither is asked of
 * the system. Lines that an older evpack wrote have no `reason`.
 */
#ifndef EVPACK_STORE_CUSTODY_H
#define EVPACK_STORE_CUSTODY_H

#include "store/store.h"

typedef struct {
    const char *event;  /* collect, map, package */
    const char *by;     /* NULL: empty */
    const char *reason; /* why it was done; NULL: empty */
    const char *detail; /* a JSON object; NULL: {} */
    int64_t at;
} custody_event;

/* In bytes. */
enum { CUSTODY_BY_MAX = 200, CUSTODY_REASON_MAX = 500 };

/* Whether the user's words can stand in the log, in reports and in bag-info.txt: one line each of
 * UTF-8 that shows as what it is (base/visible.h), within the bounds. Either may be NULL.
 * EVPACK_E_USAGE names the option. Ask before the work that is to be logged. */
evpack_status custody_check_words(const char *by, const char *reason,
                                  evpack_err *err) EVPACK_MUST_USE;

/* Appends within the open transaction. */
evpack_status custody_add(store *s, const custody_event *event, evpack_err *err) EVPACK_MUST_USE;

#endif
