/*
 * Revocation lists in a package (revocation.pem). What is read must be written back to the same
 * bytes; and asking the lists of a signer, whatever they are, never makes a good signature of a bad
 * one nor crashes.
 */
#include "base/file.h"
#include "port/cms.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_crls) lists = NULL;
    if (pki_crls_read(data, size, &lists, &err) != EVPACK_OK) {
        return 0;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    if (pki_crls_put(lists, &again, &err) != EVPACK_OK || again.len != size ||
        memcmp(again.data, data, size) != 0) {
        abort();
    }
    EVPACK_AUTO(pki_trust) trust = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_AUTO(cms_check) check = NULL;
    cms_signer who = {0};
    unsigned char sha256[DIGEST_SIZE];
    if (pki_trust_load(CORPUS "/crls-root.pem", &trust, &err) != EVPACK_OK ||
        file_read(CORPUS "/crls-content.p7s", CMS_MAX, &der, &err) != EVPACK_OK ||
        cms_check_new(buf_str(&der), der.len, &check, &who, &err) != EVPACK_OK ||
        digest_bytes("content", 7, sha256, &err) != EVPACK_OK) {
        abort();
    }
    pki_listed listed = {0};
    cms_check_lists(check, lists, &listed);
    if (cms_check_final(check, sha256, trust, INT64_C(1796083200), &who, &err) == EVPACK_OK &&
        listed.current && (!listed.spoken || listed.known == 0)) {
        abort();
    }
    return 0;
}
