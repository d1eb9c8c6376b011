/*
 * Loading a signer: a private key, its certificate and those above it. Invariant: a signer is
 * complete (all three fit together and are fit to sign now), and no passphrase outlives its use.
 * Refuses to know what is signed, and where a passphrase comes from. Not part of the small
 * verifier.
 */
#include "port/pki.h"

#include "base/file.h"
#include "base/text.h"
#include "port/pki_private.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

enum {
    KEY_MAX = 64 * 1024,
    CERTS_MAX = 4 * 1024 * 1024,
    CHAIN_LENGTH_MAX = 16,
    RSA_SIGN_MIN = 3072,
    RSA_MAX = 8192,
    AUTH_LEVEL = 2, /* as the verifier: at least 112 bits of strength */
    DER_SEQUENCE_TAG = 0x30
};

EVPACK_DEFINE_CLEANUP(PKCS12, PKCS12_free)
EVPACK_DEFINE_CLEANUP(X509_STORE, X509_STORE_free)

void pki_signer_free(pki_signer *s)
{
    if (s != NULL) {
        EVP_PKEY_free(s->key);
        pki_token_free(s->token);
        X509_free(s->cert);
        sk_X509_pop_free(s->chain, X509_free);
        free(s);
    }
}

static void wipe(buf *b)
{
    if (b->data != NULL) {
        OPENSSL_cleanse(b->data, b->cap);
    }
    buf_reset(b);
}

typedef struct {
    char text[PKI_SECRET_MAX];
} secret;

static void secret_reset(secret *s)
{
    OPENSSL_cleanse(s->text, sizeof s->text);
}

static evpack_status ask(const pki_files *files, secret *out, evpack_err *err)
{
    if (files->ask == NULL) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "%s: the key is encrypted, and no passphrase was given", files->key);
    }
    return files->ask(files->ask_ctx, files->key, out->text, err);
}

static evpack_status load_certs(const char *path, STACK_OF(X509) * *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf content = {0};
    EVPACK_TRY(file_read(path, CERTS_MAX, &content, err));
    EVPACK_AUTO_CERTS certs = sk_X509_new_null();
    if (certs == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(pki_certs_read(path, &content, certs, err));
    *out = EVPACK_MOVE(certs);
    return EVPACK_OK;
}

/* PEM ------------------------------------------------------------------------------------------ */

typedef struct {
    const pki_files *files;
    evpack_err *err;
    evpack_status status;
    bool asked;
} pem_ask;

/* Called by OpenSSL for an encrypted key only. */
static int give_passphrase(char *out, int size, int writing, void *ctx)
{
    pem_ask *a = ctx;
    EVPACK_AUTO_VALUE(secret_reset) secret s = {""};
    (void)writing;
    a->asked = true;
    a->status = ask(a->files, &s, a->err);
    size_t len = strlen(s.text);
    if (a->status != EVPACK_OK || size < 0 || len >= (size_t)size) {
        return -1;
    }
    memcpy(out, s.text, len + 1);
    return (int)len;
}

static evpack_status load_pem(const pki_files *files, const buf *content, EVP_PKEY **out,
                              evpack_err *err)
{
    EVPACK_AUTO(BIO) bio = BIO_new_mem_buf(buf_str(content), (int)content->len);
    if (bio == NULL) {
        return evpack_oom(err);
    }
    pem_ask a = {.files = files, .err = err};
    *out = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &a);
    if (*out != NULL) {
        return EVPACK_OK;
    }
    if (a.status != EVPACK_OK) {
        ERR_clear_error();
        return a.status;
    }
    return pki_fail(err, EVPACK_E_INPUT,
                    a.asked ? "%s: the passphrase does not open the key"
                            : "%s: expected a private key in PEM or a PKCS#12 file",
                    files->key);
}

/* PKCS#12 -------------------------------------------------------------------------------------- */

/* Many such files have no passphrase, which comes in two ways: none at all, or an empty one. */
static evpack_status open_p12(const pki_files *files, PKCS12 *p12, secret *s, const char **pass,
                              evpack_err *err)
{
    *pass = NULL;
    if (!PKCS12_mac_present(p12) || PKCS12_verify_mac(p12, NULL, 0) == 1) {
        return EVPACK_OK;
    }
    *pass = s->text;
    if (PKCS12_verify_mac(p12, "", 0) == 1) {
        return EVPACK_OK;
    }
    ERR_clear_error();
    EVPACK_TRY(ask(files, s, err));
    if (PKCS12_verify_mac(p12, s->text, -1) != 1) {
        ERR_clear_error();
        return evpack_fail(err, EVPACK_E_INPUT, "%s: the passphrase does not open the file",
                           files->key);
    }
    return EVPACK_OK;
}

