/*
 * What is said of a whole file, from what is said of its documents and from how it was read.
 */
#ifndef EVPACK_COLLECT_OUTCOME_H
#define EVPACK_COLLECT_OUTCOME_H

#include "collect/decode.h"
#include "collect/frame.h"
#include "collect/judge.h"

/* A running sum over the documents. Starts as {0}. */
typedef struct {
    uint64_t count, records;
    uint64_t whole, lists, summary, truncated, failed, unrecognised;
    uint64_t bad;     /* that say less than all: the first of them is told */
    judgement first;  /* of the first document */
    judgement worst;  /* of the first bad one */
    uint64_t line;    /* that the first bad one begins on */
    char found;       /* the byte at its fault */
    const char *kind; /* static text; "mixed"; NULL: none yet */
    char kind_text[64];
} outcome_sum;
void outcome_add(outcome_sum *sum, const judgement *says, const frame_document *document,
                 uint64_t read);

typedef struct {
    const char *raw, *text; /* the file's first bytes, and the first of its text; borrowed */
    size_t raw_len, text_len;
    uint64_t size, fault_at; /* of the file; in it, framed->fault */
    decode_guess guess;
    frame_mode mode;
    const decode_tally *decoded;
    const frame_result *framed;
    const outcome_sum *documents;
} outcome_facts;

typedef struct {
    judgement says;
    bool forget; /* the documents' records may not stand */
    char encoding[16];
    char note[256]; /* how it was read, when that is not simply; empty: simply */
} outcome;
evpack_status outcome_of(const outcome_facts *facts, outcome *out, evpack_err *err) EVPACK_MUST_USE;

#endif
