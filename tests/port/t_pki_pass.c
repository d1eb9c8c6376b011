/* port/pki_pass: descriptors and variables. The terminal is tried by tests/whole/sign.sh. */
#include "support.h"

#include "port/pki_pass.h"

#include <stdio.h>
#include <string.h>

/* A descriptor from which text can be read. */
static int pipe_of(const void *text, size_t len)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], text, len), (ssize_t)len);
    (void)close(ends[1]);
    return ends[0];
}

START_TEST(a_line_of_a_descriptor)
{
    static const struct {
        const char *text, *want;
    } cases[] = {{"word\nrest\n", "word"},
                 {"word", "word"},
                 {"word\r\n", "word"},
                 {" two words \n", " two words "},
                 {"gepr\xc3\xbc"
                  "ft\n",
                  "gepr\xc3\xbc"
                  "ft"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        evpack_err err = {0};
        char out[PKI_SECRET_MAX];
        EVPACK_AUTO_FD fd = pipe_of(cases[i].text, strlen(cases[i].text));
        pki_pass pass = {.fd = fd, .has_fd = true, .env = "NOT_SET"};
        OK(pki_pass_ask(&pass, "key", out, &err));
        ck_assert_str_eq(out, cases[i].want);
    }
    evpack_err err = {0};
    char out[PKI_SECRET_MAX];
    EVPACK_AUTO_FD fd = pipe_of("one\ntwo\n", 8);
    pki_pass pass = {.fd = fd, .has_fd = true};
    OK(pki_pass_ask(&pass, "key", out, &err));
    OK(pki_pass_ask(&pass, "key", out, &err));
    ck_assert_msg(strcmp(out, "two") == 0, "expected the second line to be left, came '%s'", out);
}
END_TEST

START_TEST(what_is_no_passphrase)
{
    static char longest[PKI_SECRET_MAX + 1];
    memset(longest, 'x', PKI_SECRET_MAX);
    const struct {
        const char *text;
        size_t len;
        const char *part;
    } cases[] = {{"", 0, "is empty"},
                 {"\n", 1, "is empty"},
                 {"a\0b\n", 4, "not text"},
                 {longest, PKI_SECRET_MAX, "longer than 1023 bytes"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        evpack_err err = {0};
        char out[PKI_SECRET_MAX] = "before";
        EVPACK_AUTO_FD fd = pipe_of(cases[i].text, cases[i].len);
        pki_pass pass = {.fd = fd, .has_fd = true};
        FAILS(pki_pass_ask(&pass, "key", out, &err), EVPACK_E_USAGE, cases[i].part);
        for (size_t k = 0; k < sizeof out; k++) {
            ck_assert_msg(out[k] == '\0', "byte %zu of a refused passphrase is left", k);
        }
    }
    evpack_err err = {0};
    char out[PKI_SECRET_MAX];
    pki_pass closed = {.fd = 987, .has_fd = true};
    FAILS(pki_pass_ask(&closed, "key", out, &err), EVPACK_E_USAGE, "descriptor 987");
}
END_TEST

START_TEST(a_variable_is_wiped)
{
    evpack_err err = {0};
    char out[PKI_SECRET_MAX];
    ck_assert_int_eq(setenv("EVPACK_TEST_PASS", "open sesame", 1), 0);
    const char *value = getenv("EVPACK_TEST_PASS");
    pki_pass pass = {.env = "EVPACK_TEST_PASS"};
    OK(pki_pass_ask(&pass, "key", out, &err));
    ck_assert_str_eq(out, "open sesame");
    for (size_t i = 0; i < strlen("open sesame"); i++) {
        ck_assert_msg(value[i] == '\0', "byte %zu of the variable is left", i);
    }
    pass.env = "EVPACK_TEST_NOT_SET";
    FAILS(pki_pass_ask(&pass, "key", out, &err), EVPACK_E_USAGE, "EVPACK_TEST_NOT_SET");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_line_of_a_descriptor, what_is_no_passphrase,
                                  a_variable_is_wiped, NULL};
    return test_main(test_suite("port/pki_pass", tests));
}
