/*
 * From the elements that the cutter found to records in the case, with a tally of what was seen.
 */
#ifndef EVPACK_COLLECT_RECORDS_H
#define EVPACK_COLLECT_RECORDS_H

#include "collect/cut.h"
#include "collect/places.h"
#include "collect/shape.h"
#include "store/evidence.h"

/* The answer in a wrapper that elements are being cut from; NULL text: none. */
typedef struct {
    const cut_element *within;
    const char *text;
    size_t len;
    const char *pointer;
    bool in_string; /* its JSON is held by a string: elements have the string's place */
} records_answer;

/* Of one document. Start with the first four members set and the rest zero; records_reset releases
 * what it holds. */
typedef struct {
    import *into;
    const shapes *table;
    const places *map; /* from the text's offsets to the file's; borrowed */
    uint64_t shift;    /* bytes of the text before the cutter's offset 0 */
    shape shape;       /* reused from record to record */
    buf plain;         /* the body where it had to be mended, reused too */
    uint64_t records, summaries, not_objects, unread;
    const char *kind; /* of the records so far; "mixed"; NULL: none */
    bool failed;      /* an error body in place of a result */
    char error[256];
    bool ambiguous; /* a member stands twice with different values */
    char twice[192];
    uint64_t cut_short;  /* records that ConvertTo-Json cut */
    uint64_t mismatched; /* records with a type that is not the one of their id */
    char mismatch[192];  /* the first of them */
    json_doc *columns;   /* owned; a table's envelope, whose rows can be read with it */
    buf row;
    records_answer answer;
    uint64_t answers; /* a wrapper's; then inner tells of the first that names more pages, else of
                         the first */
    cut_result inner; /* its envelope is in inner_envelope */
    buf inner_envelope;
    bool inner_more;
    bool template; /* it is an ARM template: what it declares is never judged */
    uint64_t template_left, template_wrong; /* loops and linked parts not told; errors in it */
    buf context; /* the URL of the request that was answered; empty: not known */
    buf next;    /* where more rows follow: a link or a token; empty: nowhere */
} records;

/* A cut_listener's function; ctx is the records. */
evpack_status records_element(void *ctx, const cut_element *e, evpack_err *err) EVPACK_MUST_USE;
/* Whether a member of value stands twice with different values; the first such one is kept. */
bool records_note_twice(records *r, const char *pointer, const json *value);
/* Keeps an error body's code and message (NULL: none). */
void records_note_error(records *r, const char *code, const char *message);
/* Takes the column names of a table, so that its rows can be read; envelope is copied. */
evpack_status records_columns(records *r, const char *envelope, size_t len,
                              evpack_err *err) EVPACK_MUST_USE;
/* What there is to say of the records although they were read: "" when there is nothing. */
void records_remarks(const records *r, buf *out);
void records_reset(records *r);

#endif