/* Fills s->key; cert and more with the certificates inside, which may be none. */
static evpack_status load_p12(const pki_files *files, const buf *content, pki_signer *s,
                              X509 **cert, STACK_OF(X509) * *more, evpack_err *err)
{
    const unsigned char *p = (const unsigned char *)buf_str(content);
    const unsigned char *end = p + content->len;
    EVPACK_AUTO(PKCS12) p12 = d2i_PKCS12(NULL, &p, (long)content->len);
    if (p12 == NULL || p != end) {
        ERR_clear_error();
        return evpack_fail(err, EVPACK_E_INPUT,
                           "%s: expected a private key in PEM or a PKCS#12 file", files->key);
    }
    EVPACK_AUTO_VALUE(secret_reset) secret held = {""};
    const char *pass = NULL;
    EVPACK_TRY(open_p12(files, p12, &held, &pass, err));
    if (PKCS12_parse(p12, pass, &s->key, cert, more) != 1) {
        return pki_fail(
            err, EVPACK_E_INPUT,
            "%s: its contents cannot be read (a file with an old cipher is converted by "
            "openssl pkcs12 -legacy)",
            files->key);
    }
    if (s->key == NULL) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s: holds no private key", files->key);
    }
    return EVPACK_OK;
}

/* All ------------------------------------------------------------------------------------------ */

static evpack_status check_key(const EVP_PKEY *key, const char *path, evpack_err *err)
{
    pki_key_kind kind = pki_key_kind_of(key);
    int bits = EVP_PKEY_get_bits(key);
    if (kind != PKI_KEY_OTHER &&
        (kind != PKI_KEY_RSA || (bits >= RSA_SIGN_MIN && bits <= RSA_MAX))) {
        return EVPACK_OK;
    }
    const char *type = EVP_PKEY_get0_type_name(key);
    return evpack_fail(err, EVPACK_E_INPUT,
                       "%s: expected an RSA key of 3072 to 8192 bits or a P-256 or P-384 key, "
                       "found a %s key of %d bits",
                       path, type == NULL ? "foreign" : type, bits);
}

/* The key, and the certificates that come in the same file. */
static evpack_status load_key(const pki_files *files, pki_signer *s, X509 **cert,
                              STACK_OF(X509) * *more, evpack_err *err)
{
    if (text_starts(files->key, "pkcs11:")) {
        return pki_token_open(files, &s->token, &s->key, err);
    }
    EVPACK_AUTO_VALUE(wipe) buf content = {0};
    EVPACK_TRY(file_read(files->key, KEY_MAX, &content, err));
    bool der = content.len > 0 && (unsigned char)content.data[0] == DER_SEQUENCE_TAG;
    return der ? load_p12(files, &content, s, cert, more, err)
               : load_pem(files, &content, &s->key, err);
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
    int have = sk_X509_num(s->chain);
    X509 *below = have == 0 ? s->cert : sk_X509_value(s->chain, have - 1);
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

/* Whether the authority signed it with a digest that can be forged; a root's own says nothing. */
static bool signed_weakly(X509 *cert)
{
    int bits = 0;
    bool weak = (X509_get_extension_flags(cert) & EXFLAG_SS) == 0 &&
                (X509_get_signature_info(cert, NULL, NULL, &bits, NULL) != 1 || bits < 112);
    ERR_clear_error();
    return weak;
}

static void show_time(const ASN1_TIME *time, char out[TEXT_TIME])
{
    struct tm parts = {0};
    if (ASN1_TIME_to_tm(time, &parts) == 1) {
        text_format_time((int64_t)timegm(&parts), out);
    }
}

/* what: "the certificate". */
static evpack_status in_force(const X509 *cert, int64_t at, const char *what, evpack_err *err)
{
    time_t when = (time_t)at;
    bool early = X509_cmp_time(X509_get0_notBefore(cert), &when) >= 0;
    if (!early && X509_cmp_time(X509_get0_notAfter(cert), &when) > 0) {
        return EVPACK_OK;
    }
    char from[TEXT_TIME] = "?";
    char to[TEXT_TIME] = "?";
    char time[TEXT_TIME];
    show_time(X509_get0_notBefore(cert), from);
    show_time(X509_get0_notAfter(cert), to);
    text_format_time(at, time);
    return evpack_fail(err, EVPACK_E_INPUT,
                       "%s %s: it is in force from %s to %s, and is judged at %s", what,
                       early ? "is not valid yet" : "has expired", from, to, time);
}

evpack_status pki_signer_in_force(const pki_signer *s, int64_t at, evpack_err *err)
{
    EVPACK_TRY(in_force(s->cert, at, "the certificate", err));
    for (int i = 0; i < sk_X509_num(s->chain); i++) {
        EVPACK_TRY(in_force(sk_X509_value(s->chain, i), at, "a certificate above it", err));
    }
    return EVPACK_OK;
}

static evpack_status check_cert(X509 *cert, int64_t now, const char *path, evpack_err *err)
{
    if (in_force(cert, now, "the certificate", err) != EVPACK_OK) {
        return evpack_context(err, "%s", path);
    }
    if (X509_check_purpose(cert, X509_PURPOSE_SMIME_SIGN, 0) != 1) {
        ERR_clear_error();
        return evpack_fail(err, EVPACK_E_INPUT,
                           "%s: the certificate may not sign: its key usage must allow digital "
                           "signatures, and an extended key usage must name emailProtection",
                           path);
    }
    if (signed_weakly(cert)) {
        return evpack_fail(
            err, EVPACK_E_INPUT,
            "%s: the certificate is weak: its authority signed it with MD5, SHA-1 or "
            "another digest that can be forged",
            path);
    }
    return EVPACK_OK;
}

/* As a verifier will judge it who trusts the topmost certificate that was given. */
static evpack_status check_chain(const pki_signer *s, int64_t now, const char *path,
                                 evpack_err *err)
{
    EVPACK_AUTO(X509_STORE) store = X509_STORE_new();
    EVPACK_AUTO(X509_STORE_CTX) ctx = X509_STORE_CTX_new();
    int above = sk_X509_num(s->chain);
    X509 *top = above == 0 ? s->cert : sk_X509_value(s->chain, above - 1);
    if (store == NULL || ctx == NULL || X509_STORE_add_cert(store, top) != 1 ||
        X509_STORE_CTX_init(ctx, store, s->cert, s->chain) != 1) {
        return evpack_oom(err);
    }
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    if (X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN) != 1 ||
        X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SMIME_SIGN) != 1) {
        return pki_fail(err, EVPACK_E_INTERNAL, "the chain cannot be checked");
    }
    X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
    X509_VERIFY_PARAM_set_time(param, (time_t)now);
    int verified = X509_verify_cert(ctx);
    ERR_clear_error();
    if (verified != 1) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "%s: the signer's certificate, or one above it, would be refused: %s",
                           path, X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
    }
    return EVPACK_OK;
}

