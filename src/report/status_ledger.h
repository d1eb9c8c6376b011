/*
 * The completeness ledger in the answer to `evpack status`: for each document what holds and what
 * says so, and the notes on each snapshot.
 */
#ifndef EVPACK_REPORT_STATUS_LEDGER_H
#define EVPACK_REPORT_STATUS_LEDGER_H

#include "base/term.h"
#include "store/store.h"

#include <stdio.h>

/* "ledger":[…],"notes":[…], with the comma after each. */
evpack_status status_ledger_json(const store *s, FILE *out, evpack_err *err) EVPACK_MUST_USE;
/* What a command can close, as members of "gaps"; any says whether one stands before. */
evpack_status status_ledger_gaps(const store *s, bool any, FILE *out,
                                 evpack_err *err) EVPACK_MUST_USE;
/* Totals, then the files, those that lack most first, then the notes; shown of each at most. Lines
 * hold 80 columns where the names allow it. */
evpack_status status_ledger_text(const store *s, FILE *out, unsigned shown, const term *t,
                                 evpack_err *err) EVPACK_MUST_USE;

#endif
