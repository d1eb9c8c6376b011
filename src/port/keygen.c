/*
 * A throw-away key with a self-signed certificate. Invariant: no existing file is touched, and a
 * key is never readable by others, not even for a moment. Made for trials: a real auditor's key
 * comes from that auditor's own authority.
 */
#include "port/pki.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "port/pki_private.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>

enum { DAY = 86400, SERIAL = 16 };

static EVP_PKEY *generate(pki_kind kind)
{
    if (kind == PKI_RSA_3072) {
        return EVP_RSA_gen(3072);
    }
    return EVP_EC_gen(kind == PKI_P256 ? "P-256" : "P-384");
}

static bool add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool ok = ext != NULL && X509_add_ext(cert, ext, -1) == 1;
    X509_EXTENSION_free(ext);
    return ok;
}

static bool set_serial(X509 *cert)
{
    unsigned char raw[SERIAL];
    if (RAND_bytes(raw, sizeof raw) != 1) {
        return false;
    }
    raw[0] = (unsigned char)((raw[0] & 0x7f) | 0x40); /* positive, and always of one length */
    BIGNUM *n = BN_bin2bn(raw, sizeof raw, NULL);
    bool ok = n != NULL && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL;
    BN_free(n);
    return ok;
}

static bool fill(X509 *cert, EVP_PKEY *key, pki_kind kind, int64_t now)
{
    X509_NAME *name = X509_get_subject_name(cert);
    static const unsigned char cn[] = "evpack trial signer";
    const EVP_MD *md = kind == PKI_P384 ? EVP_sha384() : EVP_sha256();
    return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
           ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)(now - DAY)) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)(now + (int64_t)365 * DAY)) != NULL &&
           X509_set_pubkey(cert, key) == 1 &&
           X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, cn, -1, -1, 0) == 1 &&
           X509_set_issuer_name(cert, name) == 1 &&
           add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(cert, NID_key_usage, "critical,digitalSignature,nonRepudiation") &&
           add_extension(cert, NID_ext_key_usage, "emailProtection") &&
           add_extension(cert, NID_subject_key_identifier, "hash") &&
           add_extension(cert, NID_authority_key_identifier, "keyid") &&
           X509_sign(cert, key, md) != 0;
}

/* Writes what is in bio to a file that must not exist yet. */
static evpack_status write_new(const char *path, mode_t mode, BIO *bio, evpack_err *err)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    EVPACK_AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0) {
        const char *why =
            errno == EEXIST ? "is there already, and is never overwritten" : strerror(errno);
        return evpack_fail(err, EVPACK_E_IO, "%s: %s", path, why);
    }
    evpack_status status = file_write_fd(fd, data, (size_t)len, err);
    if (status == EVPACK_OK && fsync(fd) != 0) {
        status = evpack_fail(err, EVPACK_E_IO, "%s: cannot be synced: %s", path, strerror(errno));
    }
    if (status != EVPACK_OK) {
        (void)unlink(path);
    }
    return status;
}

static evpack_status write_pair(const char *folder, EVP_PKEY *key, X509 *cert, evpack_err *err)
{
    EVPACK_AUTO(BIO) key_pem = BIO_new(BIO_s_secmem());
    EVPACK_AUTO(BIO) cert_pem = BIO_new(BIO_s_mem());
    if (key_pem == NULL || cert_pem == NULL ||
        PEM_write_bio_PKCS8PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL) != 1 ||
        PEM_write_bio_X509(cert_pem, cert) != 1) {
        return pki_fail(err, EVPACK_E_INTERNAL, "the key cannot be written as PEM");
    }
    EVPACK_AUTO_VALUE(buf_reset) buf key_path = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf cert_path = {0};
    buf_printf(&key_path, "%s/key.pem", folder);
    buf_printf(&cert_path, "%s/cert.pem", folder);
    EVPACK_TRY(buf_status(&key_path, err));
    EVPACK_TRY(buf_status(&cert_path, err));
    EVPACK_TRY(write_new(buf_str(&key_path), 0600, key_pem, err));
    evpack_status status = write_new(buf_str(&cert_path), 0644, cert_pem, err);
    if (status != EVPACK_OK) {
        (void)unlink(buf_str(&key_path));
    }
    return status;
}

evpack_status pki_keygen(const char *folder, pki_kind kind, int64_t now, evpack_err *err)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be made: %s", folder, strerror(errno));
    }
    EVPACK_AUTO(EVP_PKEY) key = generate(kind);
    EVPACK_AUTO(X509) cert = X509_new();
    if (key == NULL || cert == NULL || !fill(cert, key, kind, now)) {
        return pki_fail(err, EVPACK_E_INTERNAL, "the key or its certificate cannot be made");
    }
    return write_pair(folder, key, cert, err);
}
