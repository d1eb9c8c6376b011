/*
 * Checking a signature. Invariant: an answer of yes means that the file is in the one form
 * (cms_form), that a key of a certificate leading to a given anchor signed its attributes, and that
 * these name the content's digest. Every other path answers no with a reason. OpenSSL's own CMS
 * code is not used: its verifier accepts what cms.h refuses.
 */
#include "port/cms.h"

#include "base/text.h"
#include "port/cms_form.h"
#include "port/cms_statement.h"
#include "port/pki_private.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum { RSA_VERIFY_MIN = 2048, RSA_VERIFY_MAX = 16384, AUTH_LEVEL = 2 };

struct cms_check {
    buf der; /* a copy, which form points into */
    cms_form form;
    der_span values[CMS_KNOWN_ATTRIBUTES];
    STACK_OF(X509) * certs; /* all that are carried along */
    X509 *cert;             /* the signer's; borrowed from certs */
    EVP_MD_CTX *md;         /* NULL for SHA-256 */
    bool bad;
};

static const EVP_MD *md_of(cms_digest which)
{
    switch (which) {
    case CMS_SHA384:
        return EVP_sha384();
    case CMS_SHA512:
        return EVP_sha512();
    default:
        return EVP_sha256();
    }
}

void cms_check_free(cms_check *c)
{
    if (c != NULL) {
        buf_reset(&c->der);
        sk_X509_pop_free(c->certs, X509_free);
        EVP_MD_CTX_free(c->md);
        free(c);
    }
}

static void describe(X509 *cert, cms_signer *who)
{
    unsigned char hash[DIGEST_SIZE];
    if (X509_digest(cert, EVP_sha256(), hash, NULL) == 1) {
        text_hex(hash, sizeof hash, who->fingerprint);
    }
    static const unsigned long ways[] = {XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB, XN_FLAG_RFC2253};
    for (size_t i = 0; i < 2; i++) {
        EVPACK_AUTO(BIO) bio = BIO_new(BIO_s_mem());
        if (bio == NULL || X509_NAME_print_ex(bio, X509_get_subject_name(cert), 0, ways[i]) < 0) {
            break;
        }
        char *text = NULL;
        long len = BIO_get_mem_data(bio, &text);
        if (len > 0 && (size_t)len < sizeof who->subject && cms_text_plain(text, (size_t)len)) {
            memcpy(who->subject, text, (size_t)len);
            who->subject[len] = '\0';
            break;
        }
    }
    if (who->subject[0] == '\0') {
        (void)snprintf(who->subject, sizeof who->subject, "(a subject that cannot be shown)");
    }
    ERR_clear_error();
}

void cms_signer_of(const pki_signer *signer, cms_signer *who)
{
    *who = (cms_signer){0};
    describe(signer->cert, who);
}

static bool parse_certs(cms_check *c)
{
    c->certs = sk_X509_new_null();
    for (size_t i = 0; c->certs != NULL && i < c->form.cert_count; i++) {
        const unsigned char *p = c->form.certs[i].data;
        X509 *cert = d2i_X509(NULL, &p, (long)c->form.certs[i].len);
        if (cert == NULL || p != c->form.certs[i].data + c->form.certs[i].len ||
            sk_X509_push(c->certs, cert) == 0) {
            X509_free(cert);
            return false;
        }
    }
    return c->certs != NULL;
}

/* The SHA-2 digest, of any size, over the certificate's bytes as they stand in the file. */
static bool cert_has_digest(der_span cert, cms_digest which, der_span want)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    return EVP_Digest(cert.data, cert.len, hash, &len, md_of(which), NULL) == 1 &&
           der_same((der_span){hash, len}, want);
}

/* Whether these are the DER of the certificate's issuer and serial number. */
static bool is_cert(const X509 *cert, der_span issuer, der_span serial)
{
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf number = {0};
    return pki_issuer_serial(cert, &name, &number, NULL) == EVPACK_OK &&
           der_same(issuer, der_of(&name)) && der_same(serial, der_of(&number));
}

