/*
 * The one form of a signature. Invariant: cms_form_read accepts exactly the bytes that
 * cms_form_build would write for the parts it found, so no bit of a file is without meaning.
 * Refuses to know certificates, keys and digests beyond their names.
 */
#include "port/cms_form.h"

#include <stdio.h>
#include <string.h>

#define OID(name, ...) static const unsigned char name[] = {__VA_ARGS__}
OID(oid_signed_data, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02);
OID(oid_data, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01);
OID(oid_tst_info, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04);
OID(oid_rsa, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01);
OID(oid_content_type, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03);
OID(oid_message_digest, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04);
OID(oid_signing_time, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x05);
OID(oid_signing_certificate_v2, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f);
OID(oid_content_hints, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x04);
OID(oid_signer_attributes, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x12);

/* Only the last octet tells SHA-256, -384 and -512 apart, in both families. */
OID(oid_sha2, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01);
OID(oid_ecdsa_sha2, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);
static const unsigned char version_1[] = {1};
static const unsigned char null_value[] = {DER_NULL, 0};
static const unsigned char version_3[] = {3}; /* content of another type than data */

static const struct {
    const unsigned char *oid;
    size_t len;
    const char *name;
} attributes[CMS_KNOWN_ATTRIBUTES] = {
    [CMS_CONTENT_TYPE] = {oid_content_type, sizeof oid_content_type, "contentType"},
    [CMS_MESSAGE_DIGEST] = {oid_message_digest, sizeof oid_message_digest, "messageDigest"},
    [CMS_SIGNING_TIME] = {oid_signing_time, sizeof oid_signing_time, "signingTime"},
    [CMS_SIGNING_CERTIFICATE_V2] = {oid_signing_certificate_v2, sizeof oid_signing_certificate_v2,
                                    "signingCertificateV2"},
    [CMS_CONTENT_HINTS] = {oid_content_hints, sizeof oid_content_hints, "contentHints"},
    [CMS_SIGNER_ATTRIBUTES] = {oid_signer_attributes, sizeof oid_signer_attributes,
                               "signerAttributes"},
};

const char *cms_fault_text(cms_fault fault)
{
    static const char *const texts[] = {
#define CMS_FAULT_TEXT(name, text) [name] = (text),
        CMS_FAULTS(CMS_FAULT_TEXT)
#undef CMS_FAULT_TEXT
    };
    return texts[fault];
}

evpack_status cms_refuse(cms_signer *who, evpack_err *err, cms_fault fault, const char *fmt, ...)
{
    char text[EVPACK_ERR_TEXT];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    who->fault = fault;
    return evpack_fail(err, EVPACK_E_NO, "%s", text);
}

der_span cms_oid_data(void)
{
    return (der_span){oid_data, sizeof oid_data};
}

der_span cms_oid_tst_info(void)
{
    return (der_span){oid_tst_info, sizeof oid_tst_info};
}

void cms_digest_put(buf *out, cms_digest which)
{
    unsigned char oid[sizeof oid_sha2];
    memcpy(oid, oid_sha2, sizeof oid);
    oid[sizeof oid - 1] = (unsigned char)(1 + which);
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    der_put(&body, DER_OID, oid, sizeof oid);
    der_wrap(out, DER_SEQUENCE, &body);
}

cms_digest cms_digest_read(der_span body)
{
    der_span oid;
    size_t last = sizeof oid_sha2 - 1;
    if (!der_take(&body, DER_OID, &oid) || oid.len != sizeof oid_sha2 ||
        (body.len != 0 && (body.len != 2 || memcmp(body.data, null_value, 2) != 0)) ||
        memcmp(oid.data, oid_sha2, last) != 0 || oid.data[last] < 1 ||
        oid.data[last] > CMS_DIGESTS) {
        return CMS_DIGESTS;
    }
    return (cms_digest)(oid.data[last] - 1);
}

