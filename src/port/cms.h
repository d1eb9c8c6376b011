/*
 * Detached signatures: CMS SignedData (RFC 5652) with the signed attributes of CAdES-BES, in the
 * one form below. A CMS has bytes that no signature covers (versions, unused algorithm identifiers,
 * letter case in names, certificates that nobody asked for), so that a changed file can still
 * verify. Here the form is fixed: after the parts are read, the whole is built again from the
 * certificates, the signed attributes and the signature value, and must be the same bytes.
 *
 *   SEQUENCE { signedData, [0] SEQUENCE { 1, { digest }, SEQUENCE { data },
 *     [0] { certificates, in DER's order of a set },
 *     { SEQUENCE { 1, { issuer, serial of the signer }, digest,
 *                  [0] { signed attributes, in DER's order of a set },
 *                  rsaEncryption with NULL, or ecdsa-with-SHA2; signature value } } } }
 *
 * - digest: SHA-256, SHA-384 or SHA-512, without parameters. No embedded content, no CRLs, no
 *   unsigned attributes, exactly one signer, nothing after the end.
 * - signed attributes: contentType (data), messageDigest and signingCertificateV2 once each,
 *   signingTime at most once; others may stand beside them. signingCertificateV2 names, by digest,
 *   the signer's certificate first, and every other certificate that is carried along: so every
 *   bit of every certificate is under the signature.
 * - a reviewer's signature has two more: the role, as claimed attribute `title` in
 * signer-attributes (RFC 5126 section 5.11.3), and the statement, as contentDescription in
 * content-hints (RFC 2634 section 2.9). Both are under the signature, and the stock tools show and
 * accept them.
 * - keys: RSA (PKCS #1 v1.5) of at least 2,048 bits, P-256, P-384.
 *
 * It is what `openssl cms -sign -binary -cades -nosmimecap` writes for a signer without further
 * certificates, and what `openssl cms -verify -binary -cades` accepts.
 */
#ifndef EVPACK_PORT_CMS_H
#define EVPACK_PORT_CMS_H

#include "base/buf.h"
#include "port/digest.h"
#include "port/pki.h"

enum { CMS_MAX = 1024 * 1024 };

/* Why a signature is refused: a stable word for machines. */
#define CMS_FAULTS(X)                                                                              \
    X(CMS_GOOD, "good")                                                                            \
    X(CMS_MALFORMED, "signature-malformed")     /* no CMS signature in DER, or too large */        \
    X(CMS_TRAILING, "signature-trailing-bytes") /* after its end */                                \
    X(CMS_CONTENT_INSIDE, "signature-embedded-content") /* a detached one has none */              \
    X(CMS_TYPE, "signature-content-type")               /* it signs no data, but something else */ \
    X(CMS_SIGNERS, "signature-several-signers")         /* one file is one signer's */             \
    X(CMS_FORM, "signature-not-canonical")    /* unsigned bytes differ from the one form */        \
    X(CMS_WEAK, "signature-weak")             /* digest, algorithm or key */                       \
    X(CMS_ATTRIBUTES, "signature-attributes") /* signed attributes are missing, or twice there */  \
    X(CMS_BINDING, "signature-certificate")   /* not the certificates that it names by digest */   \
    X(CMS_MISMATCH, "signature-mismatch")     /* of other bytes, or by another key */              \
    X(CMS_UNTRUSTED, "certificate-untrusted") /* no way to an anchor */                            \
    X(CMS_EXPIRED, "certificate-expired")     /* or not in force yet */                            \
    X(CMS_REVOKED, "certificate-revoked")     /* a list says so */                                 \
    X(CMS_UNSUITABLE, "certificate-unsuitable")     /* may not sign, or is no authority */         \
    X(CMS_REVOCATION_UNKNOWN, "revocation-unknown") /* undecided: no list in force speaks of it */
typedef enum {
#define CMS_FAULT_NAME(name, text) name,
    CMS_FAULTS(CMS_FAULT_NAME)
#undef CMS_FAULT_NAME
} cms_fault;
const char *cms_fault_text(cms_fault fault);

