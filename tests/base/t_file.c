/* base/file: bounded reads, of regular files, below a folder. */
#include "base/file.h"

#include "support.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(reading_is_bounded)
{
    evpack_err err = {0};
    const char *path = test_text_file("a.txt", "0123456789");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    OK(file_read(path, 10, &b, &err));
    ck_assert_str_eq(buf_str(&b), "0123456789");
    buf_clear(&b);
    FAILS(file_read(path, 9, &b, &err), EVPACK_E_LIMIT, "a.txt: is larger than 9 bytes");
}
END_TEST

START_TEST(only_regular_files)
{
    evpack_err err = {0};
    int fd = -1;
    FAILS(file_open(test_dir(), &fd, &err), EVPACK_E_IO, "is not a regular file");
    FAILS(file_open(test_path("none"), &fd, &err), EVPACK_E_IO, "none: cannot be opened");
    ck_assert_int_eq(mkfifo(test_path("pipe"), 0600), 0);
    FAILS(file_open(test_path("pipe"), &fd, &err), EVPACK_E_IO, "is not a regular file");
}
END_TEST

START_TEST(below_a_folder_nothing_leads_out)
{
    evpack_err err = {0};
    (void)test_text_file("in/sub/a.txt", "a");
    (void)test_text_file("out.txt", "b");
    ck_assert_int_eq(symlink("../out.txt", test_path("in/link")), 0);
    ck_assert_int_eq(symlink("..", test_path("in/up")), 0);
    EVPACK_AUTO_FD folder = open(test_path("in"), O_RDONLY | O_DIRECTORY);
    EVPACK_AUTO_FD fd = -1;
    OK(file_open_below(folder, "sub/a.txt", &fd, &err));
    int other = -1;
    static const char *const bad[] = {"",           "/",          "../out.txt", "sub/../sub/a.txt",
                                      "./sub",      "sub//a.txt", "sub/",       "link",
                                      "up/out.txt", "sub",        "sub/none",   "sub/a.txt/b"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(file_open_below(folder, bad[i], &other, &err) != EVPACK_OK,
                      "'%s': expected a refusal", bad[i]);
        ck_assert_int_eq(other, -1);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {reading_is_bounded, only_regular_files,
                                  below_a_folder_nothing_leads_out, NULL};
    return test_main(test_suite("base/file", tests));
}
