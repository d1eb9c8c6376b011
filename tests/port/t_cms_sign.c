/* port/cms_sign: what is repeatable repeats, and the time is the caller's. */
#include "fixture.h"

#include <string.h>

static fixture_key rsa, p256;

static void sign(const pki_signer *signer, const char *text, int64_t at, buf *der)
{
    evpack_err err = {0};
    EVPACK_AUTO(cms_signing) s = NULL;
    OK(cms_sign_new(signer, &s, &err));
    for (const char *p = text; *p != '\0'; p++) {
        cms_sign_update(s, p, 1);
    }
    OK(cms_sign_final(s, at, der, &err));
}

START_TEST(rsa_repeats_and_ecdsa_does_not)
{
    const fixture_key *keys[] = {&rsa, &p256};
    for (size_t i = 0; i < 2; i++) {
        EVPACK_AUTO(pki_signer) signer = fixture_signer(keys[i]);
        EVPACK_AUTO_VALUE(buf_reset) buf a = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf c = {0};
        sign(signer, "content", FIXTURE_AT, &a);
        sign(signer, "content", FIXTURE_AT, &b);
        sign(signer, "content", FIXTURE_AT + 1, &c);
        bool same = a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
        ck_assert_msg(same == (i == 0), "expected the same bytes with an RSA key only");
        ck_assert(a.len != c.len || memcmp(a.data, c.data, a.len) != 0);
    }
}
END_TEST

START_TEST(times_are_kept)
{
    static const int64_t times[] = {0, FIXTURE_AT, INT64_C(2524607999), INT64_C(2524608000),
                                    INT64_C(253402300799)};
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
        sign(signer, "x", times[i], &der);
        cms_signer who;
        EVPACK_AUTO(cms_check) check = NULL;
        OK(cms_check_new(der.data, der.len, &check, &who, &err));
        ck_assert(who.has_signing_time);
        ck_assert_int_eq(who.signing_time, times[i]);
    }
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {rsa_repeats_and_ecdsa_does_not, times_are_kept, NULL};
    return test_main(test_suite("port/cms_sign", tests));
}
