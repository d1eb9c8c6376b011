/* base/listing: the names of a folder, in one order. */
#include "support.h"

#include "base/listing.h"

#include <sys/stat.h>

START_TEST(names_come_in_byte_order)
{
    (void)test_text_file("b", "1");
    (void)test_text_file("a", "1");
    (void)test_text_file("B", "1");
    (void)test_text_file(".hidden", "1");
    ck_assert_int_eq(mkdir(test_path("folder"), 0700), 0);
    evpack_err err = {0};
    listing l = {0};
    OK(listing_read(test_path("."), &l, &err));
    static const char *const want[] = {".hidden", "B", "a", "b", "folder"};
    ck_assert_uint_eq(l.count, sizeof want / sizeof want[0]);
    for (size_t i = 0; i < l.count; i++) {
        ck_assert_str_eq(listing_name(&l, i), want[i]);
    }
    listing_reset(&l);
    ck_assert_uint_eq(l.count, 0);
}
END_TEST

START_TEST(what_is_no_folder_is_an_error)
{
    evpack_err err = {0};
    listing l = {0};
    FAILS(listing_read(test_path("absent"), &l, &err), EVPACK_E_IO, "cannot be read");
    ck_assert_uint_eq(l.count, 0);
    (void)test_text_file("file", "1");
    FAILS(listing_read(test_path("file"), &l, &err), EVPACK_E_IO, "Not a directory");
    listing_reset(&l);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {names_come_in_byte_order, what_is_no_folder_is_an_error, NULL};
    return test_main(test_suite("base/listing", tests));
}
