/* port/keygen: private, complete, and never over an existing file. */
#include "port/pki.h"

#include "base/text.h"
#include "support.h"

#include <string.h>
#include <sys/stat.h>

START_TEST(a_key_is_private)
{
    evpack_err err = {0};
    (void)umask(0);
    OK(pki_keygen(test_path("k"), PKI_P256, text_now(), &err));
    struct stat st;
    ck_assert_int_eq(stat(test_path("k/key.pem"), &st), 0);
    ck_assert_int_eq(st.st_mode & 07777, 0600);
    ck_assert_int_eq(stat(test_path("k"), &st), 0);
    ck_assert_int_eq(st.st_mode & 07777, 0700);
    EVPACK_AUTO(pki_signer) s = NULL;
    pki_files files = {.key = test_path("k/key.pem"), .cert = test_path("k/cert.pem")};
    OK(pki_signer_load(&files, text_now(), &s, &err));
}
END_TEST

START_TEST(nothing_is_overwritten)
{
    evpack_err err = {0};
    (void)test_text_file("k/key.pem", "mine");
    FAILS(pki_keygen(test_path("k"), PKI_P256, 0, &err), EVPACK_E_IO, "is there already");
    ck_assert_int_ne(access(test_path("k/cert.pem"), F_OK), 0);
    (void)test_text_file("c/cert.pem", "mine");
    FAILS(pki_keygen(test_path("c"), PKI_P256, 0, &err), EVPACK_E_IO, "is there already");
    ck_assert_int_ne(access(test_path("c/key.pem"), F_OK), 0);
    ck_assert_int_eq(symlink("elsewhere", test_path("l")), 0);
    FAILS(pki_keygen(test_path("l"), PKI_P256, 0, &err), EVPACK_E_IO, "");
    FAILS(pki_keygen(test_path("no/such"), PKI_P256, 0, &err), EVPACK_E_IO, "cannot be made");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    test_read(test_path("k/key.pem"), &b);
    ck_assert_str_eq(buf_str(&b), "mine");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_key_is_private, nothing_is_overwritten, NULL};
    return test_main(test_suite("port/keygen", tests));
}
