/*
 * Packaging a case: reports, raw evidence and the mapping that was used, sealed into one signed
 * archive. The package's id, and so the name of its one folder, follows from everything that its
 * bytes follow from: evpack-YYYYMMDD-HHHHHHHHHHHH, the day of `at` and 12 hex digits of a SHA-256
 * over evpack's version, the mapping's digest, the time of evaluation, `at`, the signer's
 * certificate, the place in the sequence, by and reason, the end of the custody log, the snapshots,
 * the path and digest of every evidence file, the revocation lists where some go along, and the
 * template of the reports where one was wished.
 */
#ifndef EVPACK_PACKAGE_PACKAGE_H
#define EVPACK_PACKAGE_PACKAGE_H

#include "package/sealer.h"
#include "report/template.h"
#include "store/secret.h"
#include "store/store.h"

enum { PACKAGE_ID = 32 };

/* The last step: manifests, signatures, verifying one's own work, renaming. */
#define PACKAGE_LAST "sealing and verifying"

/*
 * What becomes of secrets in the evidence. A case that holds some, or that was collected by an
 * evpack that did not look for them, is refused until the preparer decides; the decision becomes an
 * event of the custody log, once for one state of the case, and stands in the package's log too.
 */
typedef enum {
    PACKAGE_SECRETS_REFUSE,
    PACKAGE_SECRETS_ALLOW, /* they are left in, and bag-info.txt says so */
    PACKAGE_SECRETS_REDACT /* package/redact.h */
} package_secrets;

typedef struct {
    const char *out; /* P.zip; P.zip.p7s comes beside it */
    pki_files files; /* who signs */
    /* Revocation lists (files or folders, as pki_crls_load takes them) that go along as
     * revocation.pem; one that speaks against the signer is refused. */
    const char *const *crls;
    size_t crl_count;
    const char *by; /* who says to be doing this, or NULL */
    /* Why, or NULL; with `by`, for the custody log of the case and the package's bag-info.txt. */
    const char *reason;
    /* The package that this one follows: P.zip, or NULL when it is the first (seal/previous.h). It
     * is read, hashed and named, not verified. */
    const char *previous;
    int64_t at;       /* signing time, a claim */
    int64_t cap;      /* PDF: findings in full for each control and status; 0: the default */
    int64_t html_cap; /* HTML: findings for each of two groups; 0: the default */
    int64_t rows;     /* CSV: of one file (report_options); 0: the default */
    const report_template *template; /* of the reports; borrowed; NULL: what is built in */
    package_secrets secrets;
    /* Told of each secret when a case is refused for them; may be NULL. */
    secret_told secret;
    /* Told what is being done: the name of a report that is made ("findings.json"), the path of
     * what is sealed ("data/findings.json", "data/mapping"), PACKAGE_LAST. May be NULL. */
    void (*step)(void *ctx, const char *what);
    void *ctx;
} package_options;

typedef struct {
    char id[PACKAGE_ID];
    sealer_result sealed;
    uint64_t redactions, withheld; /* values replaced, files left out */
    uint64_t sequence;             /* 1 for a first package */
} package_result;

/* The case gets a custody event `package` once the package has its name. EVPACK_E_CASE when the
 * case was not mapped, got evidence after it was, or holds secrets that nobody decided about. */
evpack_status package_write(store *s, const package_options *options, package_result *result,
                            evpack_err *err) EVPACK_MUST_USE;

#endif
