/*
 * Trusted timestamps (RFC 3161, with ESSCertIDv2 of RFC 5816): asking for one, and judging an
 * answer. Asking writes bytes that a courier carries: nothing here opens a connection.
 *
 * An answer of yes means that an authority, whose certificate leads to a given anchor and is for
 * timestamps alone (critical extended key usage), signed that these bytes existed at that time. The
 * authority's chain is judged at that time. SHA-256, -384 and -512 with RSA of 2,048 bits and more,
 * P-256 and P-384; the imprint is of SHA-256.
 */
#ifndef EVPACK_PORT_TSP_H
#define EVPACK_PORT_TSP_H

#include "port/cms.h"
#include "port/tsp_form.h"

/* Why a timestamp is refused: a stable word for machines. */
#define TSP_FAULTS(X)                                                                       \
    X(TSP_GOOD, "good")                                                                     \
    X(TSP_MALFORMED, "timestamp-malformed")             /* not the one form */              \
    X(TSP_STATUS, "timestamp-not-granted")              /* the authority said no */         \
    X(TSP_REQUEST, "timestamp-request-malformed")       /* the .tsq beside it is none */    \
    X(TSP_IMPRINT, "timestamp-imprint")                 /* of other bytes */                \
    X(TSP_NONCE_DIFFERS, "timestamp-nonce")             /* answers another request */       \
    X(TSP_POLICY, "timestamp-policy")                   /* not the policy asked for */      \
    X(TSP_WEAK, "timestamp-weak")                       /* digest, algorithm or key */      \
    X(TSP_ATTRIBUTES, "timestamp-attributes")           /* signed attributes are missing */ \
    X(TSP_SIGNATURE, "timestamp-signature")             /* the authority's does not fit */  \
    X(TSP_FUTURE, "timestamp-future")                   /* later than now */                \
    X(TSP_UNTRUSTED, "timestamp-authority-untrusted")   /* no way to an anchor */           \
    X(TSP_EXPIRED, "timestamp-authority-expired")       /* not in force at the time */      \
    X(TSP_REVOKED, "timestamp-authority-revoked")       /* a list says so */                \
    X(TSP_UNSUITABLE, "timestamp-authority-unsuitable") /* not for timestamps alone */
typedef enum {
#define TSP_FAULT_NAME(name, text) name,
    TSP_FAULTS(TSP_FAULT_NAME)
#undef TSP_FAULT_NAME
} tsp_fault;
const char *tsp_fault_text(tsp_fault fault);

/* What an answer says. A plain value. */
typedef struct {
    tsp_fault fault; /* set when a check answers EVPACK_E_NO */
    int64_t time;    /* genTime; of use only when has_time */
    bool has_time;
    bool nonce_matched;   /* a request was given, and this answers it */
    cms_signer authority; /* subject, fingerprint, trusted, chain_unrevoked */
    char policy[128];     /* dotted; "" while unknown, like the next */
    char serial[96];      /* hex */
} tsp_stamp;

/* A request for the bytes with this digest, with a fresh nonce. */
evpack_status tsp_ask(const unsigned char sha256[DIGEST_SIZE], buf *out,
                      evpack_err *err) EVPACK_MUST_USE;

typedef struct {
    const unsigned char *sha256; /* of the bytes that are to be dated */
    const buf *request;          /* NULL: there is none to compare with */
    const pki_trust *trust;      /* NULL: the authority's chain is not judged */
    int64_t now;
} tsp_question;
/* Judges an answer in the one form. EVPACK_E_NO with a fault and a sentence; EVPACK_E_INPUT never.
 */
evpack_status tsp_check(const buf *answer, const tsp_question *q, tsp_stamp *out,
                        evpack_err *err) EVPACK_MUST_USE;
/* Judges an answer in any form of DER, and appends it in the one form to normal: without the
 * authority's free text, unsigned attributes, and certificates and lists that nothing protects.
 * q->trust is needed. */
evpack_status tsp_accept(const buf *answer, const tsp_question *q, buf *normal, tsp_stamp *out,
                         evpack_err *err) EVPACK_MUST_USE;

#endif
