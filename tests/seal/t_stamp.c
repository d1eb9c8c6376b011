/* seal/stamp: what verify makes of a timestamp beside a package. */
#include "stamped.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { HOUR = 3600, DAY = 86400 };

/* Verifies at now; tsa: with --tsa-trust; list: a revocation list or NULL. */
static seal_verdict verify(int64_t now, bool tsa, const char *list, seal_report *r)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_trust) trust = authority_trust("signroot.pem");
    EVPACK_AUTO(pki_trust) tsa_trust = authority_trust("root.pem");
    if (list != NULL) {
        OK(pki_trust_add_crls(trust, list, &err));
    }
    seal_options options = {
        .trust = trust, .crls = list != NULL, .now = now, .tsa_trust = tsa ? tsa_trust : NULL};
    OK(seal_verify(test_path("P.zip"), &options, r, &err));
    return r->verdict;
}
static void expect(int64_t now, bool tsa, const char *list, seal_verdict verdict, const char *code,
                   seal_stamp_state state)
{
    seal_report r;
    verify(now, tsa, list, &r);
    ck_assert_msg(r.verdict == verdict && r.stamp_state == state,
                  "expected %s, timestamp %s, came %s, timestamp %s: %s",
                  seal_verdict_text(verdict), seal_stamp_text(state), seal_verdict_text(r.verdict),
                  seal_stamp_text(r.stamp_state), r.reasons[0].text);
    if (code == NULL) {
        ck_assert_uint_eq(r.reason_count, 0);
    } else {
        ck_assert_str_eq(r.reasons[0].code, code);
    }
}

START_TEST(the_signer_is_judged_at_its_time)
{
    (void)stamped_package();
    int64_t t = stamped_at(_i == 0 ? "rsa" : "ec");
    expect(t + 60, true, NULL, SEAL_VERIFIED, NULL, SEAL_STAMP_TRUSTED);
    expect(t + 60, false, NULL, SEAL_VERIFIED, NULL, SEAL_STAMP_NOT_CHECKED);
    /* The signer's certificate has expired since, and the authority's too. */
    int64_t later = t + INT64_C(1000) * DAY;
    expect(later, true, NULL, SEAL_VERIFIED, NULL, SEAL_STAMP_TRUSTED);
    expect(later, false, NULL, SEAL_NOT_VERIFIED, "certificate-expired", SEAL_STAMP_NOT_CHECKED);
    seal_report r;
    verify(t, true, NULL, &r);
    ck_assert_int_eq(r.stamp.time, t);
    ck_assert(r.stamp.nonce_matched && r.stamp.authority.trusted);
    ck_assert_ptr_nonnull(strstr(r.not_covered[1], "not later than the timestamp"));
    verify(t, false, NULL, &r);
    ck_assert_ptr_nonnull(strstr(r.not_covered[1], "not checked whether its authority"));
}
END_TEST

START_TEST(revocation_before_and_after)
{
    (void)stamped_package();
    int64_t t = stamped_at("ec");
    const char *after = authority_crl("signroot", t + HOUR, t + 20 * DAY, "signer", t + 60, "");
    const char *at = authority_crl("signroot", t + HOUR, t + 20 * DAY, "signer", t, "");
    const char *none = authority_crl("signroot", t + HOUR, t + 20 * DAY, NULL, 0, "");
    int64_t now = t + 2 * HOUR;
    expect(now, true, none, SEAL_VERIFIED, NULL, SEAL_STAMP_TRUSTED);
    expect(now, true, after, SEAL_VERIFIED, NULL, SEAL_STAMP_TRUSTED);
    expect(now, false, after, SEAL_NOT_VERIFIED, "certificate-revoked", SEAL_STAMP_NOT_CHECKED);
    expect(now, true, at, SEAL_NOT_VERIFIED, "certificate-revoked", SEAL_STAMP_TRUSTED);
}
END_TEST

