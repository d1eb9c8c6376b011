/*
 * Any bytes as a signature. One that is accepted must be the one form: changing nothing but a bit
 * of it must not be accepted too. The corpus signs "content", by the key of corpus/trust.pem.
 */
#include "port/cms.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pki_trust *trust;

static evpack_status check(const void *der, size_t len)
{
    evpack_err err = {0};
    cms_signer who;
    EVPACK_AUTO(cms_check) c = NULL;
    evpack_status status = cms_check_new(der, len, &c, &who, &err);
    unsigned char sha256[DIGEST_SIZE];
    if (status == EVPACK_OK) {
        cms_check_update(c, "content", 7);
        status = digest_bytes("content", 7, sha256, &err);
    }
    if (status == EVPACK_OK) {
        status = cms_check_final(c, sha256, trust, INT64_C(1795334400), &who, &err);
    }
    if (status != EVPACK_OK && status != EVPACK_E_NO) {
        (void)fprintf(stderr, "an error that is not about the input: %s\n", err.text);
        abort();
    }
    if (status == EVPACK_E_NO && who.fault == CMS_GOOD) {
        (void)fprintf(stderr, "refused without a fault: %s\n", err.text);
        abort();
    }
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    if (trust == NULL && pki_trust_load(CORPUS "/trust.pem", &trust, &err) != EVPACK_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        abort();
    }
    if (check(data, size) == EVPACK_OK) {
        EVPACK_AUTO_CHARS copy = malloc(size);
        if (copy != NULL) {
            memcpy(copy, data, size);
            size_t bit = (size * 2654435761U) % (8 * size);
            copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << (bit % 8)));
            if (check(copy, size) == EVPACK_OK) {
                abort();
            }
        }
    }
    return 0;
}
