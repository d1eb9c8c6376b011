/*
 * Tricks with names and with the bag: files that land elsewhere, that meet on another system, that
 * nothing lists, and tag files that two readers read in two ways. The ZIP file around them is
 * in the one form, and every signature is good.
 */
#include "hostile.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* Puts a member where it belongs in the order. */
static void insert(hostile *h, const char *path, const char *text)
{
    size_t at = 0;
    while (strcmp(h->raw.parts[at].path, BAG_INFO) != 0 &&
           strcmp(h->raw.parts[at].path, path) < 0) {
        at++;
    }
    raw_insert(&h->raw, at, path, text);
}

static buf *manifest(hostile *h)
{
    return raw_data(&h->raw, BAG_MANIFEST);
}

/* Puts text in place of what stands at a place. */
static void splice(buf *b, size_t at, size_t len, const char *text)
{
    EVPACK_AUTO_VALUE(buf_reset) buf rest = {0};
    buf_append(&rest, b->data + at + len, b->len - at - len);
    buf_truncate(b, at);
    buf_puts(b, text);
    buf_append(b, buf_str(&rest), rest.len);
}

static void replace(hostile *h, const char *path, const char *what, const char *by)
{
    buf *b = raw_data(&h->raw, path);
    const char *found = strstr(buf_str(b), what);
    ck_assert_msg(found != NULL, "%s: no %s in %s", h->trick->name, what, path);
    splice(b, (size_t)(found - b->data), strlen(what), by);
}

/* -- names: the file is in the manifests too -- */

static void named(hostile *h)
{
    insert(h, h->trick->text, "evil\n");
    raw_reseal(&h->raw, h->signer);
}

static void long_name(hostile *h)
{
    char name[256] = "data/";
    memset(name + 5, 'a', 196);
    insert(h, name, "x");
    raw_reseal(&h->raw, h->signer);
}

static void deep_name(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    buf_puts(&name, "data");
    for (int i = 0; i < 100; i++) {
        buf_puts(&name, "/d");
    }
    insert(h, buf_str(&name), "x");
    raw_reseal(&h->raw, h->signer);
}

static void top_folder(hostile *h)
{
    (void)snprintf(h->raw.id, sizeof h->raw.id, "%s", h->trick->text);
    raw_reseal(&h->raw, h->signer);
}

/* -- which files there are -- */

static void extra_file(hostile *h)
{
    insert(h, h->trick->text, "x\n");
}

static void extra_file_sealed(hostile *h)
{
    insert(h, h->trick->text, "");
    raw_reseal(&h->raw, h->signer);
}

static void many_tags(hostile *h)
{
    for (int i = 0; i < 62; i++) {
        char name[HZ_NAME];
        (void)snprintf(name, sizeof name, FIXTURE_ID "/more/%03d.txt", i);
        (void)hz_add(&h->zip, name, "x", 1);
        hz_entry last = h->zip.e[h->zip.count - 1];
        size_t to = h->zip.count - 6; /* before the five that end a package */
        memmove(&h->zip.e[to + 1], &h->zip.e[to], 5 * sizeof last);
        h->zip.e[to] = last;
    }
}

static void no_file(hostile *h)
{
    raw_remove(&h->raw, h->trick->text);
}

/* The tag manifest is made to fit; nothing else is. */
static void no_tag_file(hostile *h)
{
    raw_remove(&h->raw, h->trick->text);
    hostile_fit(h);
}

static void changed_file(hostile *h)
{
    raw_set(&h->raw, h->trick->text, "{\"findings\":[1]}");
}

static void swapped_contents(hostile *h)
{
    buf *a = raw_data(&h->raw, "data/findings.json");
    buf *b = raw_data(&h->raw, "data/evidence/base/accounts.json");
    buf c = *a;
    *a = *b;
    *b = c;
}

static void order(hostile *h)
{
    raw_remove(&h->raw, "VERIFY.txt");
    raw_insert(&h->raw, 4, "VERIFY.txt", "read me\n");
}

static void late_file(hostile *h)
{
    raw_insert(&h->raw, h->raw.count, "data/late.json", "{}");
}

