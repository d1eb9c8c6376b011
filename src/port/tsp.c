/*
 * Judging a timestamp. Invariant: yes means that the answer is in the one form, that each of its
 * bytes is covered (by the authority's signature, or by the signature of the certificate it belongs
 * to), and that it is about the asked bytes. Refuses to know what those bytes are. OpenSSL's own
 * TS_RESP_verify_signature is not used: it accepts bytes that nothing covers.
 */
#include "port/tsp.h"

#include "base/text.h"
#include "port/cms_cert.h"
#include "port/pki_chain.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum { CLOCK_SLACK = 300 };

typedef struct {
    const tsp_question *q;
    tsp_stamp *out;
    cms_form form;
    tsp_info info;
    STACK_OF(X509) * certs;
    X509 *cert; /* the authority's; borrowed from certs */
} token;

static void token_reset(token *t)
{
    sk_X509_pop_free(t->certs, X509_free);
}

const char *tsp_fault_text(tsp_fault fault)
{
    static const char *const texts[] = {
#define TSP_FAULT_TEXT(name, text) [name] = (text),
        TSP_FAULTS(TSP_FAULT_TEXT)
#undef TSP_FAULT_TEXT
    };
    return texts[fault];
}

static evpack_status refuse(token *t, evpack_err *err, tsp_fault fault, const char *text)
{
    t->out->fault = fault;
    return evpack_fail(err, EVPACK_E_NO, "%s", text);
}

/* A no from what detached signatures and tokens share, in this file's words. */
static evpack_status shared(token *t, evpack_status status)
{
    static const tsp_fault faults[] = {
        [CMS_GOOD] = TSP_MALFORMED,        [CMS_MALFORMED] = TSP_MALFORMED,
        [CMS_TRAILING] = TSP_MALFORMED,    [CMS_CONTENT_INSIDE] = TSP_MALFORMED,
        [CMS_TYPE] = TSP_MALFORMED,        [CMS_SIGNERS] = TSP_MALFORMED,
        [CMS_FORM] = TSP_MALFORMED,        [CMS_WEAK] = TSP_WEAK,
        [CMS_ATTRIBUTES] = TSP_ATTRIBUTES, [CMS_BINDING] = TSP_ATTRIBUTES,
        [CMS_MISMATCH] = TSP_SIGNATURE,    [CMS_UNTRUSTED] = TSP_UNTRUSTED,
        [CMS_EXPIRED] = TSP_EXPIRED,       [CMS_REVOKED] = TSP_REVOKED,
        [CMS_UNSUITABLE] = TSP_UNSUITABLE, [CMS_REVOCATION_UNKNOWN] = TSP_REVOKED};
    if (status == EVPACK_E_NO) {
        t->out->fault = faults[t->out->authority.fault];
    }
    return status;
}

/* An error that is about the answer, as a no. */
static evpack_status input(token *t, evpack_status status, evpack_err *err)
{
    if (status == EVPACK_E_INPUT) {
        t->out->fault = TSP_MALFORMED;
        evpack_err why = *err;
        return evpack_fail(err, EVPACK_E_NO, "%s", why.text);
    }
    if (status == EVPACK_E_NO) {
        t->out->fault = TSP_STATUS;
    }
    return status;
}

static evpack_status take_apart(token *t, const buf *answer, evpack_err *err)
{
    der_span whole = {0};
    EVPACK_TRY(input(t, tsp_response_read(der_of(answer), &whole, err), err));
    EVPACK_TRY(shared(t, cms_form_read_token(whole, &t->form, &t->out->authority, err)));
    EVPACK_TRY(input(t, tsp_info_read(t->form.tst_info, &t->info, err), err));
    t->out->time = t->info.time;
    t->out->has_time = true;
    if (!cms_certs_parse(&t->form, &t->certs)) {
        return refuse(t, err, TSP_MALFORMED, "a certificate in it cannot be read");
    }
    return EVPACK_OK;
}

/* The first ESSCertID of a signingCertificate attribute names the authority's certificate. */
static bool bind(token *t, der_span value, bool sha1)
{
    der_span ids;
    der_span id;
    if (!der_take(&value, DER_SEQUENCE, &value) || !der_take(&value, DER_SEQUENCE, &ids) ||
        !der_take(&ids, DER_SEQUENCE, &id)) {
        return false;
    }
    int at = cms_cert_named(&t->form, t->certs, id, sha1);
    X509 *cert = at < 0 ? NULL : sk_X509_value(t->certs, at);
    bool same = cert != NULL && (t->cert == NULL || t->cert == cert);
    t->cert = cert;
    return same;
}

