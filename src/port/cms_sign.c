/*
 * Making a signature. Invariant: the digest, the attributes and the certificates that are signed
 * are those that are written, and the time is the caller's, never the clock's. libcrypto computes
 * the digest and the signature value; the form is built by cms_form, so that the verifier's
 * comparison and the signer cannot disagree. (CMS_sign would do, but it names only the signer's
 * certificate in signingCertificateV2, and leaves those above it open to change.)
 */
#include "port/cms.h"

#include "base/text.h"
#include "port/cms_form.h"
#include "port/cms_statement.h"
#include "port/pki_private.h"

#include <stdio.h>
#include <string.h>

struct cms_signing {
    const pki_signer *signer;
    cms_digest digest;
    EVP_MD_CTX *md;
    bool bad;
    const char *role, *statement; /* borrowed; NULL: it says nothing */
};

static const EVP_MD *md_of(cms_digest which)
{
    return which == CMS_SHA384 ? EVP_sha384() : EVP_sha256();
}

void cms_sign_free(cms_signing *s)
{
    if (s != NULL) {
        EVP_MD_CTX_free(s->md);
        free(s);
    }
}

evpack_status cms_sign_new(const pki_signer *signer, cms_signing **out, evpack_err *err)
{
    EVPACK_AUTO(cms_signing) s = calloc(1, sizeof *s);
    if (s == NULL || (s->md = EVP_MD_CTX_new()) == NULL) {
        return evpack_oom(err);
    }
    s->signer = signer;
    s->digest = pki_key_kind_of(signer->key) == PKI_KEY_P384 ? CMS_SHA384 : CMS_SHA256;
    if (EVP_DigestInit_ex(s->md, md_of(s->digest), NULL) != 1) {
        return pki_fail(err, EVPACK_E_INTERNAL, "libcrypto cannot compute digests");
    }
    *out = EVPACK_MOVE(s);
    return EVPACK_OK;
}

void cms_sign_update(cms_signing *s, const void *data, size_t len)
{
    s->bad = s->bad || EVP_DigestUpdate(s->md, data, len) != 1;
}

evpack_status cms_sign_say(cms_signing *s, const char *role, const char *statement, evpack_err *err)
{
    EVPACK_TRY(cms_statement_check(role, statement, err));
    s->role = role;
    s->statement = statement;
    return EVPACK_OK;
}

/* UTCTime until 2049, GeneralizedTime from then on, as RFC 5652 section 11.3 wants. */
static void put_time(buf *out, int64_t at)
{
    char text[TEXT_TIME];
    text_format_time(at, text);
    char compact[20];
    (void)snprintf(compact, sizeof compact, "%.4s%.2s%.2s%.2s%.2s%.2sZ", text, text + 5, text + 8,
                   text + 11, text + 14, text + 17);
    bool utc = strncmp(text, "2050", 4) < 0;
    const char *from = compact + (utc ? 2 : 0);
    der_put(out, utc ? DER_UTC_TIME : DER_GENERAL_TIME, from, strlen(from));
}

/* Appends ESSCertIDv2: the certificate's SHA-256 (the default, so not named), issuer and serial. */
static evpack_status put_cert_id(buf *out, const X509 *cert, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf issuer = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf serial = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf part = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    unsigned char hash[DIGEST_SIZE];
    EVPACK_TRY(pki_issuer_serial(cert, &issuer, &serial, err));
    if (X509_digest(cert, EVP_sha256(), hash, NULL) != 1) {
        return pki_fail(err, EVPACK_E_INTERNAL, "libcrypto could not compute a digest");
    }
    der_wrap(&part, DER_CONTEXT_4, &issuer); /* directoryName */
    der_wrap(&body, DER_SEQUENCE, &part);    /* GeneralNames */
    buf_append(&body, buf_str(&serial), serial.len);
    der_put(&part, DER_OCTETS, hash, sizeof hash);
    der_wrap(&part, DER_SEQUENCE, &body);
    der_wrap(out, DER_SEQUENCE, &part);
    return EVPACK_OK;
}

static evpack_status put_signing_certificates(buf *out, const pki_signer *signer, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf ids = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf part = {0};
    EVPACK_TRY(put_cert_id(&ids, signer->cert, err));
    for (int i = 0; i < sk_X509_num(signer->chain); i++) {
        EVPACK_TRY(put_cert_id(&ids, sk_X509_value(signer->chain, i), err));
    }
    der_wrap(&part, DER_SEQUENCE, &ids);
    der_wrap(out, DER_SEQUENCE, &part);
    return EVPACK_OK;
}

