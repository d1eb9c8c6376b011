/*
 * Keys and small packages for tests.
 */
#include "fixture.h"

#include "base/file.h"
#include "base/text.h"
#include "seal/zipwrite.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static fixture_key made[8];
static size_t made_count;
static pid_t maker;

static void remove_keys(void)
{
    for (size_t i = 0; maker == getpid() && i < made_count; i++) {
        (void)unlink(made[i].key);
        (void)unlink(made[i].cert);
        *strrchr(made[i].key, '/') = '\0';
        (void)rmdir(made[i].key);
    }
}

/* Called outside any test, where Check's assertions cannot be used. */
void fixture_make_key(pki_kind kind, fixture_key *out)
{
    const char *base = getenv("TMPDIR");
    char folder[256];
    evpack_err err = {0};
    (void)snprintf(folder, sizeof folder, "%.200s/evpack-key-XXXXXX", base ? base : "/tmp");
    if (made_count == 8 || mkdtemp(folder) == NULL ||
        pki_keygen(folder, kind, text_now(), &err) != EVPACK_OK) {
        (void)fprintf(stderr, "no key in %s: %s\n", folder, err.text);
        exit(EXIT_FAILURE);
    }
    (void)snprintf(out->key, sizeof out->key, "%s/key.pem", folder);
    (void)snprintf(out->cert, sizeof out->cert, "%s/cert.pem", folder);
    if (made_count == 0) {
        maker = getpid();
        (void)atexit(remove_keys);
    }
    made[made_count++] = *out;
}

pki_signer *fixture_signer(const fixture_key *key)
{
    evpack_err err = {0};
    pki_signer *signer = NULL;
    pki_files files = {.key = key->key, .cert = key->cert};
    OK(pki_signer_load(&files, text_now(), &signer, &err));
    return signer;
}

pki_trust *fixture_trust(const fixture_key *key)
{
    evpack_err err = {0};
    pki_trust *trust = NULL;
    OK(pki_trust_load(key->cert, &trust, &err));
    return trust;
}

void fixture_sign(const pki_signer *signer, const void *data, size_t len, buf *der)
{
    evpack_err err = {0};
    EVPACK_AUTO(cms_signing) signing = NULL;
    OK(cms_sign_new(signer, &signing, &err));
    cms_sign_update(signing, data, len);
    OK(cms_sign_final(signing, FIXTURE_AT, der, &err));
}

