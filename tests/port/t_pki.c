/* port/pki: what can be loaded, and the messages when it cannot. Certificates of real authorities
 * are tried by tests/whole/trust.sh. */
#include "fixture.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static fixture_key rsa, p256, p384;

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

START_TEST(a_broken_certificate_is_not_skipped)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    test_read(rsa.cert, &text);
    buf_puts(&text, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    const char *path = test_file("two.pem", text.data, text.len);
    EVPACK_AUTO(pki_trust) trust = NULL;
    FAILS(pki_trust_load(path, &trust, &err), EVPACK_E_INPUT, "a certificate that cannot be read");
    ck_assert_ptr_null(trust);
    FAILS(pki_trust_load(rsa.key, &trust, &err), EVPACK_E_INPUT, "found none");
    FAILS(pki_trust_load(test_file("empty", "", 0), &trust, &err), EVPACK_E_INPUT, "found none");
}
END_TEST

START_TEST(lists_are_wanted_as_lists)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&rsa);
    FAILS(pki_trust_add_crls(trust, rsa.cert, &err), EVPACK_E_INPUT, "expected a revocation list");
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

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    fixture_make_key(PKI_P384, &p384);
    const TTest *const tests[] = {signers,
                                  files_are_bounded,
                                  a_broken_certificate_is_not_skipped,
                                  lists_are_wanted_as_lists,
                                  an_own_certificate_as_chain_is_harmless,
                                  NULL};
    return test_main(test_suite("port/pki", tests));
}
