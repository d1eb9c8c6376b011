/*
 * seal/anybag: whole bags of others. The conformance suite of the Library of Congress is judged too
 * where it is: EVPACK_BAGIT names its folder, else ../shared/data/bagit-suite is looked for.
 */
#include "seal/anybag.h"

#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char *name, const char *text)
{
    (void)test_file(name, text, strlen(text));
}

static void make_folders(void)
{
    ck_assert_int_eq(mkdir(test_path("bag"), 0700), 0);
    ck_assert_int_eq(mkdir(test_path("bag/data"), 0700), 0);
}

static void good_bag(void)
{
    make_folders();
    put("bag/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    put("bag/data/a", "abc");
    put("bag/manifest-md5.txt", "900150983cd24fb0d6963f7d28e17f72  data/a\n");
    put("bag/manifest-sha1.txt", "a9993e364706816aba3e25717850c26c9cd0d89d  data/a\n");
    put("bag/bag-info.txt", "Payload-Oxum: 3.1\n");
}

static void judged(seal_verdict verdict, const char *code, const char *text)
{
    evpack_err err = {0};
    anybag_report r;
    OK(anybag_judge(test_path("bag"), &r, &err));
    const char *came = r.report.reason_count == 0 ? "" : r.report.reasons[0].code;
    const char *said = r.report.reason_count == 0 ? "" : r.report.reasons[0].text;
    ck_assert_msg(r.report.verdict == verdict && strcmp(came, code) == 0 &&
                      strstr(said, text) != NULL,
                  "expected %s, %s, '%s'; came %s, %s, '%s'", seal_verdict_text(verdict), code,
                  text, seal_verdict_text(r.report.verdict), came, said);
    ck_assert_msg(r.report.not_covered_count == 1, "expected to be told what is not covered");
}

START_TEST(a_good_bag_is_valid)
{
    good_bag();
    judged(SEAL_VERIFIED, "", "");
    put("bag/manifest-blake3.txt", "00  data/a\n");
    evpack_err err = {0};
    anybag_report r;
    OK(anybag_judge(test_path("bag"), &r, &err));
    ck_assert_str_eq(r.algorithms, "md5, sha1");
    ck_assert_uint_eq(r.payload_bytes, 3);
    ck_assert_msg(r.warning_count == 1 && strstr(r.warnings[0], "blake3") != NULL,
                  "expected a warning of the algorithm, came %zu", r.warning_count);
}
END_TEST

static const struct {
    const char *name, *text; /* a file that is written over the good bag; text NULL: removed */
    const char *code, *said;
} faults[] = {
    {"bag/data/a", "abd", "file-changed", "its md5"},
    {"bag/data/b", "x", "file-unlisted", "data/b"},
    {"bag/data/a", NULL, "file-missing", "data/a"},
    {"bag/bagit.txt", NULL, "package-structure", "bagit.txt is not there"},
    {"bag/bag-info.txt", "Payload-Oxum: 4.1\n", "payload-oxum", "says 4 bytes"},
    {"bag/bag-info.txt", "Payload-Oxum: x\n", "package-structure", "Payload-Oxum"},
    {"bag/manifest-sha1.txt", "", "file-unlisted", "every payload manifest"},
    {"bag/manifest-md5.txt", "nonsense", "manifest-malformed", "line 1"},
    {"bag/fetch.txt", "http://example.com/ - data/z\n", "manifest-malformed", "data/z"},
    {"bag/tagmanifest-md5.txt", "900150983cd24fb0d6963f7d28e17f72  bag-info.txt\n", "file-changed",
     "bag-info.txt"},
};

START_TEST(each_fault_has_its_reason)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (i > 0) {
            ck_assert_int_eq(rename(test_path("bag"), test_path(i % 2 == 0 ? "old0" : "old1")), 0);
        }
        good_bag();
        if (faults[i].text == NULL) {
            ck_assert_int_eq(unlink(test_path(faults[i].name)), 0);
        } else {
            put(faults[i].name, faults[i].text);
        }
        judged(SEAL_NOT_VERIFIED, faults[i].code, faults[i].said);
        EVPACK_AUTO_VALUE(buf_reset) buf command = {0};
        buf_printf(&command, "rm -rf '%s' '%s'", test_path("old0"), test_path("old1"));
        ck_assert_int_eq(system(buf_str(&command)), 0);
    }
}
END_TEST

