/*
 * From the elements that the cutter found to records in the case, with a tally of what was seen.
 */
#ifndef EVPACK_COLLECT_RECORDS_H
#define EVPACK_COLLECT_RECORDS_H

#include "collect/cut.h"
#include "collect/shape.h"
#include "store/evidence.h"

/* Of one document. Start with the first three members set and the rest zero; records_reset releases
 * what it holds. */
typedef struct {
    import *into;
    const shapes *table;
    uint64_t shift; /* bytes of the file before the cutter's offset 0 */
    uint64_t read;  /* bytes of the file so far */
    shape shape;    /* reused from record to record */
    uint64_t records, summaries, not_objects, unread;
    const char *kind; /* of the records so far; "mixed"; NULL: none */
    bool failed;      /* an error body in place of a result */
    char error[256];
    bool ambiguous; /* a member stands twice with different values */
    char twice[192];
    buf next;    /* where more rows follow: a link or a token; empty: nowhere */
    buf context; /* the request that the document answers, where it says so */
} records;

/* A cut_listener's function; ctx is the records. */
evpack_status records_element(void *ctx, const cut_element *e, evpack_err *err) EVPACK_MUST_USE;
/* Whether a member of value stands twice with different values; the first such one is kept. */
bool records_note_twice(records *r, const char *pointer, const json *value);
/* Keeps an error body's code and message (NULL: none). */
void records_note_error(records *r, const char *code, const char *message);
/* Forgets the tally, and the records since import_file_begin. */
evpack_status records_forget(records *r, evpack_err *err) EVPACK_MUST_USE;
void records_reset(records *r);

#endif