/* Signs content that the caller streams through cms_sign_update. */
typedef struct cms_signing cms_signing;
evpack_status cms_sign_new(const pki_signer *signer, cms_signing **out,
                           evpack_err *err) EVPACK_MUST_USE;
void cms_sign_update(cms_signing *s, const void *data, size_t len);
/* What the signer says of the content: one line each, of characters that show as themselves, the
 * role of at most CMS_ROLE_MAX characters, the statement of at most CMS_STATEMENT_MAX bytes; else
 * EVPACK_E_USAGE. Both are borrowed until cms_sign_final. */
enum { CMS_ROLE_MAX = 64, CMS_ROLE_BYTES = 4 * CMS_ROLE_MAX, CMS_STATEMENT_MAX = 2000 };
evpack_status cms_sign_say(cms_signing *s, const char *role, const char *statement,
                           evpack_err *err) EVPACK_MUST_USE;
/* at is the claimed signing time. Appends the DER. The same content, signer and at give the same
 * bytes with an RSA key; ECDSA never repeats. */
evpack_status cms_sign_final(cms_signing *s, int64_t at, buf *out, evpack_err *err) EVPACK_MUST_USE;
void cms_sign_free(cms_signing *s);
EVPACK_DEFINE_CLEANUP(cms_signing, cms_sign_free)

/* Who signed. Texts are printable whatever the certificate says. */
typedef struct {
    cms_fault fault; /* set when a check answers EVPACK_E_NO */
    char subject[512];
    char fingerprint[DIGEST_HEX]; /* SHA-256 of the certificate; "" while unknown */
    int64_t signing_time;         /* the signer's own claim */
    bool has_signing_time;
    char role[CMS_ROLE_BYTES + 1]; /* "" when it says none, or not in the form of cms_sign_say */
    char statement[CMS_STATEMENT_MAX + 1];
    bool trusted;         /* the chain leads to an anchor, and is in force */
    bool chain_unrevoked; /* revocation lists spoke of every certificate of the chain */
} cms_signer;

/* The subject and fingerprint of one that will sign. */
void cms_signer_of(const pki_signer *signer, cms_signer *who);

/*
 * Checks a signature in three steps: read the DER, stream the content, judge. EVPACK_E_NO with
 * who->fault and a sentence in err when the answer is no; EVPACK_E_INPUT never.
 */
typedef struct cms_check cms_check;
evpack_status cms_check_new(const void *der, size_t len, cms_check **out, cms_signer *who,
                            evpack_err *err) EVPACK_MUST_USE;
void cms_check_update(cms_check *c, const void *data, size_t len);
/* sha256 is the digest of the content, which every caller has anyway: cms_check_update is needed
 * only for a signature with another digest, and does nothing otherwise. The chain is judged at
 * now. The signature itself comes first: who->trusted is false unless it is good. */
evpack_status cms_check_final(cms_check *c, const unsigned char sha256[DIGEST_SIZE],
                              const pki_trust *trust, int64_t now, cms_signer *who,
                              evpack_err *err) EVPACK_MUST_USE;
/* Before cms_check_final: its time is proven by a trusted timestamp, so that later revocation lists
 * are accepted, and only a revocation at or before it refuses. */
void cms_check_proven(cms_check *c);
/*
 * What revocation lists that came along say of the signer, besides those of the trust. Only one
 * that the issuer in the chain signed counts. One that says that a certificate of the chain was
 * revoked refuses, however old it is. One that says nothing of it is believed while it is in force
 * at the asked time (or, when that is proven, made later, but before the certificate expired), was
 * signed with SHA-256 or better, and is about all certificates of its issuer.
 */
typedef struct {
    bool spoken;   /* a list is about the signer's certificate, be it in force or not */
    bool current;  /* one that is believed */
    bool whole;    /* and so for every certificate below the anchor */
    int64_t known; /* thisUpdate of the latest; of use only when spoken */
} pki_listed;
/* Before cms_check_final, which fills answer; both are borrowed until then. */
void cms_check_lists(cms_check *c, const pki_crls *lists, pki_listed *answer);
void cms_check_free(cms_check *c);
EVPACK_DEFINE_CLEANUP(cms_check, cms_check_free)

#endif
