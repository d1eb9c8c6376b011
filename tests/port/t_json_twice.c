/* port/json_twice: members that stand twice with different values are found, in time. */
#include "port/json.h"

#include "support.h"

#include <string.h>

static json_doc *parsed(const char *text)
{
    evpack_err err = {0};
    json_doc *doc = NULL;
    evpack_status status = json_parse(text, strlen(text), false, &doc, &err);
    ck_assert_msg(status == EVPACK_OK, "%s: expected ok, came '%s'", text, err.text);
    return doc;
}

static const struct {
    const char *text, *twice; /* NULL: none */
} twices[] = {
    {"{\"a\":1,\"b\":{\"a\":1}}", NULL},
    {"{\"a\":1,\"a\":1}", NULL},
    {"{\"a\":1,\"a\":2}", "a"},
    {"{\"a\":1,\"b\":0,\"a\":\"1\"}", "a"},
    {"{\"a\":{\"x\":[1,{}]},\"a\":{\"x\":[1,{}]}}", NULL},
    {"{\"a\":{\"x\":[1,{}]},\"a\":{\"x\":[1,[]]}}", "a"},
    {"{\"a\":[1],\"a\":[1,2]}", "a"},
    {"{\"a\":null,\"a\":false}", "a"},
    {"[{\"k\":{\"deep\":\"x\",\"deep\":\"y\"}}]", "deep"},
    {"{\"A\":1,\"a\":2}", NULL},
    {"[]", NULL},
    {"1", NULL},
};

START_TEST(members_that_stand_twice_and_differ_are_found)
{
    for (size_t i = 0; i < sizeof twices / sizeof twices[0]; i++) {
        EVPACK_AUTO(json_doc) doc = parsed(twices[i].text);
        const char *got = json_twice(json_root(doc));
        const char *want = twices[i].twice;
        ck_assert_msg((got == NULL) == (want == NULL) && (got == NULL || strcmp(got, want) == 0),
                      "%s: expected %s, came %s", twices[i].text, want == NULL ? "none" : want,
                      got == NULL ? "none" : got);
    }
}
END_TEST

/* What is compared level by level twice doubles its work at every level. */
START_TEST(deep_values_that_stand_twice_are_compared_in_time)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    for (int copy = 0; copy < 2; copy++) {
        buf_puts(&text, copy == 0 ? "{\"a\":" : ",\"a\":");
        for (int n = 0; n < 400; n++) {
            buf_puts(&text, "{\"x\":");
        }
        buf_putc(&text, '1');
        for (int n = 0; n < 400; n++) {
            buf_putc(&text, '}');
        }
    }
    buf_putc(&text, '}');
    EVPACK_AUTO(json_doc) doc = parsed(buf_str(&text));
    ck_assert_ptr_null(json_twice(json_root(doc)));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {members_that_stand_twice_and_differ_are_found,
                                  deep_values_that_stand_twice_are_compared_in_time, NULL};
    return test_main(test_suite("port/json_twice", tests));
}