/* The signed attributes, four or six, each in a buffer of its own, which form borrows. */
static evpack_status make_attributes(cms_signing *s, int64_t at, buf held[CMS_KNOWN_ATTRIBUTES],
                                     cms_form *form, evpack_err *err)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned hash_len = 0;
    if (s->bad || EVP_DigestFinal_ex(s->md, hash, &hash_len) != 1) {
        return pki_fail(err, EVPACK_E_INTERNAL, "libcrypto could not compute the digest");
    }
    EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
    der_put(&value, DER_OID, cms_oid_data().data, cms_oid_data().len);
    cms_attribute_put(&held[CMS_CONTENT_TYPE], CMS_CONTENT_TYPE, &value);
    buf_clear(&value);
    der_put(&value, DER_OCTETS, hash, hash_len);
    cms_attribute_put(&held[CMS_MESSAGE_DIGEST], CMS_MESSAGE_DIGEST, &value);
    buf_clear(&value);
    put_time(&value, at);
    cms_attribute_put(&held[CMS_SIGNING_TIME], CMS_SIGNING_TIME, &value);
    buf_clear(&value);
    EVPACK_TRY(put_signing_certificates(&value, s->signer, err));
    cms_attribute_put(&held[CMS_SIGNING_CERTIFICATE_V2], CMS_SIGNING_CERTIFICATE_V2, &value);
    if (s->statement != NULL) {
        buf_clear(&value);
        cms_hints_put(&value, s->statement);
        cms_attribute_put(&held[CMS_CONTENT_HINTS], CMS_CONTENT_HINTS, &value);
        buf_clear(&value);
        cms_role_put(&value, s->role);
        cms_attribute_put(&held[CMS_SIGNER_ATTRIBUTES], CMS_SIGNER_ATTRIBUTES, &value);
    }
    for (size_t i = 0; i < CMS_KNOWN_ATTRIBUTES; i++) {
        EVPACK_TRY(buf_status(&held[i], err));
        if (held[i].len == 0) {
            continue;
        }
        form->attributes[form->attribute_count++] = der_of(&held[i]);
    }
    return EVPACK_OK;
}

/* Appends a certificate's DER to all; its span is made once all are there. */
static evpack_status add_cert(X509 *cert, buf *all, size_t *len, evpack_err *err)
{
    unsigned char *der = NULL;
    int n = i2d_X509(cert, &der);
    if (n <= 0) {
        return pki_fail(err, EVPACK_E_INTERNAL, "a certificate cannot be written");
    }
    buf_append(all, der, (size_t)n);
    OPENSSL_free(der);
    *len = (size_t)n;
    return buf_status(all, err);
}

static evpack_status add_certs(const pki_signer *signer, buf *all, cms_form *form, evpack_err *err)
{
    size_t lens[CMS_CERTS_MAX] = {0};
    size_t count = 1 + (size_t)sk_X509_num(signer->chain);
    if (count > CMS_CERTS_MAX) {
        return evpack_fail(err, EVPACK_E_LIMIT, "the chain has more than 16 certificates");
    }
    EVPACK_TRY(add_cert(signer->cert, all, &lens[0], err));
    for (size_t i = 1; i < count; i++) {
        EVPACK_TRY(add_cert(sk_X509_value(signer->chain, (int)i - 1), all, &lens[i], err));
    }
    der_span rest = der_of(all);
    for (size_t i = 0; i < count; i++) {
        form->certs[i] = (der_span){rest.data, lens[i]};
        rest.data += lens[i];
    }
    form->cert_count = count;
    return EVPACK_OK;
}

static evpack_status sign(const cms_signing *s, const buf *bytes, buf *out, evpack_err *err)
{
    EVPACK_AUTO(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    unsigned char value[2048];
    size_t len = sizeof value;
    if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, md_of(s->digest), NULL, s->signer->key) != 1 ||
        EVP_DigestSign(ctx, value, &len, (const unsigned char *)buf_str(bytes), bytes->len) != 1) {
        return pki_fail(err, EVPACK_E_INTERNAL, "the key could not sign");
    }
    buf_append(out, value, len);
    return buf_status(out, err);
}

static void reset_attributes(buf (*held)[CMS_KNOWN_ATTRIBUTES])
{
    for (size_t i = 0; i < CMS_KNOWN_ATTRIBUTES; i++) {
        buf_reset(&(*held)[i]);
    }
}

evpack_status cms_sign_final(cms_signing *s, int64_t at, buf *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(reset_attributes) buf held[CMS_KNOWN_ATTRIBUTES] = {{0}};
    EVPACK_AUTO_VALUE(buf_reset) buf certs = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf issuer = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf serial = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
    cms_form form = {.digest = s->digest, .ecdsa = pki_key_kind_of(s->signer->key) != PKI_KEY_RSA};
    EVPACK_TRY(make_attributes(s, at, held, &form, err));
    EVPACK_TRY(add_certs(s->signer, &certs, &form, err));
    EVPACK_TRY(pki_issuer_serial(s->signer->cert, &issuer, &serial, err));
    form.issuer = der_of(&issuer);
    form.serial = der_of(&serial);
    cms_form_signed_bytes(&form, &bytes);
    EVPACK_TRY(buf_status(&bytes, err));
    EVPACK_TRY(sign(s, &bytes, &value, err));
    form.signature = der_of(&value);
    return cms_form_build(&form, out, err);
}
