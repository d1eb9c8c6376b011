/* base/folder: a new folder is all there, or not there at all. */
#include "base/folder.h"

#include "support.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* How many names stand in a folder of the test. */
static size_t count(const char *path)
{
    size_t n = 0;
    DIR *d = opendir(path);
    ck_assert_ptr_nonnull(d);
    while (readdir(d) != NULL) {
        n++;
    }
    (void)closedir(d);
    return n - 2;
}

static bool there(const char *name)
{
    struct stat st;
    return lstat(test_path(name), &st) == 0;
}

static unsigned mode(const char *name)
{
    struct stat st;
    ck_assert_int_eq(lstat(test_path(name), &st), 0);
    return (unsigned)st.st_mode;
}

static void put(folder *f, const char *path, const char *text)
{
    evpack_err err = {0};
    OK(folder_begin(f, path, &err));
    OK(folder_write(f, text, strlen(text), &err));
    OK(folder_end(f, &err));
}

START_TEST(all_of_it)
{
    static const struct {
        unsigned mask, file, folder;
    } rows[] = {{022, S_IFREG | 0644, S_IFDIR | 0755}, {077, S_IFREG | 0600, S_IFDIR | 0700}};
    for (size_t i = 0; i < 2; i++) {
        evpack_err err = {0};
        mode_t before = umask(rows[i].mask);
        EVPACK_AUTO(folder) f = NULL;
        OK(folder_new(i == 0 ? test_path("F0") : test_path("F1///"), &f, &err));
        put(f, "a/b/c", "text");
        put(f, "a/b/d", "");
        put(f, "e", "x");
        ck_assert(!there(i == 0 ? "F0" : "F1"));
        struct stat st;
        char up[600];
        (void)snprintf(up, sizeof up, "%s/..", folder_path(f));
        ck_assert_int_eq(stat(up, &st), 0);
        ck_assert_uint_eq(st.st_mode, S_IFDIR | 0700);
        OK(folder_commit(f, &err));
        (void)umask(before);
        ck_assert_uint_eq(mode(i == 0 ? "F0" : "F1"), rows[i].folder);
        ck_assert_uint_eq(mode(i == 0 ? "F0/a/b" : "F1/a/b"), rows[i].folder);
        ck_assert_uint_eq(mode(i == 0 ? "F0/a/b/c" : "F1/a/b/c"), rows[i].file);
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        test_read(test_path(i == 0 ? "F0/a/b/c" : "F1/a/b/c"), &text);
        ck_assert_str_eq(buf_str(&text), "text");
    }
    ck_assert_uint_eq(count(test_dir()), 2);
    ck_assert_uint_eq(count(test_path("F0")), 2);
}
END_TEST

START_TEST(or_nothing)
{
    evpack_err err = {0};
    EVPACK_AUTO(folder) f = NULL;
    OK(folder_new(test_path("F"), &f, &err));
    put(f, "a/b/c/d", "text");
    put(f, "e", "x");
    OK(folder_begin(f, "open", &err));
    ck_assert_uint_eq(count(test_dir()), 1);
    folder_free(EVPACK_MOVE(f));
    ck_assert_uint_eq(count(test_dir()), 0);
}
END_TEST

START_TEST(what_is_there_stays)
{
    evpack_err err = {0};
    EVPACK_AUTO(folder) f = NULL;
    (void)test_text_file("file", "x");
    ck_assert_int_eq(mkdir(test_path("empty"), 0755), 0);
    ck_assert_int_eq(symlink("nowhere", test_path("link")), 0);
    static const char *const names[] = {"file", "empty", "link", "empty/", "empty/..", "."};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        FAILS(folder_new(test_path(names[i]), &f, &err), EVPACK_E_IO, "is there already");
        FAILS(folder_absent(test_path(names[i]), &err), EVPACK_E_IO, "is there already");
    }
    FAILS(folder_new("/", &f, &err), EVPACK_E_IO, "is there already");
    FAILS(folder_new("", &f, &err), EVPACK_E_IO, "cannot be made");
    FAILS(folder_new(test_path("no/F"), &f, &err), EVPACK_E_IO, "cannot be made");
    FAILS(folder_new(test_path("file/F"), &f, &err), EVPACK_E_IO, "cannot be made");
    ck_assert_uint_eq(count(test_dir()), 3);
}
END_TEST

/* Someone makes the folder while ours is written: theirs stays, even an empty one. */
START_TEST(what_comes_meanwhile_stays)
{
    evpack_err err = {0};
    EVPACK_AUTO(folder) f = NULL;
    OK(folder_new(test_path("F"), &f, &err));
    put(f, "a", "ours");
    ck_assert_int_eq(mkdir(test_path("F"), 0755), 0);
    FAILS(folder_commit(f, &err), EVPACK_E_IO, "F: ");
    (void)test_text_file("F/a", "theirs");
    FAILS(folder_commit(f, &err), EVPACK_E_IO, "F: ");
    folder_free(EVPACK_MOVE(f));
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    test_read(test_path("F/a"), &text);
    ck_assert_str_eq(buf_str(&text), "theirs");
    ck_assert_uint_eq(count(test_dir()), 1);
}
END_TEST