/* -- tag files: the tag manifest and the signature inside fit -- */

static void declaration(hostile *h)
{
    raw_set(&h->raw, BAG_DECLARATION, h->trick->text);
    hostile_fit(h);
}

/* Puts the text before bag-info.txt's own. */
static void info_first(hostile *h)
{
    splice(raw_data(&h->raw, BAG_INFO), 0, 0, h->trick->text);
    hostile_fit(h);
}

static void info_crlf(hostile *h)
{
    replace(h, BAG_INFO, "\n", "\r\n");
    hostile_fit(h);
}

static void info_no_id(hostile *h)
{
    replace(h, BAG_INFO, "External-Identifier", "Internal-Identifier");
    hostile_fit(h);
}

static void info_folded(hostile *h)
{
    replace(h, BAG_INFO, "External-Identifier: " FIXTURE_ID, "External-Identifier:\n " FIXTURE_ID);
    hostile_fit(h);
}

static void info_id(hostile *h)
{
    replace(h, BAG_INFO, FIXTURE_ID, "pkg-2025");
    hostile_fit(h);
}

static void info_oxum(hostile *h)
{
    replace(h, BAG_INFO, "Payload-Oxum: ", "Payload-Oxum: 1");
    hostile_fit(h);
}

static void info_large(hostile *h)
{
    buf *info = raw_data(&h->raw, BAG_INFO);
    while (info->len <= BAG_INFO_MAX) {
        buf_puts(info, "Internal-Sender-Description: more and more of it\n");
    }
    hostile_fit(h);
}

/* Says what the compressed data before bag-info.txt is. */
static void info_packed(hostile *h)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf packed = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    char hex[DIGEST_HEX];
    for (size_t i = 0; strcmp(h->raw.parts[i].path, BAG_INFO) != 0; i++) {
        const buf *data = &h->raw.parts[i].data;
        hz_deflate(buf_str(data), data->len, &packed);
    }
    OK(digest_bytes_hex(packed.data, packed.len, hex, &err));
    buf_printf(&line, BAG_PACKED ": %s\n", hex);
    splice(raw_data(&h->raw, BAG_INFO), 0, 0, buf_str(&line));
    hostile_fit(h);
}

/* The same bytes in a stored block: every CRC and every digest but that one is true. */
static void recompressed(hostile *h)
{
    const buf *raw = raw_data(&h->raw, "data/findings.json");
    EVPACK_AUTO_VALUE(buf_reset) buf packed = {0};
    buf_putc(&packed, 1);
    hz_put(&packed, raw->len, 2);
    hz_put(&packed, ~raw->len & 0xffff, 2);
    buf_append(&packed, raw->data, raw->len);
    hz_packed(hz_find(&h->zip, FIXTURE_ID "/data/findings.json"), packed.data, packed.len);
}

/* Revocation lists that the package brings along. */
static void list_inside(hostile *h)
{
    EVPACK_AUTO_VALUE(buf_reset) buf list = {0};
    test_read(hostile_path(h, "../keys/revoked.crl"), &list);
    insert(h, "revocation.pem", buf_str(&list));
    raw_reseal(&h->raw, h->signer);
}

static void list_junk(hostile *h)
{
    insert(h, "revocation.pem", "-----BEGIN X509 CRL-----\njunk\n-----END X509 CRL-----\n");
    raw_reseal(&h->raw, h->signer);
}

/* -- manifests -- */

enum { HEX = 64, LINE = HEX + 2 };

static void manifest_star(hostile *h)
{
    manifest(h)->data[HEX + 1] = '*';
    hostile_fit(h);
}

static void manifest_upper(hostile *h)
{
    buf *b = manifest(h);
    for (size_t i = 0; i < HEX; i++) {
        b->data[i] = (char)(b->data[i] >= 'a' ? b->data[i] - 'a' + 'A' : b->data[i]);
    }
    hostile_fit(h);
}

/* Puts the text before the first line's path. */
static void manifest_path(hostile *h)
{
    splice(manifest(h), LINE, 0, h->trick->text);
    hostile_fit(h);
}