START_TEST(what_is_beside_must_be_right)
{
    (void)stamped_package();
    int64_t t = stamped_at("ec");
    EVPACK_AUTO_VALUE(buf_reset) buf good = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf request = {0};
    test_read(test_path("P.zip.p7s.tsr"), &good);
    test_read(test_path("P.zip.p7s.tsq"), &request);
    for (int tsa = 0; tsa < 2; tsa++) { /* a malformed one is refused in any case */
        (void)test_text_file("P.zip.p7s.tsr", "?");
        expect(t, tsa == 1, NULL, SEAL_NOT_VERIFIED, "timestamp-malformed", SEAL_STAMP_REFUSED);
        (void)test_file("P.zip.p7s.tsr", good.data, good.len - 1);
        expect(t, tsa == 1, NULL, SEAL_NOT_VERIFIED, "timestamp-malformed", SEAL_STAMP_REFUSED);
        (void)test_file("P.zip.p7s.tsr", good.data, good.len);
        (void)test_text_file("P.zip.p7s.tsq", "?");
        expect(t, tsa == 1, NULL, SEAL_NOT_VERIFIED, "timestamp-request-malformed",
               SEAL_STAMP_REFUSED);
        (void)test_file("P.zip.p7s.tsq", request.data, request.len);
        expect(t - DAY, tsa == 1, NULL, SEAL_NOT_VERIFIED, "timestamp-future", SEAL_STAMP_REFUSED);
    }
    /* Without its request a timestamp still counts; that is said. */
    ck_assert_int_eq(unlink(test_path("P.zip.p7s.tsq")), 0);
    seal_report r;
    ck_assert_int_eq(verify(t, true, NULL, &r), SEAL_VERIFIED);
    ck_assert(!r.stamp.nonce_matched);
    ck_assert_ptr_nonnull(strstr(r.not_covered[2], "no request with a nonce"));
    /* Made anew, the package has another signature: an ECDSA signature never repeats. */
    (void)test_file("P.zip.p7s.tsr", good.data, good.len);
    EVPACK_AUTO(pki_signer) signer = fixture_signer(stamped_key());
    fixture_sign_file(signer, test_path("P.zip"));
    expect(t, true, NULL, SEAL_NOT_VERIFIED, "timestamp-imprint", SEAL_STAMP_REFUSED);
}
END_TEST

/* Through the whole of verify; every bit of the timestamp itself is in port/t_tsp.c. */
START_TEST(sampled_bits)
{
    (void)stamped_package();
    int64_t t = stamped_at("ec");
    EVPACK_AUTO_VALUE(buf_reset) buf good = {0};
    test_read(test_path("P.zip.p7s.tsr"), &good);
    for (size_t bit = 0; bit < good.len * 8; bit += 61) {
        good.data[bit / 8] = (char)(good.data[bit / 8] ^ (1 << (bit % 8)));
        (void)test_file("P.zip.p7s.tsr", good.data, good.len);
        seal_report r;
        ck_assert_msg(verify(t, true, NULL, &r) == SEAL_NOT_VERIFIED &&
                          r.stamp_state == SEAL_STAMP_REFUSED,
                      "bit %zu flipped: expected no", bit);
        good.data[bit / 8] = (char)(good.data[bit / 8] ^ (1 << (bit % 8)));
    }
}
END_TEST

START_TEST(a_timestamp_that_is_not_there)
{
    (void)stamped_package();
    seal_report r;
    ck_assert_int_eq(verify(text_now(), true, NULL, &r), SEAL_VERIFIED);
    ck_assert_int_eq(r.stamp_state, SEAL_STAMP_NONE);
    ck_assert_ptr_nonnull(strstr(r.not_covered[1], "although --tsa-trust was given"));
    /* A folder in its place cannot be read: that decides nothing. */
    ck_assert_int_eq(mkdir(test_path("P.zip.p7s.tsr"), 0755), 0);
    evpack_err err = {0};
    EVPACK_AUTO(pki_trust) trust = authority_trust("signroot.pem");
    seal_options options = {.trust = trust, .now = text_now()};
    ck_assert_int_ne(seal_verify(test_path("P.zip"), &options, &r, &err), EVPACK_OK);
    ck_assert_int_eq(r.verdict, SEAL_UNDECIDED);
}
END_TEST

int main(void)
{
    authority_make();
    Suite *suite = suite_create("seal/stamp");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, the_signer_is_judged_at_its_time, 0, 2);
    const TTest *const tests[] = {revocation_before_and_after, what_is_beside_must_be_right,
                                  sampled_bits, a_timestamp_that_is_not_there, NULL};
    for (size_t i = 0; tests[i] != NULL; i++) {
        tcase_add_test(all, tests[i]);
    }
    suite_add_tcase(suite, all);
    return test_main(suite);
}
