/*
 * What a document is and whether it is whole, as far as it alone can say.
 */
#ifndef EVPACK_COLLECT_JUDGE_H
#define EVPACK_COLLECT_JUDGE_H

#include "collect/records.h"
#include "store/ledger.h"

/* How a reason ends that further pages can settle. store/ledger reads it. */
#define JUDGE_MORE LEDGER_MORE

typedef struct {
    char kind[64];
    char completeness[16];
    char reason[256];  /* empty: none */
    const char *shape; /* static text: array, page, object, error, none */
    /* Rows that a page says it holds, and that there are in all; -1: it does not say. */
    int64_t stated, total;
} judgement;

/* From what was cut and what became of it. r keeps an error that the envelope tells, and in r->next
 * the link or token that leads to more rows. */
evpack_status judge_document(records *r, const cut_result *c, judgement *out,
                             evpack_err *err) EVPACK_MUST_USE;
void judge_say(judgement *out, const char *kind, const char *completeness, const char *reason);

#endif
