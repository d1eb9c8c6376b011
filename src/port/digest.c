/*
 * Digests by libcrypto. Invariant: a digest that could not be computed is an error, never zeros.
 * Knows nothing of what is hashed.
 */
#include "port/digest.h"

#include "base/text.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct digest {
    EVP_MD_CTX *ctx;
    bool bad;
};

struct uuid_maker {
    EVP_MD_CTX *ctx;
};

/* evpack's namespace: a random UUID, made once for this project. */
static const unsigned char uuid_namespace[16] = {0x6d, 0x1f, 0x0c, 0x5e, 0x2b, 0x7a, 0x4e, 0x43,
                                                 0x9a, 0x0d, 0x54, 0x8e, 0x31, 0xb7, 0xc2, 0x90};

static evpack_status fault(evpack_err *err)
{
    if (ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE) {
        return evpack_oom(err);
    }
    return evpack_fail(err, EVPACK_E_INTERNAL, "libcrypto could not compute a digest");
}

void digest_free(digest *d)
{
    if (d != NULL) {
        EVP_MD_CTX_free(d->ctx);
        free(d);
    }
}

evpack_status digest_new(digest **out, evpack_err *err)
{
    EVPACK_AUTO(digest) d = calloc(1, sizeof *d);
    /* Without memory for its first use libcrypto 3.0 has no context, and does not look. */
    if (d == NULL || OSSL_LIB_CTX_get0_global_default() == NULL) {
        return evpack_oom(err);
    }
    d->ctx = EVP_MD_CTX_new();
    if (d->ctx == NULL || EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) != 1) {
        return fault(err);
    }
    *out = EVPACK_MOVE(d);
    return EVPACK_OK;
}

void digest_update(digest *d, const void *data, size_t len)
{
    d->bad = d->bad || EVP_DigestUpdate(d->ctx, data, len) != 1;
}

evpack_status digest_final(digest *d, unsigned char out[DIGEST_SIZE], evpack_err *err)
{
    unsigned len = 0;
    if (d->bad || EVP_DigestFinal_ex(d->ctx, out, &len) != 1 || len != DIGEST_SIZE ||
        EVP_DigestInit_ex(d->ctx, NULL, NULL) != 1) { /* naming SHA-256 again would look it up */
        return fault(err);
    }
    return EVPACK_OK;
}

evpack_status digest_bytes(const void *data, size_t len, unsigned char out[DIGEST_SIZE],
                           evpack_err *err)
{
    unsigned got = 0;
    if (EVP_Digest(data, len, out, &got, EVP_sha256(), NULL) != 1 || got != DIGEST_SIZE) {
        return fault(err);
    }
    return EVPACK_OK;
}

evpack_status digest_bytes_hex(const void *data, size_t len, char out[DIGEST_HEX], evpack_err *err)
{
    unsigned char raw[DIGEST_SIZE];
    EVPACK_TRY(digest_bytes(data, len, raw, err));
    text_hex(raw, sizeof raw, out);
    return EVPACK_OK;
}

evpack_status digest_hmac(const void *key, size_t key_len, const void *data, size_t len,
                          unsigned char out[DIGEST_SIZE], evpack_err *err)
{
    unsigned got = 0;
    if (key_len > INT_MAX || HMAC(EVP_sha256(), key, (int)key_len, data, len, out, &got) == NULL ||
        got != DIGEST_SIZE) {
        return fault(err);
    }
    return EVPACK_OK;
}

evpack_status digest_random(unsigned char *out, size_t len, evpack_err *err)
{
    if (len > INT_MAX || RAND_bytes(out, (int)len) != 1) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "libcrypto has no random bytes");
    }
    return EVPACK_OK;
}

void uuid_maker_free(uuid_maker *m)
{
    if (m != NULL) {
        EVP_MD_CTX_free(m->ctx);
        free(m);
    }
}

evpack_status uuid_maker_new(uuid_maker **out, evpack_err *err)
{
    EVPACK_AUTO(uuid_maker) m = calloc(1, sizeof *m);
    if (m == NULL) {
        return evpack_oom(err);
    }
    m->ctx = EVP_MD_CTX_new();
    if (m->ctx == NULL || EVP_DigestInit_ex(m->ctx, EVP_sha1(), NULL) != 1) {
        return fault(err);
    }
    *out = EVPACK_MOVE(m);
    return EVPACK_OK;
}

evpack_status uuid_make(uuid_maker *m, const void *name, size_t len, char out[UUID_TEXT],
                        evpack_err *err)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    if (EVP_DigestInit_ex(m->ctx, NULL, NULL) != 1 ||
        EVP_DigestUpdate(m->ctx, uuid_namespace, sizeof uuid_namespace) != 1 ||
        EVP_DigestUpdate(m->ctx, name, len) != 1 || EVP_DigestFinal_ex(m->ctx, raw, NULL) != 1) {
        return fault(err);
    }
    raw[6] = (unsigned char)((raw[6] & 0x0f) | 0x50);
    raw[8] = (unsigned char)((raw[8] & 0x3f) | 0x80);
    char hex[33];
    text_hex(raw, 16, hex);
    static const size_t groups[] = {8, 4, 4, 4, 12};
    char *p = out;
    const char *from = hex;
    for (size_t i = 0; i < 5; i++) {
        if (i > 0) {
            *p++ = '-';
        }
        memcpy(p, from, groups[i]);
        p += groups[i];
        from += groups[i];
    }
    *p = '\0';
    return EVPACK_OK;
}
