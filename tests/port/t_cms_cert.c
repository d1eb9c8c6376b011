/* port/cms_cert: which certificate an attribute names, by its bytes, issuer and serial number. */
#include "authority.h"

#include "base/text.h"
#include "port/cms_form.h"

#include <stdio.h>
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

/* A subject is anyone's to choose: what would hide, reorder or break lines shows as an escape. */
START_TEST(a_hostile_subject_is_shown_escaped)
{
    static const struct {
        const char *cn, *want;
    } cases[] = {
        {"Alice", "CN=Alice"},
        {"Z\xc3\xbcrich", "CN=Z\xc3\xbcrich"},
        {"Alice\xe2\x80\xae"
         "ecilA",
         "CN=Alice\\E2\\80\\AEecilA"},
        {"Alice\x01\x1b[2J", "CN=Alice\\01\\1B[2J"},
        {"Alice\nVERIFIED: P.zip", "CN=Alice\\0AVERIFIED: P.zip"},
        {"Alice\xe2\x80\x8b", "CN=Alice\\E2\\80\\8B"},
        {"Alice,O=Other", "CN=Alice\\,O=Other"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf command = {0};
        buf_printf(&command,
                   "openssl req -x509 -utf8 -key '%s' -days 2 -out '%s' -subj \"/CN=$(printf '%%b' "
                   "'",
                   p256.key, test_path("c.pem"));
        for (const char *p = cases[i].cn; *p != '\0'; p++) {
            buf_printf(&command, "\\0%03o", (unsigned)(unsigned char)*p);
        }
        buf_printf(&command, "')\" 2>'%s'", test_path("log"));
        ck_assert_msg(authority_openssl(buf_str(&command)), "failed: %s", buf_str(&command));
        fixture_key key;
        (void)snprintf(key.key, sizeof key.key, "%s", p256.key);
        (void)snprintf(key.cert, sizeof key.cert, "%s", test_path("c.pem"));
        EVPACK_AUTO(pki_signer) signer = NULL;
        pki_files files = {.key = key.key, .cert = key.cert};
        OK(pki_signer_load(&files, text_now() + 60, &signer, &err));
        cms_signer who;
        cms_signer_of(signer, &who);
        ck_assert_str_eq(who.subject, cases[i].want);
        ck_assert_uint_eq(strlen(who.fingerprint), 64);
    }
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {a_certificate_counts_by_its_bytes,
                                  the_issuer_must_be_the_named_one,
                                  a_hostile_subject_is_shown_escaped, NULL};
    return test_main(test_suite("port/cms_cert", tests));
}