static void put_signature_algorithm(buf *out, const cms_form *form)
{
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    if (form->ecdsa) {
        unsigned char oid[sizeof oid_ecdsa_sha2];
        memcpy(oid, oid_ecdsa_sha2, sizeof oid);
        oid[sizeof oid - 1] = (unsigned char)(2 + form->digest);
        der_put(&body, DER_OID, oid, sizeof oid);
    } else {
        der_put(&body, DER_OID, oid_rsa, sizeof oid_rsa);
        der_put(&body, DER_NULL, NULL, 0);
    }
    der_wrap(out, DER_SEQUENCE, &body);
}

static void put_signer_info(buf *out, cms_form *form)
{
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf part = {0};
    der_put(&body, DER_INTEGER, version_1, sizeof version_1);
    buf_append(&part, form->issuer.data, form->issuer.len);
    buf_append(&part, form->serial.data, form->serial.len);
    der_wrap(&body, DER_SEQUENCE, &part);
    cms_digest_put(&body, form->digest);
    der_put_sorted(&part, form->attributes, form->attribute_count);
    der_wrap(&body, DER_CONTEXT_0, &part);
    put_signature_algorithm(&body, form);
    der_put(&body, DER_OCTETS, form->signature.data, form->signature.len);
    der_wrap(out, DER_SEQUENCE, &body);
}

static void put_content(buf *out, const cms_form *form)
{
    EVPACK_AUTO_VALUE(buf_reset) buf part = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf octets = {0};
    if (form->tst_info.data == NULL) {
        der_put(&part, DER_OID, oid_data, sizeof oid_data);
    } else {
        der_put(&part, DER_OID, oid_tst_info, sizeof oid_tst_info);
        der_put(&octets, DER_OCTETS, form->tst_info.data, form->tst_info.len);
        der_wrap(&part, DER_CONTEXT_0, &octets);
    }
    der_wrap(out, DER_SEQUENCE, &part);
}

evpack_status cms_form_build(cms_form *form, buf *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf data = {0}; /* the contents of SignedData */
    EVPACK_AUTO_VALUE(buf_reset) buf part = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf outer = {0};
    der_put(&data, DER_INTEGER, form->tst_info.data == NULL ? version_1 : version_3, 1);
    cms_digest_put(&part, form->digest);
    der_wrap(&data, DER_SET, &part);
    put_content(&data, form);
    der_put_sorted(&part, form->certs, form->cert_count);
    der_wrap(&data, DER_CONTEXT_0, &part);
    put_signer_info(&part, form);
    der_wrap(&data, DER_SET, &part);
    der_wrap(&part, DER_SEQUENCE, &data);
    der_put(&outer, DER_OID, oid_signed_data, sizeof oid_signed_data);
    der_wrap(&outer, DER_CONTEXT_0, &part);
    der_wrap(out, DER_SEQUENCE, &outer);
    return buf_status(out, err);
}

void cms_form_signed_bytes(cms_form *form, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf part = {0};
    der_put_sorted(&part, form->attributes, form->attribute_count);
    der_wrap(out, DER_SET, &part);
}

bool cms_take_oid(der_span *in, const unsigned char *oid, size_t len)
{
    der_span body;
    return der_take(in, DER_OID, &body) && der_same(body, (der_span){oid, len});
}

/* Down to the contents of SignedData. */
static evpack_status enter(der_span der, der_span *data, cms_signer *who, evpack_err *err)
{
    der_span body;
    if (!der_take(&der, DER_SEQUENCE, &body)) {
        return cms_refuse(who, err, CMS_MALFORMED, "it is not a CMS signature in DER");
    }
    if (der.len != 0) {
        return cms_refuse(who, err, CMS_TRAILING, "%zu bytes stand after the end of the signature",
                          der.len);
    }
    if (!cms_take_oid(&body, oid_signed_data, sizeof oid_signed_data) ||
        !der_take(&body, DER_CONTEXT_0, &body) || !der_take(&body, DER_SEQUENCE, data)) {
        return cms_refuse(who, err, CMS_MALFORMED, "it is not CMS SignedData");
    }
    return EVPACK_OK;
}

