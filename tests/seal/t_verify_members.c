/*
 * seal/verify_members: packages that are signed well and packed badly. Each bends one thing; where
 * it says so the manifests, the Oxum and the signature inside are made to fit again.
 */
#include "fixture.h"

#include <string.h>

static fixture_key p256;
static pki_signer *signer;

static void changed_file(raw_package *raw)
{
    raw_set(raw, "data/findings.json", "{\"findings\":[] }");
}

static void changed_tag(raw_package *raw)
{
    raw_set(raw, "VERIFY.txt", "trust me\n");
}

static void removed_file(raw_package *raw)
{
    raw_remove(raw, "data/findings.json");
}

static void removed_tag(raw_package *raw)
{
    raw_remove(raw, "VERIFY.txt");
}

static void added_file(raw_package *raw)
{
    raw_insert(raw, 2, "data/eee", "x");
}

static void added_last_file(raw_package *raw)
{
    raw_insert(raw, 5, "data/zzz", "x");
}

static void added_tag(raw_package *raw)
{
    raw_insert(raw, 1, "a.txt", "x");
}

static void renamed_file(raw_package *raw)
{
    (void)strcpy(raw->parts[4].path, "data/findingz.json");
}

static void swapped_files(raw_package *raw)
{
    (void)strcpy(raw->parts[2].path, "data/evidence/base/accounts.json");
    (void)strcpy(raw->parts[3].path, "data/empty");
}

static void duplicate_file(raw_package *raw)
{
    raw_insert(raw, 5, "data/findings.json", "{\"findings\":[]}\n");
}

static void folded_file(raw_package *raw)
{
    raw_insert(raw, 1, "data/Empty", "");
    raw_reseal(raw, signer);
}

static void bad_name(raw_package *raw)
{
    raw_insert(raw, 1, "data/../evil", "x");
}

static void backslash(raw_package *raw)
{
    raw_insert(raw, 5, "data/z\\x", "x");
}

static void fetch(raw_package *raw)
{
    raw_insert(raw, 5, "fetch.txt", "x");
    raw_reseal(raw, signer);
}

static void second_manifest(raw_package *raw)
{
    raw_insert(raw, 5, "manifest-md5.txt", "");
    raw_reseal(raw, signer);
}

static void second_signature(raw_package *raw)
{
    raw_insert(raw, 5, "signatures/other.p7s", "");
}

static void after_the_end(raw_package *raw)
{
    raw_insert(raw, raw->count, "data/late", "x");
}

static void no_signature(raw_package *raw)
{
    raw_remove(raw, BAG_SIGNATURE);
}

static void no_manifest(raw_package *raw)
{
    raw_remove(raw, BAG_MANIFEST);
}

static void bad_manifest(raw_package *raw)
{
    buf_putc(raw_data(raw, BAG_MANIFEST), '\r');
}

static void bad_tag_manifest(raw_package *raw)
{
    buf_puts(raw_data(raw, BAG_TAG_MANIFEST), "x\n");
    buf *signature = raw_data(raw, BAG_SIGNATURE);
    buf *text = raw_data(raw, BAG_TAG_MANIFEST);
    buf_clear(signature);
    fixture_sign(signer, buf_str(text), text->len, signature);
}

static void unsigned_tag_manifest(raw_package *raw)
{
    buf_puts(raw_data(raw, BAG_TAG_MANIFEST), "x\n");
}

static void other_declaration(raw_package *raw)
{
    raw_set(raw, BAG_DECLARATION, "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n");
    raw_reseal(raw, signer);
}

/* raw_reseal writes bag-info.txt anew, so these make the tag manifest fit by hand. */
static void fit_tags(raw_package *raw, const char *info)
{
    raw_set(raw, BAG_INFO, info);
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf tags = {0};
    static const char *const paths[] = {"VERIFY.txt", BAG_INFO, BAG_DECLARATION, BAG_MANIFEST};
    for (size_t i = 0; i < 4; i++) {
        unsigned char sha256[DIGEST_SIZE];
        const buf *data = raw_data(raw, paths[i]);
        OK(digest_bytes(buf_str(data), data->len, sha256, &err));
        bag_manifest_put(&tags, sha256, paths[i]);
    }
    raw_set(raw, BAG_TAG_MANIFEST, buf_str(&tags));
    buf *signature = raw_data(raw, BAG_SIGNATURE);
    buf_clear(signature);
    fixture_sign(signer, buf_str(&tags), tags.len, signature);
}

static void other_id(raw_package *raw)
{
    fit_tags(raw, "Bagging-Date: 2026-11-22\nExternal-Identifier: other\nPayload-Oxum: 231.4\n");
}

static void other_oxum(raw_package *raw)
{
    fit_tags(raw,
             "Bagging-Date: 2026-11-22\nExternal-Identifier: " FIXTURE_ID "\nPayload-Oxum: 1.4\n");
}

static void bad_info(raw_package *raw)
{
    fit_tags(raw, "nonsense\n");
}

