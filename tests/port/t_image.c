/* port/image: a picture becomes opaque RGB; a damaged or a large one is an error, never a crash. */
#include "port/image.h"

#include "support.h"

#include <string.h>

static void read_logo(buf *b)
{
    test_read(TEST_SOURCE_ROOT "/fixtures/template/logo.png", b);
}

START_TEST(a_picture)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf png = {0};
    read_logo(&png);
    EVPACK_AUTO_VALUE(image_reset) image i = {0};
    OK(image_read(png.data, png.len, 360, &i, &err));
    ck_assert_uint_eq(i.width, 360);
    ck_assert_uint_eq(i.height, 96);
    static const unsigned char white[] = {0xff, 0xff, 0xff}; /* was transparent */
    static const unsigned char green[] = {11, 83, 69};
    ck_assert_mem_eq(i.rgb, white, 3);
    ck_assert_mem_eq(i.rgb + (size_t)3 * (10 * 360 + 10), green, 3);
}
END_TEST

START_TEST(too_large)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf png = {0};
    read_logo(&png);
    image i = {0};
    FAILS(image_read(png.data, png.len, 359, &i, &err), EVPACK_E_LIMIT,
          "at most 359 by 359 pixels, found 360 by 96");
    FAILS(image_read("\x89PNG", 4, 100, &i, &err), EVPACK_E_INPUT, "not a PNG picture");
    FAILS(image_read("", 0, 100, &i, &err), EVPACK_E_INPUT, "not a PNG picture");
    ck_assert_ptr_null(i.rgb);
}
END_TEST

/* Every byte changed, and every cut: an answer each time. A damaged pixel stream never passes. */
START_TEST(damaged)
{
    EVPACK_AUTO_VALUE(buf_reset) buf png = {0};
    read_logo(&png);
    size_t refused = 0;
    for (size_t k = 0; k < png.len; k++) {
        png.data[k] ^= 0x5a;
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(image_reset) image i = {0};
        refused += image_read(png.data, png.len, 400, &i, &err) == EVPACK_OK ? 0 : 1;
        png.data[k] ^= 0x5a;
    }
    ck_assert_uint_ge(refused, png.len - 16); /* what is after the pixels may be taken */
    for (size_t len = 0; len < png.len - 16; len++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(image_reset) image i = {0};
        ck_assert_int_ne(image_read(png.data, len, 400, &i, &err), EVPACK_OK);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_picture, too_large, damaged, NULL};
    return test_main(test_suite("port/image", tests));
}