/* Splits a set into whole values. */
static bool split(der_span body, der_span *items, size_t max, size_t *count)
{
    *count = 0;
    while (body.len > 0) {
        unsigned char tag = 0;
        if (*count == max || !der_next(&body, &tag, NULL, &items[*count]) || tag != DER_SEQUENCE) {
            return false;
        }
        (*count)++;
    }
    return true;
}

/* rsaEncryption, or RSA with SHA-2 (PKCS #1 version 1.5; RFC 5754, section 3.2). */
static bool is_rsa(der_span algorithm)
{
    der_span oid;
    size_t last = sizeof oid_rsa - 1;
    return der_take(&algorithm, DER_OID, &oid) && oid.len == sizeof oid_rsa &&
           memcmp(oid.data, oid_rsa, last) == 0 &&
           (oid.data[last] == 1 || (oid.data[last] >= 11 && oid.data[last] <= 13));
}

static evpack_status read_signer(der_span info, cms_form *form, cms_signer *who, evpack_err *err)
{
    der_span body;
    der_span sid;
    unsigned char tag = 0;
    if (!der_take(&info, DER_INTEGER, NULL) || !der_take(&info, DER_SEQUENCE, &sid) ||
        !der_next(&sid, &tag, NULL, &form->issuer) || !der_next(&sid, &tag, NULL, &form->serial) ||
        !der_take(&info, DER_SEQUENCE, &body)) {
        return cms_refuse(who, err, CMS_MALFORMED,
                          "its signer is not named by issuer and serial number");
    }
    form->digest = cms_digest_read(body);
    if (form->digest == CMS_DIGESTS) {
        return cms_refuse(who, err, CMS_WEAK,
                          "it does not use SHA-256, SHA-384 or SHA-512 as its digest");
    }
    if (!der_take(&info, DER_CONTEXT_0, &body)) {
        return cms_refuse(who, err, CMS_ATTRIBUTES,
                          "it has no signed attributes, so it does not say what it signs");
    }
    if (!split(body, form->attributes, CMS_ATTRIBUTES_MAX, &form->attribute_count)) {
        return cms_refuse(who, err, CMS_MALFORMED, "its signed attributes cannot be read");
    }
    if (!der_take(&info, DER_SEQUENCE, &body) || !der_take(&info, DER_OCTETS, &form->signature)) {
        return cms_refuse(who, err, CMS_MALFORMED, "its signature value cannot be read");
    }
    form->ecdsa = !is_rsa(body); /* the comparison judges the rest */
    return EVPACK_OK;
}

/* Certificates, then the one signer; lists in between are left out. */
static evpack_status read_rest(der_span data, cms_form *form, cms_signer *who, evpack_err *err)
{
    der_span body;
    if (!der_take(&data, DER_CONTEXT_0, &body) ||
        !split(body, form->certs, CMS_CERTS_MAX, &form->cert_count) || form->cert_count == 0) {
        return cms_refuse(who, err, CMS_MALFORMED, "it carries no certificates that can be read");
    }
    der_span infos;
    (void)der_take(&data, DER_CONTEXT_1, NULL);
    if (!der_take(&data, DER_SET, &infos) || !der_take(&infos, DER_SEQUENCE, &body)) {
        return cms_refuse(who, err, CMS_MALFORMED, "it has no signer that can be read");
    }
    if (infos.len != 0) {
        return cms_refuse(who, err, CMS_SIGNERS, "it has more than one signer");
    }
    return read_signer(body, form, who, err);
}

/* The version and the digests' names, which the comparison judges. */
static bool take_front(der_span *data, der_span *content)
{
    return der_take(data, DER_INTEGER, NULL) && der_take(data, DER_SET, NULL) &&
           der_take(data, DER_SEQUENCE, content);
}