/* Whether the issuer and serial of an ESSCertIDv2 are the certificate's; they may be left out. */
static bool names_cert(der_span id, const X509 *cert)
{
    der_span names;
    der_span name;
    if (id.len == 0) {
        return true;
    }
    return der_take(&id, DER_SEQUENCE, &id) && der_take(&id, DER_SEQUENCE, &names) &&
           der_take(&names, DER_CONTEXT_4, &name) && names.len == 0 && is_cert(cert, name, id);
}

/* The carried certificate that an ESSCertIDv2 names: its index, or -1. */
static int find_named(const cms_check *c, der_span id)
{
    cms_digest which = CMS_SHA256;
    der_span body;
    if (der_take(&id, DER_SEQUENCE, &body)) {
        which = cms_digest_read(body);
    }
    if (which == CMS_DIGESTS || !der_take(&id, DER_OCTETS, &body)) {
        return -1;
    }
    for (size_t i = 0; i < c->form.cert_count; i++) {
        if (cert_has_digest(c->form.certs[i], which, body) &&
            names_cert(id, sk_X509_value(c->certs, (int)i))) {
            return (int)i;
        }
    }
    return -1;
}

/* Reads signingCertificateV2: sets c->cert, and has every carried certificate named once. */
static evpack_status bind_certs(cms_check *c, cms_signer *who, evpack_err *err)
{
    der_span value = c->values[CMS_SIGNING_CERTIFICATE_V2];
    der_span ids;
    der_span id;
    if (!der_take(&value, DER_SEQUENCE, &value) || !der_take(&value, DER_SEQUENCE, &ids)) {
        return cms_refuse(who, err, CMS_ATTRIBUTES, "its signingCertificateV2 cannot be read");
    }
    bool named[CMS_CERTS_MAX] = {false};
    size_t count = 0;
    while (der_take(&ids, DER_SEQUENCE, &id)) {
        int i = find_named(c, id);
        if (i < 0 || named[i]) {
            return cms_refuse(
                who, err, CMS_ATTRIBUTES,
                "its signingCertificateV2 names a certificate that it does not carry");
        }
        named[i] = true;
        c->cert = count++ == 0 ? sk_X509_value(c->certs, i) : c->cert;
    }
    if (ids.len != 0 || count != c->form.cert_count) {
        return cms_refuse(who, err, CMS_ATTRIBUTES,
                          "it carries certificates that its signingCertificateV2 does not name, so "
                          "that nothing protects them");
    }
    return EVPACK_OK;
}

static void read_time(der_span value, cms_signer *who)
{
    der_span t;
    char text[TEXT_TIME] = "";
    if (der_take(&value, DER_UTC_TIME, &t) && t.len == 13) {
        const char *d = (const char *)t.data;
        (void)snprintf(text, sizeof text, "%s%.2s-%.2s-%.2sT%.2s:%.2s:%.2s%.1s",
                       d[0] < '5' ? "20" : "19", d, d + 2, d + 4, d + 6, d + 8, d + 10, d + 12);
    } else if (der_take(&value, DER_GENERAL_TIME, &t) && t.len == 15) {
        const char *d = (const char *)t.data;
        (void)snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%.1s", d, d + 4, d + 6,
                       d + 8, d + 10, d + 12, d + 14);
    }
    who->has_signing_time = text_parse_time(text, &who->signing_time, NULL) == EVPACK_OK;
}

static evpack_status read_attributes(cms_check *c, cms_signer *who, evpack_err *err)
{
    EVPACK_TRY(cms_attributes_read(&c->form, c->values, who, err));
    static const struct {
        cms_attribute which;
        const char *name;
    } required[] = {{CMS_CONTENT_TYPE, "contentType"},
                    {CMS_MESSAGE_DIGEST, "messageDigest"},
                    {CMS_SIGNING_CERTIFICATE_V2, "signingCertificateV2"}};
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (c->values[required[i].which].data == NULL) {
            return cms_refuse(who, err, CMS_ATTRIBUTES, "it lacks the signed attribute %s",
                              required[i].name);
        }
    }
    der_span type = c->values[CMS_CONTENT_TYPE];
    if (!der_take(&type, DER_OID, &type) || !der_same(type, cms_oid_data())) {
        return cms_refuse(who, err, CMS_ATTRIBUTES, "its signed contentType is not data");
    }
    if (c->values[CMS_SIGNING_TIME].data != NULL) {
        read_time(c->values[CMS_SIGNING_TIME], who);
        if (!who->has_signing_time) {
            return cms_refuse(who, err, CMS_ATTRIBUTES, "its signingTime cannot be read");
        }
    }
    cms_statement_read(c->values, who);
    return EVPACK_OK;
}

