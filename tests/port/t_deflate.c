/* port/deflate: the same bytes with any number of threads and any cut; sizes around the blocks. */
#include "port/deflate.h"

#include "port/inflate.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK = 256 * 1024 };

static evpack_status append(void *ctx, const void *data, size_t len, evpack_err *err)
{
    buf_append(ctx, data, len);
    return buf_status(ctx, err);
}

static void fill(buf *b, size_t len)
{
    for (size_t i = 0; b->len < len; i++) {
        buf_printf(b, "{\"id\":%zu,\"name\":\"account %zu\"},\n", i, i * 7919 % 1000);
    }
    buf_truncate(b, len);
}

static uint32_t pack(unsigned threads, const buf *in, size_t step, buf *out)
{
    evpack_err err = {0};
    uint32_t crc = 0;
    EVPACK_AUTO(deflater) d = NULL;
    OK(deflater_new(threads, append, out, &d, &err));
    for (int twice = 0; twice < 2; twice++) { /* a second stream begins afresh */
        buf_clear(out);
        for (size_t at = 0; at < in->len; at += step) {
            size_t n = in->len - at < step ? in->len - at : step;
            OK(deflater_write(d, in->data + at, n, &err));
        }
        OK(deflater_end(d, &crc, &err));
    }
    return crc;
}

static void unpacks(const buf *packed, const buf *want, uint32_t crc)
{
    evpack_err err = {0};
    static char block[100000];
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    EVPACK_AUTO(inflater) z = NULL;
    OK(inflater_new(&z, &err));
    OK(inflater_start(z, &err));
    for (size_t at = 0; !inflater_ended(z);) {
        inflate_io io = {.in = packed->data + at,
                         .in_len = packed->len - at,
                         .out = block,
                         .out_cap = sizeof block};
        size_t used = 0;
        size_t made = 0;
        OK(inflater_run(z, &io, &used, &made, &err));
        buf_append(&got, block, made);
        at += used;
    }
    ck_assert_uint_eq(inflater_crc(z), crc);
    ck_assert(got.len == want->len && memcmp(buf_str(&got), buf_str(want), got.len) == 0);
}

START_TEST(same_bytes_whatever_the_threads)
{
    static const size_t sizes[] = {0,         1,         100,           BLOCK - 1, BLOCK,
                                   BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 5, 20 * BLOCK};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf in = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf alone = {0};
        fill(&in, sizes[i]);
        uint32_t crc = pack(0, &in, 65536, &alone);
        unpacks(&alone, &in, crc);
        for (unsigned threads = 1; threads <= 9; threads += 4) {
            EVPACK_AUTO_VALUE(buf_reset) buf other = {0};
            ck_assert_uint_eq(pack(threads, &in, 10007, &other), crc);
            ck_assert(alone.len == other.len &&
                      memcmp(buf_str(&alone), buf_str(&other), alone.len) == 0);
        }
    }
}
END_TEST

START_TEST(noise_grows_little)
{
    EVPACK_AUTO_VALUE(buf_reset) buf in = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    uint32_t x = 1;
    for (size_t i = 0; i < 3 * BLOCK; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        buf_putc(&in, (char)x);
    }
    uint32_t crc = pack(2, &in, BLOCK, &out);
    ck_assert_uint_lt(out.len, in.len + in.len / 1000);
    unpacks(&out, &in, crc);
}
END_TEST

/* A plain stream between two small ones: they stay what they are, and it holds the bytes as such.
 */
START_TEST(plain_streams)
{
    static const size_t sizes[] = {0, 1, 1000, 70000, BLOCK, 3 * BLOCK + 5};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf in = {0};
        buf out[3] = {{0}};
        EVPACK_AUTO_VALUE(buf_reset) buf all = {0};
        fill(&in, sizes[i]);
        EVPACK_AUTO(deflater) d = NULL;
        OK(deflater_new(2, append, &all, &d, &err));
        for (int k = 0; k < 3; k++) {
            uint32_t crc = 0;
            buf_clear(&all);
            deflater_kind(d, k == 1 ? DEFLATE_PLAIN : DEFLATE_SMALL);
            OK(deflater_write(d, buf_str(&in), in.len, &err));
            OK(deflater_end(d, &crc, &err));
            unpacks(&all, &in, crc);
            buf_append(&out[k], buf_str(&all), all.len);
        }
        ck_assert(out[0].len == out[2].len &&
                  memcmp(buf_str(&out[0]), buf_str(&out[2]), out[0].len) == 0);
        ck_assert_uint_le(out[1].len, in.len + 5 * (in.len / 32768 + 2));
        if (in.len > 0 && in.len < 65536) { /* one stored block: a header, and the bytes */
            ck_assert_uint_eq(out[1].len, in.len + 5);
            ck_assert_mem_eq(out[1].data + 5, in.data, in.len);
        }
        buf_reset(&out[0]);
        buf_reset(&out[1]);
        buf_reset(&out[2]);
    }
}
END_TEST

static evpack_status refuse(void *ctx, const void *data, size_t len, evpack_err *err)
{
    (void)ctx;
    (void)data;
    (void)len;
    return evpack_fail(err, EVPACK_E_IO, "the disk is full");
}

START_TEST(a_full_disk_is_told)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf in = {0};
    fill(&in, 40 * BLOCK);
    EVPACK_AUTO(deflater) d = NULL;
    OK(deflater_new(3, refuse, NULL, &d, &err));
    FAILS(deflater_write(d, in.data, in.len, &err), EVPACK_E_IO, "the disk is full");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {same_bytes_whatever_the_threads, noise_grows_little,
                                  plain_streams, a_full_disk_is_told, NULL};
    return test_main(test_suite("port/deflate", tests));
}
