/*
 * What one revocation list says of one certificate (RFC 5280, sections 5 and 6.3). Shows OpenSSL's
 * own objects: pki_chain.c alone may include it.
 */
#ifndef EVPACK_PORT_PKI_LISTS_H
#define EVPACK_PORT_PKI_LISTS_H

#include "port/pki_chain.h"

/* What all lists that were asked say together; starts as {0}. */
typedef struct {
    bool spoken;   /* the issuer signed a list */
    bool found;    /* it has an entry, whenever that was made */
    bool revoked;  /* an entry that counts at the question's time */
    bool lasting;  /* and is no hold, so that no later list can have lifted it */
    bool current;  /* one without an entry may be believed at that time (cms_check_lists) */
    int64_t known; /* thisUpdate of the latest that is about the certificate; 0: none */
} pki_said;

/* Adds what the list says; nothing when another than the issuer made it. */
void pki_list_ask(const pki_question *q, X509_CRL *list, X509 *cert, X509 *issuer, pki_said *said);

#endif