static void manifest_twice(hostile *h)
{
    buf *b = manifest(h);
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    buf_append(&line, b->data, strcspn(b->data, "\n") + 1);
    splice(b, 0, 0, buf_str(&line));
    hostile_fit(h);
}

static void manifest_unsorted(hostile *h)
{
    buf *b = manifest(h);
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    size_t len = strcspn(b->data, "\n") + 1;
    buf_append(&line, b->data, len);
    splice(b, 0, len, "");
    buf_append(b, line.data, line.len);
    hostile_fit(h);
}

static void manifest_missing_file(hostile *h)
{
    unsigned char sha256[DIGEST_SIZE] = {0};
    bag_manifest_put(manifest(h), sha256, "data/zzz.json");
    hostile_fit(h);
}

static void manifest_unlisted(hostile *h)
{
    buf *b = manifest(h);
    splice(b, 0, strcspn(b->data, "\n") + 1, "");
    hostile_fit(h);
}

static void manifest_tag(hostile *h)
{
    unsigned char sha256[DIGEST_SIZE] = {0};
    bag_manifest_put(manifest(h), sha256, BAG_DECLARATION);
    hostile_fit(h);
}

static void manifest_append(hostile *h)
{
    buf_puts(manifest(h), h->trick->text);
    hostile_fit(h);
}

static void manifest_prepend(hostile *h)
{
    splice(manifest(h), 0, 0, h->trick->text);
    hostile_fit(h);
}

static void manifest_crlf(hostile *h)
{
    replace(h, BAG_MANIFEST, "\n", "\r\n");
    hostile_fit(h);
}

/* The first line says the digest of another file. */
static void manifest_other_digest(hostile *h)
{
    buf *b = manifest(h);
    b->data[0] = b->data[0] == '0' ? '1' : '0';
    hostile_fit(h);
}

static void tags_append(hostile *h)
{
    unsigned char sha256[DIGEST_SIZE] = {0};
    bag_manifest_put(raw_data(&h->raw, BAG_TAG_MANIFEST), sha256, h->trick->text);
    hostile_fit_signature(h);
}

static void tags_unlisted(hostile *h)
{
    buf *b = raw_data(&h->raw, BAG_TAG_MANIFEST);
    splice(b, 0, strcspn(b->data, "\n") + 1, "");
    hostile_fit_signature(h);
}

/* -- the custody log -- */

#define LOG "data/custody-log.jsonl"

static void log_changed(hostile *h)
{
    replace(h, LOG, "collect", "Collect");
    raw_reseal(&h->raw, h->signer);
}

static void log_reordered(hostile *h)
{
    buf *b = raw_data(&h->raw, LOG);
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    size_t len = strcspn(b->data, "\n") + 1;
    buf_append(&line, b->data, len);
    splice(b, 0, len, "");
    buf_append(b, line.data, line.len);
    raw_reseal(&h->raw, h->signer);
}

static void log_cut(hostile *h)
{
    buf *b = raw_data(&h->raw, LOG);
    splice(b, 0, strcspn(b->data, "\n") + 1, "");
    raw_reseal(&h->raw, h->signer);
}

static void log_two_prevs(hostile *h)
{
    replace(h, LOG, "{\"seq\":1", "{\"prev\":\"x\",\"seq\":1");
    raw_reseal(&h->raw, h->signer);
}

static void log_no_json(hostile *h)
{
    raw_set(&h->raw, LOG, "collected by somebody\n");
    raw_reseal(&h->raw, h->signer);
}

/* -- the signature inside -- */

static void sign_inside(hostile *h, const char *name)
{
    hostile_openssl_sign(h, name, "-cades -nosmimecap -md sha256",
                         raw_data(&h->raw, BAG_TAG_MANIFEST), raw_data(&h->raw, BAG_SIGNATURE));
}

static void inner_other(hostile *h)
{
    sign_inside(h, "other");
}

static void inner_short(hostile *h)
{
    sign_inside(h, "short");
}

static void inner_twin(hostile *h)
{
    sign_inside(h, "twinned");
}

