/* package/signer: who holds at the signing time and now, and the lists that go along. */
#include "seal/authority.h"

#include "base/text.h"
#include "package/signer.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400 };

/* A certificate of `key` by signroot, in force from one day to another, counted from now. */
static const char *certificate(const char *name, int from, int to)
{
    char command[4096];
    (void)test_text_file("index", "");
    (void)test_text_file("serial", "77");
    (void)test_text_file("ca.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\n"
                                   "new_certs_dir=.\ndefault_md=sha256\npolicy=p\n"
                                   "x509_extensions=x\n[p]\ncommonName=supplied\n[x]\n"
                                   "keyUsage=critical,digitalSignature\n"
                                   "[req]\ndistinguished_name=p\n");
    (void)snprintf(command, sizeof command,
                   "cd '%s' && { openssl req -new -key '%s' -subj /CN=dated -config ca.cnf -out "
                   "c.csr && openssl ca -batch -notext -config ca.cnf -in c.csr -cert '%s' "
                   "-keyfile '%s' -startdate $(date -u -d '%d days' +%%Y%%m%%d%%H%%M%%SZ) "
                   "-enddate $(date -u -d '%d days' +%%Y%%m%%d%%H%%M%%SZ) -out '%s'; } >log 2>&1",
                   test_dir(), authority_file("signer.key"), authority_file("signroot.pem"),
                   authority_file("signroot.key"), from, to, name);
    ck_assert_msg(authority_openssl(command), "failed: %s", command);
    return test_path(name);
}

static evpack_status load(const char *cert, int64_t at, evpack_err *err)
{
    EVPACK_AUTO(pki_signer) s = NULL;
    pki_files files = {.key = authority_file("signer.key"), .cert = cert};
    evpack_status status = signer_load(&files, at, &s, err);
    ck_assert((s != NULL) == (status == EVPACK_OK));
    return status;
}

START_TEST(at_the_signing_time_and_now)
{
    evpack_err err = {0};
    int64_t now = text_now();
    const char *good = certificate("good.pem", -10, 10);
    OK(load(good, now, &err));
    OK(load(good, now - 5 * DAY, &err));
    OK(load(good, now + 5 * DAY, &err));
    FAILS(load(good, now - 20 * DAY, &err), EVPACK_E_INPUT,
          "is not valid yet: it is in force from");
    FAILS(load(good, now + 20 * DAY, &err), EVPACK_E_INPUT, "has expired: it is in force from");
    const char *old = certificate("old.pem", -10, -5);
    FAILS(load(old, now, &err), EVPACK_E_INPUT, "old.pem: the certificate has expired");
    FAILS(load(old, now - 7 * DAY, &err), EVPACK_E_INPUT,
          "old.pem: it held at the signing time, but who verifies judges it now: the certificate "
          "has expired");
    const char *early = certificate("early.pem", 5, 10);
    FAILS(load(early, now + 7 * DAY, &err), EVPACK_E_INPUT, "is not valid yet");
}
END_TEST

START_TEST(lists_that_go_along)
{
    evpack_err err = {0};
    int64_t now = text_now();
    EVPACK_AUTO(pki_signer) s = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    pki_files files = {.key = authority_file("signer.key"), .cert = authority_file("signer.pem")};
    OK(signer_load(&files, now, &s, &err));
    OK(signer_lists(s, NULL, 0, &out, &err));
    ck_assert_uint_eq(out.len, 0);
    char clean[512];
    (void)snprintf(clean, sizeof clean, "%s",
                   authority_crl("signroot", now - DAY, now + DAY, NULL, 0, ""));
    const char *paths[] = {clean, clean};
    OK(signer_lists(s, paths, 2, &out, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf once = {0};
    OK(signer_lists(s, paths, 1, &once, &err));
    ck_assert_str_eq(buf_str(&out), buf_str(&once));
    const char *revoked = authority_crl("signroot", now - DAY, now + DAY, "signer", now - 60, "");
    paths[1] = revoked;
    buf_clear(&out);
    FAILS(signer_lists(s, paths, 2, &out, &err), EVPACK_E_INPUT, "certificate was revoked");
    ck_assert_ptr_nonnull(strstr(err.text, revoked));
    paths[1] = authority_file("root.pem");
    FAILS(signer_lists(s, paths, 2, &out, &err), EVPACK_E_INPUT, "expected a revocation list");
    ck_assert_uint_eq(out.len, 0);
}
END_TEST

int main(void)
{
    authority_make();
    const TTest *const tests[] = {at_the_signing_time_and_now, lists_that_go_along, NULL};
    return test_main(test_suite("package/signer", tests));
}
