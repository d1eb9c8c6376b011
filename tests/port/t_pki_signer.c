/* port/pki_signer: keys in PEM and PKCS#12 with and without a passphrase, and the messages when
 * they cannot be used. Certificates of real authorities are tried by tests/whole/trust.sh and
 * sign.sh. */
#include "fixture.h"

#include "base/text.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdio.h>
#include <string.h>

static fixture_key rsa, p256, p384;

/* A pki_ask that counts, and gives what ctx says. */
typedef struct {
    const char *gives; /* NULL: fails */
    int asked;
} asked;

static evpack_status give(void *ctx, const char *what, char out[PKI_SECRET_MAX], evpack_err *err)
{
    asked *a = ctx;
    a->asked++;
    ck_assert(what != NULL);
    if (a->gives == NULL) {
        return evpack_fail(err, EVPACK_E_USAGE, "nobody answers");
    }
    (void)snprintf(out, PKI_SECRET_MAX, "%s", a->gives);
    return EVPACK_OK;
}

static evpack_status load_asking(const char *key, const char *cert, asked *a, evpack_err *err)
{
    EVPACK_AUTO(pki_signer) s = NULL;
    const pki_files files = {.key = key, .cert = cert, .ask = give, .ask_ctx = a};
    return pki_signer_load(&files, text_now(), &s, err);
}

static EVP_PKEY *read_key(const fixture_key *from)
{
    FILE *f = fopen(from->key, "r");
    EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    (void)fclose(f);
    ck_assert_ptr_nonnull(key);
    return key;
}

static X509 *read_cert(const fixture_key *from)
{
    FILE *f = fopen(from->cert, "r");
    X509 *cert = PEM_read_X509(f, NULL, NULL, NULL);
    (void)fclose(f);
    ck_assert_ptr_nonnull(cert);
    return cert;
}

static evpack_status load(const char *key, const char *cert, int64_t now, evpack_err *err)
{
    EVPACK_AUTO(pki_signer) s = NULL;
    pki_files files = {.key = key, .cert = cert};
    return pki_signer_load(&files, now, &s, err);
}

START_TEST(signers)
{
    evpack_err err = {0};
    int64_t now = text_now();
    OK(load(rsa.key, rsa.cert, now, &err));
    OK(load(p256.key, p256.cert, now, &err));
    OK(load(p384.key, p384.cert, now, &err));
    FAILS(load(rsa.key, p256.cert, now, &err), EVPACK_E_INPUT, "does not belong to the key in");
    FAILS(load(rsa.cert, rsa.cert, now, &err), EVPACK_E_INPUT, "expected a private key in PEM");
    FAILS(load(rsa.key, rsa.key, now, &err), EVPACK_E_INPUT, "expected a certificate in PEM");
    FAILS(load(test_path("none"), rsa.cert, now, &err), EVPACK_E_IO, "none: cannot be opened");
    FAILS(load(rsa.key, rsa.cert, now + INT64_C(400) * 86400, &err), EVPACK_E_INPUT,
          "the certificate has expired");
    FAILS(load(rsa.key, rsa.cert, now - INT64_C(3) * 86400, &err), EVPACK_E_INPUT,
          "is not valid yet");
}
END_TEST

START_TEST(files_are_bounded)
{
    evpack_err err = {0};
    static char big[70000];
    memset(big, 'x', sizeof big);
    const char *path = test_file("big.pem", big, sizeof big);
    FAILS(load(path, rsa.cert, 0, &err), EVPACK_E_LIMIT, "is larger than 65536 bytes");
}
END_TEST

START_TEST(an_own_certificate_as_chain_is_harmless)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) s = NULL;
    pki_files files = {.key = rsa.key, .cert = rsa.cert, .chain = rsa.cert};
    OK(pki_signer_load(&files, text_now(), &s, &err));
    EVPACK_AUTO(pki_signer) t = NULL;
    files.chain = p256.cert;
    FAILS(pki_signer_load(&files, text_now(), &t, &err), EVPACK_E_INPUT,
          "1 of its certificates are not on the way");
}
END_TEST

