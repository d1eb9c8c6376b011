/* collect/secrets_forms: what a value must be, and what stands for none. */
#include "collect/secrets_private.h"

#include "collect/made.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static bool takes(const secrets_form *f, const char *v)
{
    return secrets_form_takes(f, v, strlen(v));
}

START_TEST(forms_take_their_own)
{
    const secrets_form hex = {.class = CLASS_HEX, .min = 32, .max = 32, .entropy = 2.6};
    const secrets_form key = {.class = CLASS_BASE64, .min = 88, .max = 88, .bytes = 64};
    const secrets_form token = {.class = CLASS_TOKEN, .min = 16, .max = 512, .mixed = true};
    const secrets_form password = {.class = CLASS_TEXT, .min = 8, .max = 99, .strong = true};
    ck_assert(takes(&hex, made_of("hex", 1, 32)));
    ck_assert(!takes(&hex, made_of("hex", 1, 31)) && !takes(&hex, made_of("base62", 1, 32)));
    ck_assert(!takes(&hex, "00000000000000000000000000000000"));
    ck_assert(takes(&key, made_key(1)));
    ck_assert(!takes(&key, made_of("base64", 1, 88)));
    char odd[96];
    (void)snprintf(odd, sizeof odd, "%s", made_key(1));
    odd[85] = 'R'; /* its unused bits are not zero: no encoder writes that */
    ck_assert(!takes(&key, odd));
    ck_assert(takes(&token, made_of("base62", 2, 40)));
    ck_assert_msg(!takes(&token, "MicrosoftManagedKeys"), "expected words to be no token");
    ck_assert_msg(!takes(&token, made_of("hex", 3, 64)), "expected a SHA-256 to be no secret");
    ck_assert_msg(!takes(&token, "00c0ffee-0000-4000-8000-0123456789ab"), "a GUID is no secret");
    ck_assert(takes(&password, "Summer-2026") && takes(&password, "blue7house"));
    ck_assert_msg(!takes(&password, "always manual: only a person can say what this is") &&
                      takes(&password, "correct horse battery staple with Six words"),
                  "expected a sentence to be none, and a passphrase to be one");
    ck_assert(!takes(&password, "NotConfigured") && !takes(&password, "Sh0rt!"));
}
END_TEST

START_TEST(placeholders_are_none)
{
    evpack_err err = {0};
    EVPACK_AUTO(secrets) t = NULL;
    OK(secrets_load(&t, &err));
    static const char *const none[] = {"",
                                       "null",
                                       "{KEY}",
                                       "veryFakedKey==",
                                       "**************",
                                       "<redacted>",
                                       "[parameters('adminPassword')]",
                                       "@Microsoft.KeyVault(SecretUri=https://v/secrets/s)",
                                       "${PASSWORD}",
                                       "$ADMIN_PASSWORD",
                                       "@body('x')['value']",
                                       "%PASSWORD%",
                                       "aaaaaaaaaaaaaaaaaaaaaaaa",
                                       "0123456789abcdefghijklmn",
                                       "EVPACK-REDACTED-ai-key",
                                       "https://v.vault.azure.net/secrets/s1"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        ck_assert_msg(secrets_is_placeholder(t, none[i], strlen(none[i])),
                      "expected '%s' to be a placeholder", none[i]);
    }
    const char *some[] = {made_of("hex", 1, 32), made_key(2), "P@$$w0rd-77", "$tr0ng-One"};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        ck_assert_msg(!secrets_is_placeholder(t, some[i], strlen(some[i])),
                      "expected '%s' to be no placeholder", some[i]);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {forms_take_their_own, placeholders_are_none, NULL};
    return test_main(test_suite("collect/secrets_forms", tests));
}
