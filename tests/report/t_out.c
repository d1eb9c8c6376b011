/* report/out: order, spelling of JSON and CSV, and failures that stay. */
#include "report/out.h"

#include "support.h"

#include <fcntl.h>
#include <string.h>

static const struct {
    const char *in, *out;
} fields[] = {
    {"plain", "plain"},
    {"", ""},
    {NULL, ""},
    {"a,b", "\"a,b\""},
    {"say \"x\"", "\"say \"\"x\"\"\""},
    {"two\nlines", "\"two\nlines\""},
    {"=1+1", "'=1+1"},
    {"+1", "'+1"},
    {"-1", "'-1"},
    {"@x", "'@x"},
    {"\tx", "'\tx"},
    {"\rx", "\"'\rx\""},
    {"=a,b", "\"'=a,b\""},
    {"a=b", "a=b"},
    {"\xff", "\xef\xbf\xbd"},
    {"größe", "größe"},
    {"\nx", "\"'\nx\""},
    {"=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"},
    {"\xef\xbc\x9d"
     "1+1",
     "'\xef\xbc\x9d"
     "1+1"}, /* full-width = + - @ */
    {"\xef\xbc\x8b"
     "1",
     "'\xef\xbc\x8b"
     "1"},
    {"\xef\xbc\x8d"
     "1",
     "'\xef\xbc\x8d"
     "1"},
    {"\xef\xbc\xa0"
     "x",
     "'\xef\xbc\xa0"
     "x"},
    {"  =1", "'  =1"}, /* what hides it hides it from us alone */
    {"\xc2\xa0=1", "'\xc2\xa0=1"},
    {"\xef\xbb\xbf=1", "'\xef\xbb\xbf=1"},
    {"\x01=1", "'\x01=1"},
    {"a;=1", "a;'=1"}, /* where semicolons separate */
    {"a; \"=1", "\"a;' \"\"=1\""},
    {"a;b=1;c", "a;b=1;c"},
    {"a;;@x", "a;;'@x"},
    {"a\t-1", "a\t'-1"},
    {"a\r\n=1", "\"a\r\n'=1\""},
    {"a\r\nb", "\"a\r\nb\""},
    {"a;", "a;"},
    {"'=1", "''=1"}, /* its own apostrophe, and ours */
};

START_TEST(csv_fields)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        EVPACK_AUTO_VALUE(report_out_reset) report_out o = {.fd = -1};
        report_out_field(&o, fields[i].in);
        ck_assert_str_eq(buf_str(&o.b), fields[i].out);
    }
}
END_TEST

/* UTF-16 units, as Excel counts: an astral character is two. */
static size_t units(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++) {
        n += (*text & 0xc0) != 0x80 ? 1 : 0;
        n += (*text & 0xf8) == 0xf0 ? 1 : 0;
    }
    return n;
}

START_TEST(a_cell_ends_before_excels)
{
    static const struct {
        const char *character;
        size_t most; /* of them are written whole */
    } all[] = {{"x", 32500}, {"\xc3\xa9", 16250}, {"\xf0\x9f\x98\x80", 8125}, {"\"", 32500}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        for (size_t n = all[i].most; n <= 70000; n += 70000 - all[i].most) {
            EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
            for (size_t k = 0; k < n; k++) {
                buf_puts(&text, all[i].character);
            }
            EVPACK_AUTO_VALUE(report_out_reset)
            report_out o = {.fd = -1, .whole = "findings.json"};
            report_out_field(&o, buf_str(&text));
            const char *came = buf_str(&o.b);
            const bool cut = strstr(came, "; the whole is in findings.json]") != NULL;
            ck_assert_msg(cut == (n == 70000), "%zu of %s: expected it %s", n, all[i].character,
                          n == 70000 ? "cut" : "whole");
            ck_assert_msg(*all[i].character == '"' || units(came) <= 32767,
                          "expected at most 32767 units, came %zu", units(came));
            report_out_reset(&o);
            o = (report_out){.fd = -1};
            report_out_field(&o, buf_str(&text));
            ck_assert_msg(o.b.len >= text.len, "expected a field that may not be cut whole");
        }
    }
}
END_TEST

START_TEST(json_strings)
{
    EVPACK_AUTO_VALUE(report_out_reset) report_out o = {.fd = -1};
    report_out_json(&o, NULL);
    report_out_json(&o, "a\"\n");
    ck_assert_str_eq(buf_str(&o.b), "null\"a\\\"\\n\"");
}
END_TEST

START_TEST(members_and_commas)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_putc(&b, '{');
    report_out_member(&b, "a", "1");
    report_out_member(&b, "b", NULL);
    buf_putc(&b, '}');
    ck_assert_str_eq(buf_str(&b), "{\"a\":\"1\",\"b\":null}");
}
END_TEST

START_TEST(csv_rows)
{
    EVPACK_AUTO_VALUE(report_out_reset) report_out o = {.fd = -1};
    report_out_head(&o, (const char *const[]){"id", "a, b"}, 2);
    report_out_row(&o, (const char *const[]){NULL, "=1"}, 2);
    ck_assert_str_eq(buf_str(&o.b), "\xef\xbb\xbfid,\"a, b\"\r\n,'=1\r\n");
}
END_TEST

START_TEST(pieces_stay_in_order)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open(test_path("out"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    EVPACK_AUTO_VALUE(report_out_reset) report_out o = {.fd = fd};
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    for (int i = 0; i < 200000; i++) {
        buf_printf(&o.b, "%d\n", i);
        buf_printf(&want, "%d\n", i);
        report_out_some(&o);
        ck_assert_uint_lt(o.b.len, 1 << 19);
    }
    OK(report_out_end(&o, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    test_read(test_path("out"), &got);
    ck_assert_uint_eq(got.len, want.len);
    ck_assert_int_eq(memcmp(got.data, want.data, got.len), 0);
}
END_TEST

START_TEST(a_failure_stays)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    EVPACK_AUTO_VALUE(report_out_reset) report_out o = {.fd = fd};
    for (int i = 0; i < 100000; i++) {
        buf_puts(&o.b, "something to write\n");
        report_out_some(&o);
    }
    FAILS(report_out_end(&o, &err), EVPACK_E_IO, "writing failed");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        csv_fields, a_cell_ends_before_excels, json_strings,    members_and_commas,
        csv_rows,   pieces_stay_in_order,      a_failure_stays, NULL};
    return test_main(test_suite("report/out", tests));
}
