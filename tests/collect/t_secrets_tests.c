/* collect/secrets_tests: values that are known by themselves, whatever stands around them. */
#include "collect/made.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static void finds_in(const char *kind, const char *value)
{
    static const char *const around[] = {"%s", "{\"x\": \"%s\"}", "text %s text", "a;b=%s;c"};
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++) {
        char text[2048];
        const char *mark = strstr(around[i], "%s");
        (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(mark - around[i]), around[i], value,
                       mark + 2);
        made_finds(text, kind, value);
    }
}

START_TEST(keys_with_marks)
{
    char v[256];
    finds_in("storage-key", made_key(3));
    (void)snprintf(v, sizeof v, "%sJQQJ99%s", made_of("base62", 1, 52), made_of("base62", 2, 26));
    finds_in("ai-key", v);
    (void)snprintf(v, sizeof v, "%s+ACRA%s", made_of("base62", 3, 42), made_of("base62", 4, 5));
    finds_in("registry-password", v);
    (void)snprintf(v, sizeof v, "%s1AzFu%s==", made_of("base62", 5, 46), made_of("base62", 6, 3));
    finds_in("function-key", v);
    (void)snprintf(v, sizeof v, "abc8Q~%s", made_of("base62", 7, 34));
    finds_in("client-secret", v);
    (void)snprintf(v, sizeof v, "ghp_%s", made_of("base62", 8, 36));
    finds_in("github-token", v);
    (void)snprintf(v, sizeof v, "github_pat_%s_%s", made_of("base62", 9, 22),
                   made_of("base62", 8, 59));
    finds_in("github-token", v);
}
END_TEST

START_TEST(a_jwt_has_a_header_that_says_so)
{
    finds_in("jwt", made_jwt(5));
    made_finds_none("eyJhbGciOiJub25lIn0"); /* one part */
    char text[512];
    (void)snprintf(text, sizeof text, "eyJ%s.%s.%s", "4Ijoxfdddddddd", made_of("base62", 1, 40),
                   made_of("base62", 2, 40));
    made_finds_none(text); /* no alg in it */
}
END_TEST

START_TEST(private_keys_are_and_public_ones_are_not)
{
    char line[3][80];
    char text[1024];
    for (unsigned i = 0; i < 3; i++) {
        (void)snprintf(line[i], sizeof line[i], "%s", made_of("base64", i, i < 2 ? 64 : 12));
    }
    (void)snprintf(text, sizeof text, "-----BEGIN %s-----\n%s\n%s\n%s\n-----END %s-----\n",
                   "PRIVATE KEY", line[0], line[1], line[2], "PRIVATE KEY");
    char want[256];
    (void)snprintf(want, sizeof want, "%s\n%s\n%s", line[0], line[1], line[2]);
    made_finds(text, "private-key", want);
    (void)snprintf(text, sizeof text, "{\"k\": \"-----BEGIN %s-----\\n%s\\n-----END\"}",
                   "RSA PRIVATE KEY", line[0]);
    made_finds(text, "private-key", line[0]);
    (void)snprintf(text, sizeof text,
                   "[\"-----BEGIN %s-----\", \"%s\", \"%s\", \"%s\", \"-----END\"]", "PRIVATE KEY",
                   line[0], line[1], line[2]);
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    made_scan(text, strlen(text), 7, &got);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_msg(strstr(buf_str(&got), line[i]) != NULL, "expected line %u in '%s'", i,
                      buf_str(&got));
    }
    (void)snprintf(text, sizeof text,
                   "-----BEGIN CERTIFICATE-----\n%s\n%s\n-----END CERTIFICATE-----", line[0],
                   line[1]);
    made_finds_none(text);
    (void)snprintf(text, sizeof text, "-----BEGIN PUBLIC KEY-----\n%s\n-----END", line[0]);
    made_finds_none(text);
    made_finds_none("paste it between -----BEGIN PRIVATE KEY----- and the end, as it stands there");
}
END_TEST

START_TEST(urls_and_headers)
{
    char text[256];
    made_finds("https://me:blue7house@host.example/x", "url-password", "blue7house");
    made_finds_none("https://host.example:8080/a@b");
    made_finds_none("https://me@host.example/x");
    const char *opaque = made_of("base62", 4, 40);
    (void)snprintf(text, sizeof text, "Authorization: Bearer %s", opaque);
    made_finds(text, "token", opaque);
    made_finds_none("\"auth\": \"Bearer token is needed\"");
    (void)snprintf(text, sizeof text, "https://s.blob.core.windows.net/c?sv=1&sig=%s%%3D&se=2",
                   made_of("base62", 5, 43));
    EVPACK_AUTO_VALUE(buf_reset) buf value = {0};
    buf_printf(&value, "%s%%3D", made_of("base62", 5, 43));
    made_finds(text, "sas-signature", buf_str(&value));
}
END_TEST

START_TEST(the_value_of_a_vault_secret)
{
    made_finds("{\"attributes\": {\"a\": {}}, \"id\": \"https://v.vault.azure.net/secrets/s/1\", "
               "\"value\": \"just words\"}",
               "vault-secret", "just words");
    made_finds_none("[{\"id\": \"https://v.vault.azure.net/secrets/s/1\", \"value\": null}]");
    made_finds("{\"p\": {\"type\": \"securestring\", \"defaultValue\": \"just words\"}}",
               "password", "just words");
}
END_TEST

START_TEST(what_looks_alike_and_is_none)
{
    char text[512];
    (void)snprintf(text, sizeof text, "{\"sha256\": \"%s\", \"md5\": \"%s\"}",
                   made_of("hex", 1, 64), made_of("hex", 2, 32));
    made_finds_none(text);
    (void)snprintf(text, sizeof text, "{\"instrumentationKey\": \"%s\"}",
                   "12345678-0000-4000-8000-0123456789ab");
    made_finds_none(text);
    (void)snprintf(text, sizeof text, "sha512-%s", made_of("base64", 1, 87));
    made_finds_none(text);
    (void)snprintf(text, sizeof text, "{\"integrity\": \"sha512-%s\"}", made_key(1));
    made_finds_none(text);
    made_finds_none(
        "{\"key1\": \"{KEY}\", \"password\": null, \"keys\": [], \"secret\": \"mine\"}");
    made_finds_none("{\"adminPassword\": {\"reference\": {\"secretName\": \"the-password-7\"}}}");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {keys_with_marks,
                                  a_jwt_has_a_header_that_says_so,
                                  private_keys_are_and_public_ones_are_not,
                                  urls_and_headers,
                                  the_value_of_a_vault_secret,
                                  what_looks_alike_and_is_none,
                                  NULL};
    return test_main(test_suite("collect/secrets_tests", tests));
}
