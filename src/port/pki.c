/*
 * Trust, and what its users share. Invariant: a trust holds the given anchors and nothing else.
 * Refuses to know private keys (pki_signer.c loads them) and what is signed: this is all that the
 * small verifier links.
 */
#include "port/pki.h"

#include "base/buf.h"
#include "base/file.h"
#include "port/pki_private.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { CERTS_MAX = 4 * 1024 * 1024, CRLS_MAX = 64 * 1024 * 1024 };

evpack_status pki_fail(evpack_err *err, evpack_status code, const char *fmt, ...)
{
    char text[EVPACK_ERR_TEXT / 2];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    (void)evpack_fail(err, code, "%s%s%s", text, reason == NULL ? "" : ": ",
                      reason == NULL ? "" : reason);
    ERR_clear_error();
    return code;
}

pki_key_kind pki_key_kind_of(const EVP_PKEY *key)
{
    if (EVP_PKEY_is_a(key, "RSA")) {
        return PKI_KEY_RSA;
    }
    char group[64] = "";
    if (!EVP_PKEY_is_a(key, "EC") ||
        EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                       NULL) != 1) {
        ERR_clear_error();
        return PKI_KEY_OTHER;
    }
    if (strcmp(group, "prime256v1") == 0) {
        return PKI_KEY_P256;
    }
    return strcmp(group, "secp384r1") == 0 ? PKI_KEY_P384 : PKI_KEY_OTHER;
}

evpack_status pki_issuer_serial(const X509 *cert, buf *issuer, buf *serial, evpack_err *err)
{
    unsigned char *name = NULL;
    unsigned char *number = NULL;
    int name_len = i2d_X509_NAME(X509_get_issuer_name(cert), &name);
    int number_len = i2d_ASN1_INTEGER(X509_get0_serialNumber(cert), &number);
    buf_append(issuer, name, name_len > 0 ? (size_t)name_len : 0);
    buf_append(serial, number, number_len > 0 ? (size_t)number_len : 0);
    OPENSSL_free(name);
    OPENSSL_free(number);
    if (name_len <= 0 || number_len <= 0) {
        return pki_fail(err, EVPACK_E_INTERNAL, "a certificate's issuer cannot be written");
    }
    EVPACK_TRY(buf_status(issuer, err));
    return buf_status(serial, err);
}

void pki_trust_free(pki_trust *t)
{
    if (t != NULL) {
        X509_STORE_free(t->store);
        free(t);
    }
}

/* A memory BIO over a file; content must outlive it. */
static evpack_status read_pem(const char *path, size_t cap, buf *content, BIO **out,
                              evpack_err *err)
{
    EVPACK_TRY(file_read(path, cap, content, err));
    *out = BIO_new_mem_buf(buf_str(content), (int)content->len);
    return *out == NULL ? evpack_oom(err) : EVPACK_OK;
}

/* Whether PEM reading stopped because there was nothing more, not because something is broken. */
static bool at_end_of_pem(void)
{
    unsigned long e = ERR_peek_last_error();
    bool end = ERR_GET_LIB(e) == ERR_LIB_PEM && ERR_GET_REASON(e) == PEM_R_NO_START_LINE;
    if (end) {
        ERR_clear_error();
    }
    return end;
}

/* Certificates and lists have no passphrase. Without this OpenSSL would ask on the terminal. */
static int no_passphrase(char *out, int size, int writing, void *ctx)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)ctx;
    return -1;
}

evpack_status pki_certs_load(const char *path, STACK_OF(X509) * *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf content = {0};
    EVPACK_AUTO(BIO) bio = NULL;
    EVPACK_TRY(read_pem(path, CERTS_MAX, &content, &bio, err));
    EVPACK_AUTO_CERTS certs = sk_X509_new_null();
    if (certs == NULL) {
        return evpack_oom(err);
    }
    ERR_clear_error();
    X509 *cert = NULL;
    while ((cert = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL)) != NULL) {
        if (sk_X509_push(certs, cert) == 0) {
            X509_free(cert);
            return evpack_oom(err);
        }
    }
    if (!at_end_of_pem()) {
        return pki_fail(err, EVPACK_E_INPUT, "%s: holds a certificate that cannot be read", path);
    }
    if (sk_X509_num(certs) == 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: expected a certificate in PEM, found none",
                           path);
    }
    *out = EVPACK_MOVE(certs);
    return EVPACK_OK;
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

evpack_status pki_trust_load(const char *pem_path, pki_trust **out, evpack_err *err)
{
    EVPACK_AUTO_CERTS certs = NULL;
    EVPACK_TRY(pki_certs_load(pem_path, &certs, err));
    EVPACK_AUTO(pki_trust) t = NULL;
    EVPACK_TRY(trust_new(&t, err));
    for (int i = 0; i < sk_X509_num(certs); i++) {
        if (X509_STORE_add_cert(t->store, sk_X509_value(certs, i)) != 1) {
            return pki_fail(err, EVPACK_E_INPUT, "%s: certificate %d cannot be used", pem_path,
                            i + 1);
        }
    }
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

evpack_status pki_trust_add_crls(pki_trust *t, const char *pem_path, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf content = {0};
    EVPACK_AUTO(BIO) bio = NULL;
    EVPACK_TRY(read_pem(pem_path, CRLS_MAX, &content, &bio, err));
    ERR_clear_error();
    for (bool any = false;; any = true) {
        EVPACK_AUTO(X509_CRL) crl = PEM_read_bio_X509_CRL(bio, NULL, no_passphrase, NULL);
        if (crl == NULL && at_end_of_pem() && any) {
            return EVPACK_OK;
        }
        if (crl == NULL) {
            return pki_fail(err, EVPACK_E_INPUT, "%s: expected a revocation list (CRL) in PEM",
                            pem_path);
        }
        if (X509_STORE_add_crl(t->store, crl) != 1) {
            return pki_fail(err, EVPACK_E_INPUT, "%s: the revocation list cannot be used",
                            pem_path);
        }
        t->crls = true;
    }
}