/* The value of signingCertificate (RFC 2634), which names by SHA-1; data NULL when absent. */
static bool old_attribute(const cms_form *form, der_span *value)
{
    static const unsigned char name[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                         0x01, 0x09, 0x10, 0x02, 0x0c};
    *value = (der_span){0};
    for (size_t i = 0; i < form->attribute_count; i++) {
        der_span body = form->attributes[i];
        if (!der_take(&body, DER_SEQUENCE, &body) || !cms_take_oid(&body, name, sizeof name)) {
            continue;
        }
        if (value->data != NULL || !der_take(&body, DER_SET, value) || body.len != 0) {
            return false;
        }
    }
    return true;
}

static evpack_status check_attributes(token *t, evpack_err *err)
{
    der_span values[CMS_KNOWN_ATTRIBUTES];
    der_span old;
    EVPACK_TRY(shared(t, cms_attributes_read(&t->form, values, &t->out->authority, err)));
    der_span type = values[CMS_CONTENT_TYPE];
    der_span want = cms_oid_tst_info();
    if (!cms_take_oid(&type, want.data, want.len)) {
        return refuse(t, err, TSP_ATTRIBUTES, "its signed contentType is not that of a timestamp");
    }
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (EVP_Digest(t->form.tst_info.data, t->form.tst_info.len, hash, &len, cms_md(t->form.digest),
                   NULL) != 1) {
        return pki_fail(err, EVPACK_E_INTERNAL, "libcrypto could not compute the digest");
    }
    der_span said = values[CMS_MESSAGE_DIGEST];
    if (!der_take(&said, DER_OCTETS, &said) || !der_same(said, (der_span){hash, len})) {
        return refuse(t, err, TSP_SIGNATURE, "its signed messageDigest is not that of its TSTInfo");
    }
    der_span v2 = values[CMS_SIGNING_CERTIFICATE_V2];
    if (!old_attribute(&t->form, &old) || (v2.data == NULL && old.data == NULL)) {
        return refuse(t, err, TSP_ATTRIBUTES,
                      "it does not say by signingCertificate or signingCertificateV2 whose it is");
    }
    if ((v2.data != NULL && !bind(t, v2, false)) || (old.data != NULL && !bind(t, old, true))) {
        return refuse(t, err, TSP_ATTRIBUTES,
                      "its signingCertificate names a certificate that it does not carry");
    }
    return EVPACK_OK;
}

/* Whether the name that TSTInfo gives is the certificate's (RFC 3161, section 2.4.2, tsa). */
static bool name_fits(const token *t)
{
    if (t->info.tsa.data == NULL) {
        return true;
    }
    const unsigned char *p = t->info.tsa.data;
    GENERAL_NAME *name = d2i_GENERAL_NAME(NULL, &p, (long)t->info.tsa.len);
    bool fits = name != NULL && name->type == GEN_DIRNAME &&
                X509_NAME_cmp(name->d.directoryName, X509_get_subject_name(t->cert)) == 0;
    GENERAL_NAMES *others = X509_get_ext_d2i(t->cert, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; name != NULL && !fits && i < sk_GENERAL_NAME_num(others); i++) {
        fits = GENERAL_NAME_cmp(name, sk_GENERAL_NAME_value(others, i)) == 0;
    }
    GENERAL_NAMES_free(others);
    GENERAL_NAME_free(name);
    ERR_clear_error();
    return fits;
}

static evpack_status check_signature(token *t, evpack_err *err)
{
    cms_signer *who = &t->out->authority;
    EVPACK_TRY(check_attributes(t, err));
    cms_cert_describe(t->cert, who);
    if (!cms_cert_is(t->cert, t->form.issuer, t->form.serial)) {
        return refuse(t, err, TSP_ATTRIBUTES,
                      "its signer is not the certificate that its signingCertificate names");
    }
    EVPACK_TRY(shared(t, cms_key_check(&t->form, t->cert, who, err)));
    EVPACK_TRY(shared(t, cms_value_check(&t->form, t->cert, who, err)));
    if (!name_fits(t)) {
        return refuse(t, err, TSP_ATTRIBUTES,
                      "the authority that it names is not the one whose certificate signed it");
    }
    return EVPACK_OK;
}

