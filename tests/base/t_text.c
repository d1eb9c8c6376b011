/* base/text: hex, times, UTF-8. */
#include "base/text.h"

#include "support.h"

#include <string.h>

START_TEST(hex_both_ways)
{
    unsigned char raw[4] = {0x00, 0x7f, 0xab, 0xff};
    char hex[9];
    text_hex(raw, 4, hex);
    ck_assert_str_eq(hex, "007fabff");
    unsigned char back[4];
    ck_assert(text_unhex("007FabFF", 8, back, 4));
    ck_assert_mem_eq(back, raw, 4);
    ck_assert_msg(!text_unhex("007fabf", 7, back, 4), "expected an odd length to be refused");
    ck_assert_msg(!text_unhex("007fabfg", 8, back, 4), "expected 'g' to be refused");
}
END_TEST

static const struct {
    const char *text;
    int64_t want; /* -1: refused */
} times[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2026-11-22T08:00:00Z", 1795334400},
    {"2026-11-22T08:00:00.1927063Z", 1795334400},
    {"2026-11-22T10:00:00+02:00", 1795334400},
    {"2026-11-22t03:30:00-04:30", 1795334400},
    {"2024-02-29T00:00:00z", 1709164800},
    {"2023-02-29T00:00:00Z", -1},
    {"2026-11-22 08:00:00Z", -1},
    {"2026-11-22T08:00:00", -1},
    {"2026-11-22T08:00:00Zx", -1},
    {"2026-11-22T08:00:00.Z", -1},
    {"2026-13-22T08:00:00Z", -1},
    {"2026-11-22T24:00:00Z", -1},
    {"1969-12-31T23:59:59Z", -1},
    {"9999-12-31T23:59:59Z", 253402300799},
    {"9999-12-31T23:59:59-00:01", -1},
    {"", -1},
};

START_TEST(times_are_rfc_3339)
{
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        evpack_err err = {0};
        int64_t got = -1;
        evpack_status status = text_parse_time(times[i].text, &got, &err);
        if (times[i].want < 0) {
            ck_assert_msg(status == EVPACK_E_INPUT, "'%s': expected a refusal, came %lld",
                          times[i].text, (long long)got);
        } else {
            ck_assert_msg(got == times[i].want, "'%s': expected %lld, came %lld", times[i].text,
                          (long long)times[i].want, (long long)got);
        }
    }
}
END_TEST

START_TEST(times_come_back)
{
    static const int64_t seconds[] = {0,          951782399,  1709164800,
                                      1795334400, 4102444799, 253402300799};
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        char text[TEXT_TIME];
        text_format_time(seconds[i], text);
        evpack_err err = {0};
        int64_t back = -1;
        OK(text_parse_time(text, &back, &err));
        ck_assert_msg(back == seconds[i], "%s: expected %lld, came %lld", text,
                      (long long)seconds[i], (long long)back);
    }
}
END_TEST

static const struct {
    const char *bytes;
    size_t len, want;
} sequences[] = {
    {"a", 1, 1},
    {"\xc3\xa9", 2, 2},
    {"\xe2\x82\xac", 3, 3},
    {"\xf0\x9f\x98\x80", 4, 4},
    {"\xc0\xaf", 2, 0},
    {"\xe0\x80\xaf", 3, 0},
    {"\xed\xa0\x80", 3, 0},
    {"\xf4\x90\x80\x80", 4, 0},
    {"\xe2\x82", 2, 0},
    {"\x80", 1, 0},
    {"\xf5\x80\x80\x80", 4, 0},
};

START_TEST(utf8_is_rfc_3629)
{
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        size_t got = text_utf8_length(sequences[i].bytes, sequences[i].len);
        ck_assert_msg(got == sequences[i].want, "row %zu: expected %zu, came %zu", i,
                      sequences[i].want, got);
    }
    ck_assert_uint_eq(text_utf8_decode("\xf0\x9f\x98\x80", 4), 0x1f600);
    ck_assert_uint_eq(text_utf8_check("ab\xff", 3), 2);
}
END_TEST

START_TEST(case_is_ascii_only)
{
    ck_assert(text_same("/SubScriptions/A", "/subscriptions/a"));
    ck_assert(!text_same("a", "ab"));
    ck_assert(!text_same(NULL, NULL));
    char text[] = "AbC\xc3\x89";
    text_lower_bytes(text, strlen(text));
    ck_assert_str_eq(text, "abc\xc3\x89");
}
END_TEST

START_TEST(a_day_is_its_first_or_last_second)
{
    evpack_err err = {0};
    int64_t first = 0;
    int64_t last = 0;
    OK(text_parse_day("2026-11-22", false, &first, &err));
    OK(text_parse_day("2026-11-22", true, &last, &err));
    ck_assert_int_eq(last - first, 86399);
    OK(text_parse_day("2026-11-22T23:59:59Z", false, &first, &err));
    ck_assert_int_eq(first, last);
    ck_assert_int_ne(text_parse_day("2026-02-30", false, &first, &err), EVPACK_OK);
    ck_assert_int_ne(text_parse_day("2026-11-2x", false, &first, &err), EVPACK_OK);
    ck_assert_int_ne(text_parse_day("", false, &first, &err), EVPACK_OK);
}
END_TEST

START_TEST(lines_and_columns_count_from_one)
{
    uint64_t line = 0;
    uint64_t column = 0;
    text_line("a\r\nbc\n", 0, &line, &column);
    ck_assert(line == 1 && column == 1);
    text_line("a\r\nbc\n", 4, &line, &column);
    ck_assert(line == 2 && column == 2);
    text_line("a\r\nbc\n", 6, &line, &column);
    ck_assert(line == 3 && column == 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {hex_both_ways,
                                  times_are_rfc_3339,
                                  times_come_back,
                                  utf8_is_rfc_3629,
                                  case_is_ascii_only,
                                  a_day_is_its_first_or_last_second,
                                  lines_and_columns_count_from_one,
                                  NULL};
    return test_main(test_suite("base/text", tests));
}