static void large_info(raw_package *raw)
{
    buf *info = raw_data(raw, BAG_INFO);
    while (info->len <= BAG_INFO_MAX) {
        buf_puts(info, "A: b\n");
    }
}

static void bad_top(raw_package *raw)
{
    (void)strcpy(raw->id, "..");
}

static void broken_log(raw_package *raw)
{
    raw_set(raw, BAG_CUSTODY_LOG, "{\"prev\":\"\"}\n");
    raw_reseal(raw, signer);
}

static void open_log(raw_package *raw)
{
    buf_puts(raw_data(raw, BAG_CUSTODY_LOG), "{");
    raw_reseal(raw, signer);
}

static const struct {
    void (*bend)(raw_package *raw);
    const char *code;
    const char *part;
} rows[] = {
    {changed_file, "file-changed", "data/findings.json is not the file"},
    {changed_tag, "file-changed", "VERIFY.txt is not the file"},
    {removed_file, "file-missing", "data/findings.json is listed"},
    {removed_tag, "file-missing", "VERIFY.txt is listed"},
    {added_file, "file-unlisted", "1 payload files, the first before data/empty"},
    {added_last_file, "file-unlisted", "the last 1 payload files"},
    {added_tag, "file-unlisted", "a.txt is not in"},
    {renamed_file, "file-missing", "data/findings.json is listed"},
    {swapped_files, "member-order", "out of order"},
    {duplicate_file, "member-name-twice", "letter case"},
    {folded_file, "member-name-twice", "letter case"},
    {bad_name, "member-name-dots", "a part '.' or '..'"},
    {backslash, "member-name-character", "character outside"},
    {fetch, "fetch-file", "fetch.txt"},
    {second_manifest, "other-manifest", "SHA-256 only"},
    {second_signature, "signatures-folder", "signatures/ holds"},
    {after_the_end, "member-order", "expected the end"},
    {no_signature, "signature-missing", "has no " BAG_SIGNATURE},
    {no_manifest, "tag-file-missing", "expected " BAG_MANIFEST},
    {bad_manifest, "manifest-malformed", "does not end with LF"},
    {bad_tag_manifest, "manifest-malformed", "expected 64"},
    {unsigned_tag_manifest, "signature-mismatch", BAG_SIGNATURE},
    {other_declaration, "bagit-declaration", "BagIt 1.0"},
    {other_id, "package-id", "External-Identifier other"},
    {other_oxum, "payload-oxum", "says 1 bytes in 4 files"},
    {bad_info, "bag-info-malformed", "is not 'Label: value'"},
    {large_info, "tag-file-large", "is larger than"},
    {bad_top, "top-folder-name", "is not a package id"},
    {broken_log, "custody-log", "line 1"},
    {open_log, "custody-log-malformed", "does not end with LF"},
};

START_TEST(bent_packages)
{
    signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        raw_package raw;
        raw_default(&raw, signer);
        rows[i].bend(&raw);
        raw_write(&raw, test_path("P.zip"), signer);
        fixture_refused(test_path("P.zip"), trust, rows[i].code, rows[i].part);
        raw_free(&raw);
    }
    pki_signer_free(signer);
}
END_TEST

START_TEST(what_may_differ)
{
    signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    raw_package raw;
    raw_default(&raw, signer);
    raw_remove(&raw, BAG_CUSTODY_LOG);
    raw_remove(&raw, "VERIFY.txt");
    raw_insert(&raw, 3, "meta/x.txt", "another tag file");
    raw_insert(&raw, 4, "z.txt", "and one after the manifests in byte order");
    raw_reseal(&raw, signer);
    raw_write(&raw, test_path("P.zip"), signer);
    fixture_verified(test_path("P.zip"), trust);
    fixture_verified(raw_unpack(&raw, "P"), trust);
    raw_free(&raw);
    pki_signer_free(signer);
}
END_TEST

START_TEST(a_second_top_folder)
{
    signer = fixture_signer(&p256);
    EVPACK_AUTO(pki_trust) trust = fixture_trust(&p256);
    raw_package raw;
    raw_default(&raw, signer);
    raw_write(&raw, test_path("P.zip"), signer);
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    test_read(test_path("P.zip"), &bytes);
    for (size_t i = 0; i + 13 < bytes.len; i++) { /* in the local and in the central header */
        if (memcmp(bytes.data + i, "pkg-2026/data/f", 15) == 0) {
            bytes.data[i] = 'q';
        }
    }
    fixture_sign_file(signer, test_file("P.zip", bytes.data, bytes.len));
    fixture_refused(test_path("P.zip"), trust, "outside-top-folder",
                    "does not stand in the top folder pkg-2026/");
    raw_free(&raw);
    pki_signer_free(signer);
}
END_TEST

int main(void)
{
    fixture_make_key(PKI_P256, &p256);
    const TTest *const tests[] = {bent_packages, what_may_differ, a_second_top_folder, NULL};
    return test_main(test_suite("seal/verify_members", tests));
}
