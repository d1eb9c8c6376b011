/* base/sources: one file or a folder of them; what fits is never passed over. */
#include "support.h"

#include "base/sources.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const endings[] = {".pem", ".cer", NULL};
static const sources_rule rule = {
    .endings = endings, .expected = "files named *.pem or *.cer", .files_max = 3, .bytes_max = 16};

static evpack_status note(void *ctx, const char *path, const buf *content, evpack_err *err)
{
    buf *seen = ctx;
    const char *name = strrchr(path, '/');
    buf_printf(seen, "%s=%s ", name == NULL ? path : name + 1, buf_str(content));
    return strcmp(buf_str(content), "stop") == 0 ? evpack_fail(err, EVPACK_E_INPUT, "stopped")
                                                 : EVPACK_OK;
}

static void expect(const char *path, const char *want)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf seen = {0};
    OK(sources_each(path, &rule, note, &seen, &err));
    ck_assert_str_eq(buf_str(&seen), want);
}

static evpack_status each(const char *path, buf *seen, evpack_err *err)
{
    return sources_each(path, &rule, note, seen, err);
}

START_TEST(a_file_whatever_its_name)
{
    expect(test_text_file("trust.txt", "a"), "trust.txt=a ");
}
END_TEST

START_TEST(a_folder_in_order)
{
    (void)test_text_file("f/b.pem", "1");
    (void)test_text_file("f/B.CER", "2");
    (void)test_text_file("f/.hidden.pem", "x");
    (void)test_text_file("f/readme.txt", "x");
    (void)test_text_file("f/pem", "x");
    (void)test_text_file("f/below/c.pem", "x");
    expect(test_path("f"), "B.CER=2 b.pem=1 ");
    char slash[600];
    (void)snprintf(slash, sizeof slash, "%s/", test_path("f"));
    expect(slash, "B.CER=2 b.pem=1 ");
    ck_assert_int_eq(symlink(test_text_file("elsewhere", "3"), test_path("f/a.pem")), 0);
    expect(test_path("f"), "B.CER=2 a.pem=3 b.pem=1 ");
}
END_TEST

START_TEST(nothing_is_passed_over)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf seen = {0};
    (void)test_text_file("f/readme.txt", "x");
    FAILS(each(test_path("f"), &seen, &err), EVPACK_E_INPUT, "expected files named *.pem or *.cer");
    FAILS(each(test_path("none"), &seen, &err), EVPACK_E_IO, "none: cannot be opened");
    (void)test_text_file("f/a.pem", "stop");
    (void)test_text_file("f/b.pem", "1");
    FAILS(each(test_path("f"), &seen, &err), EVPACK_E_INPUT, "stopped");
    (void)test_text_file("f/a.pem", "0123456789");
    (void)test_text_file("f/b.pem", "0123456789");
    FAILS(each(test_path("f"), &seen, &err), EVPACK_E_LIMIT, "b.pem");
    (void)test_text_file("f/b.pem", "1");
    (void)test_text_file("f/c.pem", "1");
    (void)test_text_file("f/d.pem", "1");
    FAILS(each(test_path("f"), &seen, &err), EVPACK_E_LIMIT, "more than 3 files named");
    ck_assert_int_eq(unlink(test_path("f/d.pem")), 0);
    ck_assert_int_eq(unlink(test_path("f/c.pem")), 0);
    ck_assert_int_eq(mkdir(test_path("f/c.pem"), 0700), 0);
    FAILS(each(test_path("f"), &seen, &err), EVPACK_E_IO, "c.pem: is not a regular file");
    ck_assert_int_eq(rmdir(test_path("f/c.pem")), 0);
    ck_assert_int_eq(symlink("nowhere", test_path("f/c.pem")), 0);
    FAILS(each(test_path("f"), &seen, &err), EVPACK_E_IO, "c.pem: cannot be opened");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_file_whatever_its_name, a_folder_in_order,
                                  nothing_is_passed_over, NULL};
    return test_main(test_suite("base/sources", tests));
}
