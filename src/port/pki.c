/*
 * What the files of keys, trust and signatures share. Invariant: a file of certificates is read to
 * its end or refused: none in it is skipped. Refuses to know private keys (pki_signer.c loads
 * them) and what is signed.
 */
#include "port/pki.h"

#include "base/buf.h"
#include "port/pki_private.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

evpack_status pki_fail(evpack_err *err, evpack_status code, const char *fmt, ...)
{
    char text[EVPACK_ERR_TEXT / 2];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    (void)evpack_fail(err, code, "%s%s%s", text, reason == NULL ? "" : ": ",
                      reason == NULL ? "" : reason);
    ERR_clear_error();
    return code;
}

pki_key_kind pki_key_kind_of(const EVP_PKEY *key)
{
    if (EVP_PKEY_is_a(key, "RSA")) {
        return PKI_KEY_RSA;
    }
    char group[64] = "";
    if (!EVP_PKEY_is_a(key, "EC") ||
        EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                       NULL) != 1) {
        ERR_clear_error();
        return PKI_KEY_OTHER;
    }
    if (strcmp(group, "prime256v1") == 0) {
        return PKI_KEY_P256;
    }
    return strcmp(group, "secp384r1") == 0 ? PKI_KEY_P384 : PKI_KEY_OTHER;
}

evpack_status pki_issuer_serial(const X509 *cert, buf *issuer, buf *serial, evpack_err *err)
{
    unsigned char *name = NULL;
    unsigned char *number = NULL;
    int name_len = i2d_X509_NAME(X509_get_issuer_name(cert), &name);
    int number_len = i2d_ASN1_INTEGER(X509_get0_serialNumber(cert), &number);
    buf_append(issuer, name, name_len > 0 ? (size_t)name_len : 0);
    buf_append(serial, number, number_len > 0 ? (size_t)number_len : 0);
    OPENSSL_free(name);
    OPENSSL_free(number);
    if (name_len <= 0 || number_len <= 0) {
        return pki_fail(err, EVPACK_E_INTERNAL, "a certificate's issuer cannot be written");
    }
    EVPACK_TRY(buf_status(issuer, err));
    return buf_status(serial, err);
}

bool pki_pem_ended(void)
{
    unsigned long e = ERR_peek_last_error();
    bool end = ERR_GET_LIB(e) == ERR_LIB_PEM && ERR_GET_REASON(e) == PEM_R_NO_START_LINE;
    if (end) {
        ERR_clear_error();
    }
    return end;
}

int pki_no_passphrase(char *out, int size, int writing, void *ctx)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)ctx;
    return -1;
}

/* One certificate in DER, as Windows writes *.cer files. */
static bool take_der(const buf *content, STACK_OF(X509) * to)
{
    const unsigned char *at = (const unsigned char *)buf_str(content);
    const unsigned char *end = at + content->len;
    EVPACK_AUTO(X509) cert = d2i_X509(NULL, &at, (long)content->len);
    if (cert == NULL || at != end || sk_X509_push(to, cert) == 0) {
        return false;
    }
    cert = NULL;
    return true;
}

evpack_status pki_certs_read(const char *path, const buf *content, STACK_OF(X509) * to,
                             evpack_err *err)
{
    ERR_clear_error();
    if (content->len > 0 && content->data[0] == PKI_DER_START) {
        return take_der(content, to) ? EVPACK_OK
                                     : pki_fail(err, EVPACK_E_INPUT,
                                                "%s: expected a certificate in PEM or DER", path);
    }
    EVPACK_AUTO(BIO) bio = BIO_new_mem_buf(buf_str(content), (int)content->len);
    if (bio == NULL) {
        return evpack_oom(err);
    }
    bool any = false;
    X509 *cert = NULL;
    while ((cert = PEM_read_bio_X509(bio, NULL, pki_no_passphrase, NULL)) != NULL) {
        any = true;
        if (sk_X509_push(to, cert) == 0) {
            X509_free(cert);
            return evpack_oom(err);
        }
    }
    if (!pki_pem_ended()) {
        return pki_fail(err, EVPACK_E_INPUT, "%s: holds a certificate that cannot be read", path);
    }
    return any ? EVPACK_OK
               : evpack_fail(err, EVPACK_E_INPUT, "%s: expected a certificate in PEM, found none",
                             path);
}