static evpack_status check_key(const cms_check *c, cms_signer *who, evpack_err *err)
{
    const EVP_PKEY *key = X509_get0_pubkey(c->cert);
    if (key == NULL) {
        ERR_clear_error();
        return cms_refuse(who, err, CMS_UNSUITABLE, "the signer's public key cannot be read");
    }
    pki_key_kind kind = pki_key_kind_of(key);
    int bits = EVP_PKEY_get_bits(key);
    if (kind == PKI_KEY_OTHER || (kind == PKI_KEY_RSA) == c->form.ecdsa) {
        return cms_refuse(who, err, CMS_WEAK,
                          "the signer's key is neither RSA nor on the curve P-256 or P-384");
    }
    if (kind == PKI_KEY_RSA && (bits < RSA_VERIFY_MIN || bits > RSA_VERIFY_MAX)) {
        return cms_refuse(who, err, CMS_WEAK,
                          "the signer's RSA key has %d bits, expected 2048 to 16384", bits);
    }
    return EVPACK_OK;
}

static evpack_status check_value(cms_check *c, cms_signer *who, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    cms_form_signed_bytes(&c->form, &bytes);
    EVPACK_TRY(buf_status(&bytes, err));
    EVPACK_AUTO(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    if (ctx == NULL) {
        return evpack_oom(err);
    }
    bool good = EVP_DigestVerifyInit(ctx, NULL, md_of(c->form.digest), NULL,
                                     X509_get0_pubkey(c->cert)) == 1 &&
                EVP_DigestVerify(ctx, c->form.signature.data, c->form.signature.len,
                                 (const unsigned char *)buf_str(&bytes), bytes.len) == 1;
    ERR_clear_error();
    if (!good) {
        return cms_refuse(who, err, CMS_MISMATCH,
                          "the signature value does not fit the signer's key and what it signs");
    }
    return EVPACK_OK;
}

evpack_status cms_check_new(const void *der, size_t len, cms_check **out, cms_signer *who,
                            evpack_err *err)
{
    *who = (cms_signer){0};
    EVPACK_AUTO(cms_check) c = calloc(1, sizeof *c);
    if (c == NULL) {
        return evpack_oom(err);
    }
    if (len <= CMS_MAX) {
        buf_append(&c->der, der, len);
    }
    EVPACK_TRY(buf_status(&c->der, err));
    der_span all = {(const unsigned char *)buf_str(&c->der), len};
    EVPACK_TRY(cms_form_read(all, &c->form, who, err));
    if (!parse_certs(c)) {
        ERR_clear_error();
        return cms_refuse(who, err, CMS_MALFORMED, "a certificate in it cannot be read");
    }
    EVPACK_TRY(read_attributes(c, who, err));
    EVPACK_TRY(bind_certs(c, who, err));
    describe(c->cert, who);
    if (!is_cert(c->cert, c->form.issuer, c->form.serial)) {
        return cms_refuse(who, err, CMS_ATTRIBUTES,
                          "its signer is not the certificate that signingCertificateV2 names");
    }
    EVPACK_TRY(check_key(c, who, err));
    EVPACK_TRY(check_value(c, who, err));
    if (c->form.digest != CMS_SHA256) {
        c->md = EVP_MD_CTX_new();
        if (c->md == NULL || EVP_DigestInit_ex(c->md, md_of(c->form.digest), NULL) != 1) {
            return pki_fail(err, EVPACK_E_INTERNAL, "libcrypto cannot compute digests");
        }
    }
    *out = EVPACK_MOVE(c);
    return EVPACK_OK;
}

void cms_check_update(cms_check *c, const void *data, size_t len)
{
    if (c->md != NULL) {
        c->bad = c->bad || EVP_DigestUpdate(c->md, data, len) != 1;
    }
}

static evpack_status check_content(cms_check *c, const unsigned char sha256[DIGEST_SIZE],
                                   cms_signer *who, evpack_err *err)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned len = DIGEST_SIZE;
    memcpy(hash, sha256, DIGEST_SIZE);
    if (c->md != NULL && (c->bad || EVP_DigestFinal_ex(c->md, hash, &len) != 1)) {
        return pki_fail(err, EVPACK_E_INTERNAL, "libcrypto could not compute the digest");
    }
    der_span value = c->values[CMS_MESSAGE_DIGEST];
    if (!der_take(&value, DER_OCTETS, &value) || !der_same(value, (der_span){hash, len})) {
        return cms_refuse(who, err, CMS_MISMATCH, "the bytes are not those that were signed");
    }
    return EVPACK_OK;
}

