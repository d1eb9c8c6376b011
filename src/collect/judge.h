/*
 * What a document is and whether it is whole, as far as it alone can say.
 */
#ifndef EVPACK_COLLECT_JUDGE_H
#define EVPACK_COLLECT_JUDGE_H

#include "collect/records.h"

typedef struct {
    char kind[64];
    char completeness[16];
    char reason[256];  /* empty: none */
    const char *shape; /* static text: array, page, object, error, none */
} judgement;

/* From what was cut and what became of it. r keeps an error that the envelope tells. */
evpack_status judge_document(records *r, const cut_result *c, judgement *out,
                             evpack_err *err) EVPACK_MUST_USE;
void judge_say(judgement *out, const char *kind, const char *completeness, const char *reason);

#endif
