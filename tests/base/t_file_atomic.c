/* base/file_atomic: an atomic file is all or nothing. */
#include "base/file.h"

#include "support.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int count_files(void)
{
    DIR *d = opendir(test_dir());
    int n = 0;
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        n += e->d_name[0] != '.';
    }
    (void)closedir(d);
    return n;
}

START_TEST(atomic_replaces_on_commit)
{
    evpack_err err = {0};
    const char *path = test_text_file("out", "old");
    EVPACK_AUTO(file_atomic) f = NULL;
    OK(file_atomic_open(path, &f, &err));
    OK(file_write_fd(file_atomic_fd(f), "new", 3, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    test_read(path, &b);
    ck_assert_msg(strcmp(buf_str(&b), "old") == 0, "expected 'old' before the commit, came '%s'",
                  buf_str(&b));
    OK(file_atomic_commit(f, &err));
    buf_clear(&b);
    test_read(path, &b);
    ck_assert_str_eq(buf_str(&b), "new");
}
END_TEST

START_TEST(atomic_leaves_nothing_behind)
{
    evpack_err err = {0};
    const char *path = test_text_file("out", "old");
    {
        EVPACK_AUTO(file_atomic) f = NULL;
        OK(file_atomic_open(path, &f, &err));
        OK(file_write_fd(file_atomic_fd(f), "half", 4, &err));
    }
    ck_assert_int_eq(count_files(), 1);
    EVPACK_AUTO(file_atomic) f = NULL;
    FAILS(file_atomic_open(test_path("no/such/folder"), &f, &err), EVPACK_E_IO,
          "cannot be written");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {atomic_replaces_on_commit, atomic_leaves_nothing_behind, NULL};
    return test_main(test_suite("base/file_atomic", tests));
}
