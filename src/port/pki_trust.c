/*
 * Trust. Invariant: it holds the given anchors and nothing else, and none of those that were given
 * is left out. Refuses to know who wants to be believed.
 */
#include "base/file.h"
#include "base/sources.h"
#include "port/pki_private.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

void pki_trust_free(pki_trust *t)
{
    if (t != NULL) {
        X509_STORE_free(t->store);
        free(t);
    }
}

static evpack_status trust_new(pki_trust **out, evpack_err *err)
{
    EVPACK_AUTO(pki_trust) t = calloc(1, sizeof *t);
    if (t == NULL || (t->store = X509_STORE_new()) == NULL) {
        return evpack_oom(err);
    }
    *out = EVPACK_MOVE(t);
    return EVPACK_OK;
}

static evpack_status add_file(void *ctx, const char *path, const buf *content, evpack_err *err)
{
    pki_trust *t = ctx;
    EVPACK_AUTO_CERTS certs = sk_X509_new_null();
    if (certs == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(pki_certs_read(path, content, certs, err));
    for (int i = 0; i < sk_X509_num(certs); i++) {
        if (X509_STORE_add_cert(t->store, sk_X509_value(certs, i)) != 1) {
            return pki_fail(err, EVPACK_E_INPUT, "%s: certificate %d cannot be used", path, i + 1);
        }
    }
    return EVPACK_OK;
}

evpack_status pki_trust_add(pki_trust *t, const char *path, evpack_err *err)
{
    static const char *const endings[] = {".pem", ".crt", ".cer", NULL};
    static const sources_rule rule = {.endings = endings,
                                      .expected = "files named *.pem, *.crt or *.cer",
                                      .files_max = PKI_TRUST_FILES,
                                      .bytes_max = PKI_TRUST_BYTES};
    return sources_each(path, &rule, add_file, t, err);
}

evpack_status pki_trust_load(const char *path, pki_trust **out, evpack_err *err)
{
    EVPACK_AUTO(pki_trust) t = NULL;
    EVPACK_TRY(trust_new(&t, err));
    EVPACK_TRY(pki_trust_add(t, path, err));
    *out = EVPACK_MOVE(t);
    return EVPACK_OK;
}

evpack_status pki_trust_signer(const pki_signer *s, pki_trust **out, evpack_err *err)
{
    EVPACK_AUTO(pki_trust) t = NULL;
    EVPACK_TRY(trust_new(&t, err));
    if (X509_STORE_add_cert(t->store, s->cert) != 1) {
        return pki_fail(err, EVPACK_E_INTERNAL, "the signer's certificate cannot be used");
    }
    *out = EVPACK_MOVE(t);
    return EVPACK_OK;
}

static evpack_status add_list(void *ctx, const char *path, X509_CRL *list, evpack_err *err)
{
    pki_trust *t = ctx;
    if (X509_STORE_add_crl(t->store, list) != 1) {
        return pki_fail(err, EVPACK_E_INPUT, "%s: the revocation list cannot be used", path);
    }
    t->crls = true;
    return EVPACK_OK;
}

evpack_status pki_trust_add_crls(pki_trust *t, const char *path, evpack_err *err)
{
    enum { FILES = 64, BYTES = 64 * 1024 * 1024 };
    return pki_crls_each(path, FILES, BYTES, add_list, t, err);
}
