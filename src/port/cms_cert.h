/*
 * The certificates that a signature carries, and the key that made it: what cms.c (detached
 * signatures) and tsp.c (timestamp tokens) share. Shows OpenSSL's own objects, so no other file may
 * include it.
 */
#ifndef EVPACK_PORT_CMS_CERT_H
#define EVPACK_PORT_CMS_CERT_H

#include "port/cms_form.h"
#include "port/pki_private.h"

const EVP_MD *cms_md(cms_digest which);

/* All carried certificates, in the form's order; *out is the caller's. False when one cannot be
 * read. */
bool cms_certs_parse(const cms_form *form, STACK_OF(X509) * *out);
/* Whether these are the DER of the certificate's issuer and serial number. */
bool cms_cert_is(const X509 *cert, der_span issuer, der_span serial);
/* The carried certificate that the contents of an ESSCertIDv2 (RFC 5035, section 4), or with sha1
 * of an ESSCertID (RFC 2634, section 5.4), name: its index, or -1. */
int cms_cert_named(const cms_form *form, STACK_OF(X509) * certs, der_span id, bool sha1);
/* The subject and fingerprint of a certificate; texts are printable whatever it says. */
void cms_cert_describe(X509 *cert, cms_signer *who);

/* Whether the key is strong enough and fits the form's algorithm. */
evpack_status cms_key_check(const cms_form *form, X509 *cert, cms_signer *who,
                            evpack_err *err) EVPACK_MUST_USE;
/* Whether the signature value fits the key and the signed attributes. */
evpack_status cms_value_check(cms_form *form, X509 *cert, cms_signer *who,
                              evpack_err *err) EVPACK_MUST_USE;

#endif
