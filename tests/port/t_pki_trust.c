/* port/pki_trust: anchors and lists from files and folders. */
#include "authority.h"

#include "base/file.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { DAY = 86400 };

static void copy(const char *from, const char *to)
{
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    test_read(from, &bytes);
    (void)test_file(to, bytes.data, bytes.len);
}

/* Whether a signature by the authority's signer is trusted. */
static bool trusts(const pki_trust *trust)
{
    evpack_err err = {0};
    fixture_key key;
    (void)snprintf(key.key, sizeof key.key, "%s", authority_file("signer.key"));
    (void)snprintf(key.cert, sizeof key.cert, "%s", authority_file("signer.pem"));
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    fixture_sign(signer, "content", 7, &der);
    unsigned char sha256[DIGEST_SIZE];
    cms_signer who;
    EVPACK_AUTO(cms_check) check = NULL;
    OK(cms_check_new(der.data, der.len, &check, &who, &err));
    OK(digest_bytes("content", 7, sha256, &err));
    evpack_status status = cms_check_final(check, sha256, trust, text_now(), &who, &err);
    ck_assert_msg(status == EVPACK_OK || who.fault == CMS_UNTRUSTED ||
                      who.fault == CMS_REVOCATION_UNKNOWN,
                  "came %s", err.text);
    return status == EVPACK_OK;
}

START_TEST(a_folder_of_anchors)
{
    evpack_err err = {0};
    copy(authority_file("other.pem"), "t/a.pem");
    copy(authority_file("signroot.pem"), "t/Root.CRT");
    (void)test_text_file("t/README", "who they are");
    EVPACK_AUTO(pki_trust) both = NULL;
    OK(pki_trust_load(test_path("t"), &both, &err));
    ck_assert(trusts(both));
    ck_assert_int_eq(unlink(test_path("t/Root.CRT")), 0);
    EVPACK_AUTO(pki_trust) one = NULL;
    OK(pki_trust_load(test_path("t"), &one, &err));
    ck_assert(!trusts(one));
    OK(pki_trust_add(one, authority_file("signroot.pem"), &err));
    OK(pki_trust_add(one, authority_file("signroot.pem"), &err)); /* twice is once */
    ck_assert(trusts(one));
}
END_TEST

START_TEST(an_anchor_in_der)
{
    evpack_err err = {0};
    char command[1200];
    (void)snprintf(command, sizeof command, "openssl x509 -in '%s' -outform DER -out '%s'",
                   authority_file("signroot.pem"), test_path("root.cer"));
    ck_assert(authority_openssl(command));
    EVPACK_AUTO(pki_trust) trust = NULL;
    OK(pki_trust_load(test_path("root.cer"), &trust, &err));
    ck_assert(trusts(trust));
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    test_read(test_path("root.cer"), &der);
    FAILS(pki_trust_add(trust, test_file("cut.cer", der.data, der.len - 1), &err), EVPACK_E_INPUT,
          "cut.cer: expected a certificate in PEM or DER");
    buf_putc(&der, 'x');
    FAILS(pki_trust_add(trust, test_file("long.cer", der.data, der.len), &err), EVPACK_E_INPUT,
          "long.cer: expected a certificate in PEM or DER");
}
END_TEST

START_TEST(what_cannot_be_read_is_named)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_trust) trust = NULL;
    ck_assert_int_eq(mkdir(test_path("t"), 0700), 0);
    FAILS(pki_trust_load(test_path("t"), &trust, &err), EVPACK_E_INPUT, "found none");
    copy(authority_file("signroot.pem"), "t/a.pem");
    (void)test_text_file("t/b.crt", "no certificate\n");
    FAILS(pki_trust_load(test_path("t"), &trust, &err), EVPACK_E_INPUT, "b.crt: expected a cert");
    copy(authority_file("signer.key"), "t/b.crt");
    FAILS(pki_trust_load(test_path("t"), &trust, &err), EVPACK_E_INPUT, "b.crt: expected a cert");
    ck_assert_ptr_null(trust);
}
END_TEST

START_TEST(a_folder_of_lists)
{
    evpack_err err = {0};
    int64_t now = text_now();
    copy(authority_crl("signroot", now - DAY, now + DAY, NULL, 0, ""), "l/a.crl");
    copy(authority_crl("other", now - DAY, now + DAY, NULL, 0, ""), "l/b.pem");
    EVPACK_AUTO(pki_trust) trust = authority_trust("signroot.pem");
    OK(pki_trust_add_crls(trust, test_path("l"), &err));
    ck_assert(trusts(trust));
    ck_assert_int_eq(unlink(test_path("l/a.crl")), 0);
    EVPACK_AUTO(pki_trust) without = authority_trust("signroot.pem");
    OK(pki_trust_add_crls(without, test_path("l"), &err));
    ck_assert_msg(!trusts(without), "expected a signer that no list speaks of to be refused");
    char command[1200];
    (void)snprintf(command, sizeof command, "openssl crl -in '%s' -outform DER -out '%s'",
                   authority_crl("signroot", now - DAY, now + DAY, NULL, 0, ""),
                   test_path("l/c.crl"));
    ck_assert(authority_openssl(command));
    OK(pki_trust_add_crls(without, test_path("l"), &err));
    ck_assert(trusts(without));
    copy(authority_file("signroot.pem"), "l/d.pem");
    FAILS(pki_trust_add_crls(without, test_path("l"), &err), EVPACK_E_INPUT,
          "d.pem: expected a revocation list");
    (void)test_text_file("l/c.crl", "0not DER");
    FAILS(pki_trust_add_crls(without, test_path("l"), &err), EVPACK_E_INPUT,
          "c.crl: expected a revocation list");
}
END_TEST

int main(void)
{
    authority_make();
    const TTest *const tests[] = {a_folder_of_anchors, an_anchor_in_der,
                                  what_cannot_be_read_is_named, a_folder_of_lists, NULL};
    return test_main(test_suite("port/pki_trust", tests));
}
