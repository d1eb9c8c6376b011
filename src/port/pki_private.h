/*
 * What the files of keys and signatures share: OpenSSL's own objects. No other file may include it.
 */
#ifndef EVPACK_PORT_PKI_PRIVATE_H
#define EVPACK_PORT_PKI_PRIVATE_H

#include "base/buf.h"
#include "port/pki.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

EVPACK_DEFINE_CLEANUP(BIO, BIO_free_all)
EVPACK_DEFINE_CLEANUP(EVP_PKEY, EVP_PKEY_free)
EVPACK_DEFINE_CLEANUP(EVP_MD_CTX, EVP_MD_CTX_free)
EVPACK_DEFINE_CLEANUP(X509, X509_free)
EVPACK_DEFINE_CLEANUP(X509_CRL, X509_CRL_free)
EVPACK_DEFINE_CLEANUP(X509_STORE_CTX, X509_STORE_CTX_free)

__attribute__((unused)) static inline void pki_free_certs(STACK_OF(X509) * *certs)
{
    sk_X509_pop_free(*certs, X509_free);
    *certs = NULL;
}
#define EVPACK_AUTO_CERTS __attribute__((cleanup(pki_free_certs))) STACK_OF(X509) *

typedef struct pki_token pki_token;

struct pki_signer {
    EVP_PKEY *key;
    pki_token *token; /* where the key is, or NULL */
    X509 *cert;
    STACK_OF(X509) * chain; /* from the signer's issuer upwards */
};

struct pki_trust {
    X509_STORE *store;
    bool crls;
};

/* Revocation lists that are carried along (pki_crls.c). */
typedef struct {
    X509_CRL *list;
    buf der;
} pki_crl;
struct pki_crls {
    pki_crl at[PKI_CRLS_MAX];
    size_t count;
};

typedef enum { PKI_KEY_OTHER, PKI_KEY_RSA, PKI_KEY_P256, PKI_KEY_P384 } pki_key_kind;
pki_key_kind pki_key_kind_of(const EVP_PKEY *key);

/* What a DER certificate or list begins with, and no PEM does. */
enum { PKI_DER_START = 0x30 };

/* The certificates of a file in PEM, or the one in DER; at least one. path is for messages. */
evpack_status pki_certs_read(const char *path, const buf *content, STACK_OF(X509) * to,
                             evpack_err *err) EVPACK_MUST_USE;

/* Whether PEM reading stopped because there was nothing more, not because something is broken. */
bool pki_pem_ended(void);
/* Certificates and lists have no passphrase. Without this OpenSSL would ask on the terminal. */
int pki_no_passphrase(char *out, int size, int writing, void *ctx);

/* Calls visit for each revocation list of a file or folder, at least one; a list is borrowed. */
typedef evpack_status (*pki_crl_visit)(void *ctx, const char *path, X509_CRL *list,
                                       evpack_err *err);
evpack_status pki_crls_each(const char *path, size_t files, size_t bytes, pki_crl_visit visit,
                            void *ctx, evpack_err *err) EVPACK_MUST_USE;

/* The key that a pkcs11: URI names, usable while the token is open (pki_token.c). */
evpack_status pki_token_open(const pki_files *files, pki_token **token, EVP_PKEY **key,
                             evpack_err *err) EVPACK_MUST_USE;
void pki_token_free(pki_token *t);

/* Appends the DER of a certificate's issuer and of its serial number. */
evpack_status pki_issuer_serial(const X509 *cert, buf *issuer, buf *serial,
                                evpack_err *err) EVPACK_MUST_USE;

/* evpack_fail with OpenSSL's own reason after the text; empties OpenSSL's error queue. */
evpack_status pki_fail(evpack_err *err, evpack_status code, const char *fmt, ...)
    EVPACK_PRINTF(3, 4);

#endif
