/* seal/verify: the order of checks, signatures outside and inside, verdicts. */
#include "fixture.h"

#include <string.h>

static fixture_key rsa, p256, p384;

START_TEST(good_packages_of_every_key)
{
    const fixture_key *keys[] = {&rsa, &p256, &p384};
    for (size_t i = 0; i < 3; i++) {
        EVPACK_AUTO(pki_signer) signer = fixture_signer(keys[i]);
        EVPACK_AUTO(pki_trust) trust = fixture_trust(keys[i]);
        raw_package raw;
        raw_default(&raw, signer);
        const char *path = test_path("P.zip");
        raw_write(&raw, path, signer);
        seal_report r;
        ck_assert_int_eq(fixture_verify(path, trust, &r), SEAL_VERIFIED);
        ck_assert_str_eq(r.package_id, FIXTURE_ID);
        ck_assert_uint_eq(r.files, 10);
        ck_assert_uint_eq(strlen(r.sha256), 64);
        ck_assert_str_eq(r.signer.subject, "CN=evpack trial signer");
        ck_assert_int_eq(r.signer.signing_time, FIXTURE_AT);
        ck_assert(r.signer.trusted);
        ck_assert_uint_ge(r.not_covered_count, 3);
        fixture_verified(raw_unpack(&raw, "P"), trust);
        raw_free(&raw);
    }
}
END_TEST

START_TEST(unsigned_is_no)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    raw_package raw;
    raw_default(&raw, signer);
    raw_write(&raw, test_path("P.zip"), NULL);
    fixture_refused(test_path("P.zip"), trust, "signature-missing", "P.zip.p7s is not there");
    (void)test_file("P.zip.p7s", "", 0);
    fixture_refused(test_path("P.zip"), trust, "signature-malformed", "not a CMS signature");
    raw_free(&raw);
}
END_TEST

START_TEST(another_key_is_not_trusted)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&rsa);
    raw_package raw;
    raw_default(&raw, signer);
    raw_write(&raw, test_path("P.zip"), signer);
    fixture_refused(test_path("P.zip"), trust, "certificate-untrusted", "does not lead to");
    fixture_refused(raw_unpack(&raw, "P"), trust, "certificate-untrusted", "tagmanifest");
    raw_free(&raw);
}
END_TEST

START_TEST(the_same_signer_outside_and_inside)
{
    EVPACK_AUTO(pki_signer) outer = fixture_signer(&rsa);
    EVPACK_AUTO(pki_signer) inner = fixture_signer(&p256);
    EVPACK_AUTO_VALUE(buf_reset) buf both = {0};
    test_read(rsa.cert, &both);
    test_read(p256.cert, &both);
    evpack_err err = {0};
    EVPACK_AUTO(pki_trust) trust = NULL;
    OK(pki_trust_load(test_file("both.pem", both.data, both.len), &trust, &err));
    raw_package raw;
    raw_default(&raw, inner);
    raw_write(&raw, test_path("P.zip"), inner);
    fixture_verified(test_path("P.zip"), trust);
    raw_write(&raw, test_path("P.zip"), outer);
    fixture_refused(test_path("P.zip"), trust, "signer-differs", "its tag manifest by");
    raw_free(&raw);
}
END_TEST

START_TEST(nothing_is_parsed_when_the_outer_signature_fails)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    const char *path = test_text_file("P.zip", "not a zip at all");
    fixture_sign_file(signer, path);
    fixture_refused(path, trust, "zip-leading-bytes", "no record");
    (void)test_text_file("P.zip", "nor is this one!");
    fixture_refused(path, trust, "signature-mismatch", "not those that were signed");
}
END_TEST

START_TEST(what_cannot_be_read_is_undecided)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    seal_options options = {.trust = trust, .now = FIXTURE_AT};
    seal_report r;
    FAILS(seal_verify(test_path("none.zip"), &options, &r, &err), EVPACK_E_IO, "none.zip");
    ck_assert_int_eq(r.verdict, SEAL_UNDECIDED);
    ck_assert_str_eq(r.reasons[0].code, "could-not-check");
}
END_TEST

START_TEST(an_expired_certificate_is_refused)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    raw_package raw;
    raw_default(&raw, signer);
    raw_write(&raw, test_path("P.zip"), signer);
    seal_options options = {.trust = trust, .now = INT64_C(4102444800)};
    seal_report r;
    OK(seal_verify(test_path("P.zip"), &options, &r, &err));
    ck_assert_int_eq(r.verdict, SEAL_NOT_VERIFIED);
    ck_assert_str_eq(r.reasons[0].code, "certificate-expired");
    options.now = 1000000000;
    OK(seal_verify(test_path("P.zip"), &options, &r, &err));
    ck_assert_str_eq(r.reasons[0].code, "certificate-expired");
    raw_free(&raw);
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    fixture_make_key(PKI_P384, &p384);
    const TTest *const tests[] = {good_packages_of_every_key,
                                  unsigned_is_no,
                                  another_key_is_not_trusted,
                                  the_same_signer_outside_and_inside,
                                  nothing_is_parsed_when_the_outer_signature_fails,
                                  what_cannot_be_read_is_undecided,
                                  an_expired_certificate_is_refused,
                                  NULL};
    return test_main(test_suite("seal/verify", tests));
}
