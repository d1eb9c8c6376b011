/* port/cms: checking, for each kind of key; the forgery over the attributes' own bytes. */
#include "fixture.h"

#include "port/cms_form.h"

#include <string.h>

static fixture_key rsa, p256, p384;

static evpack_status check(const buf *der, const void *content, size_t len, const pki_trust *trust,
                           cms_signer *who, evpack_err *err)
{
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_AUTO(cms_check) c = NULL;
    EVPACK_TRY(cms_check_new(der->data, der->len, &c, who, err));
    cms_check_update(c, content, len);
    EVPACK_TRY(digest_bytes(content, len, sha256, err));
    return cms_check_final(c, sha256, trust, FIXTURE_AT, who, err);
}

START_TEST(each_kind_of_key)
{
    evpack_err err = {0};
    const fixture_key *keys[] = {&rsa, &p256, &p384};
    for (size_t i = 0; i < 3; i++) {
        EVPACK_AUTO(pki_signer) signer = fixture_signer(keys[i]);
        EVPACK_AUTO(pki_trust) trust = fixture_trust(keys[i]);
        EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
        fixture_sign(signer, "content", 7, &der);
        cms_signer who;
        OK(check(&der, "content", 7, trust, &who, &err));
        ck_assert(who.trusted);
        ck_assert_int_eq(who.fault, CMS_GOOD);
        ck_assert_uint_eq(strlen(who.fingerprint), 64);
        FAILS(check(&der, "Content", 7, trust, &who, &err), EVPACK_E_NO, "not those that were");
        ck_assert_int_eq(who.fault, CMS_MISMATCH);
        ck_assert(!who.trusted);
        EVPACK_AUTO(pki_trust) other = fixture_trust(keys[(i + 1) % 3]);
        FAILS(check(&der, "content", 7, other, &who, &err), EVPACK_E_NO, "that you trust");
        ck_assert_int_eq(who.fault, CMS_UNTRUSTED);
        ck_assert(!who.trusted);
    }
}
END_TEST

START_TEST(own_work_is_trusted_through_the_signer)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&rsa);
    EVPACK_AUTO(pki_trust) trust = NULL;
    OK(pki_trust_signer(signer, &trust, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    fixture_sign(signer, "", 0, &der);
    cms_signer who;
    OK(check(&der, "", 0, trust, &who, &err));
}
END_TEST

/*
 * The bytes that are signed, the SET of attributes, presented as the content itself, with the same
 * signature value and no attributes: OpenSSL's verifier takes it.
 */
START_TEST(the_attributes_as_content)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&rsa);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&rsa);
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf attributes = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf forged = {0};
    fixture_sign(signer, "content", 7, &der);
    cms_form form;
    cms_signer who;
    OK(cms_form_read(der_of(&der), &form, &who, &err));
    cms_form_signed_bytes(&form, &attributes);
    form.attribute_count = 0;
    OK(cms_form_build(&form, &forged, &err));
    FAILS(check(&forged, attributes.data, attributes.len, trust, &who, &err), EVPACK_E_NO, "");
    ck_assert_int_eq(who.fault, CMS_ATTRIBUTES);
}
END_TEST

START_TEST(the_value_of_another_signature)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&rsa);
    EVPACK_AUTO_VALUE(buf_reset) buf a = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf mixed = {0};
    fixture_sign(signer, "content", 7, &a);
    fixture_sign(signer, "Content", 7, &b);
    cms_form first;
    cms_form second;
    cms_signer who;
    OK(cms_form_read(der_of(&a), &first, &who, &err));
    OK(cms_form_read(der_of(&b), &second, &who, &err));
    first.signature = second.signature;
    OK(cms_form_build(&first, &mixed, &err));
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&rsa);
    FAILS(check(&mixed, "content", 7, trust, &who, &err), EVPACK_E_NO, "does not fit");
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    fixture_make_key(PKI_P384, &p384);
    const TTest *const tests[] = {each_kind_of_key, own_work_is_trusted_through_the_signer,
                                  the_attributes_as_content, the_value_of_another_signature, NULL};
    return test_main(test_suite("port/cms", tests));
}
