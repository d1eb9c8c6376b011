/*
 * Checking a signature. Invariant: an answer of yes means that the file is in the one form
 * (cms_form), that a key of a certificate leading to a given anchor signed its attributes, and that
 * these name the content's digest. Every other path answers no with a reason. OpenSSL's own CMS
 * code is not used: its verifier accepts what cms.h refuses.
 */
#include "port/cms.h"

#include "base/text.h"
#include "port/cms_cert.h"
#include "port/cms_statement.h"
#include "port/pki_chain.h"

#include <stdio.h>
#include <string.h>

struct cms_check {
    buf der; /* a copy, which form points into */
    cms_form form;
    der_span values[CMS_KNOWN_ATTRIBUTES];
    STACK_OF(X509) * certs; /* all that are carried along */
    X509 *cert;             /* the signer's; borrowed from certs */
    EVP_MD_CTX *md;         /* NULL for SHA-256 */
    bool bad;
    bool proven; /* the time to judge at is */
    const pki_crls *lists;
    pki_listed *listed;
};

void cms_check_free(cms_check *c)
{
    if (c != NULL) {
        buf_reset(&c->der);
        sk_X509_pop_free(c->certs, X509_free);
        EVP_MD_CTX_free(c->md);
        free(c);
    }
}

void cms_signer_of(const pki_signer *signer, cms_signer *who)
{
    *who = (cms_signer){0};
    cms_cert_describe(signer->cert, who);
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
        int i = cms_cert_named(&c->form, c->certs, id, false);
        if (i < 0 || named[i]) {
            return cms_refuse(
                who, err, CMS_BINDING,
                "its signingCertificateV2 names a certificate that it does not carry");
        }
        named[i] = true;
        c->cert = count++ == 0 ? sk_X509_value(c->certs, i) : c->cert;
    }
    if (ids.len != 0 || count != c->form.cert_count) {
        return cms_refuse(who, err, CMS_BINDING,
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
        return cms_refuse(who, err, CMS_TYPE, "its signed contentType is not data");
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
    if (!cms_certs_parse(&c->form, &c->certs)) {
        return cms_refuse(who, err, CMS_MALFORMED, "a certificate in it cannot be read");
    }
    EVPACK_TRY(read_attributes(c, who, err));
    EVPACK_TRY(bind_certs(c, who, err));
    cms_cert_describe(c->cert, who);
    if (!cms_cert_is(c->cert, c->form.issuer, c->form.serial)) {
        return cms_refuse(who, err, CMS_BINDING,
                          "its signer is not the certificate that signingCertificateV2 names");
    }
    EVPACK_TRY(cms_key_check(&c->form, c->cert, who, err));
    EVPACK_TRY(cms_value_check(&c->form, c->cert, who, err));
    if (c->form.digest != CMS_SHA256) {
        c->md = EVP_MD_CTX_new();
        if (c->md == NULL || EVP_DigestInit_ex(c->md, cms_md(c->form.digest), NULL) != 1) {
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

void cms_check_proven(cms_check *c)
{
    c->proven = true;
}

void cms_check_lists(cms_check *c, const pki_crls *lists, pki_listed *answer)
{
    c->lists = lists;
    c->listed = answer;
}

evpack_status cms_check_final(cms_check *c, const unsigned char sha256[DIGEST_SIZE],
                              const pki_trust *trust, int64_t now, cms_signer *who, evpack_err *err)
{
    EVPACK_TRY(check_content(c, sha256, who, err));
    pki_question q = {.cert = c->cert,
                      .carried = c->certs,
                      .trust = trust,
                      .at = now,
                      .proven = c->proven,
                      .whose = "the signer",
                      .lists = c->lists,
                      .listed = c->listed};
    EVPACK_TRY(pki_chain_check(&q, &who->chain_unrevoked, &who->fault, err));
    who->trusted = true;
    return EVPACK_OK;
}
