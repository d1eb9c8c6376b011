/* port/pki_token: what is refused before any token is asked. Signing with one, and a wrong PIN, are
 * tried by tests/whole/sign.sh, where softhsm2 is installed. */
#include "fixture.h"

#include "base/text.h"

#include <string.h>

#ifdef __SANITIZE_ADDRESS__
/* The engine keeps what it allocates until the end; its leaks are not ours. */
const char *__asan_default_options(void); /* NOLINT(bugprone-reserved-identifier) */
const char *__asan_default_options(void)  /* NOLINT(bugprone-reserved-identifier) */
{
    return "detect_leaks=0";
}
#endif

static fixture_key rsa;

static evpack_status never(void *ctx, const char *what, char out[PKI_SECRET_MAX], evpack_err *err)
{
    (void)ctx;
    (void)what;
    (void)out;
    return evpack_fail(err, EVPACK_E_USAGE, "nobody answers");
}

static evpack_status load(const char *uri, pki_ask ask, evpack_err *err)
{
    EVPACK_AUTO(pki_signer) s = NULL;
    const pki_files files = {.key = uri, .cert = rsa.cert, .ask = ask};
    return pki_signer_load(&files, text_now(), &s, err);
}

START_TEST(a_pin_in_the_uri_is_refused)
{
    evpack_err err = {0};
    FAILS(load("pkcs11:object=a?pin-value=4711", never, &err), EVPACK_E_USAGE,
          "a PIN does not belong in an argument");
    ck_assert_msg(strstr(err.text, "4711") == NULL, "the message tells the PIN: %s", err.text);
}
END_TEST

/* Without the engine the message names its package; with it, the PIN is asked for first. */
START_TEST(no_answer_no_key)
{
    evpack_err err = {0};
    evpack_status status = load("pkcs11:object=a", never, &err);
    ck_assert_msg((status == EVPACK_E_USAGE && strstr(err.text, "nobody answers") != NULL) ||
                      (status == EVPACK_E_IO && strstr(err.text, "libengine-pkcs11") != NULL),
                  "expected a refusal, came '%s'", err.text);
}
END_TEST

START_TEST(no_module_no_key)
{
    static const char *const uris[] = {"pkcs11:object=a?module-path=/nowhere/module.so",
                                       "pkcs11:module-path=/nowhere/module.so;object=a"};
    for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++) {
        evpack_err err = {0};
        evpack_status status = load(uris[i], NULL, &err);
        ck_assert_msg(status == EVPACK_E_IO || status == EVPACK_E_INPUT,
                      "expected a refusal, came '%s'", err.text);
    }
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_RSA_3072, &rsa);
    const TTest *const tests[] = {a_pin_in_the_uri_is_refused, no_answer_no_key, no_module_no_key,
                                  NULL};
    return test_main(test_suite("port/pki_token", tests));
}
