/* port/pki: what can be loaded, and the messages when it cannot. Certificates of real authorities
 * are tried by tests/whole/trust.sh. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static fixture_key rsa, p256, p384;

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

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    fixture_make_key(PKI_P384, &p384);
    const TTest *const tests[] = {a_broken_certificate_is_not_skipped, lists_are_wanted_as_lists,
                                  NULL};
    return test_main(test_suite("port/pki", tests));
}
