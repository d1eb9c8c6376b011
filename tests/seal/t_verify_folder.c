/* seal/verify_folder: an unpacked package that was touched. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static fixture_key p256;

static const char *in(const char *name)
{
    char path[300];
    (void)snprintf(path, sizeof path, "P/%s", name);
    return test_path(path);
}

static void put(const char *name, const char *text)
{
    char path[300];
    (void)snprintf(path, sizeof path, "P/%s", name);
    (void)test_text_file(path, text);
}

static void change(void)
{
    put("data/findings.json", "{}");
}

static void change_tag(void)
{
    put("VERIFY.txt", "x");
}

static void remove_file(void)
{
    (void)unlink(in("data/empty"));
}

static void remove_folder(void)
{
    (void)unlink(in("data/evidence/base/accounts.json"));
    (void)rmdir(in("data/evidence/base"));
}

static void file_for_folder(void)
{
    remove_folder();
    put("data/evidence/base", "x");
}

static void add(void)
{
    put("data/new/deep/x", "x");
}

static void add_tag(void)
{
    put("x.txt", "x");
}

static void add_signature(void)
{
    put("signatures/x", "x");
}

static void add_hidden(void)
{
    put(".x", "x");
}

static void add_by_case(void)
{
    put("data/EMPTY", "x");
}

static void rename_file(void)
{
    ck_assert_int_eq(rename(in("data/empty"), in("data/full")), 0);
}

static void link_file(void)
{
    ck_assert_int_eq(rename(in("data/empty"), test_path("e")), 0);
    ck_assert_int_eq(symlink("../../e", in("data/empty")), 0);
}

static void link_folder(void)
{
    ck_assert_int_eq(rename(in("data/evidence"), test_path("e")), 0);
    ck_assert_int_eq(symlink("../../e", in("data/evidence")), 0);
}

static void pipe_for_file(void)
{
    (void)unlink(in("data/empty"));
    ck_assert_int_eq(mkfifo(in("data/empty"), 0600), 0);
}

static void folder_for_file(void)
{
    (void)unlink(in("data/empty"));
    ck_assert_int_eq(mkdir(in("data/empty"), 0700), 0);
}

static void no_tag_manifest(void)
{
    (void)unlink(in(BAG_TAG_MANIFEST));
}

static void no_signature(void)
{
    (void)unlink(in(BAG_SIGNATURE));
}

static void change_tag_manifest(void)
{
    put(BAG_TAG_MANIFEST, "");
}

static void change_manifest(void)
{
    put(BAG_MANIFEST, "");
}

static void change_info(void)
{
    put(BAG_INFO, "x");
}

static void large_tag_manifest(void)
{
    static char text[BAG_TAG_MANIFEST_MAX + 2];
    memset(text, 'x', sizeof text - 1);
    put(BAG_TAG_MANIFEST, text);
}

static const struct {
    void (*touch)(void);
    const char *code;
    const char *part;
} rows[] = {
    {change, "file-changed", "data/findings.json"},
    {change_tag, "file-changed", "VERIFY.txt"},
    {remove_file, "file-missing", "data/empty"},
    {remove_folder, "file-missing", "accounts.json"},
    {file_for_folder, "file-missing", "accounts.json"},
    {add, "file-unlisted", "data/new/deep/x"},
    {add_tag, "file-unlisted", "x.txt"},
    {add_signature, "file-unlisted", "signatures/x"},
    {add_hidden, "file-unlisted", ".x"},
    {add_by_case, "file-unlisted", "letter case"},
    {rename_file, "file-missing", "data/empty"},
    {rename_file, "file-unlisted", "data/full"},
    {link_file, "not-a-regular-file", "data/empty"},
    {link_folder, "not-a-regular-file", "data/evidence"},
    {pipe_for_file, "not-a-regular-file", "data/empty"},
    {folder_for_file, "not-a-regular-file", "data/empty"},
    {no_tag_manifest, "file-missing", BAG_TAG_MANIFEST},
    {no_signature, "signature-missing", BAG_SIGNATURE},
    {change_tag_manifest, "signature-mismatch", BAG_TAG_MANIFEST},
    {change_manifest, "file-changed", BAG_MANIFEST},
    {change_info, "file-changed", BAG_INFO},
    {large_tag_manifest, "tag-file-large", "is larger than"},
};

static void clean(void)
{
    char command[400];
    (void)snprintf(command, sizeof command, "rm -rf '%s' '%s'", test_path("P"), test_path("e"));
    ck_assert_int_eq(system(command), 0);
}

START_TEST(touched_folders)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        raw_package raw;
        raw_default(&raw, signer);
        const char *path = raw_unpack(&raw, "P");
        fixture_verified(path, trust);
        rows[i].touch();
        fixture_refused(test_path("P"), trust, rows[i].code, rows[i].part);
        raw_free(&raw);
        clean();
    }
}
END_TEST

START_TEST(what_does_not_matter)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    raw_package raw;
    raw_default(&raw, signer);
    ck_assert_int_eq(mkdir(test_path("P"), 0700), 0);
    ck_assert_int_eq(mkdir(test_path("P/hollow"), 0700), 0);
    (void)raw_unpack(&raw, "P");
    ck_assert_int_eq(chmod(test_path("P/data/empty"), 0600), 0);
    seal_report r;
    ck_assert_int_eq(fixture_verify(test_path("P"), trust, &r), SEAL_VERIFIED);
    ck_assert(r.folder);
    ck_assert_uint_eq(r.files, 10);
    ck_assert_str_eq(r.package_id, FIXTURE_ID);
    ck_assert_str_eq(r.sha256, "");
    ck_assert_ptr_nonnull(strstr(r.not_covered[3], "The outer signature"));
    raw_free(&raw);
}
END_TEST

START_TEST(all_that_is_wrong_is_told)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    raw_package raw;
    raw_default(&raw, signer);
    const char *path = raw_unpack(&raw, "P");
    change();
    remove_file();
    add();
    fixture_refused(path, trust, "file-changed", "data/findings.json");
    fixture_refused(path, trust, "file-missing", "data/empty");
    fixture_refused(path, trust, "file-unlisted", "data/new/deep/x");
    raw_free(&raw);
}
END_TEST

/* A log that is missing, cut or changed is never told as one that held. */
START_TEST(the_log_of_custody)
{
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    raw_package raw;
    raw_default(&raw, signer);
    (void)raw_unpack(&raw, "P");
    seal_report report;
    ck_assert_int_eq(fixture_verify(test_path("P"), trust, &report), SEAL_VERIFIED);
    ck_assert(report_has_held(&report, SEAL_CHECK_CUSTODY));
    static const char *const others[] = {"", "{}", "{\"prev\":\"x\"}\n", NULL};
    for (size_t i = 0; i < 4; i++) {
        if (others[i] == NULL) {
            (void)unlink(in(BAG_CUSTODY_LOG));
        } else {
            put(BAG_CUSTODY_LOG, others[i]);
        }
        ck_assert_int_eq(fixture_verify(test_path("P"), trust, &report), SEAL_NOT_VERIFIED);
        ck_assert_msg(!report_has_held(&report, SEAL_CHECK_CUSTODY),
                      "expected no log that held, came one: %s", report.reasons[0].text);
        ck_assert_uint_eq(report.reason_count, 1);
    }
    raw_free(&raw);
}
END_TEST

START_TEST(more_that_is_wrong_than_there_is_room_for)
{
    enum { FILES = SEAL_REASONS_MAX + 6 };
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    raw_package raw;
    raw_default(&raw, signer);
    (void)raw_unpack(&raw, "P");
    for (int i = 0; i < FILES; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "data/x%d", i);
        put(name, "x");
    }
    seal_report report;
    ck_assert_int_eq(fixture_verify(test_path("P"), trust, &report), SEAL_NOT_VERIFIED);
    ck_assert_msg(report.reason_count + report.reasons_more == FILES,
                  "expected %d reasons, came %zu and %llu more: %s", FILES, report.reason_count,
                  (unsigned long long)report.reasons_more, report.reasons[0].text);
    raw_free(&raw);
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {touched_folders,
                                  what_does_not_matter,
                                  all_that_is_wrong_is_told,
                                  the_log_of_custody,
                                  more_that_is_wrong_than_there_is_room_for,
                                  NULL};
    return test_main(test_suite("seal/verify_folder", tests));
}
