/* review/received: what is laid open is what the manifests, the index and the signature say. */
#include "review/received.h"

#include "review/packages.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static fixture_key key, other;

static evpack_status opened(raw_package *raw, received **out, evpack_err *err)
{
    const char *path = test_path("P.zip");
    raw_write(raw, path, NULL);
    return fixture_open(path, out, err);
}

START_TEST(a_package_is_laid_open)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    fixture_received(&raw, signer);
    EVPACK_AUTO(received) r = NULL;
    OK(opened(&raw, &r, &err));
    ck_assert_str_eq(received_id(r), FIXTURE_ID);
    ck_assert_uint_eq(strlen(received_sha256(r)), 64);
    ck_assert_uint_eq(strlen(received_tag_manifest(r)), 64);
    ck_assert_ptr_null(received_signer(r));
    ck_assert_uint_eq(received_files(r), raw.count);
    ck_assert_uint_eq(index_count(received_index(r)), 3);
    ck_assert_str_eq(received_info(r, "External-Identifier"), FIXTURE_ID);
    ck_assert_ptr_null(received_info(r, "Evpack-Engagement"));
    const received_file *file = received_find(r, "data/evidence/q4/b.json");
    ck_assert_ptr_nonnull(file);
    ck_assert(file->copied && file->size == 3);
    ck_assert_msg(!received_find(r, "VERIFY.txt")->copied, "expected VERIFY.txt to stay packed");
    EVPACK_AUTO_FD fd = -1;
    OK(received_file_open(r, "data/evidence/q4/b.json", &fd, &err));
    char text[8] = "";
    ck_assert_int_eq(read(fd, text, sizeof text), 3);
    ck_assert_str_eq(text, "[1]");
    struct stat st;
    ck_assert_int_eq(fstat(fd, &st), 0);
    ck_assert_int_eq(st.st_mode & 077, 0);
    raw_free(&raw);
}
END_TEST

START_TEST(trust_is_asked_first)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&key);
    EVPACK_AUTO(pki_trust) wrong = fixture_trust(&other);
    raw_package raw;
    fixture_received(&raw, signer);
    raw_write(&raw, test_path("P.zip"), signer);
    char unpacked[1024];
    (void)snprintf(unpacked, sizeof unpacked, "%s", raw_unpack(&raw, "P"));
    const char *const paths[] = {test_path("P.zip"), unpacked};
    for (size_t i = 0; i < 2; i++) {
        seal_report report;
        const seal_options verify = {.trust = trust, .now = FIXTURE_AT};
        const seal_options believed = {.trust = wrong, .now = FIXTURE_AT};
        received_options how = {
            .folder = fixture_folder(i == 0 ? "a" : "b"), .verify = &verify, .report = &report};
        EVPACK_AUTO(received) r = NULL;
        EVPACK_AUTO(received) none = NULL;
        OK(received_open(paths[i], &how, &r, &err));
        ck_assert_str_eq(received_signer(r)->fingerprint, report.signer.fingerprint);
        how.folder = fixture_folder(i == 0 ? "c" : "d");
        how.verify = &believed;
        FAILS(received_open(paths[i], &how, &none, &err), EVPACK_E_NO,
              "the package is not verified");
        ck_assert_msg(rmdir(how.folder) == 0, "expected nothing laid open of what is not verified");
    }
    raw_free(&raw);
}
END_TEST

/* What a test does to a good package, and what must be said. */
typedef struct {
    const char *path, *text; /* text NULL: it is taken away */
    bool reseal;
    const char *part;
} lie;

static bool has(const raw_package *raw, const char *path)
{
    for (size_t i = 0; i < raw->count; i++) {
        if (strcmp(raw->parts[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

START_TEST(lies)
{
    static const lie all[] = {
        {"data/evidence/q4/b.json", "[2]", false, "its SHA-256 differs"},
        {"data/evidence/q4/b.json", NULL, false, "is listed in a manifest and not there"},
        {"data/evidence/q4/b.json", "[2]", true, "is not the file that data/evidence-index.csv"},
        {"data/evidence/q4/b.json", NULL, true, "is in data/evidence-index.csv and not there"},
        {"data/evidence/q4/c.json", "[2]", true, "q4/c.json is not in data/evidence-index.csv"},
        {"data/extra.txt", "x", false, "is not in a manifest"},
        {INDEX_PATH, NULL, true, "data/evidence-index.csv is not there"},
        {INDEX_PATH, "a,b\r\n", true, "data/evidence-index.csv: expected a byte order mark"},
        {BAG_CUSTODY_LOG, NULL, true, "data/custody-log.jsonl: it is not there"},
        {BAG_CUSTODY_LOG, "{}\n", true, "data/custody-log.jsonl: line 1"},
        {BAG_MANIFEST, "x\n", false, "manifest-sha256.txt"},
        {BAG_DECLARATION, "BagIt-Version: 0.97\n", true, "expected the declaration of BagIt 1.0"},
        {BAG_TAG_MANIFEST, NULL, false, "tagmanifest-sha256.txt: it is not there"}};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        evpack_err err = {0};
        raw_package raw;
        fixture_received(&raw, signer);
        if (has(&raw, all[i].path)) {
            raw_remove(&raw, all[i].path);
        }
        if (all[i].text != NULL) {
            fixture_insert(&raw, all[i].path, all[i].text);
        }
        if (all[i].reseal) {
            raw_reseal(&raw, signer);
        }
        EVPACK_AUTO(received) r = NULL;
        FAILS(opened(&raw, &r, &err), EVPACK_E_NO, all[i].part);
        ck_assert_ptr_null(r);
        raw_free(&raw);
    }
}
END_TEST

START_TEST(what_is_withheld_or_redacted)
{
    static const fixture_row rows[] = {
        {.original = "a.json", .redacted = "withheld"},
        {.original = "b.json",
         .redacted = "redacted",
         .sha256 = "00000000000000000000000000000000000000000000000000000000000000aa"},
        {.original = "c.json"}};
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(&key);
    raw_package raw;
    fixture_received_of(&raw, rows, 3, signer);
    EVPACK_AUTO(received) r = NULL;
    OK(opened(&raw, &r, &err));
    ck_assert_uint_eq(received_withheld(r), 1);
    ck_assert_uint_eq(received_redacted(r), 1);
    fixture_insert(&raw, "data/evidence/q4/a.json", "[]");
    raw_reseal(&raw, signer);
    EVPACK_AUTO(received) again = NULL;
    FAILS(opened(&raw, &again, &err), EVPACK_E_NO, "a.json is withheld; it is there");
    raw_free(&raw);
}
END_TEST

START_TEST(what_cannot_be_read)
{
    evpack_err err = {0};
    EVPACK_AUTO(received) r = NULL;
    FAILS(fixture_open(test_path("nothing"), &r, &err), EVPACK_E_IO, "cannot be read");
    FAILS(fixture_open(test_text_file("P.zip", "PK"), &r, &err), EVPACK_E_NO, "P.zip: ");
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &key);
    fixture_make_key(PKI_P256, &other);
    const TTest *const tests[] = {a_package_is_laid_open, trust_is_asked_first,         lies,
                                  what_cannot_be_read,    what_is_withheld_or_redacted, NULL};
    return test_main(test_suite("review/received", tests));
}