/* The same signer's, over another package's tag manifest. */
static void inner_replayed(hostile *h)
{
    raw_package other;
    raw_default(&other, h->signer);
    raw_set(&other, "data/findings.json", "{\"findings\":[\"other\"]}\n");
    raw_reseal(&other, h->signer);
    const buf *theirs = raw_data(&other, BAG_SIGNATURE);
    buf *ours = raw_data(&h->raw, BAG_SIGNATURE);
    buf_clear(ours);
    buf_append(ours, theirs->data, theirs->len);
    raw_free(&other);
}

static void inner_trailing(hostile *h)
{
    buf_putc(raw_data(&h->raw, BAG_SIGNATURE), 0);
}

#define NAMED(string) .members = named, .text = (string)
#define OF(trick, string) .members = (trick), .text = (string)
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define BIDI "\xe2\x80\xae"

const hostile_trick hostile_tricks_bag[] = {
    {"name-parent", NAMED("data/../evil")},
    {"name-dot", NAMED("data/./findings.json")},
    {"name-empty-part", NAMED("data//findings.json")},
    {"name-backslash", NAMED("data/..\\..\\evil.exe")},
    {"name-colon", NAMED("data/findings.json:stream")},
    {"name-control", NAMED("data/a\x1b[2Jb")},
    {"name-newline", NAMED("data/a\nb")},
    {"name-bidi", NAMED("data/report" BIDI "nosj.exe")},
    {"name-not-nfc", NAMED("data/e\xcc\x81.json")},
    {"name-lookalike", NAMED("data/f\xd1\x96ndings.json")},
    {"name-overlong", NAMED("data/\xc0\xae\xc0\xae/evil")},
    {"name-bad-utf8", NAMED("data/\xff\xfe.json")},
    {"name-percent", NAMED("data/%2e%2e/evil")},
    {"name-device", NAMED("data/aux.json")},
    {"name-device-folder", NAMED("data/COM1/x.json")},
    {"name-last-dot", NAMED("data/findings.json.")},
    {"name-last-space", NAMED("data/findings.json ")},
    {"name-first-space", NAMED("data/ findings.json")},
    {"name-short", NAMED("data/FINDIN~1.JSO")},
    {"name-case", NAMED("data/Findings.JSON")},
    {"name-file-is-folder", NAMED("data/empty/x")},
    {"name-long", .members = long_name},
    {"name-deep", .members = deep_name},
    {"top-folder-parent", OF(top_folder, "..")},
    {"top-folder-space", OF(top_folder, "my package")},

    {"bag-fetch", OF(extra_file_sealed, "fetch.txt")},
    {"bag-fetch-case", OF(extra_file_sealed, "FETCH.TXT")},
    {"bag-manifest-md5", OF(extra_file_sealed, "manifest-md5.txt")},
    {"bag-tagmanifest-sha512", OF(extra_file_sealed, "tagmanifest-sha512.txt")},
    {"bag-manifest-case", OF(extra_file_sealed, "MANIFEST-MD5.TXT")},
    {"bag-declaration-case", OF(extra_file_sealed, "BAGIT.TXT")},
    {"bag-data-case", OF(extra_file_sealed, "DATA/extra.json")},
    {"bag-signatures-case", OF(extra_file_sealed, "Signatures/auditor.p7s")},
    {"bag-second-signature", OF(extra_file, "signatures/auditor.p7s")},
    {"bag-unlisted-payload", OF(extra_file, "data/extra.json")},
    {"bag-unlisted-tag", OF(extra_file, "README.txt")},
    {"bag-many-tags", .zip = many_tags},
    {"bag-payload-removed", OF(no_file, "data/findings.json")},
    {"bag-tag-removed", OF(no_file, "VERIFY.txt")},
    {"bag-no-declaration", OF(no_tag_file, BAG_DECLARATION)},
    {"bag-no-info", OF(no_tag_file, BAG_INFO)},
    {"bag-no-manifest", OF(no_tag_file, BAG_MANIFEST)},
    {"bag-payload-changed", OF(changed_file, "data/findings.json")},
    {"bag-tag-changed", OF(changed_file, "VERIFY.txt")},
    {"bag-contents-swapped", .members = swapped_contents},
    {"bag-order", .members = order},
    {"bag-late-file", .members = late_file},
    {"bag-version-097",
     OF(declaration, "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n")},
    {"bag-version-20", OF(declaration, "BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n")},
    {"bag-encoding",
     OF(declaration, "BagIt-Version: 1.0\nTag-File-Character-Encoding: ISO-8859-1\n")},
    {"bag-declaration-bom", OF(declaration, "\xef\xbb\xbf" BAG_DECLARATION_TEXT)},
    {"bag-declaration-crlf",
     OF(declaration, "BagIt-Version: 1.0\r\nTag-File-Character-Encoding: UTF-8\r\n")},
    {"bag-declaration-more", OF(declaration, BAG_DECLARATION_TEXT "Trusted: yes\n")},
    {"bag-info-folded", .members = info_folded},
    {"bag-info-crlf", .members = info_crlf},
    {"bag-info-bom", OF(info_first, "\xef\xbb\xbf"
                                    "Contact-Name: x\n")},
    {"bag-info-escape", OF(info_first, "Contact-Name: \x1b[2J\n")},
    {"bag-info-second-id", OF(info_first, "External-Identifier: pkg-2025\n")},
    {"bag-info-second-oxum", OF(info_first, "payload-oxum: 1.1\n")},
    {"control-packed", .members = info_packed},
    {"bag-recompressed", .members = info_packed, .zip = recompressed},
    {"bag-sequence-zero", OF(info_first, "Package-Sequence: 0\n")},
    {"bag-sequence-alone", OF(info_first, "Package-Sequence: 2\n")},
    {"bag-previous-other", .args = HOSTILE_TRUST " --previous ../control/P.zip",
     OF(info_first, "Package-Sequence: 2\nPrevious-Package-SHA256: " ZEROS "\n")},
    {"bag-list-inside", .members = list_inside},
    {"bag-list-junk", .members = list_junk},
    {"bag-info-no-id", .members = info_no_id},
    {"bag-info-other-id", .members = info_id},
    {"bag-info-oxum", .members = info_oxum},
    {"bag-info-large", .members = info_large},
    {"manifest-star", .members = manifest_star},
    {"manifest-upper-case", .members = manifest_upper},
    {"manifest-dot-path", OF(manifest_path, "./")},
    {"manifest-parent-path", OF(manifest_path, "data/../")},
    {"manifest-absolute-path", OF(manifest_path, "/")},
    {"manifest-twice", .members = manifest_twice},
    {"manifest-unsorted", .members = manifest_unsorted},
    {"manifest-missing-file", .members = manifest_missing_file},
    {"manifest-unlisted", .members = manifest_unlisted},
    {"manifest-lists-tag", .members = manifest_tag},
    {"manifest-blank-line", OF(manifest_append, "\n")},
    {"manifest-no-lf", OF(manifest_append, "0")},
    {"manifest-bom", OF(manifest_prepend, "\xef\xbb\xbf")},
    {"manifest-crlf", .members = manifest_crlf},
    {"manifest-other-digest", .members = manifest_other_digest},
    {"tagmanifest-unlisted", .members = tags_unlisted},
    {"tagmanifest-missing-file", OF(tags_append, "zzz.txt")},
    {"tagmanifest-lists-payload", OF(tags_append, "data/findings.json")},
    {"tagmanifest-lists-itself", OF(tags_append, BAG_TAG_MANIFEST)},
    {"tagmanifest-lists-fetch", OF(tags_append, "fetch.txt")},
    {"custody-changed", .members = log_changed},
    {"custody-reordered", .members = log_reordered},
    {"custody-first-cut", .members = log_cut},
    {"custody-two-prevs", .members = log_two_prevs},
    {"custody-no-json", .members = log_no_json},
    {"inner-removed", OF(no_file, BAG_SIGNATURE)},
    {"inner-other-signer", .members = inner_other},
    {"inner-weak-key", .members = inner_short},
    {"inner-other-root", .members = inner_twin},
    {"inner-replayed", .members = inner_replayed},
    {"inner-trailing", .members = inner_trailing},
    {.name = NULL},
};
