/*
 * The key of the fuzz targets. Refuses to be of use for anything else.
 */
#include "signer.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_must(bool right, const char *what, const evpack_err *err)
{
    if (!right) {
        (void)fprintf(stderr, "expected otherwise: %s: %s\n", what, err->text);
        abort();
    }
}

pki_trust *fuzz_trust(const char *path)
{
    evpack_err err = {0};
    pki_trust *trust = NULL;
    fuzz_must(pki_trust_load(path, &trust, &err) == EVPACK_OK, "trust", &err);
    return trust;
}

static EVP_PKEY *make(void)
{
    static const char text[] = "evpack: the key of the fuzz targets, good for nothing else";
    unsigned char raw[DIGEST_SIZE];
    unsigned char point[65];
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *q = EC_POINT_new(group);
    BIGNUM *d = EVP_Digest(text, sizeof text - 1, raw, NULL, EVP_sha256(), NULL) == 1
                    ? BN_bin2bn(raw, sizeof raw, NULL)
                    : NULL;
    OSSL_PARAM_BLD *list = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    bool made =
        EC_POINT_mul(group, q, d, NULL, NULL, NULL) == 1 &&
        EC_POINT_point2oct(group, q, POINT_CONVERSION_UNCOMPRESSED, point, sizeof point, NULL) ==
            sizeof point &&
        OSSL_PARAM_BLD_push_utf8_string(list, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
        OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(list, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point) == 1 &&
        (params = OSSL_PARAM_BLD_to_param(list)) != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) == 1;
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(list);
    BN_free(d);
    EC_POINT_free(q);
    EC_GROUP_free(group);
    EVP_PKEY_CTX_free(ctx);
    fuzz_must(made, "a key", &(evpack_err){0});
    return key;
}

EVP_PKEY *fuzz_key(void)
{
    static EVP_PKEY *key;
    if (key == NULL) {
        key = make();
    }
    return key;
}

void fuzz_sign(cms_form *form, buf *value)
{
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    unsigned char out[128];
    size_t len = sizeof out;
    cms_form_signed_bytes(form, &bytes);
    EVPACK_AUTO(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    fuzz_must(
        EVP_DigestSignInit(ctx, NULL, cms_md(form->digest), NULL, fuzz_key()) == 1 &&
            EVP_DigestSign(ctx, out, &len, (const unsigned char *)buf_str(&bytes), bytes.len) == 1,
        "a signature", &(evpack_err){0});
    buf_append(value, out, len);
    form->ecdsa = true;
    form->signature = der_of(value);
}

void fuzz_set_digest(cms_form *form, const void *content, size_t len, buf *made)
{
    static const unsigned char name[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04};
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned hash_len = 0;
    EVPACK_AUTO_VALUE(buf_reset) buf octets = {0};
    fuzz_must(EVP_Digest(content, len, hash, &hash_len, cms_md(form->digest), NULL) == 1,
              "a digest", &(evpack_err){0});
    der_put(&octets, DER_OCTETS, hash, hash_len);
    cms_attribute_put(made, CMS_MESSAGE_DIGEST, &octets);
    for (size_t i = 0; i < form->attribute_count; i++) {
        der_span body = form->attributes[i];
        if (der_take(&body, DER_SEQUENCE, &body) && cms_take_oid(&body, name, sizeof name)) {
            form->attributes[i] = der_of(made);
        }
    }
}
