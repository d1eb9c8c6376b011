/*
 * The messages of the time-stamp protocol (RFC 3161, section 2.4) as parts: a request, a response,
 * and the TSTInfo inside a token. Nothing here computes or checks a digest or a signature.
 *
 * A response is kept in one form: status "granted" without text, and the token in the one form of
 * cms_form.h, since no signature covers the rest.
 */
#ifndef EVPACK_PORT_TSP_FORM_H
#define EVPACK_PORT_TSP_FORM_H

#include "port/cms_form.h"

enum { TSP_MAX = 256 * 1024, TSP_NONCE = 8 };

/* Version 1, SHA-256, with a nonce, and asking for the authority's certificate. */
void tsp_request_put(buf *out, const unsigned char sha256[DIGEST_SIZE],
                     const unsigned char nonce[TSP_NONCE]);
/* Spans into the request; data is NULL where it says nothing. Contents only. */
typedef struct {
    der_span imprint; /* of SHA-256 */
    der_span policy;
    der_span nonce;
} tsp_request_form;
/* False when it is not a request over SHA-256 that asks for the certificate. */
bool tsp_request_read(der_span der, tsp_request_form *out);

/* EVPACK_E_INPUT says what is not in the form; EVPACK_E_NO why nothing was granted. token is the
 * whole ContentInfo. */
evpack_status tsp_response_read(der_span der, der_span *token, evpack_err *err) EVPACK_MUST_USE;
/* The one form. Sorts certs and attributes in place. */
evpack_status tsp_response_build(cms_form *token, buf *out, evpack_err *err) EVPACK_MUST_USE;

/* Spans into a TSTInfo, contents only. */
typedef struct {
    der_span policy;
    cms_digest digest; /* CMS_DIGESTS: none of ours */
    der_span imprint;
    der_span serial;
    int64_t time; /* seconds; a fraction is dropped */
    der_span nonce;
    der_span tsa; /* a whole GeneralName; data NULL: not said */
} tsp_info;
/* EVPACK_E_INPUT says what cannot be read. */
evpack_status tsp_info_read(der_span der, tsp_info *out, evpack_err *err) EVPACK_MUST_USE;

#endif
