/*
 * The custody log of a package that was received, carried on in the log of the case: seal/custody.h
 * has the form, and verify checks both chains. The event `receive` says which package came, and
 * who signed it as far as that was checked; it and the lines of the package's log after it are
 * added at once.
 */
#ifndef EVPACK_REVIEW_PRIOR_H
#define EVPACK_REVIEW_PRIOR_H

#include "review/received.h"
#include "store/store.h"

typedef struct {
    const char *by, *reason; /* who says to be doing this, and why; NULL: nobody says */
    int64_t now;
    bool received;  /* set: this very package was received before, and its log is not added again */
    uint64_t lines; /* set: lines that were carried on */
} prior_log;

/* Within the open transaction. EVPACK_E_NO: a line is too long to be carried. */
evpack_status prior_add(store *s, const received *r, prior_log *log,
                        evpack_err *err) EVPACK_MUST_USE;

/* The SHA-256 of the ledgers that a collect of that snapshot, by the package's log, expected and
 * found (collect --expect): told one by one, in lower-case hex. */
typedef evpack_status (*prior_expected)(void *ctx, const char *sha256, evpack_err *err);
evpack_status prior_each_expected(const received *r, const char *snapshot, prior_expected told,
                                  void *ctx, evpack_err *err) EVPACK_MUST_USE;

#endif
