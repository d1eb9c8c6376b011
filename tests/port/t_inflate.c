/* port/inflate: any cut of the input gives the same; damage and idle bits are refused. */
#include "port/inflate.h"

#include "port/deflate.h"
#include "support.h"

#include <string.h>

static evpack_status append(void *ctx, const void *data, size_t len, evpack_err *err)
{
    buf_append(ctx, data, len);
    return buf_status(ctx, err);
}

static void pack(const void *data, size_t len, buf *out)
{
    evpack_err err = {0};
    uint32_t crc = 0;
    EVPACK_AUTO(deflater) d = NULL;
    OK(deflater_new(0, append, out, &d, &err));
    OK(deflater_write(d, data, len, &err));
    OK(deflater_end(d, &crc, &err));
}

/* Inflates with pieces of the given sizes. *used says how much of in was taken. */
static evpack_status unpack(const buf *in, size_t in_step, size_t out_step, buf *out, size_t *used,
                            evpack_err *err)
{
    static char block[65536];
    EVPACK_AUTO(inflater) z = NULL;
    EVPACK_TRY(inflater_new(&z, err));
    EVPACK_TRY(inflater_start(z, err));
    *used = 0;
    size_t idle = 0;
    while (!inflater_ended(z) && idle < 2) {
        size_t left = in->len - *used;
        inflate_io io = {.in = buf_str(in) + *used,
                         .in_len = left < in_step ? left : in_step,
                         .out = block,
                         .out_cap = out_step};
        size_t took = 0;
        size_t made = 0;
        EVPACK_TRY(inflater_run(z, &io, &took, &made, err));
        *used += took;
        buf_append(out, block, made);
        idle = took == 0 && made == 0 ? idle + 1 : 0;
    }
    return inflater_ended(z) ? EVPACK_OK : evpack_fail(err, EVPACK_E_INPUT, "no end");
}

START_TEST(any_cut)
{
    evpack_err err = {0};
    static char data[300000];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (char)(i * i / 7 % 251);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf in = {0};
    pack(data, sizeof data, &in);
    static const size_t steps[][2] = {{1, 1}, {1, 65536}, {65536, 1}, {7, 13}, {65536, 65536}};
    for (size_t i = 0; i < 5; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        size_t used = 0;
        OK(unpack(&in, steps[i][0], steps[i][1], &out, &used, &err));
        ck_assert_uint_eq(used, in.len);
        ck_assert(out.len == sizeof data && memcmp(out.data, data, sizeof data) == 0);
    }
}
END_TEST

static const struct {
    const char *bytes;
    size_t len;
    const char *want; /* NULL: refused */
} rows[] = {
    {"\x03\x00", 2, ""},                           /* fixed codes, the end at once */
    {"\x01\x00\x00\xff\xff", 5, ""},               /* stored, empty */
    {"\x01\x01\x00\xfe\xffx", 6, "x"},             /* stored */
    {"\x00\x01\x00\xfe\xffx\x03\x00", 8, "x"},     /* stored, and one more block */
    {"\x02\x00\x00\x00\xff\xff\x03\x00", 8, ""},   /* a flush */
    {"\x09\x01\x00\xfe\xffx", 6, NULL},            /* idle bit before a stored block */
    {"\x81\x01\x00\xfe\xffx", 6, NULL},            /* another */
    {"\x03\x04", 2, NULL},                         /* idle bit after the end */
    {"\x03\x80", 2, NULL},                         /* another */
    {"\x02\x20\x00\x00\xff\xff\x03\x00", 8, NULL}, /* idle bit in a flush */
    {"\x07\x00", 2, NULL},                         /* the reserved type */
    {"\x03", 1, NULL},                             /* no end */
    {"", 0, NULL},
    {"\x01\x01\x00\xfe\xfe"
     "x",
     6, NULL}, /* a length that denies itself */
};

START_TEST(strict)
{
    evpack_err err = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t step = 1; step <= 16; step += 15) {
            EVPACK_AUTO_VALUE(buf_reset) buf in = {0};
            EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
            buf_append(&in, rows[i].bytes, rows[i].len);
            size_t used = 0;
            evpack_status status = unpack(&in, step, 100, &out, &used, &err);
            if (rows[i].want == NULL) {
                ck_assert_msg(status == EVPACK_E_INPUT, "row %zu was accepted", i);
            } else {
                ck_assert_msg(status == EVPACK_OK, "row %zu: %s", i, err.text);
                ck_assert_str_eq(buf_str(&out), rows[i].want);
            }
        }
    }
}
END_TEST

START_TEST(what_follows_is_left)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf in = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    pack("text", 4, &in);
    size_t len = in.len;
    buf_puts(&in, "more");
    size_t used = 0;
    OK(unpack(&in, 100, 100, &out, &used, &err));
    ck_assert_uint_eq(used, len);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {any_cut, strict, what_follows_is_left, NULL};
    return test_main(test_suite("port/inflate", tests));
}
