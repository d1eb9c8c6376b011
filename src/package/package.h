/*
 * Packaging a case: reports, raw evidence and the mapping that was used, sealed into one signed
 * archive. The package's id, and so the name of its one folder, follows from everything that its
 * bytes follow from: evpack-YYYYMMDD-HHHHHHHHHHHH, the day of `at` and 12 hex digits of a SHA-256
 * over evpack's version, the mapping's digest, the time of evaluation, `at`, the signer's
 * certificate, the end of the custody log, the snapshots, and the path and digest of every evidence
 * file.
 */
#ifndef EVPACK_PACKAGE_PACKAGE_H
#define EVPACK_PACKAGE_PACKAGE_H

#include "package/sealer.h"
#include "store/store.h"

enum { PACKAGE_ID = 32 };

typedef struct {
    const char *out; /* P.zip; P.zip.p7s comes beside it */
    pki_files files; /* who signs */
    const char *by;  /* who says to be doing this, or NULL */
    int64_t at;      /* signing time, a claim */
    int64_t cap;     /* PDF: findings in full for each control and status; 0: the default */
    /* Told what is being done; may be NULL. */
    void (*step)(void *ctx, const char *what);
    void *ctx;
} package_options;

typedef struct {
    char id[PACKAGE_ID];
    sealer_result sealed;
} package_result;

/* The case gets a custody event `package` once the package has its name. EVPACK_E_CASE when the
 * case was not mapped, or got evidence after it was. */
evpack_status package_write(store *s, const package_options *options, package_result *result,
                            evpack_err *err) EVPACK_MUST_USE;

#endif
