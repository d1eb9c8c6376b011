/*
 * Judging a certificate's chain at a time. Shows OpenSSL's own objects: cms.c and tsp.c alone may
 * include it.
 *
 * With a proven time T (a trusted timestamp) a revocation list of a later date is accepted, unless
 * the certificate had expired before the list was made (authorities drop such entries); and a
 * certificate is refused when any list says that it was revoked, or its key invalid, at or before
 * T. Without one, a list must be in force now to say that a certificate is good; one that says that
 * it was revoked refuses at any age, unless that was a hold, which a list in force may have lifted.
 */
#ifndef EVPACK_PORT_PKI_CHAIN_H
#define EVPACK_PORT_PKI_CHAIN_H

#include "port/cms.h"
#include "port/pki_private.h"

typedef struct {
    X509 *cert;
    STACK_OF(X509) * carried; /* that may lead to an anchor */
    const pki_trust *trust;
    int64_t at;
    bool proven;
    /* The certificate is a timestamp authority's: its purpose is that, a list is not required, and
     * a revocation after T counts too when it gives no reason or a bad one (RFC 3161, section 4).
     */
    bool authority;
    const char *whose; /* in sentences: "the signer" */
    /* Lists that came with what was signed, and what they say; both or neither. */
    const pki_crls *lists;
    pki_listed *listed;
} pki_question;

/* EVPACK_E_NO with a fault and a sentence. *unrevoked: lists spoke of every certificate. */
evpack_status pki_chain_check(const pki_question *q, bool *unrevoked, cms_fault *fault,
                              evpack_err *err) EVPACK_MUST_USE;

#endif
