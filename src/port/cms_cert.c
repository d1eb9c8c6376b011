/*
 * The certificates of a signature, and its value. Invariant: a certificate counts by its bytes as
 * they stand in the file, never by what a parser made of them. Refuses to know whom is trusted.
 */
#include "port/cms_cert.h"

#include "base/text.h"
#include "port/cms_statement.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

enum { RSA_VERIFY_MIN = 2048, RSA_VERIFY_MAX = 16384 };

const EVP_MD *cms_md(cms_digest which)
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

void cms_cert_describe(X509 *cert, cms_signer *who)
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

bool cms_certs_parse(const cms_form *form, STACK_OF(X509) * *out)
{
    EVPACK_AUTO_CERTS certs = sk_X509_new_null();
    for (size_t i = 0; certs != NULL && i < form->cert_count; i++) {
        const unsigned char *p = form->certs[i].data;
        X509 *cert = d2i_X509(NULL, &p, (long)form->certs[i].len);
        if (cert == NULL || p != form->certs[i].data + form->certs[i].len ||
            sk_X509_push(certs, cert) == 0) {
            X509_free(cert);
            ERR_clear_error();
            return false;
        }
    }
    *out = EVPACK_MOVE(certs);
    return *out != NULL;
}

/* The digest over the certificate's bytes as they stand in the file. */
static bool has_digest(der_span cert, const EVP_MD *md, der_span want)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    return EVP_Digest(cert.data, cert.len, hash, &len, md, NULL) == 1 &&
           der_same((der_span){hash, len}, want);
}

bool cms_cert_is(const X509 *cert, der_span issuer, der_span serial)
{
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf number = {0};
    return pki_issuer_serial(cert, &name, &number, NULL) == EVPACK_OK &&
           der_same(issuer, der_of(&name)) && der_same(serial, der_of(&number));
}

/* Whether the issuer and serial of an ESSCertID are the certificate's; they may be left out. */
static bool names_cert(der_span id, const X509 *cert)
{
    der_span names;
    der_span name;
    if (id.len == 0) {
        return true;
    }
    return der_take(&id, DER_SEQUENCE, &id) && der_take(&id, DER_SEQUENCE, &names) &&
           der_take(&names, DER_CONTEXT_4, &name) && names.len == 0 && cms_cert_is(cert, name, id);
}

int cms_cert_named(const cms_form *form, STACK_OF(X509) * certs, der_span id, bool sha1)
{
    cms_digest which = CMS_SHA256;
    der_span body;
    if (!sha1 && der_take(&id, DER_SEQUENCE, &body)) {
        which = cms_digest_read(body);
    }
    if (which == CMS_DIGESTS || !der_take(&id, DER_OCTETS, &body)) {
        return -1;
    }
    for (size_t i = 0; i < form->cert_count; i++) {
        if (has_digest(form->certs[i], sha1 ? EVP_sha1() : cms_md(which), body) &&
            names_cert(id, sk_X509_value(certs, (int)i))) {
            return (int)i;
        }
    }
    return -1;
}

evpack_status cms_key_check(const cms_form *form, X509 *cert, cms_signer *who, evpack_err *err)
{
    const EVP_PKEY *key = X509_get0_pubkey(cert);
    if (key == NULL) {
        ERR_clear_error();
        return cms_refuse(who, err, CMS_UNSUITABLE, "the signer's public key cannot be read");
    }
    pki_key_kind kind = pki_key_kind_of(key);
    int bits = EVP_PKEY_get_bits(key);
    if (kind == PKI_KEY_OTHER || (kind == PKI_KEY_RSA) == form->ecdsa) {
        return cms_refuse(who, err, CMS_WEAK,
                          "the signer's key is neither RSA nor on the curve P-256 or P-384");
    }
    if (kind == PKI_KEY_RSA && (bits < RSA_VERIFY_MIN || bits > RSA_VERIFY_MAX)) {
        return cms_refuse(who, err, CMS_WEAK,
                          "the signer's RSA key has %d bits, expected 2048 to 16384", bits);
    }
    return EVPACK_OK;
}

evpack_status cms_value_check(cms_form *form, X509 *cert, cms_signer *who, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    cms_form_signed_bytes(form, &bytes);
    EVPACK_TRY(buf_status(&bytes, err));
    EVPACK_AUTO(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    if (ctx == NULL) {
        return evpack_oom(err);
    }
    bool good =
        EVP_DigestVerifyInit(ctx, NULL, cms_md(form->digest), NULL, X509_get0_pubkey(cert)) == 1 &&
        EVP_DigestVerify(ctx, form->signature.data, form->signature.len,
                         (const unsigned char *)buf_str(&bytes), bytes.len) == 1;
    ERR_clear_error();
    if (!good) {
        return cms_refuse(who, err, CMS_MISMATCH,
                          "the signature value does not fit the signer's key and what it signs");
    }
    return EVPACK_OK;
}
