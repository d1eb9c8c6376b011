/*
 * A reviewer's own signature beside a sealed package: P.zip.NAME.p7s (seal/reviewers.h), over the
 * bytes that P.zip.p7s covers, by another key. The package is verified first, with every signature
 * beside it; what does not verify is not signed. Neither P.zip nor a file beside it is changed.
 */
#ifndef EVPACK_PACKAGE_COSIGN_H
#define EVPACK_PACKAGE_COSIGN_H

#include "seal/verify.h"

typedef struct {
    const char *zip;
    const char *name; /* NAME */
    const char *role; /* the reviewer's, and what was reviewed: cms_sign_say */
    const char *statement;
    pki_files files;
    const pki_trust *trust; /* for the package; the reviewer's own certificate need not be in it */
    bool crls;
    int64_t at; /* signing time, a claim */
} cosign_options;

typedef struct {
    char file[1024]; /* the path that was written, cut when it is longer */
    cms_signer signer;
    seal_report package;
} cosign_result;

/* EVPACK_E_NO when the package does not verify: result->package says why. A file that is there is
 * never replaced. */
evpack_status cosign_write(const cosign_options *options, cosign_result *result,
                           evpack_err *err) EVPACK_MUST_USE;

#endif
