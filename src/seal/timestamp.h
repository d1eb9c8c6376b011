/*
 * The trusted timestamp of a package: P.zip.p7s.tsq asks for one, P.zip.p7s.tsr is the answer (RFC
 * 3161). Both are about the bytes of P.zip.p7s, and a courier carries them: nothing here opens a
 * connection. Timestamps are sidecars; the package and its signature are never changed. verify
 * judges them by stamp.h.
 */
#ifndef EVPACK_SEAL_TIMESTAMP_H
#define EVPACK_SEAL_TIMESTAMP_H

#include "port/tsp.h"

/*
 * Writes PACKAGE.p7s.tsq, and a copy of it to copy (may be NULL). A request for the same bytes that
 * is there already is kept, since an answer to it may be under way, unless replace; one that has
 * its answer beside it is never replaced. *kept says that it was kept.
 */
evpack_status timestamp_request(const char *package, const char *copy, bool replace, bool *kept,
                                evpack_err *err) EVPACK_MUST_USE;

typedef struct {
    const char *package;
    const char *answer;   /* the file that came back */
    const pki_trust *tsa; /* whom to believe the time */
    bool replace;         /* another good timestamp that is there */
    int64_t now;
} timestamp_attaching;
/*
 * Checks the answer against PACKAGE.p7s and PACKAGE.p7s.tsq and stores it, in the one form, as
 * PACKAGE.p7s.tsr. EVPACK_E_NO with stamp->fault when it is refused; nothing is written then.
 */
evpack_status timestamp_attach(const timestamp_attaching *a, tsp_stamp *stamp,
                               evpack_err *err) EVPACK_MUST_USE;

#endif
