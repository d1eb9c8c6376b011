/*
 * Loading keys, certificates and trust. Invariant: a signer is complete (key, certificate and chain
 * fit together and are fit to sign), and a trust holds the given anchors and nothing else. Refuses
 * to know what is signed.
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

enum {
    KEY_MAX = 64 * 1024,
    CERTS_MAX = 4 * 1024 * 1024,
    CRLS_MAX = 64 * 1024 * 1024,
    CHAIN_LENGTH_MAX = 16,
    RSA_SIGN_MIN = 3072,
    RSA_MAX = 8192
};

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

void pki_signer_free(pki_signer *s)
{
    if (s != NULL) {
        EVP_PKEY_free(s->key);
        X509_free(s->cert);
        sk_X509_pop_free(s->chain, X509_free);
        free(s);
    }
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

/* Gives OpenSSL the passphrase that ctx, a const char *const *, points to. Never asks anyone. */
static int give_passphrase(char *out, int size, int writing, void *ctx)
{
    (void)writing;
    const char *passphrase = ctx == NULL ? NULL : *(const char *const *)ctx;
    size_t len = passphrase == NULL ? 0 : strlen(passphrase);
    if (len == 0 || size < 0 || len >= (size_t)size) {
        return -1;
    }
    memcpy(out, passphrase, len + 1);
    return (int)len;
}

static void wipe(buf *b)
{
    if (b->data != NULL) {
        OPENSSL_cleanse(b->data, b->cap);
    }
    buf_reset(b);
}

static evpack_status load_key(const pki_files *files, EVP_PKEY **out, evpack_err *err)
{
    const char *path = files->key;
    const char *passphrase = files->passphrase;
    EVPACK_AUTO_VALUE(wipe) buf content = {0};
    EVPACK_AUTO(BIO) bio = NULL;
    EVPACK_TRY(read_pem(path, KEY_MAX, &content, &bio, err));
    EVPACK_AUTO(EVP_PKEY) key = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &passphrase);
    if (key == NULL) {
        const char *hint = passphrase == NULL && strstr(buf_str(&content), "ENCRYPTED") != NULL
                               ? " (it is encrypted, and no passphrase was given)"
                               : "";
        return pki_fail(err, EVPACK_E_INPUT, "%s: expected a private key in PEM%s", path, hint);
    }
    pki_key_kind kind = pki_key_kind_of(key);
    int bits = EVP_PKEY_get_bits(key);
    if (kind == PKI_KEY_OTHER || (kind == PKI_KEY_RSA && (bits < RSA_SIGN_MIN || bits > RSA_MAX))) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "%s: expected an RSA key of 3072 to 8192 bits or a P-256 or P-384 key, "
                           "found a %s key of %d bits",
                           path, EVP_PKEY_get0_type_name(key), bits);
    }
    *out = EVPACK_MOVE(key);
    return EVPACK_OK;
}

static evpack_status load_certs(const char *path, STACK_OF(X509) * *out, evpack_err *err)
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
    while ((cert = PEM_read_bio_X509(bio, NULL, give_passphrase, NULL)) != NULL) {
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

/* The certificate in pool that issued cert, taken out of pool; NULL when there is none. */
static X509 *take_issuer(STACK_OF(X509) * pool, X509 *cert)
{
    for (int i = 0; i < sk_X509_num(pool); i++) {
        X509 *candidate = sk_X509_value(pool, i);
        if (X509_check_issued(candidate, cert) == X509_V_OK &&
            X509_verify(cert, X509_get0_pubkey(candidate)) == 1) {
            return sk_X509_delete(pool, i);
        }
    }
    ERR_clear_error();
    return NULL;
}

/* Puts the pool into order, from the signer's issuer upwards; all of it must find a place. */
static evpack_status order_chain(pki_signer *s, STACK_OF(X509) * pool, const char *path,
                                 evpack_err *err)
{
    X509 *below = s->cert;
    for (int i = 0; i < CHAIN_LENGTH_MAX && sk_X509_num(pool) > 0; i++) {
        X509 *issuer = take_issuer(pool, below);
        if (issuer == NULL) {
            break;
        }
        if (X509_cmp(issuer, s->cert) == 0) {
            X509_free(issuer); /* a file that has the signer's own certificate too */
            continue;
        }
        if (sk_X509_push(s->chain, issuer) == 0) {
            X509_free(issuer);
            return evpack_oom(err);
        }
        below = issuer;
    }
    for (int i = sk_X509_num(pool) - 1; i >= 0; i--) {
        if (X509_cmp(sk_X509_value(pool, i), s->cert) == 0) {
            X509_free(sk_X509_delete(pool, i));
        }
    }
    if (sk_X509_num(pool) > 0) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "%s: %d of its certificates are not on the way from the signer's "
                           "certificate to its root; leave them out",
                           path, sk_X509_num(pool));
    }
    return EVPACK_OK;
}

static evpack_status check_cert(X509 *cert, int64_t now, const char *path, evpack_err *err)
{
    time_t when = (time_t)now;
    if (X509_cmp_time(X509_get0_notBefore(cert), &when) >= 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: the certificate is not valid yet", path);
    }
    if (X509_cmp_time(X509_get0_notAfter(cert), &when) <= 0) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: the certificate has expired", path);
    }
    if (X509_check_purpose(cert, X509_PURPOSE_SMIME_SIGN, 0) != 1) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "%s: the certificate may not sign: its key usage must allow digital "
                           "signatures, and an extended key usage must name emailProtection",
                           path);
    }
    return EVPACK_OK;
}

evpack_status pki_signer_load(const pki_files *files, int64_t now, pki_signer **out,
                              evpack_err *err)
{
    EVPACK_AUTO(pki_signer) s = calloc(1, sizeof *s);
    if (s == NULL || (s->chain = sk_X509_new_null()) == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(load_key(files, &s->key, err));
    EVPACK_AUTO_CERTS certs = NULL;
    EVPACK_TRY(load_certs(files->cert, &certs, err));
    s->cert = sk_X509_shift(certs);
    if (X509_check_private_key(s->cert, s->key) != 1) {
        ERR_clear_error();
        return evpack_fail(err, EVPACK_E_INPUT,
                           "%s: its first certificate does not belong to the key in %s",
                           files->cert, files->key);
    }
    EVPACK_TRY(check_cert(s->cert, now, files->cert, err));
    EVPACK_TRY(order_chain(s, certs, files->cert, err));
    if (files->chain != NULL) {
        EVPACK_AUTO_CERTS more = NULL;
        EVPACK_TRY(load_certs(files->chain, &more, err));
        EVPACK_TRY(order_chain(s, more, files->chain, err));
    }
    *out = EVPACK_MOVE(s);
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
    EVPACK_TRY(load_certs(pem_path, &certs, err));
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
        EVPACK_AUTO(X509_CRL) crl = PEM_read_bio_X509_CRL(bio, NULL, give_passphrase, NULL);
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