START_TEST(links_and_pipes_are_no_evidence)
{
    good_bag();
    ck_assert_int_eq(symlink("a", test_path("bag/data/l")), 0);
    judged(SEAL_NOT_VERIFIED, "not-a-regular-file", "data/l");
    ck_assert_int_eq(unlink(test_path("bag/data/l")), 0);
    ck_assert_int_eq(mkfifo(test_path("bag/data/p"), 0600), 0);
    judged(SEAL_NOT_VERIFIED, "not-a-regular-file", "data/p");
}
END_TEST

START_TEST(what_is_no_folder_is_undecided)
{
    evpack_err err = {0};
    anybag_report r;
    ck_assert_int_eq(anybag_judge(test_path("none"), &r, &err), EVPACK_E_IO);
    ck_assert_int_eq(r.report.verdict, SEAL_UNDECIDED);
}
END_TEST

/* The first five fields of index.csv have no quotes. */
static void suite_row(const char *root, char *line)
{
    char *field[6] = {0};
    for (int i = 0; i < 6; i++) {
        field[i] = strsep(&line, ",");
        ck_assert_msg(field[i] != NULL, "index.csv: a row of too few fields");
    }
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    buf_printf(&path, "%s/%s", root, field[4]);
    evpack_err err = {0};
    anybag_report r;
    OK(anybag_judge(buf_str(&path), &r, &err));
    bool lost = strcmp(field[5], "missing-on-disk") == 0; /* git could not hold one of its files */
    bool good = strcmp(field[2], "valid") == 0 || (strcmp(field[2], "warning") == 0 && !lost);
    const char *said = r.report.reason_count == 0 ? "" : r.report.reasons[0].text;
    ck_assert_msg(r.report.verdict == (good ? SEAL_VERIFIED : SEAL_NOT_VERIFIED),
                  "%s: expected %s, came %s (%s)", field[4], field[2],
                  seal_verdict_text(r.report.verdict), said);
    ck_assert_msg(strcmp(field[2], "warning") != 0 || r.warning_count > 0, "%s: expected a warning",
                  field[4]);
    for (size_t i = 0; i < r.report.reason_count && lost; i++) {
        const char *code = r.report.reasons[i].code;
        ck_assert_msg(strcmp(code, "file-missing") == 0 || strcmp(code, "payload-oxum") == 0,
                      "%s: expected only the lost file to be wrong, came '%s'", field[4],
                      r.report.reasons[i].text);
    }
}

START_TEST(the_conformance_suite_is_judged_as_its_index_says)
{
    const char *root = getenv("EVPACK_BAGIT");
    root = root != NULL ? root : TEST_SOURCE_ROOT "/../shared/data/bagit-suite";
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    buf_printf(&path, "%s/index.csv", root);
    if (access(buf_str(&path), R_OK) != 0) {
        (void)printf("skipped: the BagIt conformance suite is not here; EVPACK_BAGIT names it\n");
        return;
    }
    EVPACK_AUTO_VALUE(buf_reset) buf index = {0};
    test_read(buf_str(&path), &index);
    char *rest = index.data;
    unsigned rows = 0;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        if (line[0] != '\0' && rows++ > 0) {
            suite_row(root, line);
        }
    }
    ck_assert_uint_eq(rows, 47);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_good_bag_is_valid,
                                  each_fault_has_its_reason,
                                  links_and_pipes_are_no_evidence,
                                  what_is_no_folder_is_undecided,
                                  the_conformance_suite_is_judged_as_its_index_says,
                                  NULL};
    return test_main(test_suite("seal/anybag", tests));
}
