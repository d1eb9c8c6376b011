/* base/buf: growth, sticky failure, JSON strings. */
#include "base/buf.h"

#include "support.h"

#include <string.h>

START_TEST(grows_and_stays_terminated)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    ck_assert_str_eq(buf_str(&b), "");
    for (int i = 0; i < 1000; i++) {
        buf_printf(&b, "%d,", i);
        ck_assert_uint_eq(strlen(buf_str(&b)), b.len);
    }
    buf_truncate(&b, 4);
    ck_assert_str_eq(buf_str(&b), "0,1,");
    buf_clear(&b);
    ck_assert_str_eq(buf_str(&b), "");
}
END_TEST

START_TEST(too_much_is_sticky)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_append(&b, "x", SIZE_MAX / 2 + 1);
    buf_puts(&b, "more");
    ck_assert_uint_eq(b.len, 0);
    FAILS(buf_status(&b, &err), EVPACK_E_MEMORY, "out of memory");
}
END_TEST

static const struct {
    const char *in;
    size_t len;
    const char *want;
} strings[] = {
    {"plain", 5, "\"plain\""},
    {"a\"b\\c", 5, "\"a\\\"b\\\\c\""},
    {"\n\r\t\x01\x7f", 5, "\"\\n\\r\\t\\u0001\\u007f\""},
    {"a\0b", 3, "\"a\\u0000b\""},
    {"\xc3\xa9\xe2\x82\xac", 5, "\"\xc3\xa9\xe2\x82\xac\""},
    {"\xff\x41", 2, "\"\xef\xbf\xbd\x41\""},
    {"\xc2\x9b[2J\xc2\xa0", 7, "\"\\u009b[2J\xc2\xa0\""},
    {"\xe2\x80\xae"
     "b\xef\xbb\xbf",
     7, "\"\\u202eb\\ufeff\""},
    {"\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
};

START_TEST(json_strings)
{
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        buf_json_string(&b, strings[i].in, strings[i].len);
        ck_assert_msg(strcmp(buf_str(&b), strings[i].want) == 0, "row %zu: expected %s, came %s", i,
                      strings[i].want, buf_str(&b));
    }
}
END_TEST

START_TEST(json_copies)
{
    static const char in[] = "{\"a\":[1,\"\xc3\xa9\xc2\x9b\x7f\xe2\x80\xae\"],\"\xff\":0}";
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_json_copy(&b, in, sizeof in - 1);
    ck_assert_str_eq(buf_str(&b), "{\"a\":[1,\"\xc3\xa9\\u009b\\u007f\\u202e\"],\"\xff\":0}");
}
END_TEST

START_TEST(json_texts)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_json_text(&b, "a\"b");
    buf_json_text(&b, NULL);
    buf_json_text(&b, "");
    ck_assert_str_eq(buf_str(&b), "\"a\\\"b\"null\"\"");
}
END_TEST

START_TEST(take_hands_over)
{
    buf b = {0};
    EVPACK_AUTO_CHARS empty = buf_take(&b);
    ck_assert_str_eq(empty, "");
    buf_puts(&b, "text");
    EVPACK_AUTO_CHARS text = buf_take(&b);
    ck_assert_str_eq(text, "text");
    ck_assert_ptr_null(b.data);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {grows_and_stays_terminated,
                                  too_much_is_sticky,
                                  json_strings,
                                  json_copies,
                                  json_texts,
                                  take_hands_over,
                                  NULL};
    return test_main(test_suite("base/buf", tests));
}