static evpack_status read_parts(der_span data, cms_form *form, cms_signer *who, evpack_err *err)
{
    der_span content;
    if (!take_front(&data, &content)) {
        return cms_refuse(who, err, CMS_MALFORMED, "its SignedData cannot be read");
    }
    if (!cms_take_oid(&content, oid_data, sizeof oid_data)) {
        return cms_refuse(who, err, CMS_TYPE, "its content type is not data");
    }
    if (content.len != 0) {
        return cms_refuse(who, err, CMS_CONTENT_INSIDE,
                          "it has content inside, where a detached signature has none");
    }
    return read_rest(data, form, who, err);
}

evpack_status cms_form_read(der_span der, cms_form *form, cms_signer *who, evpack_err *err)
{
    *form = (cms_form){0};
    if (der.len > CMS_MAX) {
        return cms_refuse(who, err, CMS_MALFORMED, "it is larger than 1 MiB");
    }
    der_span data;
    EVPACK_TRY(enter(der, &data, who, err));
    EVPACK_TRY(read_parts(data, form, who, err));
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    cms_form copy = *form;
    EVPACK_TRY(cms_form_build(&copy, &again, err));
    if (!der_same(der_of(&again), der)) {
        return cms_refuse(who, err, CMS_FORM,
                          "it is not in the one form that its certificates, signed attributes and "
                          "signature value give: bytes that no signature covers were changed, or "
                          "another program wrote it in another form");
    }
    return EVPACK_OK;
}

void cms_attribute_put(buf *out, cms_attribute which, const buf *value)
{
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    der_put(&body, DER_OID, attributes[which].oid, attributes[which].len);
    der_put(&body, DER_SET, buf_str(value), value->len);
    out->failed = out->failed || value->failed;
    der_wrap(out, DER_SEQUENCE, &body);
}

evpack_status cms_attributes_read(const cms_form *form, der_span values[CMS_KNOWN_ATTRIBUTES],
                                  cms_signer *who, evpack_err *err)
{
    memset(values, 0, CMS_KNOWN_ATTRIBUTES * sizeof *values);
    for (size_t i = 0; i < form->attribute_count; i++) {
        der_span body = form->attributes[i];
        der_span oid;
        der_span set;
        der_span value;
        unsigned char tag = 0;
        if (!der_take(&body, DER_SEQUENCE, &body) || !der_take(&body, DER_OID, &oid) ||
            !der_take(&body, DER_SET, &set) || body.len != 0 ||
            !der_next(&set, &tag, NULL, &value)) {
            return cms_refuse(who, err, CMS_MALFORMED, "a signed attribute cannot be read");
        }
        for (size_t k = 0; k < CMS_KNOWN_ATTRIBUTES; k++) {
            if (!der_same(oid, (der_span){attributes[k].oid, attributes[k].len})) {
                continue;
            }
            if (values[k].data != NULL || set.len != 0) {
                return cms_refuse(who, err, CMS_ATTRIBUTES,
                                  "the signed attribute %s is there more than once",
                                  attributes[k].name);
            }
            values[k] = value;
        }
    }
    return EVPACK_OK;
}

evpack_status cms_form_read_token(der_span der, cms_form *form, cms_signer *who, evpack_err *err)
{
    *form = (cms_form){0};
    der_span data;
    der_span content;
    EVPACK_TRY(enter(der, &data, who, err));
    if (!take_front(&data, &content) ||
        !cms_take_oid(&content, oid_tst_info, sizeof oid_tst_info)) {
        return cms_refuse(who, err, CMS_TYPE, "its content type is not that of a timestamp");
    }
    if (!der_take(&content, DER_CONTEXT_0, &content) ||
        !der_take(&content, DER_OCTETS, &form->tst_info) || form->tst_info.len == 0) {
        return cms_refuse(who, err, CMS_MALFORMED, "it has no timestamp inside");
    }
    return read_rest(data, form, who, err);
}
