/* collect/secrets_names: identifiers in every syntax, and the value that they name. */
#include "collect/made.h"
#include "support.h"

#include <string.h>

/* %s is the value. */
static const struct {
    const char *text, *kind;
} named[] = {
    {"{\"clientSecret\": \"%s\"}", "client-secret"},
    {"{\"client_secret\" : \"%s\"}", "client-secret"},
    {"CLIENT-SECRET=%s\n", "client-secret"},
    {"export MY_APP_CLIENT_SECRET='%s'", "client-secret"},
    {"clientSecret: %s\n", "client-secret"},
    {"<clientSecret>%s</clientSecret>", "client-secret"},
    {"<x clientSecret=\"%s\"/>", "client-secret"},
    {"https://h/?client_secret=%s&x=1", "client-secret"},
    {"a=b;clientSecret=%s;c=d", "client-secret"},
    {"{\"clientSecret\": {\"type\": \"string\", \"value\": \"%s\"}}", "client-secret"},
    {"{\"clientSecret\": {\"a\": {\"b\": [1, \"}\"]}, \"defaultValue\": \"%s\"}}", "client-secret"},
    {"{\"clientSecret\": [\"%s\"]}", "client-secret"},
    {"{\"name\": \"X_CLIENT_SECRET\", \"slotSetting\": {}, \"value\": \"%s\"}", "client-secret"},
    {"{\"value\": \"%s\", \"name\": \"x:ClientSecret\"}", "client-secret"},
    {"{\"p\": \"{\\\"clientSecret\\\":\\\"%s\\\"}\"}", "client-secret"},
    {"{\"p\": \"{\\\"q\\\":\\\"{\\\\\\\"clientSecret\\\\\\\":\\\\\\\"%s\\\\\\\"}\\\"}\"}",
     "client-secret"},
    {"{\"functionKeys\": {\"default\": \"%s\"}}", "function-key"},
    {"'clientSecret' => '%s'", "client-secret"},
    {"the clientSecret=%s: no such thing", "client-secret"},
};

static const char *const unnamed[] = {
    "{\"clientSecretName\": \"%s\"}",
    "{\"clientSecret\": {\"type\": \"%s\"}}",
    "{\"clientSecrets\": 1, \"other\": \"%s\"}",
    "{\"name\": \"x\", \"value\": \"%s\"}",
    "{\"name\": \"clientSecret\"}, {\"value\": \"%s\"}",
    "clientSecret %s",
    "{\"publicKey\": \"%s\"}",
    "{\"keyVaultKey\": 1, \"x\": \"%s\"}",
};

static const char *with(const char *text, const char *value, buf *out)
{
    const char *mark = strstr(text, "%s");
    buf_clear(out);
    buf_append(out, text, (size_t)(mark - text));
    buf_puts(out, value);
    buf_puts(out, mark + 2);
    return buf_str(out);
}

START_TEST(a_value_is_found_by_its_name)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    const char *value = made_of("base62", 7, 40);
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        made_finds(with(named[i].text, value, &text), named[i].kind, value);
    }
}
END_TEST

START_TEST(another_name_names_nothing)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    for (size_t i = 0; i < sizeof unnamed / sizeof unnamed[0]; i++) {
        made_finds_none(with(unnamed[i], made_of("base62", 7, 40), &text));
    }
}
END_TEST

START_TEST(a_password_ends_where_its_syntax_says)
{
    made_finds("{\"adminPassword\": \"a b, c;d&e=1\"}", "password", "a b, c;d&e=1");
    made_finds("Server=s;Password=q&9,w(x);Database=d", "password", "q&9,w(x)");
    made_finds("Server=s;Pwd='q;9 w=77';Database=d", "password", "q;9 w=77");
    made_finds("{\"password\": \"it's-Blue-7\"}", "password", "it's-Blue-7");
    made_finds("password: Winter-77, next: 1", "password", "Winter-77");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_value_is_found_by_its_name, another_name_names_nothing,
                                  a_password_ends_where_its_syntax_says, NULL};
    return test_main(test_suite("collect/secrets_names", tests));
}
