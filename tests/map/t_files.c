/* map/files: the same files give the same digest; a folder is bounded, and its links are no files.
 */
#include "map/files.h"

#include "base/text.h"
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void folder(void)
{
    (void)test_text_file("m/b.json", "{}");
    (void)test_text_file("m/a/x.sql", "SELECT 1");
    (void)test_text_file("m/a.json", "[]");
    (void)test_text_file("m/README.md", "not part of it");
    (void)test_text_file("m/empty.sql", "");
}

START_TEST(a_folder_is_its_json_and_sql_files)
{
    evpack_err err = {0};
    folder();
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files m = {0};
    OK(mapping_files_load(test_path("m"), &m, &err));
    static const char *const want[] = {"a.json", "a/x.sql", "b.json", "empty.sql"};
    ck_assert_uint_eq(m.count, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_str_eq(m.at[i].path, want[i]);
    }
    ck_assert_str_eq(m.origin, "m");
    ck_assert_str_eq(mapping_files_find(&m, "a/x.sql")->text, "SELECT 1");
    ck_assert_uint_eq(mapping_files_find(&m, "a/x.sql")->len, 8);
    ck_assert_uint_eq(mapping_files_find(&m, "empty.sql")->len, 0);
    ck_assert_ptr_null(mapping_files_find(&m, "README.md"));
}
END_TEST

/* What the header promises of find, sort and sha256sum. */
START_TEST(the_digest_is_that_of_sha256sum)
{
    evpack_err err = {0};
    folder();
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files m = {0};
    OK(mapping_files_load(test_path("m"), &m, &err));
    char hex[65];
    text_hex(m.sha256, 32, hex);
    char command[1024];
    (void)snprintf(command, sizeof command,
                   "cd '%s' && find . -name '*.json' -o -name '*.sql' | sed 's|^\\./||' | LC_ALL=C"
                   " sort | xargs sha256sum | sha256sum",
                   test_path("m"));
    FILE *out = popen(command, "r"); /* NOLINT(cert-env33-c): the test's own folder */
    ck_assert_ptr_nonnull(out);
    char line[80] = "";
    ck_assert_ptr_nonnull(fgets(line, sizeof line, out));
    ck_assert_int_eq(pclose(out), 0);
    ck_assert_msg(strncmp(line, hex, 64) == 0, "expected %.64s, came %s", line, hex);
}
END_TEST

START_TEST(only_the_bytes_and_names_count)
{
    evpack_err err = {0};
    folder();
    static const char *const ways[] = {"m", "m/", "m//", "m/../m", "link", "link/"};
    ck_assert_int_eq(symlink("m", test_path("link")), 0);
    unsigned char first[32];
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files m = {0};
        OK(mapping_files_load(test_path(ways[i]), &m, &err));
        ck_assert_msg(m.count == 4, "%s: expected 4 files, came %zu", ways[i], m.count);
        ck_assert_str_eq(m.at[0].path, "a.json");
        memcpy(first, i == 0 ? m.sha256 : first, 32);
        ck_assert_mem_eq(first, m.sha256, 32);
    }
    (void)test_text_file("m/a.json", "[ ]");
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files other = {0};
    OK(mapping_files_load(test_path("m"), &other, &err));
    ck_assert_msg(memcmp(first, other.sha256, 32) != 0, "expected another digest");
}
END_TEST

START_TEST(links_are_not_followed)
{
    evpack_err err = {0};
    folder();
    (void)test_text_file("outside/secret.json", "{}");
    ck_assert_int_eq(symlink("../outside/secret.json", test_path("m/link.json")), 0);
    ck_assert_int_eq(symlink("../outside", test_path("m/linked")), 0);
    ck_assert_int_eq(symlink("nowhere", test_path("m/dangling.sql")), 0);
    ck_assert_int_eq(mkfifo(test_path("m/pipe.json"), 0600), 0);
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files m = {0};
    OK(mapping_files_load(test_path("m"), &m, &err));
    ck_assert_msg(m.count == 4, "expected 4 files, came %zu", m.count);
    ck_assert_str_eq(m.passed_over, "dangling.sql");
}
END_TEST

START_TEST(what_cannot_be_a_mapping_is_refused)
{
    evpack_err err = {0};
    mapping_files m = {0};
    folder();
    FAILS(mapping_files_load(test_path("none"), &m, &err), EVPACK_E_MAPPING,
          "none: there is no folder of that name");
    FAILS(mapping_files_load(test_path("m/a.json"), &m, &err), EVPACK_E_MAPPING,
          "a.json: there is no folder of that name");
    FAILS(mapping_files_load("", &m, &err), EVPACK_E_MAPPING, "there is no folder");
    ck_assert_int_eq(mkdir(test_path("hollow"), 0755), 0);
    FAILS(mapping_files_load(test_path("hollow"), &m, &err), EVPACK_E_MAPPING,
          "hollow: holds no mapping");
    (void)test_file("m/nul.sql", "SELECT 1\0; DROP", 15);
    FAILS(mapping_files_load(test_path("m"), &m, &err), EVPACK_E_MAPPING,
          "nul.sql: holds a NUL byte");
    ck_assert_uint_eq(m.count, 0);
}
END_TEST

START_TEST(sizes_are_bounded)
{
    evpack_err err = {0};
    mapping_files m = {0};
    folder();
    char *big = malloc(MAPPING_FILE_MAX + 1);
    ck_assert_ptr_nonnull(big);
    memset(big, ' ', MAPPING_FILE_MAX + 1);
    (void)test_file("m/big.json", big, MAPPING_FILE_MAX);
    OK(mapping_files_load(test_path("m"), &m, &err));
    mapping_files_reset(&m);
    (void)test_file("m/big.json", big, MAPPING_FILE_MAX + 1);
    FAILS(mapping_files_load(test_path("m"), &m, &err), EVPACK_E_LIMIT, "big.json: is larger than");
    for (int i = 0; i < 17; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "many/%d.json", i);
        (void)test_file(name, big, MAPPING_FILE_MAX);
    }
    FAILS(mapping_files_load(test_path("many"), &m, &err), EVPACK_E_MAPPING,
          "holds more than 67108864");
    free(big);
    ck_assert_int_eq(mkdir(test_path("lots"), 0755), 0);
    for (int i = 0; i <= MAPPING_FILES_MAX; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "lots/%d.sql", i);
        int fd = open(test_path(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0644); /* quick: no sync */
        ck_assert_int_ge(fd, 0);
        (void)close(fd);
    }
    FAILS(mapping_files_load(test_path("lots"), &m, &err), EVPACK_E_MAPPING,
          "holds more than 4096 files");
}
END_TEST

START_TEST(the_built_in_mapping_is_there)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files m = {0};
    OK(mapping_files_load(NULL, &m, &err));
    ck_assert_str_eq(m.origin, "built-in");
    ck_assert_ptr_nonnull(mapping_files_find(&m, "reasons.json"));
    /* The folder in the source is the same mapping. */
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files source = {0};
    OK(mapping_files_load(TEST_SOURCE_ROOT "/mapping", &source, &err));
    ck_assert_mem_eq(m.sha256, source.sha256, 32);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_folder_is_its_json_and_sql_files,  the_digest_is_that_of_sha256sum,
        only_the_bytes_and_names_count,      links_are_not_followed,
        what_cannot_be_a_mapping_is_refused, sizes_are_bounded,
        the_built_in_mapping_is_there,       NULL};
    return test_main(test_suite("map/files", tests));
}
