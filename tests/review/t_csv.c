/* review/csv: one way to write a row, and every other way refused with its row. */
#include "review/csv.h"

#include "support.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"

static evpack_status read_all(const char *text, size_t len, buf *out, evpack_err *err)
{
    EVPACK_AUTO_VALUE(csv_reset) csv_reader r;
    evpack_status status = csv_begin(&r, text, len, 40, err);
    for (bool more = true; status == EVPACK_OK && more;) {
        status = csv_next(&r, &more, err);
        for (size_t i = 0; status == EVPACK_OK && more && i < r.count; i++) {
            buf_printf(out, "%s[%s]", i == 0 ? "" : " ", buf_str(&r.fields[i]));
        }
        buf_puts(out, status == EVPACK_OK && more ? ";" : "");
    }
    return status;
}

START_TEST(rows)
{
    static const struct {
        const char *text, *want;
    } good[] = {{BOM, ""},
                {BOM "a,b\r\n", "[a] [b];"},
                {BOM "a,\r\n,b\r\n", "[a] [];[] [b];"},
                {BOM "\"a,b\",\"c\"\"d\"\r\n", "[a,b] [c\"d];"},
                {BOM "\"a\r\nb\"\r\n\"\"\"\"\r\n", "[a\r\nb];[\"];"},
                {BOM "\r\n", "[];"}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        OK(read_all(good[i].text, strlen(good[i].text), &out, &err));
        ck_assert_str_eq(buf_str(&out), good[i].want);
    }
}
END_TEST

START_TEST(other_ways)
{
    static const struct {
        const char *text, *part;
    } bad[] = {{"a,b\r\n", "byte order mark"},
               {"", "byte order mark"},
               {BOM "a\n", "row 1: expected a comma, or CRLF"},
               {BOM "a\r\nb", "row 2: expected a comma, or CRLF"},
               {BOM "a\rb\r\n", "row 1: expected a comma, or CRLF"},
               {BOM "a\"b\r\n", "row 1: expected a comma, or CRLF"},
               {BOM "\"a\r\n", "row 1: a quoted field does not end"},
               {BOM "\"a\"\r\n", "needs no quotes"},
               {BOM "\"a,\"b\r\n", "row 1: expected a comma, or CRLF"},
               {BOM "\xff\r\n", "row 1: a field is not UTF-8"},
               {BOM "12345678901234567890123456789012345678901\r\n", "row 1: a field is too long"},
               {BOM "\"1234567890123456789012345678901234567890,\"\r\n", "too long"},
               {BOM "\"123456789012345678901234567890123456789,\"\"\"\r\n", "too long"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        FAILS(read_all(bad[i].text, strlen(bad[i].text), &out, &err), EVPACK_E_INPUT, bad[i].part);
    }
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    FAILS(read_all(BOM "a\0b\r\n", 8, &out, &err), EVPACK_E_INPUT, "row 1: ");
    char many[200] = BOM;
    memset(many + 3, ',', 100);
    FAILS(read_all(many, strlen(many), &out, &err), EVPACK_E_INPUT, "too many fields");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {rows, other_ways, NULL};
    return test_main(test_suite("review/csv", tests));
}
