/*
 * Digests by OpenSSL's libcrypto. Invariant: only the names listed here reach the library. Refuses
 * to know what a digest is good for.
 */
#include "port/hash.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct hash {
    EVP_MD_CTX *ctx;
    size_t size;
    bool bad;
};

static const EVP_MD *find(const char *name)
{
    static const struct {
        const char *name;
        const EVP_MD *(*get)(void);
    } known[] = {{"md5", EVP_md5},       {"sha1", EVP_sha1},     {"sha224", EVP_sha224},
                 {"sha256", EVP_sha256}, {"sha384", EVP_sha384}, {"sha512", EVP_sha512}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].name, name) == 0) {
            return known[i].get();
        }
    }
    return NULL;
}

size_t hash_size(const char *name)
{
    const EVP_MD *md = find(name);
    return md == NULL ? 0 : (size_t)EVP_MD_get_size(md);
}

void hash_free(hash *h)
{
    if (h != NULL) {
        EVP_MD_CTX_free(h->ctx);
        free(h);
    }
}

evpack_status hash_new(const char *name, hash **out, evpack_err *err)
{
    EVPACK_AUTO(hash) h = calloc(1, sizeof *h);
    if (h == NULL) {
        return evpack_oom(err);
    }
    h->size = hash_size(name);
    h->ctx = EVP_MD_CTX_new();
    if (h->size == 0 || h->ctx == NULL || EVP_DigestInit_ex(h->ctx, find(name), NULL) != 1) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "OpenSSL has no %s", name);
    }
    *out = EVPACK_MOVE(h);
    return EVPACK_OK;
}

void hash_update(hash *h, const void *data, size_t len)
{
    h->bad = h->bad || EVP_DigestUpdate(h->ctx, data, len) != 1;
}

evpack_status hash_final(hash *h, unsigned char out[HASH_SIZE_MAX], evpack_err *err)
{
    unsigned len = 0;
    if (h->bad || EVP_DigestFinal_ex(h->ctx, out, &len) != 1 || len != h->size ||
        EVP_DigestInit_ex(h->ctx, NULL, NULL) != 1) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "OpenSSL could not hash");
    }
    return EVPACK_OK;
}