/* Revocation lists are wanted for the signer; above it, one that is missing is told, not refused:
 * authorities seldom publish a list of their own certificates beside each other. */
static int on_chain_error(int ok, X509_STORE_CTX *ctx)
{
    cms_signer *who = X509_STORE_CTX_get_app_data(ctx);
    int depth = X509_STORE_CTX_get_error_depth(ctx);
    if (ok || X509_STORE_CTX_get_error(ctx) != X509_V_ERR_UNABLE_TO_GET_CRL || depth == 0) {
        return ok;
    }
    if (depth + 1 < sk_X509_num(X509_STORE_CTX_get0_chain(ctx))) {
        who->chain_unrevoked = false;
    }
    return 1;
}

static cms_fault chain_fault(int error)
{
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return CMS_EXPIRED;
    case X509_V_ERR_CERT_REVOKED:
        return CMS_REVOKED;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
        return CMS_REVOCATION_UNKNOWN;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
        return CMS_UNTRUSTED;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return CMS_WEAK;
    default:
        return CMS_UNSUITABLE;
    }
}

static evpack_status chain_refused(const X509_STORE_CTX *ctx, cms_signer *who, evpack_err *err)
{
    int error = X509_STORE_CTX_get_error(ctx);
    cms_fault fault = chain_fault(error);
    if (fault == CMS_UNTRUSTED) {
        return cms_refuse(who, err, fault,
                          "the signer's certificate does not lead to a certificate that you trust");
    }
    return cms_refuse(who, err, fault, "the signer's certificate, or one above it, is refused: %s",
                      X509_verify_cert_error_string(error));
}

/*
 * The chain, with the purpose that the stock command has (S/MIME signing) and at least 112 bits of
 * strength. Any given certificate is an anchor (partial chains). X509_V_FLAG_X509_STRICT stays off:
 * it refuses the plain authorities that `openssl req -x509` makes, which the stock command accepts.
 */
static evpack_status check_chain(cms_check *c, const pki_trust *trust, int64_t now, cms_signer *who,
                                 evpack_err *err)
{
    EVPACK_AUTO(X509_STORE_CTX) ctx = X509_STORE_CTX_new();
    if (ctx == NULL || X509_STORE_CTX_init(ctx, trust->store, c->cert, c->certs) != 1) {
        return evpack_oom(err);
    }
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
    if (trust->crls) {
        flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
    }
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    if (X509_VERIFY_PARAM_set_flags(param, flags) != 1 ||
        X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SMIME_SIGN) != 1) {
        return pki_fail(err, EVPACK_E_INTERNAL, "the chain cannot be checked");
    }
    X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
    X509_VERIFY_PARAM_set_time(param, (time_t)now);
    who->chain_unrevoked = trust->crls;
    X509_STORE_CTX_set_app_data(ctx, who);
    X509_STORE_CTX_set_verify_cb(ctx, on_chain_error);
    int verified = X509_verify_cert(ctx);
    ERR_clear_error();
    if (verified != 1) {
        who->chain_unrevoked = false;
        return chain_refused(ctx, who, err);
    }
    who->trusted = true;
    return EVPACK_OK;
}

evpack_status cms_check_final(cms_check *c, const unsigned char sha256[DIGEST_SIZE],
                              const pki_trust *trust, int64_t now, cms_signer *who, evpack_err *err)
{
    EVPACK_TRY(check_content(c, sha256, who, err));
    return check_chain(c, trust, now, who, err);
}
