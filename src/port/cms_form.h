/*
 * The one form of a signature (see cms.h) as parts: cms_form_build writes it, cms_form_read takes
 * it apart. Neither computes or checks a digest or a signature. A timestamp token (RFC 3161,
 * section 2.4.2) has the same form with its content inside.
 */
#ifndef EVPACK_PORT_CMS_FORM_H
#define EVPACK_PORT_CMS_FORM_H

#include "port/cms.h"
#include "port/der.h"

enum { CMS_CERTS_MAX = 17, CMS_ATTRIBUTES_MAX = 32 };

typedef enum { CMS_SHA256, CMS_SHA384, CMS_SHA512, CMS_DIGESTS } cms_digest;

typedef struct {
    cms_digest digest;
    bool ecdsa; /* else RSA */
    der_span certs[CMS_CERTS_MAX];
    size_t cert_count;
    der_span issuer;                         /* the signer's issuer Name, whole */
    der_span serial;                         /* INTEGER, whole */
    der_span attributes[CMS_ATTRIBUTES_MAX]; /* each a whole SEQUENCE { OID, SET } */
    size_t attribute_count;
    der_span signature; /* the value alone */
    der_span tst_info;  /* the whole TSTInfo of a timestamp token; data NULL in a signature */
} cms_form;

/* Sorts certs and attributes in place. */
evpack_status cms_form_build(cms_form *form, buf *out, evpack_err *err) EVPACK_MUST_USE;
/* Fills form with spans into der. EVPACK_E_NO with who->fault when it is not the one form. */
evpack_status cms_form_read(der_span der, cms_form *form, cms_signer *who,
                            evpack_err *err) EVPACK_MUST_USE;
/* The same for a timestamp token, but for the comparison: it may have been written in any form of
 * DER, with certificates, lists and unsigned attributes that cms_form_build leaves out. */
evpack_status cms_form_read_token(der_span der, cms_form *form, cms_signer *who,
                                  evpack_err *err) EVPACK_MUST_USE;
/* What the signature is computed over: SET OF attributes. */
void cms_form_signed_bytes(cms_form *form, buf *out);

/* The signed attributes that have a meaning here. */
typedef enum {
    CMS_CONTENT_TYPE,
    CMS_MESSAGE_DIGEST,
    CMS_SIGNING_TIME,
    CMS_SIGNING_CERTIFICATE_V2,
    CMS_CONTENT_HINTS,
    CMS_SIGNER_ATTRIBUTES,
    CMS_KNOWN_ATTRIBUTES
} cms_attribute;
/* Appends SEQUENCE { OID, SET { value } }. */
void cms_attribute_put(buf *out, cms_attribute which, const buf *value);
/* values[which] is the one value in the attribute's set; its data is NULL when the attribute is
 * absent. EVPACK_E_NO when one is there twice, or has not one value. */
evpack_status cms_attributes_read(const cms_form *form, der_span values[CMS_KNOWN_ATTRIBUTES],
                                  cms_signer *who, evpack_err *err) EVPACK_MUST_USE;

/* AlgorithmIdentifier of a digest, without parameters. */
void cms_digest_put(buf *out, cms_digest which);
/* CMS_DIGESTS when it is none of ours. */
cms_digest cms_digest_read(der_span algorithm_identifier_body);
/* The OIDs of id-data and id-ct-TSTInfo, contents only. */
der_span cms_oid_data(void);
der_span cms_oid_tst_info(void);
/* Takes an OID that must be this one. */
bool cms_take_oid(der_span *in, const unsigned char *oid, size_t len);

evpack_status cms_refuse(cms_signer *who, evpack_err *err, cms_fault fault, const char *fmt, ...)
    EVPACK_PRINTF(4, 5);

#endif