START_TEST(odd_paths)
{
    evpack_err err = {0};
    EVPACK_AUTO(folder) f = NULL;
    OK(folder_new(test_path("F"), &f, &err));
    static const char *const paths[] = {"",    ".",    "..",   "/a",     "a/",    "a//b",
                                        "./a", "../a", "a/..", "a/../b", "a/./b", "/"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        FAILS(folder_begin(f, paths[i], &err), EVPACK_E_INPUT, "not the path of a file");
    }
    char longer[400];
    memset(longer, 'x', sizeof longer);
    longer[300] = '\0';
    FAILS(folder_begin(f, longer, &err), EVPACK_E_INPUT, "not the path of a file");
    put(f, "a/b", "x");
    FAILS(folder_begin(f, "a/b", &err), EVPACK_E_IO, "a/b: cannot be written");
    FAILS(folder_begin(f, "a/b/c", &err), EVPACK_E_IO, "a/b/c: cannot be written");
    FAILS(folder_begin(f, "a", &err), EVPACK_E_IO, "a: cannot be written");
    OK(folder_begin(f, "c", &err));
    FAILS(folder_begin(f, "d", &err), EVPACK_E_INTERNAL, "still open");
}
END_TEST

START_TEST(links_are_not_followed)
{
    evpack_err err = {0};
    EVPACK_AUTO(folder) f = NULL;
    ck_assert_int_eq(mkdir(test_path("else"), 0755), 0);
    OK(folder_new(test_path("F"), &f, &err));
    char link[600];
    (void)snprintf(link, sizeof link, "%s/a", folder_path(f));
    ck_assert_int_eq(symlink(test_path("else"), link), 0);
    (void)snprintf(link, sizeof link, "%s/b", folder_path(f));
    ck_assert_int_eq(symlink(test_path("else/b"), link), 0);
    FAILS(folder_begin(f, "a/x", &err), EVPACK_E_IO, "a/x: cannot be written");
    FAILS(folder_begin(f, "b", &err), EVPACK_E_IO, "b: cannot be written");
    folder_free(EVPACK_MOVE(f)); /* removes the link, not what it names */
    ck_assert_uint_eq(count(test_dir()), 1);
    ck_assert_uint_eq(count(test_path("else")), 0);
}
END_TEST

static volatile sig_atomic_t came;

static void note(int signal)
{
    (void)signal;
    came++;
}

START_TEST(a_signal_waits_and_ends_it)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < 3; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(folder) f = NULL;
        came = 0;
        (void)signal(signals[i], note);
        OK(folder_new(test_path("F"), &f, &err));
        OK(folder_begin(f, "a", &err));
        ck_assert_int_eq(raise(signals[i]), 0);
        ck_assert_int_eq(came, 0);
        FAILS(folder_write(f, "x", 1, &err), EVPACK_E_IO, "interrupted");
        OK(folder_end(f, &err));
        FAILS(folder_begin(f, "b", &err), EVPACK_E_IO, "interrupted");
        FAILS(folder_commit(f, &err), EVPACK_E_IO, "interrupted");
        ck_assert_int_eq(came, 0);
        folder_free(EVPACK_MOVE(f));
        ck_assert_int_eq(came, 1);
        ck_assert_uint_eq(count(test_dir()), 0);
    }
}
END_TEST

START_TEST(an_ignored_signal_is_ignored)
{
    evpack_err err = {0};
    EVPACK_AUTO(folder) f = NULL;
    (void)signal(SIGHUP, SIG_IGN); /* as nohup does */
    OK(folder_new(test_path("F"), &f, &err));
    ck_assert_int_eq(raise(SIGHUP), 0);
    put(f, "a", "x");
    OK(folder_commit(f, &err));
    ck_assert(there("F/a"));
}
END_TEST

/* A limit on the size of files stands for a full disk. */
START_TEST(a_full_disk)
{
    evpack_err err = {0};
    EVPACK_AUTO(folder) f = NULL;
    static char block[65536];
    struct rlimit all;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &all), 0);
    struct rlimit few = {.rlim_cur = 100000, .rlim_max = all.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    OK(folder_new(test_path("F"), &f, &err));
    OK(folder_begin(f, "a/b", &err));
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &few), 0);
    OK(folder_write(f, block, sizeof block, &err));
    FAILS(folder_write(f, block, sizeof block, &err), EVPACK_E_IO, "a/b: writing failed");
    folder_free(EVPACK_MOVE(f));
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &all), 0);
    ck_assert_uint_eq(count(test_dir()), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {all_of_it,
                                  or_nothing,
                                  what_is_there_stays,
                                  what_comes_meanwhile_stays,
                                  odd_paths,
                                  links_are_not_followed,
                                  a_signal_waits_and_ends_it,
                                  an_ignored_signal_is_ignored,
                                  a_full_disk,
                                  NULL};
    return test_main(test_suite("base/folder", tests));
}
