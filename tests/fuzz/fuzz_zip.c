/*
 * Any bytes as P.zip, as if its outer signature were good: pass two of the verifier, down to the
 * signature inside, the manifests and the custody log. The corpus was signed by corpus/trust.pem.
 */
#include "seal/verify_private.h"

#include <stdio.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pki_trust *trust;

static void stop(const char *what, const evpack_err *err)
{
    (void)fprintf(stderr, "%s: %s\n", what, err->text);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    if (trust == NULL && pki_trust_load(CORPUS "/trust.pem", &trust, &err) != EVPACK_OK) {
        stop("no trust", &err);
    }
    EVPACK_AUTO_FD fd = memfd_create("zip", MFD_CLOEXEC);
    if (fd < 0 || pwrite(fd, data, size, 0) != (ssize_t)size) {
        return 0;
    }
    unsigned char whole[DIGEST_SIZE];
    if (digest_bytes(data, size, whole, &err) != EVPACK_OK) {
        stop("no digest", &err);
    }
    static seal_report report;
    report = (seal_report){0};
    seal_options options = {.trust = trust, .now = INT64_C(1795334400)};
    verify_file file = {.fd = fd, .size = size, .whole = whole};
    evpack_status status = verify_members(&file, &options, &report, &err);
    report_decide(&report, status, &err);
    if (status != EVPACK_OK && status != EVPACK_E_NO) {
        stop("an error that is not about the input", &err);
    }
    if (report.verdict == SEAL_UNDECIDED) {
        stop("undecided", &err);
    }
    return 0;
}