static evpack_status check_meaning(token *t, evpack_err *err)
{
    const tsp_question *q = t->q;
    if (t->info.digest != CMS_SHA256 ||
        !der_same(t->info.imprint, (der_span){q->sha256, DIGEST_SIZE})) {
        return refuse(t, err, TSP_IMPRINT,
                      "it dates other bytes: its imprint is not the signature file's SHA-256");
    }
    if (q->request != NULL) {
        tsp_request_form asked;
        if (!tsp_request_read(der_of(q->request), &asked)) {
            return refuse(t, err, TSP_REQUEST, "the request beside it cannot be read");
        }
        if (!der_same(asked.imprint, t->info.imprint)) {
            return refuse(t, err, TSP_IMPRINT, "the request beside it is about other bytes");
        }
        if ((asked.nonce.data == NULL) != (t->info.nonce.data == NULL) ||
            !der_same(asked.nonce, t->info.nonce)) {
            return refuse(t, err, TSP_NONCE_DIFFERS,
                          "it answers another request: its nonce is not the request's");
        }
        if (asked.policy.data != NULL && !der_same(asked.policy, t->info.policy)) {
            return refuse(t, err, TSP_POLICY,
                          "its policy is not the one that the request asked for");
        }
        t->out->nonce_matched = asked.nonce.data != NULL;
    }
    if (t->info.time > q->now + CLOCK_SLACK) {
        return refuse(t, err, TSP_FUTURE,
                      "its time is later than now: one of the two clocks is wrong");
    }
    return EVPACK_OK;
}

static evpack_status check_use(token *t, evpack_err *err)
{
    int critical = -1;
    EXTENDED_KEY_USAGE *uses = X509_get_ext_d2i(t->cert, NID_ext_key_usage, &critical, NULL);
    bool fit = uses != NULL && critical == 1 && sk_ASN1_OBJECT_num(uses) == 1 &&
               OBJ_obj2nid(sk_ASN1_OBJECT_value(uses, 0)) == NID_time_stamp;
    EXTENDED_KEY_USAGE_free(uses);
    ERR_clear_error();
    if (!fit) {
        return refuse(t, err, TSP_UNSUITABLE,
                      "the authority's certificate is not for timestamps alone: its extended key "
                      "usage must be critical and say timeStamping and nothing else");
    }
    return EVPACK_OK;
}

/* Whether one of these certificates, or an anchor, made the certificate's signature. */
static bool signed_by(X509 *cert, X509 *by)
{
    return X509_NAME_cmp(X509_get_issuer_name(cert), X509_get_subject_name(by)) == 0 &&
           X509_verify(cert, X509_get0_pubkey(by)) == 1;
}

static bool is_protected(const token *t, int which)
{
    X509 *cert = sk_X509_value(t->certs, which);
    if (cert == t->cert) {
        return true; /* its digest is signed */
    }
    unsigned char *again = NULL;
    int len = i2d_X509(cert, &again);
    bool exact = len > 0 && der_same((der_span){again, (size_t)len}, t->form.certs[which]);
    OPENSSL_free(again);
    bool good = false;
    for (int i = 0; exact && !good && i < sk_X509_num(t->certs); i++) {
        good = signed_by(cert, sk_X509_value(t->certs, i));
    }
    STACK_OF(X509_OBJECT) *anchors = X509_STORE_get0_objects(t->q->trust->store);
    for (int i = 0; exact && !good && i < sk_X509_OBJECT_num(anchors); i++) {
        X509 *anchor = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(anchors, i));
        good = anchor != NULL && (X509_cmp(cert, anchor) == 0 || signed_by(cert, anchor));
    }
    return good;
}

/* Marks the certificates on the way up from the authority's that are protected; the first of two
 * equal ones. */
