/* seal/zipform: the records, byte for byte, with ZIP64 where it is needed. */
#include "seal/zipform.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

static void same(const buf *got, const char *hex, const char *what)
{
    char text[1024] = "";
    for (size_t i = 0; i < got->len; i++) {
        (void)snprintf(text + 2 * i, sizeof text - 2 * i, "%02x", (unsigned char)got->data[i]);
    }
    ck_assert_msg(strcmp(text, hex) == 0, "%s: expected\n%s, came\n%s", what, hex, text);
}

START_TEST(small)
{
    zip_member m = {.name = "p/a", .size = 5, .packed = 7, .crc = 0x11223344, .offset = 0x99};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    zipform_put_local(&b, &m);
    same(&b, "504b03041400000008000000210044332211070000000500000003000000702f61", "local");
    buf_clear(&b);
    zipform_put_central(&b, &m);
    same(&b,
         "504b010214031400000008000000210044332211070000000500000003000000000000000000"
         "0000a48199000000702f61",
         "central");
    buf_clear(&b);
    zipform_put_end(&b, 2, 0x100, 0x60);
    same(&b,
         "504b05060000000002000200600000000001"
         "00000000",
         "end");
}
END_TEST

START_TEST(large_members)
{
    zip_member m = {.name = "p/a", .size = ZIPFORM_LARGE, .packed = 7, .offset = 1};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    zipform_put_local(&b, &m);
    same(&b,
         "504b03042d000000080000002100"
         "00000000ffffffffffffffff03001400702f61"
         "01001000000000ff000000000700000000000000",
         "local");
    buf_clear(&b);
    m.size = 5;
    m.offset = UINT64_C(0xffffffff);
    zipform_put_central(&b, &m);
    same(&b,
         "504b01022d032d000000080000002100"
         "00000000070000000500000003000c00000000000000"
         "0000a481ffffffff702f61"
         "01000800ffffffff00000000",
         "central");
    buf_clear(&b);
    zipform_put_end(&b, 65535, UINT64_C(0x100000000), 0x60);
    same(&b,
         "504b06062c000000000000002d032d000000000000000000ffff000000000000ffff000000000000"
         "60000000000000000000000001000000"
         "504b0607000000006000000001000000"
         "01000000"
         "504b050600000000ffffffff60000000ffffffff0000",
         "end");
}
END_TEST

START_TEST(a_header_comes_back)
{
    static const uint64_t sizes[] = {0, 1, ZIPFORM_LARGE - 1, ZIPFORM_LARGE, UINT64_C(1) << 40};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        zip_member m = {.name = "pkg/data/a", .size = sizes[i], .packed = sizes[i] / 3, .crc = 9};
        zip_member back = {0};
        seal_reason why;
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        zipform_put_local(&b, &m);
        ck_assert(zipform_read_local((const unsigned char *)b.data, b.len, &back, &why));
        ck_assert_str_eq(back.name, m.name);
        ck_assert_uint_eq(back.size, m.size);
        ck_assert_uint_eq(back.packed, m.packed);
        ck_assert_uint_eq(back.crc, m.crc);
    }
}
END_TEST

/* Only the name, the sizes and the CRC may be anything. */
START_TEST(every_other_bit_is_fixed)
{
    zip_member m = {.name = "pkg/a", .size = 10, .packed = 20, .crc = 30};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    zipform_put_local(&b, &m);
    for (size_t i = 0; i < 8 * b.len; i++) {
        b.data[i / 8] = (char)(b.data[i / 8] ^ (1 << (i % 8)));
        zip_member back = {0};
        seal_reason why;
        bool read = zipform_read_local((const unsigned char *)b.data, b.len, &back, &why);
        bool free_byte = (i / 8 >= 14 && i / 8 < 26) || i / 8 >= ZIPFORM_LOCAL;
        bool large = i / 8 == 25 && back.size >= ZIPFORM_LARGE;
        ck_assert_msg(read == (free_byte && !large), "bit %zu of byte %zu", i % 8, i / 8);
        b.data[i / 8] = (char)(b.data[i / 8] ^ (1 << (i % 8)));
    }
}
END_TEST

START_TEST(a_size_that_asks_for_zip64_without_it)
{
    zip_member m = {.name = "pkg/a", .size = 10, .packed = UINT32_MAX};
    seal_reason why;
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    zipform_put_local(&b, &m);
    ck_assert(!zipform_read_local((const unsigned char *)b.data, b.len, &m, &why));
    ck_assert_int_eq(why, SEAL_ZIP_ZIP64);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {small,
                                  large_members,
                                  a_header_comes_back,
                                  every_other_bit_is_fixed,
                                  a_size_that_asks_for_zip64_without_it,
                                  NULL};
    return test_main(test_suite("seal/zipform", tests));
}
