/* port/json: strict reading, exact names, and texts that cJSON alone cannot hold. */
#include "port/json.h"

#include "support.h"

#include <math.h>
#include <string.h>

static json_doc *parsed(const char *text)
{
    evpack_err err = {0};
    json_doc *doc = NULL;
    evpack_status status = json_parse(text, strlen(text), false, &doc, &err);
    ck_assert_msg(status == EVPACK_OK, "%s: expected ok, came '%s'", text, err.text);
    return doc;
}

START_TEST(values_are_read)
{
    EVPACK_AUTO(json_doc)
    doc =
        parsed("{\"s\":\"x\\u00e9\",\"n\":-1.5e2,\"t\":true,\"f\":false,\"z\":null,\"a\":[1,2,3]}");
    const json *root = json_root(doc);
    ck_assert(json_is_object(root));
    ck_assert_str_eq(json_get_string(root, "s"), "x\xc3\xa9");
    ck_assert(json_is_string(json_get(root, "s")));
    ck_assert(json_is_number(json_get(root, "n")));
    ck_assert_double_eq(json_number(json_get(root, "n")), -150);
    ck_assert(json_is_true(json_get(root, "t")));
    ck_assert(json_is_bool(json_get(root, "f")) && !json_is_true(json_get(root, "f")));
    ck_assert(json_is_null(json_get(root, "z")));
    ck_assert_ptr_null(json_get_set(root, "z"));
    ck_assert(json_is_array(json_get_set(root, "a")));
    ck_assert_uint_eq(json_count(json_get(root, "a")), 3);
    ck_assert_uint_eq(json_count(root), 6);
    ck_assert_str_eq(json_name(json_first(root)), "s");
    ck_assert_str_eq(json_name(json_next(json_first(root))), "n");
}
END_TEST

START_TEST(nothing_is_found_in_nothing)
{
    ck_assert_ptr_null(json_get(NULL, "a"));
    ck_assert_ptr_null(json_get_set(NULL, "a"));
    ck_assert_ptr_null(json_get_string(NULL, "a"));
    ck_assert_ptr_null(json_string(NULL));
    ck_assert_ptr_null(json_first(NULL));
    ck_assert_uint_eq(json_count(NULL), 0);
    ck_assert(!json_is_object(NULL) && !json_is_null(NULL) && !json_is_true(NULL));
    EVPACK_AUTO(json_doc) doc = parsed("\"text\"");
    ck_assert_ptr_null(json_get(json_root(doc), "a"));
    ck_assert_uint_eq(json_count(json_root(doc)), 0);
    json_free(NULL);
}
END_TEST

START_TEST(names_have_their_case)
{
    EVPACK_AUTO(json_doc) doc = parsed("{\"Source\":\"Azure\",\"source\":null,\"Id\":\"a\"}");
    ck_assert_str_eq(json_get_string(json_root(doc), "Source"), "Azure");
    ck_assert(json_is_null(json_get(json_root(doc), "source")));
    ck_assert_ptr_null(json_get(json_root(doc), "id"));
}
END_TEST

START_TEST(of_two_members_with_one_name_the_first_is_read)
{
    EVPACK_AUTO(json_doc) doc = parsed("{\"a\":1,\"a\":2}");
    ck_assert_double_eq(json_number(json_get(json_root(doc), "a")), 1);
    ck_assert_uint_eq(json_count(json_root(doc)), 2);
}
END_TEST

/* cJSON alone takes each of these. */
static const char *const refused[] = {
    "[1] x", "[01]",  "[1.]", "\xef\xbb\xbf[]", "[\"a\tb\"]", "{a:1}",     "[1,]",
    "['a']", "[NaN]", "",     "[\"\xff\"]",     "[\"\\x\"]",  "{\"a\":1,}"};

START_TEST(what_is_not_json_is_refused_with_its_place)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        evpack_err err = {0};
        json_doc *doc = NULL;
        FAILS(json_parse(refused[i], strlen(refused[i]), false, &doc, &err), EVPACK_E_INPUT,
              "line 1, column ");
        ck_assert_ptr_null(doc);
    }
    evpack_err err = {0};
    json_doc *doc = NULL;
    const char *text = "{\n  \"a\": [1,\n  }\n}";
    FAILS(json_parse(text, strlen(text), false, &doc, &err), EVPACK_E_INPUT, "line 3, column 3");
}
END_TEST

/* RFC 8259 allows them in its grammar; a C string or UTF-8 cannot hold them. */
START_TEST(what_text_cannot_hold_reads_as_a_replacement)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"{\"a\":\"x\\ud800y\"}", "x\xef\xbf\xbdy"},
        {"{\"a\":\"x\\uDFFFy\"}", "x\xef\xbf\xbdy"},
        {"{\"a\":\"\\ud800\\ud800\"}", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"{\"a\":\"\\ud800\\n\"}", "\xef\xbf\xbd\n"},
        {"{\"a\":\"\\ud83d\\ude00\"}", "\xf0\x9f\x98\x80"},
        {"{\"a\":\"\\\\ud800\"}", "\\ud800"},
        {"{\"a\":\"x\\u0000y\"}", "x\xef\xbf\xbdy"},
        {"{\"a\":\"\\\\u0000y\"}", "\\u0000y"},
        {"{\"a\\u0000b\":1,\"a\":\"the real one\"}", "the real one"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO(json_doc) doc = parsed(rows[i].text);
        const char *got = json_get_string(json_root(doc), "a");
        ck_assert_msg(got != NULL && strcmp(got, rows[i].want) == 0, "%s: expected '%s', came '%s'",
                      rows[i].text, rows[i].want, got == NULL ? "nothing" : got);
    }
}
END_TEST

START_TEST(numbers_of_any_length_are_read)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_puts(&text, "{\"long\":1");
    for (int i = 0; i < 100; i++) {
        buf_putc(&text, '0');
    }
    buf_puts(&text, ",\"fraction\":0.5");
    for (int i = 0; i < 100; i++) {
        buf_putc(&text, '0');
    }
    /* The NUL asks for the copy in which numbers are written shorter, whatever cJSON is there. */
    buf_puts(&text, "e1,\"huge\":1e999999,\"after\":\"x\",\"nul\":\"\\u0000\"}");
    EVPACK_AUTO(json_doc) doc = parsed(buf_str(&text));
    ck_assert_double_eq_tol(json_number(json_get(json_root(doc), "long")) / 1e100, 1, 1e-12);
    ck_assert_double_eq(json_number(json_get(json_root(doc), "fraction")), 5);
    ck_assert(json_is_number(json_get(json_root(doc), "huge")));
    ck_assert_str_eq(json_get_string(json_root(doc), "after"), "x");
}
END_TEST

START_TEST(depth_has_one_bound)
{
    char text[2 * 513];
    memset(text, '[', 513);
    memset(text + 513, ']', 513);
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text + 1, 2 * 512, false, &doc, &err));
    json_doc *none = NULL;
    FAILS(json_parse(text, 2 * 513, false, &none, &err), EVPACK_E_INPUT, "nested deeper than 512");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {values_are_read,
                                  nothing_is_found_in_nothing,
                                  names_have_their_case,
                                  of_two_members_with_one_name_the_first_is_read,
                                  what_is_not_json_is_refused_with_its_place,
                                  what_text_cannot_hold_reads_as_a_replacement,
                                  numbers_of_any_length_are_read,
                                  depth_has_one_bound,
                                  NULL};
    return test_main(test_suite("port/json", tests));
}
