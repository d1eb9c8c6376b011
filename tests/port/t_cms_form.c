/*
 * port/cms_form: one form, in and out; and forgeries in another form, or with attributes that are
 * missing or there twice. Those are made from a good signature's parts.
 */
#include "fixture.h"

#include "port/cms_form.h"

#include <string.h>

static fixture_key p256;

static void make(buf *der)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    fixture_sign(signer, "content", 7, der);
}

START_TEST(parts_and_back)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
    make(&der);
    cms_form form;
    cms_signer who;
    OK(cms_form_read(der_of(&der), &form, &who, &err));
    ck_assert(form.ecdsa);
    ck_assert_int_eq(form.digest, CMS_SHA256);
    ck_assert_uint_eq(form.cert_count, 1);
    ck_assert_uint_eq(form.attribute_count, 4);
    OK(cms_form_build(&form, &again, &err));
    ck_assert(der_same(der_of(&der), der_of(&again)));
}
END_TEST

/* Builds the form with its parts bent, and says how cms_check_new judges it. */
static void judge(cms_form *form, cms_fault fault, const char *part)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    OK(cms_form_build(form, &der, &err));
    cms_signer who;
    EVPACK_AUTO(cms_check) check = NULL;
    FAILS(cms_check_new(der.data, der.len, &check, &who, &err), EVPACK_E_NO, part);
    ck_assert_str_eq(cms_fault_text(who.fault), cms_fault_text(fault));
}

START_TEST(bent_parts)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    make(&der);
    cms_form good;
    cms_signer who;
    OK(cms_form_read(der_of(&der), &good, &who, &err));
    for (size_t i = 0; i < good.attribute_count; i++) {
        cms_form form = good; /* signed attributes are missing, one after the other */
        form.attributes[i] = form.attributes[--form.attribute_count];
        der_span values[CMS_KNOWN_ATTRIBUTES];
        OK(cms_attributes_read(&form, values, &who, &err));
        bool time_only = values[CMS_SIGNING_TIME].data == NULL;
        judge(&form, time_only ? CMS_MISMATCH : CMS_ATTRIBUTES,
              time_only ? "does not fit" : "lacks the signed attribute");
        form = good; /* or twice there */
        form.attributes[form.attribute_count++] = form.attributes[i];
        judge(&form, CMS_ATTRIBUTES, "more than once");
    }
    cms_form form = good;
    form.attribute_count = 0;
    judge(&form, CMS_ATTRIBUTES, "lacks the signed attribute");
    form = good;
    form.digest = CMS_SHA512;
    judge(&form, CMS_MISMATCH, "does not fit");
    form = good;
    form.ecdsa = false;
    judge(&form, CMS_WEAK, "neither RSA nor");
    form = good;
    form.certs[form.cert_count++] = good.certs[0];
    judge(&form, CMS_BINDING, "does not name");
    form = good;
    form.serial = (der_span){(const unsigned char *)"\x02\x01\x01", 3};
    judge(&form, CMS_BINDING, "is not the certificate");
    form = good;
    form.signature = (der_span){(const unsigned char *)"", 0};
    judge(&form, CMS_MISMATCH, "does not fit");
    form = good;
    form.certs[0] = (der_span){(const unsigned char *)"\x30\x00", 2};
    judge(&form, CMS_MALFORMED, "certificate in it cannot be read");
}
END_TEST

START_TEST(truncated_and_too_large)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    make(&der);
    cms_form form;
    cms_signer who = {0};
    for (size_t n = 0; n < der.len; n++) {
        der_span cut = {(const unsigned char *)der.data, n};
        FAILS(cms_form_read(cut, &form, &who, &err), EVPACK_E_NO, "not a CMS signature");
    }
    buf_putc(&der, 0);
    FAILS(cms_form_read(der_of(&der), &form, &who, &err), EVPACK_E_NO, "1 bytes stand after");
    der_span large = {(const unsigned char *)der.data, CMS_MAX + 1};
    FAILS(cms_form_read(large, &form, &who, &err), EVPACK_E_NO, "larger than 1 MiB");
}
END_TEST

START_TEST(digest_names)
{
    for (cms_digest d = CMS_SHA256; d < CMS_DIGESTS; d++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        cms_digest_put(&b, d);
        der_span in = der_of(&b);
        ck_assert(der_take(&in, DER_SEQUENCE, &in));
        ck_assert_int_eq(cms_digest_read(in), d);
        b.data[b.len - 1] = 4; /* SHA-224 */
        in = der_of(&b);
        ck_assert(der_take(&in, DER_SEQUENCE, &in));
        ck_assert_int_eq(cms_digest_read(in), CMS_DIGESTS);
    }
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {parts_and_back, bent_parts, truncated_and_too_large, digest_names,
                                  NULL};
    return test_main(test_suite("port/cms_form", tests));
}
