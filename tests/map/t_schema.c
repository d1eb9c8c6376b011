/* map/schema: each keyword refuses what it must, with its place, and lets the rest pass. */
#include "map/schema.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

static bool keep(void *ctx, const char *pointer, const char *what)
{
    buf_printf(ctx, "%s %s\n", pointer, what);
    return true;
}

static bool judged(const char *schema, const char *value, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) s = NULL;
    EVPACK_AUTO(json_doc) v = NULL;
    OK(json_parse(schema, strlen(schema), false, &s, &err));
    OK(json_parse(value, strlen(value), false, &v, &err));
    OK(schema_check(json_root(s), &err));
    const schema_listener listener = {keep, out};
    bool sound = false;
    OK(schema_validate(json_root(s), json_root(v), &listener, &sound, &err));
    return sound;
}

static const struct {
    const char *schema, *good, *bad, *fault;
} cases[] = {
    {"{\"type\":\"integer\"}", "3.0", "3.5", " a value of type number, expected integer"},
    {"{\"type\":[\"string\",\"null\"]}", "null", "[]", "expected string or null"},
    {"{\"type\":\"boolean\"}", "false", "0", "expected boolean"},
    {"{\"enum\":[\"a\",1,null,true]}", "true", "\"b\"", "'b' is none of"},
    {"{\"const\":1}", "1", "2", "another value"},
    {"{\"required\":[\"a\"]}", "{\"a\":null}", "{}", "member 'a' is missing"},
    {"{\"properties\":{\"a/b\":{\"type\":\"string\"}}}", "{\"c\":1}", "{\"a/b\":1}", "/a~1b "},
    {"{\"properties\":{\"a\":true},\"additionalProperties\":false}", "{\"a\":1}", "{\"b\":1}",
     "/b member 'b' is not known"},
    {"{\"additionalProperties\":{\"type\":\"string\"}}", "{\"a\":\"b\"}", "{\"a\":1}", "/a "},
    {"{\"propertyNames\":{\"pattern\":\"^a\"}}", "{\"ab\":1}", "{\"b\":1}", "/b 'b' has not"},
    {"{\"minProperties\":1,\"maxProperties\":2}", "{\"a\":1}", "{}", "0 members"},
    {"{\"items\":{\"type\":\"number\"}}", "[1,2]", "[1,\"x\"]", "/1 "},
    {"{\"minItems\":1,\"maxItems\":2}", "[1]", "[1,2,3]", "3 elements, expected at most 2"},
    {"{\"uniqueItems\":true,\"maxItems\":9}", "[{\"a\":1},{\"a\":2},1,\"1\"]",
     "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]", "stands twice"},
    {"{\"minLength\":2,\"maxLength\":2}", "\"\xc3\xa4\xf0\x9f\x98\x80\"", "\"a\"", "1 characters"},
    {"{\"pattern\":\"^[a-z]{2,3}(-[0-9]+)?$\"}", "\"ab-12\"", "\"a-1\"", "has not the form"},
    {"{\"minimum\":1,\"maximum\":2}", "2", "2.5", "expected at most 2"},
    {"{\"allOf\":[{\"minimum\":1},{\"maximum\":2}]}", "1", "0", "at least 1"},
    {"{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":3}]}", "3", "2", "fits none"},
    {"{\"oneOf\":[{\"type\":\"number\"},{\"minimum\":3}]}", "2", "4", "fits 2 of"},
    {"{\"not\":{\"type\":\"string\"}}", "1", "\"\"", "not allowed"},
    {"{\"if\":{\"required\":[\"a\"]},\"then\":{\"required\":[\"b\"]},\"else\":{\"required\":[\"c\"]"
     "}}",
     "{\"a\":1,\"b\":1}", "{\"a\":1}", "'b' is missing"},
    {"{\"$ref\":\"#/$defs/"
     "x\",\"$defs\":{\"x\":{\"type\":\"object\",\"properties\":{\"x\":{\"$ref\":"
     "\"#/$defs/x\"}}}}}",
     "{\"x\":{\"x\":{}}}", "{\"x\":{\"x\":1}}", "/x/x "},
    {"{\"$ref\":\"#/$defs/x\",\"$defs\":{\"x\":{\"$ref\":\"#/$defs/y\"},\"y\":false}}", "1", "1",
     "nothing is expected here"},
    {"{\"$ref\":\"#/$defs/x\",\"$defs\":{\"x\":{\"$ref\":\"#/$defs/x\"}}}", "1", "1",
     "nested deeper than 64"},
};

START_TEST(each_keyword_judges)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    if (strcmp(cases[_i].good, cases[_i].bad) != 0) {
        ck_assert_msg(judged(cases[_i].schema, cases[_i].good, &out) && out.len == 0,
                      "%s: expected %s to pass, came %s", cases[_i].schema, cases[_i].good,
                      buf_str(&out));
    }
    ck_assert_msg(!judged(cases[_i].schema, cases[_i].bad, &out) &&
                      strstr(buf_str(&out), cases[_i].fault) != NULL,
                  "%s with %s: expected '%s', came '%s'", cases[_i].schema, cases[_i].bad,
                  cases[_i].fault, buf_str(&out));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("map/schema");
    TCase *tc = tcase_create("keywords");
    tcase_add_loop_test(tc, each_keyword_judges, 0, (int)(sizeof cases / sizeof cases[0]));
    suite_add_tcase(suite, tc);
    return test_main(suite);
}