/* The signer's certificate, and in pool those that came with it. */
static evpack_status choose_cert(const pki_files *files, pki_signer *s, X509 **own,
                                 STACK_OF(X509) * *pool, evpack_err *err)
{
    if (files->cert == NULL) {
        if (*own == NULL) {
            return evpack_fail(err, EVPACK_E_USAGE,
                               "%s: no certificate comes with the key: name it with --cert",
                               files->key);
        }
        s->cert = EVPACK_MOVE(*own);
        if (*pool == NULL && (*pool = sk_X509_new_null()) == NULL) {
            return evpack_oom(err);
        }
        return EVPACK_OK;
    }
    pki_free_certs(pool);
    EVPACK_TRY(load_certs(files->cert, pool, err));
    s->cert = sk_X509_shift(*pool);
    return EVPACK_OK;
}

evpack_status pki_signer_load(const pki_files *files, int64_t now, pki_signer **out,
                              evpack_err *err)
{
    EVPACK_AUTO(pki_signer) s = calloc(1, sizeof *s);
    if (s == NULL || (s->chain = sk_X509_new_null()) == NULL) {
        return evpack_oom(err);
    }
    EVPACK_AUTO(X509) own = NULL;
    EVPACK_AUTO_CERTS pool = NULL;
    EVPACK_TRY(load_key(files, s, &own, &pool, err));
    EVPACK_TRY(check_key(s->key, files->key, err));
    EVPACK_TRY(choose_cert(files, s, &own, &pool, err));
    const char *path = files->cert == NULL ? files->key : files->cert;
    if (X509_check_private_key(s->cert, s->key) != 1) {
        ERR_clear_error();
        return evpack_fail(err, EVPACK_E_INPUT,
                           "%s: its first certificate does not belong to the key in %s", path,
                           files->key);
    }
    EVPACK_TRY(check_cert(s->cert, now, path, err));
    EVPACK_TRY(order_chain(s, pool, path, err));
    if (files->chain != NULL) {
        EVPACK_AUTO_CERTS more = NULL;
        EVPACK_TRY(load_certs(files->chain, &more, err));
        EVPACK_TRY(order_chain(s, more, files->chain, err));
    }
    EVPACK_TRY(check_chain(s, now, files->chain == NULL ? path : files->chain, err));
    *out = EVPACK_MOVE(s);
    return EVPACK_OK;
}

/* Lists --------------------------------------------------------------------------------------- */

/* Whether a list speaks against a certificate; by the issuer's name alone where it is not there. */
static bool is_against(X509_CRL *list, X509 *cert, X509 *issuer)
{
    X509_REVOKED *entry = NULL;
    bool against = X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_issuer_name(cert)) == 0 &&
                   (issuer == NULL || X509_CRL_verify(list, X509_get0_pubkey(issuer)) == 1) &&
                   X509_CRL_get0_by_cert(list, &entry, cert) == 1;
    ERR_clear_error();
    return against;
}

evpack_status pki_crls_allow(const pki_crls *c, const pki_signer *s, evpack_err *err)
{
    int above = sk_X509_num(s->chain);
    for (size_t i = 0; i < c->count; i++) {
        for (int k = -1; k < above; k++) {
            X509 *cert = k < 0 ? s->cert : sk_X509_value(s->chain, k);
            X509 *issuer = k + 1 < above ? sk_X509_value(s->chain, k + 1) : NULL;
            if (is_against(c->at[i].list, cert, issuer)) {
                return evpack_fail(err, EVPACK_E_INPUT,
                                   "a revocation list says that %s was revoked: nothing is sealed "
                                   "with it",
                                   k < 0 ? "the signer's own certificate"
                                         : "a certificate above the signer's");
            }
        }
    }
    return EVPACK_OK;
}
