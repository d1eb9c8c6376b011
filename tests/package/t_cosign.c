/* package/cosign: a reviewer signs what verifies, once, and changes nothing else. */
#include "seal/fixture.h"

#include "base/text.h"
#include "package/cosign.h"

#include <stdio.h>
#include <string.h>

static fixture_key rsa, p256;

static void make(buf *bytes)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    raw_package raw;
    raw_default(&raw, signer);
    raw_write(&raw, test_path("P.zip"), signer);
    raw_free(&raw);
    test_read(test_path("P.zip"), bytes);
}

static cosign_options options(const pki_trust *trust)
{
    return (cosign_options){.zip = test_path("P.zip"),
                            .name = "bob",
                            .role = "Partner",
                            .statement = "Read it",
                            .files = {.key = rsa.key, .cert = rsa.cert},
                            .trust = trust,
                            .at = text_now()};
}

static bool there(const char *name)
{
    return access(test_path(name), F_OK) == 0;
}

START_TEST(signs_once)
{
    evpack_err err = {0};
    cosign_result r;
    EVPACK_AUTO_VALUE(buf_reset) buf before = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf after = {0};
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    make(&before);
    cosign_options o = options(trust);
    OK(cosign_write(&o, &r, &err));
    ck_assert(there("P.zip.bob.p7s"));
    ck_assert_str_eq(r.file, test_path("P.zip.bob.p7s"));
    ck_assert_str_eq(r.signer.statement, "Read it");
    ck_assert_str_eq(r.package.package_id, FIXTURE_ID);
    test_read(test_path("P.zip"), &after);
    ck_assert_msg(before.len == after.len && memcmp(before.data, after.data, before.len) == 0,
                  "signing changed the package");
    FAILS(cosign_write(&o, &r, &err), EVPACK_E_IO, "is there already");
    /* The same words, key and time give the same bytes with an RSA key. */
    EVPACK_AUTO_VALUE(buf_reset) buf one = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf two = {0};
    test_read(test_path("P.zip.bob.p7s"), &one);
    (void)unlink(test_path("P.zip.bob.p7s"));
    OK(cosign_write(&o, &r, &err));
    test_read(test_path("P.zip.bob.p7s"), &two);
    ck_assert(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
    /* The next reviewer must trust the first. */
    o.name = "carol";
    FAILS(cosign_write(&o, &r, &err), EVPACK_E_NO, "certificate-untrusted");
    ck_assert(!there("P.zip.carol.p7s"));
}
END_TEST

START_TEST(what_does_not_verify_is_not_signed)
{
    evpack_err err = {0};
    cosign_result r;
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    EVPACK_AUTO(pki_trust) other = fixture_trust(&rsa);
    make(&bytes);
    cosign_options o = options(other);
    FAILS(cosign_write(&o, &r, &err), EVPACK_E_NO, "certificate-untrusted");
    o.trust = trust;
    bytes.data[bytes.len / 2] = (char)(bytes.data[bytes.len / 2] ^ 1);
    (void)test_file("P.zip", bytes.data, bytes.len);
    FAILS(cosign_write(&o, &r, &err), EVPACK_E_NO, "signature-mismatch");
    (void)unlink(test_path("P.zip.p7s"));
    FAILS(cosign_write(&o, &r, &err), EVPACK_E_NO, "signature-missing");
    (void)unlink(test_path("P.zip"));
    FAILS(cosign_write(&o, &r, &err), EVPACK_E_IO, "P.zip");
    ck_assert(!there("P.zip.bob.p7s"));
}
END_TEST

START_TEST(what_a_reviewer_must_say_and_have)
{
    evpack_err err = {0};
    cosign_result r;
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    make(&bytes);
    const cosign_options good = options(trust);
    static const char *const names[] = {"", "../bob", "a.b", "bob smith"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        cosign_options o = good;
        o.name = names[i];
        FAILS(cosign_write(&o, &r, &err), EVPACK_E_USAGE, "--name is");
    }
    cosign_options o = good;
    o.role = "";
    FAILS(cosign_write(&o, &r, &err), EVPACK_E_USAGE, "the role is");
    o = good;
    o.statement = "two\nlines";
    FAILS(cosign_write(&o, &r, &err), EVPACK_E_USAGE, "the statement is");
    o = good;
    o.files.cert = p256.cert;
    FAILS(cosign_write(&o, &r, &err), EVPACK_E_INPUT, "does not belong to the key");
    o = good;
    o.at = text_now() + INT64_C(400) * 86400;
    FAILS(cosign_write(&o, &r, &err), EVPACK_E_INPUT, "has expired");
    ck_assert(!there("P.zip.bob.p7s"));
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    raw_package raw;
    raw_default(&raw, signer);
    o = good;
    o.zip = raw_unpack(&raw, "P");
    raw_free(&raw);
    FAILS(cosign_write(&o, &r, &err), EVPACK_E_USAGE, "is a folder");
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {signs_once, what_does_not_verify_is_not_signed,
                                  what_a_reviewer_must_say_and_have, NULL};
    return test_main(test_suite("package/cosign", tests));
}
