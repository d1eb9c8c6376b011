/*
 * The tests' own helpers. Invariant: a test touches nothing outside its temporary folder.
 */
#include "support.h"

#include "base/file.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static char dir[256];
static pid_t dir_owner;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void remove_dir(void)
{
    if (dir[0] != '\0' && dir_owner == getpid()) {
        (void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
}

const char *test_dir(void)
{
    if (dir[0] == '\0' || dir_owner != getpid()) {
        const char *base = getenv("TMPDIR");
        (void)snprintf(dir, sizeof dir, "%.200s/evpack-test-XXXXXX", base ? base : "/tmp");
        ck_assert_msg(mkdtemp(dir) != NULL, "expected a temporary folder at %s", dir);
        dir_owner = getpid();
        (void)atexit(remove_dir);
    }
    return dir;
}

const char *test_path(const char *name)
{
    static char paths[8][1024];
    static unsigned next;
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s/%s", test_dir(), name);
    return path;
}

const char *test_file(const char *name, const void *data, size_t len)
{
    const char *path = test_path(name);
    char folder[1024];
    (void)snprintf(folder, sizeof folder, "%s", path);
    for (char *p = strchr(folder + strlen(test_dir()) + 1, '/'); p != NULL;
         p = strchr(p + 1, '/')) {
        *p = '\0';
        (void)mkdir(folder, 0755);
        *p = '/';
    }
    evpack_err err = {0};
    OK(file_write(path, data, len, &err));
    return path;
}

const char *test_text_file(const char *name, const char *text)
{
    return test_file(name, text, strlen(text));
}

void test_read(const char *path, buf *b)
{
    evpack_err err = {0};
    OK(file_read(path, (size_t)1 << 30, b, &err));
}

Suite *test_suite(const char *name, const TTest *const *tests)
{
    Suite *suite = suite_create(name);
    for (; *tests != NULL; tests++) {
        TCase *tc = tcase_create((*tests)->name);
        tcase_set_timeout(tc, 240);
        tcase_add_test(tc, *tests);
        suite_add_tcase(suite, tc);
    }
    return suite;
}

int test_main(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
