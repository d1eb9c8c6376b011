/* report/template_merge: what is stated replaces, and what the base could not say is refused. */
#include "report/template_merge.h"

#include "support.h"

#include <string.h>

static const char base_text[] =
    "{\"a\":{\"t\":\"one {n} of {m}\",\"u\":\"u\"},\"n\":0.25,\"list\":[\"x\",\"y\"],"
    "\"row_columns\":[\"p\",\"q\"],\"yes\":true,"
    "\"parts\":[{\"title\":\"T\",\"text\":[\"p\"]},{\"title\":\"V\",\"command\":\"c\"}],"
    "\"tables\":{\"k\":[{\"width\":0.5},{\"width\":0.5,\"align\":\"right\"}]},"
    "\"sizes\":{\"a4\":{\"width\":595.28,\"height\":841.89}}}";

static evpack_status merged(const char *over_text, buf *out, evpack_err *err)
{
    EVPACK_AUTO(json_doc) base = NULL;
    EVPACK_AUTO(json_doc) over = NULL;
    EVPACK_TRY(json_parse(base_text, strlen(base_text), false, &base, err));
    EVPACK_TRY(json_parse(over_text, strlen(over_text), false, &over, err));
    const template_merge_rule rule = {.file = "x/over.json", .text_max = 50};
    return template_merge(json_root(base), json_root(over), &rule, out, err);
}

static const struct {
    const char *over, *want; /* want: in the result */
} good[] = {
    {"{}", base_text + 1}, /* nothing changes, and no number is written otherwise */
    {"{\"a\":{\"t\":\"{m}: {n}\"}}", "\"a\":{\"t\":\"{m}: {n}\",\"u\":\"u\"},\"n\":0.25"},
    {"{\"n\":3}", "\"n\":3,"},
    {"{\"list\":[\"z\"]}", "\"list\":[\"z\"],"},
    {"{\"list\":[]}", "\"list\":[],"},
    {"{\"yes\":false}", "\"yes\":false"},
    {"{\"row_columns\":[\"r\",\"\\u00e9<\\\"\"]}", "\"row_columns\":[\"r\",\"\xc3\xa9<\\\"\"]"},
    {"{\"parts\":[{\"title\":\"W\",\"text\":[\"1\",\"2\"],\"command\":\"d\"}]}",
     "\"parts\":[{\"title\":\"W\",\"text\":[\"1\",\"2\"],\"command\":\"d\"}]"},
    {"{\"tables\":{\"k\":[{\"width\":0.75},{\"width\":0.25}]}}",
     "\"tables\":{\"k\":[{\"width\":0.75},{\"width\":0.25}]}"},
    {"{\"sizes\":{\"legal\":{\"width\":612,\"height\":1008}}}",
     "\"sizes\":{\"a4\":{\"width\":595.27999999999997,\"height\":841.88999999999999},\"legal\":"
     "{\"width\":612,\"height\":1008}}"},
};

START_TEST(what_is_stated_replaces)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    OK(merged(good[_i].over, &out, &err));
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(out.data, out.len, false, &doc, &err));
    if (_i > 0) {
        ck_assert_msg(strstr(buf_str(&out), good[_i].want) != NULL, "expected %s in %s",
                      good[_i].want, buf_str(&out));
        return;
    }
    EVPACK_AUTO(json_doc) base = NULL;
    OK(json_parse(base_text, strlen(base_text), false, &base, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf plain = {0};
    template_put_json(json_root(base), &plain);
    ck_assert_str_eq(buf_str(&out), buf_str(&plain));
}
END_TEST

static const struct {
    const char *over, *want;
    evpack_status code;
} bad[] = {
    {"{\"b\":1}", "x/over.json: 'b': is not known", EVPACK_E_INPUT},
    {"{\"a\":{\"v\":\"\"}}", "'a.v': is not known", EVPACK_E_INPUT},
    {"{\"a\":\"t\"}", "'a': expected an object, found a text", EVPACK_E_INPUT},
    {"{\"a\":null}", "'a': expected an object, found null", EVPACK_E_INPUT},
    {"{\"a\":{\"t\":7}}", "'a.t': expected a text, found a number", EVPACK_E_INPUT},
    {"{\"a\":{\"t\":\"{other}\"}}", "'a.t': names in braces", EVPACK_E_INPUT},
    {"{\"a\":{\"t\":\"{n\"}}", "'a.t': names in braces", EVPACK_E_INPUT},
    {"{\"a\":{\"u\":\"{n}\"}}", "'a.u': names in braces", EVPACK_E_INPUT},
    {"{\"a\":{\"t\":\"012345678901234567890123456789012345678901234567890\"}}",
     "'a.t': a text of more than 50 bytes", EVPACK_E_LIMIT},
    {"{\"list\":[\"x\",[]]}", "'list.1': expected a text, found an array", EVPACK_E_INPUT},
    {"{\"row_columns\":[\"one\"]}", "'row_columns': expected 2 elements, found 1", EVPACK_E_INPUT},
    {"{\"tables\":{\"k\":[]}}", "'tables.k': expected 2 elements, found 0", EVPACK_E_INPUT},
    {"{\"tables\":{\"k\":[{\"width\":1},{\"wide\":1}]}}", "'tables.k.1.wide': is not known",
     EVPACK_E_INPUT},
    {"{\"tables\":{\"k\":[{\"width\":1},{\"align\":\"right\"}]}}", "'tables.k.1.width': is missing",
     EVPACK_E_INPUT},
    {"{\"parts\":[{\"title\":\"W\",\"text\":[{}]}]}",
     "'parts.0.text.0': expected a text, found an object", EVPACK_E_INPUT},
    {"{\"parts\":[{\"title\":{}}]}", "'parts.0.title': expected a text, found an object",
     EVPACK_E_INPUT},
    {"{\"sizes\":{\"legal\":{\"weight\":1}}}", "'sizes.legal.weight': is not known",
     EVPACK_E_INPUT},
    {"{\"sizes\":{\"legal\":7}}", "'sizes.legal': expected an object, found a number",
     EVPACK_E_INPUT},
    {"{\"n\":1,\"n\":2}", "'n' stands twice", EVPACK_E_INPUT},
    {"[]", "expected an object, found an array", EVPACK_E_INPUT},
};

START_TEST(what_the_base_cannot_say_is_refused)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    FAILS(merged(bad[_i].over, &out, &err), bad[_i].code, bad[_i].want);
}
END_TEST

/* Deep nesting where the base is flat: refused where it begins, not followed. */
START_TEST(depth_is_the_bases)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf deep = {0};
    buf_puts(&deep, "{\"a\":{\"t\":");
    for (int i = 0; i < 300; i++) {
        buf_puts(&deep, "[");
    }
    for (int i = 0; i < 300; i++) {
        buf_puts(&deep, "]");
    }
    buf_puts(&deep, "}}");
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    FAILS(merged(buf_str(&deep), &out, &err), EVPACK_E_INPUT,
          "'a.t': expected a text, found an array");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report/template_merge");
    TCase *tc = tcase_create("all");
    tcase_add_loop_test(tc, what_is_stated_replaces, 0, sizeof good / sizeof good[0]);
    tcase_add_loop_test(tc, what_the_base_cannot_say_is_refused, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(tc, depth_is_the_bases);
    suite_add_tcase(suite, tc);
    return test_main(suite);
}
