/*
 * Keys, certificates and trust, by OpenSSL's libcrypto. Only files that are named here are read:
 * no system store, no environment, no network.
 *
 * Signing keys: RSA of 3,072 to 8,192 bits, and the curves P-256 and P-384.
 */
#ifndef EVPACK_PORT_PKI_H
#define EVPACK_PORT_PKI_H

#include "base/buf.h"
#include "base/err.h"
#include "base/own.h"

#include <stdint.h>

/* A private key with its certificate and the certificates above it. */
typedef struct pki_signer pki_signer;

/*
 * Asks for the passphrase or PIN that opens what; called only when one is needed. Fills out, which
 * ends with NUL and which the caller wipes. port/pki_pass.h has one.
 */
enum { PKI_SECRET_MAX = 1024 };
typedef evpack_status (*pki_ask)(void *ctx, const char *what, char out[PKI_SECRET_MAX],
                                 evpack_err *err);

/*
 * key: a private key in PEM, encrypted or not; a PKCS#12 file, told by its content; or a URI of
 * RFC 7512 (pkcs11:...), for a key that never leaves its token. cert: PEM, the signer's first; NULL
 * takes the one in the PKCS#12 file, with those above it. chain (may be NULL) holds intermediate
 * certificates in any order; each must be on the way from the signer to its root.
 */
typedef struct {
    const char *key;
    const char *cert;
    const char *chain;
    pki_ask ask; /* NULL: there is no passphrase */
    void *ask_ctx;
} pki_files;
/* now judges the certificates: what is expired, not in force yet, weak or not fit to sign is
 * refused (EVPACK_E_INPUT), and so is a certificate that does not belong to the key. */
evpack_status pki_signer_load(const pki_files *files, int64_t now, pki_signer **out,
                              evpack_err *err) EVPACK_MUST_USE;
/* EVPACK_E_INPUT when the signer's certificate, or one above it, is not in force at the time. */
evpack_status pki_signer_in_force(const pki_signer *s, int64_t at, evpack_err *err) EVPACK_MUST_USE;
void pki_signer_free(pki_signer *s);
EVPACK_DEFINE_CLEANUP(pki_signer, pki_signer_free)

/* What a verifier trusts: certificates from outside the package, and revocation lists. */
typedef struct pki_trust pki_trust;

/*
 * Each certificate in the file (PEM, or one in DER) is an anchor, be it a root, an intermediate or
 * the signer's. path may be a folder: then all of its *.pem, *.crt and *.cer files
 * (base/sources.h), at most PKI_TRUST_FILES and PKI_TRUST_BYTES. One that cannot be read or holds
 * no certificate, and a folder without any, is an error: an anchor that was meant is never passed
 * over.
 */
enum { PKI_TRUST_FILES = 512, PKI_TRUST_BYTES = 4 * 1024 * 1024 };
evpack_status pki_trust_load(const char *path, pki_trust **out, evpack_err *err) EVPACK_MUST_USE;
/* The same for one that is there already. */
evpack_status pki_trust_add(pki_trust *t, const char *path, evpack_err *err) EVPACK_MUST_USE;
/* Trusts exactly the signer's own certificate: for checking one's own work. */
evpack_status pki_trust_signer(const pki_signer *s, pki_trust **out,
                               evpack_err *err) EVPACK_MUST_USE;
/* Adds the revocation lists of a file (PEM, or one in DER), or of a folder's *.crl and *.pem files;
 * from then on a signer that none speaks of is not accepted. */
evpack_status pki_trust_add_crls(pki_trust *t, const char *path, evpack_err *err) EVPACK_MUST_USE;
void pki_trust_free(pki_trust *t);
EVPACK_DEFINE_CLEANUP(pki_trust, pki_trust_free)

/*
 * Revocation lists that travel with what was signed. They are in one form, so that the same lists
 * give the same bytes: PEM as OpenSSL writes it, by the bytes of their DER in ascending order, none
 * twice, and nothing before, between or after them.
 */
typedef struct pki_crls pki_crls;
enum { PKI_CRLS_MAX = 64, PKI_CRLS_BYTES = 1024 * 1024 };
evpack_status pki_crls_new(pki_crls **out, evpack_err *err) EVPACK_MUST_USE;
/* Adds those of a file or folder, as pki_trust_add_crls takes them; one that is in already is no
 * second one. EVPACK_E_LIMIT when they are too many, or too large in the one form. */
evpack_status pki_crls_load(pki_crls *c, const char *path, evpack_err *err) EVPACK_MUST_USE;
/* Reads hostile bytes: EVPACK_E_INPUT when they are not in the one form, or hold no list. */
evpack_status pki_crls_read(const void *text, size_t len, pki_crls **out,
                            evpack_err *err) EVPACK_MUST_USE;
/* Appends the one form. */
evpack_status pki_crls_put(const pki_crls *c, buf *out, evpack_err *err) EVPACK_MUST_USE;
size_t pki_crls_count(const pki_crls *c);
/* EVPACK_E_INPUT when one of them says that the signer's certificate, or one of those above it that
 * were given, was revoked. A list by the name of a certificate's issuer counts even where the
 * issuer's certificate is not there to check it: nobody seals with such a list beside the seal. */
evpack_status pki_crls_allow(const pki_crls *c, const pki_signer *s,
                             evpack_err *err) EVPACK_MUST_USE;
void pki_crls_free(pki_crls *c);
EVPACK_DEFINE_CLEANUP(pki_crls, pki_crls_free)

typedef enum { PKI_RSA_3072, PKI_P256, PKI_P384 } pki_kind;
/*
 * Writes folder/key.pem (mode 0600, not encrypted) and folder/cert.pem (self-signed, a year from
 * the day before now); the folder is made when it is not there. Neither file is ever overwritten.
 */
evpack_status pki_keygen(const char *folder, pki_kind kind, int64_t now,
                         evpack_err *err) EVPACK_MUST_USE;

#endif
