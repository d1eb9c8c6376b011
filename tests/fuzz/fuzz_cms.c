/*
 * Any bytes as a signature over "content", as they are, and again with the signature value made
 * anew (signer.h) over whatever attributes and certificates they hold. One that is accepted must be
 * the one form: changing nothing but a bit of it must not be accepted too.
 */
#include "signer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pki_trust *trust;
static pki_trust *listed; /* the same, with revocation lists */

static evpack_status check_by(const void *der, size_t len, const pki_trust *by)
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
        if (by == listed) {
            cms_check_proven(c);
        }
        status = cms_check_final(c, sha256, by, FUZZ_NOW, &who, &err);
    }
    fuzz_must(status == EVPACK_OK || status == EVPACK_E_NO, "an error that is not about the input",
              &err);
    fuzz_must(status == EVPACK_OK || who.fault != CMS_GOOD, "refused without a fault", &err);
    fuzz_must(status == EVPACK_OK || !who.trusted, "refused and trusted", &err);
    return status;
}

static evpack_status check(const void *der, size_t len)
{
    evpack_status status = check_by(der, len, trust);
    if (status == EVPACK_OK) {
        (void)check_by(der, len, listed);
    }
    return status;
}

static void check_flipped(const void *der, size_t len)
{
    if (check(der, len) != EVPACK_OK) {
        return;
    }
    EVPACK_AUTO_CHARS copy = malloc(len);
    if (copy == NULL) {
        return;
    }
    memcpy(copy, der, len);
    size_t bit = (len * 2654435761U) % (8 * len);
    copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << (bit % 8)));
    fuzz_must(check(copy, len) == EVPACK_E_NO, "a flipped bit", &(evpack_err){0});
}

/* The certificates, the name of the signer and the attributes, wherever they can be read. */
static bool take_apart(der_span in, cms_form *form)
{
    der_span at;
    der_span item;
    der_span info;
    unsigned char tag = 0;
    if (!der_take(&in, DER_SEQUENCE, &in) || !der_take(&in, DER_OID, NULL) ||
        !der_take(&in, DER_CONTEXT_0, &in) || !der_take(&in, DER_SEQUENCE, &in) ||
        !der_take(&in, DER_INTEGER, NULL) || !der_take(&in, DER_SET, NULL) ||
        !der_take(&in, DER_SEQUENCE, NULL) || !der_take(&in, DER_CONTEXT_0, &at)) {
        return false;
    }
    while (form->cert_count < CMS_CERTS_MAX && der_next(&at, &tag, NULL, &item)) {
        form->certs[form->cert_count++] = item;
    }
    if (!der_take(&in, DER_SET, &in) || !der_take(&in, DER_SEQUENCE, &info) ||
        !der_take(&info, DER_INTEGER, NULL) || !der_take(&info, DER_SEQUENCE, &at) ||
        !der_next(&at, &tag, NULL, &form->issuer) || !der_next(&at, &tag, NULL, &form->serial) ||
        !der_take(&info, DER_SEQUENCE, &at)) {
        return false;
    }
    form->digest = cms_digest_read(at);
    if (form->digest == CMS_DIGESTS || !der_take(&info, DER_CONTEXT_0, &at)) {
        return false;
    }
    while (form->attribute_count < CMS_ATTRIBUTES_MAX && der_next(&at, &tag, NULL, &item)) {
        form->attributes[form->attribute_count++] = item;
    }
    return true;
}

static void sign_again(const uint8_t *data, size_t size)
{
    evpack_err err = {0};
    cms_form form = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf hash = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf made = {0};
    if (!take_apart((der_span){data, size}, &form)) {
        return;
    }
    if (size % 8 != 0) { /* else the attribute as it is */
        fuzz_set_digest(&form, "content", 7, &hash);
    }
    fuzz_sign(&form, &value);
    fuzz_must(cms_form_build(&form, &made, &err) == EVPACK_OK, "the form", &err);
    check_flipped(buf_str(&made), made.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (trust == NULL) {
        evpack_err err = {0};
        trust = fuzz_trust(CORPUS "/trust.pem");
        listed = fuzz_trust(CORPUS "/trust.pem");
        fuzz_must(pki_trust_add_crls(listed, CORPUS "/crl.pem", &err) == EVPACK_OK, "lists", &err);
    }
    check_flipped(data, size);
    sign_again(data, size);
    return 0;
}
