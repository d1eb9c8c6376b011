/* port/der: shortest lengths only, and what is read is what is written. */
#include "port/der.h"

#include "support.h"

#include <string.h>

static const struct {
    const char *bytes;
    size_t len;
    size_t body; /* SIZE_MAX: refused */
} rows[] = {
    {"\x04\x00", 2, 0},
    {"\x04\x01x", 3, 1},
    {"\x04\x01xtail", 7, 1},
    {"", 0, SIZE_MAX},
    {"\x04", 1, SIZE_MAX},
    {"\x04\x02x", 3, SIZE_MAX},
    {"\x04\x80\x00\x00", 4, SIZE_MAX},             /* indefinite */
    {"\x04\x81\x01x", 4, SIZE_MAX},                /* longer than needed */
    {"\x04\x82\x00\x80", 4, SIZE_MAX},             /* a leading zero */
    {"\x04\x84\xff\xff\xff\xff", 6, SIZE_MAX},     /* beyond the end */
    {"\x04\x85\x01\x01\x01\x01\x01", 7, SIZE_MAX}, /* more than four octets */
    {"\x04\x81", 2, SIZE_MAX},
    {"\x1f\x01x", 3, SIZE_MAX}, /* a tag of more bytes */
};

START_TEST(lengths)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        der_span in = {(const unsigned char *)rows[i].bytes, rows[i].len};
        der_span body = {0};
        unsigned char tag = 0;
        bool good = der_next(&in, &tag, &body, NULL);
        ck_assert_msg(good == (rows[i].body != SIZE_MAX), "row %zu", i);
        if (good) {
            ck_assert_uint_eq(body.len, rows[i].body);
            ck_assert_uint_eq(tag, 4);
        } else {
            ck_assert_uint_eq(in.len, rows[i].len);
        }
    }
}
END_TEST

START_TEST(every_size_comes_back)
{
    static const size_t sizes[] = {0, 1, 127, 128, 255, 256, 65535, 65536, 70000};
    static char data[70000];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        der_put(&b, DER_SEQUENCE, data, sizes[i]);
        der_span in = der_of(&b);
        der_span body;
        der_span whole;
        unsigned char tag = 0;
        ck_assert(der_next(&in, &tag, &body, &whole));
        ck_assert_uint_eq(body.len, sizes[i]);
        ck_assert_uint_eq(whole.len, b.len);
        ck_assert_uint_eq(in.len, 0);
        ck_assert_uint_eq(der_peek(in), 0);
    }
}
END_TEST

START_TEST(taking_goes_inside)
{
    der_span at = {(const unsigned char *)"\x30\x05\x30\x03\x02\x01\x07", 7};
    ck_assert(!der_take(&at, DER_SET, NULL));
    ck_assert_uint_eq(at.len, 7);
    ck_assert(der_take(&at, DER_SEQUENCE, &at));
    ck_assert(der_take(&at, DER_SEQUENCE, &at));
    ck_assert(der_take(&at, DER_INTEGER, &at));
    ck_assert(der_same(at, (der_span){(const unsigned char *)"\x07", 1}));
}
END_TEST

START_TEST(sets_are_sorted)
{
    const char *values[] = {"\x04\x02zz", "\x04\x01y", "\x02\x01x", "\x04\x02za"};
    der_span items[4];
    for (size_t i = 0; i < 4; i++) {
        items[i] = (der_span){(const unsigned char *)values[i], strlen(values[i])};
    }
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    der_put_sorted(&b, items, 4);
    ck_assert_str_eq(buf_str(&b), "\x02\x01x\x04\x01y\x04\x02za\x04\x02zz");
}
END_TEST

START_TEST(wrapping_empties)
{
    EVPACK_AUTO_VALUE(buf_reset) buf body = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    der_put(&body, DER_NULL, NULL, 0);
    der_wrap(&out, DER_CONTEXT_0, &body);
    ck_assert_uint_eq(body.len, 0);
    ck_assert_int_eq(memcmp(buf_str(&out), "\xa0\x02\x05\x00", 4), 0);
    body.failed = true;
    der_wrap(&out, DER_CONTEXT_0, &body);
    ck_assert(out.failed);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {lengths,         every_size_comes_back, taking_goes_inside,
                                  sets_are_sorted, wrapping_empties,      NULL};
    return test_main(test_suite("port/der", tests));
}
