/*
 * Verifies a package: the part that an auditor must trust.
 *
 * A file P.zip: one descriptor, two passes. The first hashes its bytes and checks P.zip.p7s over
 * them, before anything is parsed; when that fails nothing is parsed. The second reads the ZIP
 * form, hashes every member, holds them against the manifests and the signature inside, and hashes
 * the file again on the way: what was judged must be what was signed. Nothing is extracted.
 *
 * Reviewers' signatures, P.zip.NAME.p7s, are found beside it and judged in the first pass too
 * (reviewers.h).
 *
 * Revocation lists in the package are asked about its signer (revocation.h).
 *
 * A folder P/, the unpacked package: the inner signature, the manifests, and that nothing else is
 * there. P.zip.p7s and its timestamp cannot be checked on a folder, and the report says so; nor
 * does the folder's own name have to be the package id.
 *
 * The limits (names.h, zipread.h, bag.h) bound memory and time whatever the input is.
 */
#ifndef EVPACK_SEAL_VERIFY_H
#define EVPACK_SEAL_VERIFY_H

#include "base/progress.h"
#include "seal/report.h"

typedef struct {
    const pki_trust *trust; /* the only anchors */
    bool crls; /* revocation lists were given with them; without, those in the package are asked */
    int64_t now; /* certificates are judged at this time */
    /* Whom to believe the time of P.zip.p7s.tsr; NULL: the timestamp is not checked. With a good
     * one, its time takes the place of now for the signer's certificate. */
    const pki_trust *tsa_trust;
    bool proven; /* set by seal_verify: now is a timestamp's time */
    const char *
        signature; /* the outer signature's path; NULL: PATH.p7s. Given, no reviewers' are sought */
    /* Who must have signed: a subject as it is reported, or a certificate's SHA-256 in hex. */
    const char *const *required;
    size_t required_count;
    /* The package before this one, whose bytes must have the SHA-256 that is named (previous.h);
     * NULL: it is not asked for. */
    const char *previous;
    const progress *watch; /* is told of the bytes that were read, pass by pass; NULL: nobody */
} seal_options;

/*
 * Fills report, with a verdict in any case. EVPACK_OK when the checks could be made, whatever they
 * found (read report->verdict); else the error that kept them from being made, and the verdict is
 * "undecided".
 */
evpack_status seal_verify(const char *path, const seal_options *options, seal_report *report,
                          evpack_err *err) EVPACK_MUST_USE;

#endif
