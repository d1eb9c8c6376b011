/* package/side: a file that no path leads to, and that becomes a member byte for byte. */
#include "package/side.h"

#include "base/file.h"
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t count_files(const char *folder)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    ck_assert_ptr_nonnull(d);
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        n += e->d_name[0] != '.' || strlen(e->d_name) > 2 ? 1 : 0;
    }
    (void)closedir(d);
    return n;
}

START_TEST(it_has_no_name)
{
    evpack_err err = {0};
    const char *out = test_path("P.zip");
    EVPACK_AUTO_VALUE(buf_reset) buf folder = {0};
    buf_append(&folder, out, (size_t)(strrchr(out, '/') - out));
    const size_t before = count_files(buf_str(&folder));
    EVPACK_AUTO_FD fd = -1;
    OK(side_open(out, &fd, &err));
    struct stat st;
    ck_assert_int_eq(fstat(fd, &st), 0);
    ck_assert_msg((st.st_mode & 0777) == 0600, "expected a file for its owner alone, came %o",
                  st.st_mode & 0777);
    ck_assert_msg(count_files(buf_str(&folder)) == before, "expected no name in the folder");
}
END_TEST

START_TEST(a_folder_that_is_not_there)
{
    evpack_err err = {0};
    int fd = -1;
    FAILS(side_open(test_path("none/P.zip"), &fd, &err), EVPACK_E_IO,
          "no file can be made beside it");
}
END_TEST

/* Lengths around the block that is copied at once; the sealer refuses a member that is shorter or
 * longer than was said. */
START_TEST(all_of_it_becomes_a_member)
{
    static const size_t lengths[] = {0, 1, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, 700000};
    evpack_err err = {0};
    EVPACK_AUTO(sealer) s = NULL;
    OK(sealer_open(test_path("P.zip"), "pkg-1", &s, &err));
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        EVPACK_AUTO_FD fd = -1;
        OK(side_open(test_path("P.zip"), &fd, &err));
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        for (size_t k = 0; k < lengths[i]; k++) {
            buf_putc(&text, (char)('a' + k % 23));
        }
        OK(file_write_fd(fd, buf_str(&text), text.len, &err));
        char name[32];
        (void)snprintf(name, sizeof name, "data/%zu", i);
        OK(side_seal(s, name, fd, &err));
    }
    EVPACK_AUTO_FD pipe_end = -1;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pipe_end = ends[0];
    ck_assert_int_eq(close(ends[1]), 0);
    ck_assert_msg(side_seal(s, "data/9", pipe_end, &err) != EVPACK_OK,
                  "expected a file that cannot be read again to be refused");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {it_has_no_name, a_folder_that_is_not_there,
                                  all_of_it_becomes_a_member, NULL};
    return test_main(test_suite("package/side", tests));
}
