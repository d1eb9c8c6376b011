/*
 * Tampering with a signature: every bit and every length of an RSA, a P-256 and a P-384 .p7s, and
 * of one that carries a chain. What is signed is tampered with in t_flips.c, timestamps in
 * port/t_tsp.c. Under AddressSanitizer only some of the places are tried.
 */
#include "authority.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
enum { STEP = 11 };
#else
enum { STEP = 1 };
#endif

static fixture_key rsa, p256, p384;

static evpack_status judge(const void *der, size_t len, const pki_trust *trust)
{
    evpack_err err = {0};
    cms_signer who;
    EVPACK_AUTO(cms_check) check = NULL;
    unsigned char sha256[DIGEST_SIZE];
    OK(digest_bytes("content", 7, sha256, &err));
    evpack_status status = cms_check_new(der, len, &check, &who, &err);
    if (status != EVPACK_OK) {
        return status;
    }
    cms_check_update(check, "content", 7);
    return cms_check_final(check, sha256, trust, text_now(), &who, &err);
}

/* In process: the file system would be slower than the check. */
static void tamper(const pki_signer *signer, const pki_trust *trust)
{
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    fixture_sign(signer, "content", 7, &der);
    ck_assert_int_eq(judge(der.data, der.len, trust), EVPACK_OK);
    for (size_t i = 0; i < 8 * der.len; i += STEP) {
        der.data[i / 8] = (char)(der.data[i / 8] ^ (1 << (i % 8)));
        evpack_status status = judge(der.data, der.len, trust);
        ck_assert_msg(status == EVPACK_E_NO,
                      "bit %zu of byte %zu of %zu was changed, and it came '%s'", i % 8, i / 8,
                      der.len, evpack_status_text(status));
        der.data[i / 8] = (char)(der.data[i / 8] ^ (1 << (i % 8)));
    }
    for (size_t n = 0; n < der.len; n += STEP) {
        evpack_status status = judge(der.data, n, trust);
        ck_assert_msg(status == EVPACK_E_NO, "of %zu bytes %zu were left, and it came '%s'",
                      der.len, n, evpack_status_text(status));
    }
    size_t whole = der.len;
    for (int i = 0; i < 20; i++) {
        buf_putc(&der, i < 10 ? '\0' : '\n');
        ck_assert_int_eq(judge(der.data, der.len, trust), EVPACK_E_NO);
    }
    ck_assert_int_eq(judge(der.data, whole, trust), EVPACK_OK);
}

static void tamper_with(const fixture_key *key)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(key);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(key);
    tamper(signer, trust);
}

START_TEST(every_bit_of_an_rsa_signature)
{
    tamper_with(&rsa);
}
END_TEST

START_TEST(every_bit_of_a_p256_signature)
{
    tamper_with(&p256);
}
END_TEST

START_TEST(every_bit_of_a_p384_signature)
{
    tamper_with(&p384);
}
END_TEST

START_TEST(every_bit_of_a_signature_with_a_chain)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = NULL;
    EVPACK_AUTO(pki_trust) trust = authority_trust("signroot.pem");
    const pki_files files = {.key = authority_file("signer.key"),
                             .cert = authority_file("signer.pem"),
                             .chain = authority_file("signroot.pem")};
    OK(pki_signer_load(&files, text_now(), &signer, &err));
    tamper(signer, trust);
}
END_TEST

/* Nobody signs the request: it is compared with the answer, and none of its bits is idle. */
START_TEST(every_bit_of_a_timestamp_request)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_trust) trust = authority_trust("root.pem");
    EVPACK_AUTO_VALUE(buf_reset) buf request = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf normal = {0};
    unsigned char sha256[DIGEST_SIZE];
    tsp_stamp stamp;
    OK(digest_bytes("content", 7, sha256, &err));
    OK(tsp_ask(sha256, &request, &err));
    authority_reply("ec", "", &request, &answer);
    const tsp_question q = {
        .sha256 = sha256, .request = &request, .trust = trust, .now = text_now()};
    OK(tsp_accept(&answer, &q, &normal, &stamp, &err));
    for (size_t i = 0; i < 8 * request.len; i++) {
        request.data[i / 8] = (char)(request.data[i / 8] ^ (1 << (i % 8)));
        evpack_status status = tsp_check(&normal, &q, &stamp, &err);
        ck_assert_msg(status == EVPACK_E_NO,
                      "bit %zu of byte %zu of the request was changed, and it came '%s'", i % 8,
                      i / 8, evpack_status_text(status));
        request.data[i / 8] = (char)(request.data[i / 8] ^ (1 << (i % 8)));
    }
    OK(tsp_check(&normal, &q, &stamp, &err));
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    fixture_make_key(PKI_P384, &p384);
    authority_make();
    const TTest *const tests[] = {
        every_bit_of_an_rsa_signature,    every_bit_of_a_p256_signature,
        every_bit_of_a_p384_signature,    every_bit_of_a_signature_with_a_chain,
        every_bit_of_a_timestamp_request, NULL};
    return test_main(test_suite("seal/tamper", tests));
}