START_TEST(an_encrypted_key_asks_once)
{
    evpack_err err = {0};
    EVP_PKEY *key = read_key(&p256);
    const char *path = test_path("locked.pem");
    FILE *f = fopen(path, "w");
    ck_assert_int_eq(
        PEM_write_PKCS8PrivateKey(f, key, EVP_aes_256_cbc(), "open sesame", 11, NULL, NULL), 1);
    (void)fclose(f);
    EVP_PKEY_free(key);
    asked a = {.gives = "open sesame"};
    OK(load_asking(path, p256.cert, &a, &err));
    ck_assert_int_eq(a.asked, 1);
    a.gives = "other words";
    FAILS(load_asking(path, p256.cert, &a, &err), EVPACK_E_INPUT, "the passphrase does not open");
    ck_assert_msg(strstr(err.text, "other words") == NULL, "the message tells it: %s", err.text);
    a.gives = NULL;
    FAILS(load_asking(path, p256.cert, &a, &err), EVPACK_E_USAGE, "nobody answers");
    FAILS(load(path, p256.cert, text_now(), &err), EVPACK_E_INPUT, "no passphrase was given");
    a = (asked){.gives = "unused"};
    OK(load_asking(p256.key, p256.cert, &a, &err));
    ck_assert_msg(a.asked == 0, "a key that is not encrypted asked for a passphrase");
}
END_TEST

static const char *write_p12(const char *name, const char *pass, const fixture_key *with_cert)
{
    EVP_PKEY *key = read_key(&p384);
    X509 *cert = with_cert == NULL ? NULL : read_cert(with_cert);
    PKCS12 *p12 = PKCS12_create(pass, "name", key, cert, NULL, 0, 0, 0, 0, 0);
    ck_assert_ptr_nonnull(p12);
    const char *path = test_path(name);
    FILE *f = fopen(path, "w");
    ck_assert_int_eq(i2d_PKCS12_fp(f, p12), 1);
    (void)fclose(f);
    PKCS12_free(p12);
    X509_free(cert);
    EVP_PKEY_free(key);
    return path;
}

START_TEST(pkcs12_is_told_by_its_content)
{
    evpack_err err = {0};
    asked a = {.gives = "pass"};
    const char *path = write_p12("one.pem", "pass", &p384);
    OK(load_asking(path, NULL, &a, &err));
    OK(load_asking(path, p384.cert, &a, &err));
    ck_assert_int_eq(a.asked, 2);
    FAILS(load_asking(path, rsa.cert, &a, &err), EVPACK_E_INPUT, "does not belong to the key in");
    a.gives = "other";
    FAILS(load_asking(path, NULL, &a, &err), EVPACK_E_INPUT, "does not open the file");
    a = (asked){.gives = NULL};
    OK(load_asking(write_p12("two", "", &p384), NULL, &a, &err));
    ck_assert_int_eq(a.asked, 0);
    path = write_p12("three", "", NULL);
    FAILS(load_asking(path, NULL, &a, &err), EVPACK_E_USAGE, "name it with --cert");
    FAILS(load_asking(p384.key, NULL, &a, &err), EVPACK_E_USAGE, "name it with --cert");
    OK(load_asking(path, p384.cert, &a, &err));
}
END_TEST

/* Every length and, of some bytes, a changed bit: an answer, never a crash. */
START_TEST(a_damaged_pkcs12_is_refused)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf whole = {0};
    asked a = {.gives = "pass"};
    test_read(write_p12("whole", "pass", &p384), &whole);
    for (size_t len = 0; len < whole.len; len += 1 + whole.len / 60) {
        const char *path = test_file("cut", whole.data, len);
        FAILS(load_asking(path, NULL, &a, &err), EVPACK_E_INPUT, "expected a private key");
    }
    for (size_t i = 2; i < whole.len - 120; i += 37) { /* the MAC's own parameters stand last */
        whole.data[i] = (char)(whole.data[i] ^ 1);
        const char *path = test_file("flipped", whole.data, whole.len);
        ck_assert_msg(load_asking(path, NULL, &a, &err) != EVPACK_OK,
                      "byte %zu was changed, and it was taken", i);
        whole.data[i] = (char)(whole.data[i] ^ 1);
    }
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    fixture_make_key(PKI_P384, &p384);
    const TTest *const tests[] = {signers,
                                  files_are_bounded,
                                  an_own_certificate_as_chain_is_harmless,
                                  an_encrypted_key_asks_once,
                                  pkcs12_is_told_by_its_content,
                                  a_damaged_pkcs12_is_refused,
                                  NULL};
    return test_main(test_suite("port/pki_signer", tests));
}