void fixture_sign_file(const pki_signer *signer, const char *path)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf content = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
    test_read(path, &content);
    fixture_sign(signer, content.data, content.len, &der);
    buf_printf(&name, "%s.p7s", path);
    (void)unlink(buf_str(&name)); /* a file that is cut to zero and written again is synced */
    EVPACK_AUTO_FD fd = open(buf_str(&name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    OK(file_write_fd(fd, der.data, der.len, &err)); /* unsynced: some tests write thousands */
}

void raw_free(raw_package *raw)
{
    for (size_t i = 0; i < raw->count; i++) {
        buf_reset(&raw->parts[i].data);
    }
    *raw = (raw_package){0};
}

buf *raw_data(raw_package *raw, const char *path)
{
    for (size_t i = 0; i < raw->count; i++) {
        if (strcmp(raw->parts[i].path, path) == 0) {
            return &raw->parts[i].data;
        }
    }
    ck_abort_msg("no member %s", path);
    return NULL;
}

void raw_set(raw_package *raw, const char *path, const char *text)
{
    buf *data = raw_data(raw, path);
    buf_clear(data);
    buf_puts(data, text);
}

void raw_insert(raw_package *raw, size_t at, const char *path, const char *text)
{
    ck_assert_uint_lt(raw->count, RAW_MAX);
    memmove(&raw->parts[at + 1], &raw->parts[at], (raw->count - at) * sizeof raw->parts[0]);
    raw->count++;
    raw->parts[at].data = (buf){0};
    (void)snprintf(raw->parts[at].path, sizeof raw->parts[at].path, "%s", path);
    buf_puts(&raw->parts[at].data, text);
}

void raw_remove(raw_package *raw, const char *path)
{
    buf_reset(raw_data(raw, path));
    size_t at = 0;
    while (strcmp(raw->parts[at].path, path) != 0) {
        at++;
    }
    raw->count--;
    memmove(&raw->parts[at], &raw->parts[at + 1], (raw->count - at) * sizeof raw->parts[0]);
}

static void put_line(buf *manifest, const char *path, const buf *data)
{
    evpack_err err = {0};
    unsigned char sha256[DIGEST_SIZE];
    OK(digest_bytes(buf_str(data), data->len, sha256, &err));
    bag_manifest_put(manifest, sha256, path);
}

static bool listed_as_tag(const char *path)
{
    return !bag_is_payload(path) && strcmp(path, BAG_TAG_MANIFEST) != 0 &&
           !text_starts(path, "signatures/");
}

void raw_reseal(raw_package *raw, const pki_signer *signer)
{
    EVPACK_AUTO_VALUE(buf_reset) buf manifest = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf tags = {0};
    size_t bytes = 0;
    size_t files = 0;
    for (size_t i = 0; i < raw->count; i++) {
        if (bag_is_payload(raw->parts[i].path)) {
            put_line(&manifest, raw->parts[i].path, &raw->parts[i].data);
            bytes += raw->parts[i].data.len;
            files++;
        }
    }
    buf *info = raw_data(raw, BAG_INFO);
    buf_clear(info);
    buf_printf(info, "Bagging-Date: 2026-11-22\nExternal-Identifier: %s\nPayload-Oxum: %zu.%zu\n",
               raw->id, bytes, files);
    buf_puts(info, raw->more_info == NULL ? "" : raw->more_info);
    raw_set(raw, BAG_MANIFEST, buf_str(&manifest));
    const char *before = "";
    for (;;) { /* in byte order of their paths, whatever the members' order is */
        size_t next = raw->count;
        for (size_t i = 0; i < raw->count; i++) {
            const char *path = raw->parts[i].path;
            if (listed_as_tag(path) && strcmp(path, before) > 0 &&
                (next == raw->count || strcmp(path, raw->parts[next].path) < 0)) {
                next = i;
            }
        }
        if (next == raw->count) {
            break;
        }
        put_line(&tags, raw->parts[next].path, &raw->parts[next].data);
        before = raw->parts[next].path;
    }
    raw_set(raw, BAG_TAG_MANIFEST, buf_str(&tags));
    buf *signature = raw_data(raw, BAG_SIGNATURE);
    buf_clear(signature);
    fixture_sign(signer, buf_str(&tags), tags.len, signature);
}

void raw_default(raw_package *raw, const pki_signer *signer)
{
    static const char first[] = "{\"seq\":1,\"event\":\"collect\",\"prev\":"
                                "\"0000000000000000000000000000000000000000000000000000000000000000"
                                "\"}";
    evpack_err err = {0};
    char prev[DIGEST_HEX];
    OK(digest_bytes_hex(first, sizeof first - 1, prev, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf log = {0};
    buf_printf(&log, "%s\n{\"seq\":2,\"event\":\"map\",\"prev\":\"%s\"}\n", first, prev);
    *raw = (raw_package){.id = FIXTURE_ID};
    const char *const paths[][2] = {{"VERIFY.txt", "read me\n"},
                                    {BAG_CUSTODY_LOG, buf_str(&log)},
                                    {"data/empty", ""},
                                    {"data/evidence/base/accounts.json", "[{\"name\":\"a\"}]\n"},
                                    {"data/findings.json", "{\"findings\":[]}\n"},
                                    {BAG_INFO, ""},
                                    {BAG_DECLARATION, BAG_DECLARATION_TEXT},
                                    {BAG_MANIFEST, ""},
                                    {BAG_TAG_MANIFEST, ""},
                                    {BAG_SIGNATURE, ""}};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        raw_insert(raw, i, paths[i][0], paths[i][1]);
    }
    raw_reseal(raw, signer);
}

void raw_write(raw_package *raw, const char *path, const pki_signer *signer)
{
    evpack_err err = {0};
    EVPACK_AUTO_FD fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    ck_assert_int_ge(fd, 0);
    EVPACK_AUTO(zipwrite) w = NULL;
    OK(zipwrite_open(fd, 0, &w, &err));
    for (size_t i = 0; i < raw->count; i++) {
        char name[400];
        (void)snprintf(name, sizeof name, "%s/%s", raw->id, raw->parts[i].path);
        const buf *data = &raw->parts[i].data;
        OK(zipwrite_begin(w, name, data->len, &err));
        OK(zipwrite_data(w, buf_str(data), data->len, &err));
        OK(zipwrite_end(w, &err));
    }
    OK(zipwrite_finish(w, &err));
    if (signer != NULL) {
        fixture_sign_file(signer, path);
    }
}

const char *raw_unpack(raw_package *raw, const char *name)
{
    for (size_t i = 0; i < raw->count; i++) {
        char path[400];
        (void)snprintf(path, sizeof path, "%s/%s", name, raw->parts[i].path);
        (void)test_file(path, buf_str(&raw->parts[i].data), raw->parts[i].data.len);
    }
    return test_path(name);
}

seal_verdict fixture_verify(const char *path, const pki_trust *trust, seal_report *report)
{
    evpack_err err = {0};
    seal_options options = {.trust = trust, .now = text_now()};
    OK(seal_verify(path, &options, report, &err));
    return report->verdict;
}

void fixture_refused(const char *path, const pki_trust *trust, const char *code, const char *part)
{
    seal_report report;
    ck_assert_msg(fixture_verify(path, trust, &report) == SEAL_NOT_VERIFIED,
                  "expected no (%s), came %s", code, seal_verdict_text(report.verdict));
    for (size_t i = 0; i < report.reason_count; i++) {
        if (strcmp(report.reasons[i].code, code) == 0 &&
            strstr(report.reasons[i].text, part) != NULL) {
            return;
        }
    }
    ck_abort_msg("expected %s with '%s', came %s: %s", code, part, report.reasons[0].code,
                 report.reasons[0].text);
}

void fixture_verified(const char *path, const pki_trust *trust)
{
    seal_report report;
    ck_assert_msg(fixture_verify(path, trust, &report) == SEAL_VERIFIED,
                  "expected yes, came %s: %s", report.reasons[0].code, report.reasons[0].text);
}
