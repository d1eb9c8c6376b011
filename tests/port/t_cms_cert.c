/* port/cms_cert: which certificate an attribute names, by its bytes, issuer and serial number. */
#include "authority.h"

#include "port/cms_form.h"

#include <string.h>

static fixture_key rsa, p256;

/* The attribute signingCertificateV2 of one signature put into another by the same key must not
 * name a certificate that is not carried; a certificate changed in any byte is not the named one.
 */
START_TEST(a_certificate_counts_by_its_bytes)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&rsa);
    EVPACK_AUTO(pki_signer) other = fixture_signer(&p256);
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf strange = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf bent = {0};
    fixture_sign(signer, "content", 7, &der);
    fixture_sign(other, "content", 7, &strange);
    cms_form form;
    cms_form theirs;
    cms_signer who;
    OK(cms_form_read(der_of(&der), &form, &who, &err));
    OK(cms_form_read(der_of(&strange), &theirs, &who, &err));
    form.certs[0] = theirs.certs[0];
    OK(cms_form_build(&form, &bent, &err));
    EVPACK_AUTO(cms_check) check = NULL;
    FAILS(cms_check_new(bent.data, bent.len, &check, &who, &err), EVPACK_E_NO,
          "names a certificate that it does not carry");
    ck_assert_int_eq(who.fault, CMS_BINDING);
}
END_TEST

START_TEST(the_issuer_must_be_the_named_one)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&rsa);
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf bent = {0};
    fixture_sign(signer, "content", 7, &der);
    cms_form form;
    cms_signer who;
    OK(cms_form_read(der_of(&der), &form, &who, &err));
    static const unsigned char serial[] = {DER_INTEGER, 1, 1};
    form.serial = (der_span){serial, sizeof serial};
    OK(cms_form_build(&form, &bent, &err));
    EVPACK_AUTO(cms_check) check = NULL;
    FAILS(cms_check_new(bent.data, bent.len, &check, &who, &err), EVPACK_E_NO,
          "its signer is not the certificate");
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {a_certificate_counts_by_its_bytes,
                                  the_issuer_must_be_the_named_one, NULL};
    return test_main(test_suite("port/cms_cert", tests));
}