static size_t mark_needed(const token *t, bool needed[CMS_CERTS_MAX])
{
    int count = sk_X509_num(t->certs);
    size_t marked = 0;
    for (bool more = true; more;) {
        more = false;
        for (int i = 0; i < count; i++) {
            X509 *cert = sk_X509_value(t->certs, i);
            bool wanted = cert == t->cert;
            bool twice = false;
            for (int k = 0; k < count; k++) {
                X509 *other = sk_X509_value(t->certs, k);
                twice = twice || (k != i && needed[k] && X509_cmp(cert, other) == 0);
                wanted = wanted || (needed[k] && signed_by(other, cert));
            }
            if (!needed[i] && wanted && !twice && is_protected(t, i)) {
                needed[i] = true;
                more = true;
                marked++;
            }
        }
    }
    ERR_clear_error();
    return marked;
}

static evpack_status check_chain(token *t, evpack_err *err)
{
    cms_signer *who = &t->out->authority;
    pki_question q = {.cert = t->cert,
                      .carried = t->certs,
                      .trust = t->q->trust,
                      .at = t->info.time,
                      .authority = true,
                      .whose = "the authority"};
    EVPACK_TRY(shared(t, pki_chain_check(&q, &who->chain_unrevoked, &who->fault, err)));
    who->trusted = true;
    return EVPACK_OK;
}

static void describe(token *t)
{
    tsp_stamp *out = t->out;
    ASN1_OBJECT *policy = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf oid = {0};
    der_put(&oid, DER_OID, t->info.policy.data, t->info.policy.len);
    const unsigned char *p = (const unsigned char *)buf_str(&oid);
    if ((policy = d2i_ASN1_OBJECT(NULL, &p, (long)oid.len)) != NULL) {
        (void)OBJ_obj2txt(out->policy, sizeof out->policy, policy, 1);
    }
    ASN1_OBJECT_free(policy);
    ERR_clear_error();
    if (t->info.serial.len * 2 < sizeof out->serial) {
        text_hex(t->info.serial.data, t->info.serial.len, out->serial);
    }
}

/* Everything but the chain. */
static evpack_status judge(token *t, evpack_err *err)
{
    describe(t);
    EVPACK_TRY(check_signature(t, err));
    EVPACK_TRY(check_meaning(t, err));
    return check_use(t, err);
}

evpack_status tsp_check(const buf *answer, const tsp_question *q, tsp_stamp *out, evpack_err *err)
{
    *out = (tsp_stamp){0};
    EVPACK_AUTO_VALUE(token_reset) token t = {.q = q, .out = out};
    EVPACK_TRY(take_apart(&t, answer, err));
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    cms_form copy = t.form; /* building sorts */
    EVPACK_TRY(tsp_response_build(&copy, &again, err));
    if (!der_same(der_of(&again), der_of(answer))) {
        return refuse(
            &t, err, TSP_MALFORMED,
            "it is not in the one form: bytes that no signature covers were changed, or it was "
            "put there as it came, without `evpack timestamp attach`");
    }
    EVPACK_TRY(judge(&t, err));
    if (q->trust == NULL) {
        return EVPACK_OK;
    }
    EVPACK_TRY(check_chain(&t, err));
    bool needed[CMS_CERTS_MAX] = {false};
    if (mark_needed(&t, needed) != t.form.cert_count) {
        out->authority.trusted = false;
        return refuse(&t, err, TSP_MALFORMED,
                      "it carries a certificate that nothing protects, or that is not needed");
    }
    return EVPACK_OK;
}

evpack_status tsp_accept(const buf *answer, const tsp_question *q, buf *normal, tsp_stamp *out,
                         evpack_err *err)
{
    *out = (tsp_stamp){0};
    EVPACK_AUTO_VALUE(token_reset) token t = {.q = q, .out = out};
    EVPACK_TRY(take_apart(&t, answer, err));
    EVPACK_TRY(judge(&t, err));
    EVPACK_TRY(check_chain(&t, err));
    bool needed[CMS_CERTS_MAX] = {false};
    (void)mark_needed(&t, needed);
    size_t kept = 0;
    for (size_t i = 0; i < t.form.cert_count; i++) {
        if (needed[i]) {
            t.form.certs[kept++] = t.form.certs[i];
        }
    }
    t.form.cert_count = kept;
    EVPACK_AUTO_VALUE(buf_reset) buf one = {0};
    EVPACK_TRY(tsp_response_build(&t.form, &one, err));
    EVPACK_TRY(tsp_check(&one, q, out, err)); /* what is kept must be good by itself */
    buf_append(normal, one.data, one.len);
    return buf_status(normal, err);
}
