/*
 * The completeness ledger: for each document of a snapshot, whether it is whole and what says so,
 * when all files of the snapshot are read together; and notes on what the snapshot lacks.
 *
 * A document's own word stands in table document and never changes. Whether a list is whole can
 * depend on files that came in a later collect run (its next page, the collection ledger of
 * `evpack plan`), so what holds is derived: table ledger, made anew at the end of every collect.
 * The views resource and source show what holds.
 */
#ifndef EVPACK_STORE_LEDGER_H
#define EVPACK_STORE_LEDGER_H

#include "store/store.h"

/* How a document's reason ends when it is partial for nothing but pages that follow elsewhere. */
#define LEDGER_MORE "are not in this file"

/* Within the import's transaction, before its commit. Takes time linear in the snapshot. */
evpack_status ledger_rebuild(store *s, int64_t snapshot, evpack_err *err) EVPACK_MUST_USE;

/* Keeps the period that the snapshot's evidence is to speak of: "START/END", each a date or
 * RFC 3339; a date as END is that whole day. EVPACK_E_USAGE when it is not one, or ends before it
 * begins. */
evpack_status ledger_set_period(store *s, int64_t snapshot, const char *period,
                                evpack_err *err) EVPACK_MUST_USE;

/* Findings of a run that pass or fail on a record about which the snapshot's exports disagree
 * become unknown, with the reason. Within the run's transaction. */
evpack_status ledger_settle(store *s, int64_t run, evpack_err *err) EVPACK_MUST_USE;

#endif
