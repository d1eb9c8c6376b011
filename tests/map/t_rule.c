/* map/rule: headers say all that is wanted or are refused, with the line. */
#include "map/rule.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

#define FULL                                                                                \
    "-- id: r-1\n-- version: 1.2.3\n-- title: A title: with a colon\n-- service: a, b ,c\n" \
    "-- control: NS-2\n-- feature: The feature\n-- tests: first\n--   second\n--   third\n" \
    "-- absent: fails\n"

static evpack_status parse(const char *text, rule *out, mapping_file *file, evpack_err *err)
{
    *file = (mapping_file){(char *)"rules/r.sql", (char *)text, strlen(text)};
    return rule_parse(file, out, err);
}

START_TEST(a_full_header_is_read)
{
    evpack_err err = {0};
    mapping_file file;
    EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
    OK(parse(FULL "-- severity: high\n-- needs: x\n-- observes: /a/b, /c\n-- policy: p\n"
                  "-- source: s\nSELECT 1 -- id: not this\n",
             &r, &file, &err));
    ck_assert_str_eq(r.id, "r-1");
    ck_assert_str_eq(r.version, "1.2.3");
    ck_assert_str_eq(r.title, "A title: with a colon");
    ck_assert_str_eq(r.feature, "The feature");
    ck_assert_str_eq(r.tests, "first second third");
    ck_assert_str_eq(r.observes, "/a/b, /c");
    ck_assert_ptr_eq(r.file, &file);
    ck_assert_ptr_eq(r.sql, file.text);
}
END_TEST

START_TEST(optional_keys_may_be_absent)
{
    evpack_err err = {0};
    mapping_file file;
    EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
    OK(parse(FULL "SELECT 1", &r, &file, &err));
    ck_assert_ptr_null(r.severity);
    ck_assert_ptr_null(r.policy);
}
END_TEST

START_TEST(line_ends_of_windows_do_not_matter)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    for (const char *p = FULL "SELECT 1\n"; *p != '\0'; p++) {
        buf_puts(&text, *p == '\n' ? "\r" : "");
        buf_putc(&text, *p);
    }
    mapping_file file;
    EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
    OK(parse(buf_str(&text), &r, &file, &err));
    ck_assert_str_eq(r.feature, "The feature");
    ck_assert_str_eq(r.tests, "first second third");
}
END_TEST

static const struct {
    const char *text, *part;
} bad[] = {
    {"", "rules/r.sql: the header has no 'id'"},
    {"SELECT 1", "the header has no 'id'"},
    {"\xef\xbb\xbf" FULL "SELECT 1", "the header has no 'id'"},
    {"\n" FULL "SELECT 1", "the header has no 'id'"},
    {"-- id: r\nSELECT 1", "the header has no 'version'"},
    {"-- id:\n" FULL, "rules/r.sql:2: this key was given before"},
    {"-- id: r\n-- id: r\n", "rules/r.sql:2: this key was given before"},
    {"-- id: r\n-- nosuch: x\n", "rules/r.sql:2: expected '-- key: value'"},
    {"-- id: r\n-- just a remark\n", "rules/r.sql:2: expected '-- key: value'"},
    {"-- ID: r\n", "rules/r.sql:1: expected '-- key: value'"},
};

START_TEST(half_headers_are_refused_with_their_line)
{
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        evpack_err err = {0};
        mapping_file file;
        rule r = {0};
        FAILS(parse(bad[i].text, &r, &file, &err), EVPACK_E_MAPPING, bad[i].part);
        ck_assert_ptr_null(r.id);
    }
}
END_TEST

START_TEST(a_header_is_bounded)
{
    evpack_err err = {0};
    mapping_file file;
    rule r = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_puts(&text, FULL);
    while (text.len < 70000) {
        buf_puts(&text, "--   more\n");
    }
    FAILS(parse(buf_str(&text), &r, &file, &err), EVPACK_E_MAPPING, "a header has at most 64 KiB");
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_puts(&sql, FULL "SELECT 1\n");
    while (sql.len < 70000) {
        buf_puts(&sql, "-- a comment in the SQL\n");
    }
    EVPACK_AUTO_VALUE(rule_reset) rule good = {0};
    OK(parse(buf_str(&sql), &good, &file, &err));
}
END_TEST

static const struct {
    const char *list, *json;
} lists[] = {
    {NULL, "[]"},
    {"", "[]"},
    {" , ,", "[]"},
    {"a", "[\"a\"]"},
    {"a, b ,c,", "[\"a\",\"b\",\"c\"]"},
    {"two words, \"q\"", "[\"two words\",\"\\\"q\\\"\"]"},
};

START_TEST(lists_are_split_at_commas)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        rule_list_json(lists[i].list, &out);
        ck_assert_str_eq(buf_str(&out), lists[i].json);
    }
    ck_assert(rule_list_has("a, b ,c", "b") && rule_list_has("a, b ,c", "c"));
    ck_assert(!rule_list_has("ab, cd", "b") && !rule_list_has(NULL, "a") && !rule_list_has("", ""));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_full_header_is_read,
                                  optional_keys_may_be_absent,
                                  line_ends_of_windows_do_not_matter,
                                  half_headers_are_refused_with_their_line,
                                  a_header_is_bounded,
                                  lists_are_split_at_commas,
                                  NULL};
    return test_main(test_suite("map/rule", tests));
}
