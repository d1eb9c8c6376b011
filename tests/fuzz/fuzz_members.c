/*
 * Packages that are sealed well, of members that are not: the input is a list of members, of which
 * the target makes the ZIP file, the manifests and the signature inside (signer.h) anew, so that
 * fuzzing comes past CRCs, digests and signatures to what judges the bag. Verified must mean: both
 * manifests are the true ones.
 *
 * Records: CONTROL, length of the path, length of the bytes (2, little-endian), path, bytes.
 * CONTROL: bits 0-1: the member is 0 listed, 1 listed with another digest, 2 not listed, 3 listed
 * and not there; bit 2: the bytes come 4,096 times; bit 3: it stays where it is, else members are
 * sorted. A record with the path of one of the last files takes the place of that file;
 * bag-info.txt with bit 2 is added to the true one instead.
 */
#include "base/text.h"
#include "seal/verify_private.h"
#include "seal/zipwrite.h"
#include "signer.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMBERS = 24, TIMES = 4096, LISTED = 0, CHANGED = 1, UNLISTED = 2, MISSING = 3 };
#define ID "evpack-fuzz"

typedef struct {
    char path[256];
    const uint8_t *data;
    size_t len;
    unsigned list;
    size_t times;
    bool stays;
} record;

typedef struct {
    record at[MEMBERS];
    size_t count;
    record tail[4]; /* bag-info.txt, bagit.txt, the manifests; path "" where none is given */
    buf lines[2];   /* of the manifest and of the tag manifest, as they are told */
    buf truth[2];
    uint64_t bytes, files;
    zipwrite *zip;
} package;

static const char *const tails[4] = {BAG_INFO, BAG_DECLARATION, BAG_MANIFEST, BAG_TAG_MANIFEST};
static pki_trust *trust;
static pki_signer *signer;

static void prepare(void)
{
    evpack_err err = {0};
    char path[64];
    trust = fuzz_trust(CORPUS "/trust.pem");
    int fd = memfd_create("key", MFD_CLOEXEC);
    FILE *f = fdopen(fd, "w");
    fuzz_must(f != NULL && PEM_write_PrivateKey(f, fuzz_key(), NULL, NULL, 0, NULL, NULL) == 1 &&
                  fflush(f) == 0,
              "a key", &err);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const pki_files files = {.key = path, .cert = CORPUS "/signer.pem"};
    fuzz_must(pki_signer_load(&files, FUZZ_NOW, &signer, &err) == EVPACK_OK, "a signer", &err);
    (void)fclose(f);
}

static bool take(const uint8_t **p, const uint8_t *end, record *out)
{
    if (end - *p < 4) {
        return false;
    }
    unsigned control = (*p)[0];
    size_t path = (*p)[1];
    size_t len = (*p)[2] | (size_t)(*p)[3] << 8;
    *p += 4;
    path = path < (size_t)(end - *p) ? path : (size_t)(end - *p);
    *out = (record){.list = control & 3, .times = (control & 4) != 0 ? TIMES : 1};
    out->stays = (control & 8) != 0;
    memcpy(out->path, *p, path); /* a NUL inside cuts it */
    *p += path;
    out->data = *p;
    out->len = len < (size_t)(end - *p) ? len : (size_t)(end - *p);
    *p += out->len;
    return true;
}

static void take_all(package *p, const uint8_t *data, size_t size)
{
    record r;
    for (const uint8_t *at = data; p->count < MEMBERS && take(&at, data + size, &r);) {
        size_t t = 0;
        while (t < 4 && strcmp(r.path, tails[t]) != 0) {
            t++;
        }
        if (t < 4) {
            p->tail[t] = r;
            continue;
        }
        size_t place = p->count++;
        for (; !r.stays && place > 0 && strcmp(p->at[place - 1].path, r.path) > 0; place--) {
            p->at[place] = p->at[place - 1];
        }
        p->at[place] = r;
    }
}

/* False when the writer refuses: a name too long for a ZIP file of ours. */
static bool put(package *p, const record *r)
{
    evpack_err err = {0};
    char name[sizeof ID + 1 + sizeof r->path];
    unsigned char sha256[DIGEST_SIZE];
    int which = bag_is_payload(r->path) ? 0 : 1;
    EVPACK_AUTO(digest) d = NULL;
    fuzz_must(digest_new(&d, &err) == EVPACK_OK, "a digest", &err);
    (void)snprintf(name, sizeof name, ID "/%s", r->path);
    if (r->list != MISSING && zipwrite_begin(p->zip, name, r->len * r->times, &err) != EVPACK_OK) {
        return false;
    }
    for (size_t i = 0; i < r->times; i++) {
        digest_update(d, r->data, r->len);
        fuzz_must(r->list == MISSING || zipwrite_data(p->zip, r->data, r->len, &err) == EVPACK_OK,
                  "a member", &err);
    }
    fuzz_must(digest_final(d, sha256, &err) == EVPACK_OK &&
                  (r->list == MISSING || zipwrite_end(p->zip, &err) == EVPACK_OK),
              "a member", &err);
    if (strcmp(r->path, BAG_TAG_MANIFEST) == 0 || strcmp(r->path, BAG_SIGNATURE) == 0) {
        return true;
    }
    if (r->list != MISSING) {
        bag_manifest_put(&p->truth[which], sha256, r->path);
        p->bytes += which == 0 ? r->len * r->times : 0;
        p->files += which == 0;
    }
    sha256[0] = (unsigned char)(sha256[0] ^ (r->list == CHANGED));
    if (r->list != UNLISTED) {
        bag_manifest_put(&p->lines[which], sha256, r->path);
    }
    return true;
}

/* One of the last files: what the input gives for it, else the true one. */
static bool put_tail(package *p, size_t t, const buf *text)
{
    record r = {.data = (const uint8_t *)buf_str(text), .len = text->len, .times = 1};
    EVPACK_AUTO_VALUE(buf_reset) buf more = {0};
    const record *given = &p->tail[t];
    if (given->path[0] != '\0' && t == 0 && given->times > 1) {
        buf_append(&more, text->data, text->len);
        buf_append(&more, given->data, given->len);
        r.data = (const uint8_t *)buf_str(&more);
        r.len = more.len;
    } else if (given->path[0] != '\0') {
        r = *given;
        r.times = 1;
        r.list = r.list == MISSING ? LISTED : r.list;
    }
    (void)snprintf(r.path, sizeof r.path, "%s", tails[t]);
    if (t == 3) { /* signed as it will be read */
        buf_clear(&p->lines[1]);
        buf_append(&p->lines[1], r.data, r.len);
        r.data = (const uint8_t *)buf_str(&p->lines[1]);
    }
    return put(p, &r);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a + DIGEST_HEX + 1, *(char *const *)b + DIGEST_HEX + 1);
}

/* The tag manifest's lines come in the order of their paths. */
static void sort_lines(buf *b)
{
    char *line[MEMBERS + 4];
    size_t count = 0;
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    for (char *at = b->data; at != NULL && at < b->data + b->len && count < MEMBERS + 4;) {
        char *end = strchr(at, '\n');
        line[count++] = at;
        *end = '\0';
        at = end + 1;
    }
    qsort(line, count, sizeof *line, by_path);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&out, "%s\n", line[i]);
    }
    buf_clear(b);
    buf_append(b, out.data, out.len);
}

static bool seal(package *p, int fd)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    fuzz_must(zipwrite_open(fd, 0, &p->zip, &err) == EVPACK_OK, "a writer", &err);
    for (size_t i = 0; i < p->count; i++) {
        for (const char *c = p->at[i].path; *c != '\0'; c++) {
            if (*c == '\n') {
                return false; /* such a line would be two */
            }
        }
        if (!put(p, &p->at[i])) {
            return false;
        }
    }
    buf_printf(&text,
               "Bagging-Date: 2026-11-22\nExternal-Identifier: " ID "\nPayload-Oxum: %llu.%llu\n",
               (unsigned long long)p->bytes, (unsigned long long)p->files);
    bool good = put_tail(p, 0, &text);
    buf_clear(&text);
    buf_puts(&text, BAG_DECLARATION_TEXT);
    good = good && put_tail(p, 1, &text) && put_tail(p, 2, &p->lines[0]);
    if (!good) {
        return false;
    }
    sort_lines(&p->truth[1]);
    sort_lines(&p->lines[1]);
    buf_clear(&text);
    buf_append(&text, p->lines[1].data, p->lines[1].len);
    good = put_tail(p, 3, &text);
    EVPACK_AUTO(cms_signing) signing = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    fuzz_must(cms_sign_new(signer, &signing, &err) == EVPACK_OK, "signing", &err);
    cms_sign_update(signing, buf_str(&p->lines[1]), p->lines[1].len);
    fuzz_must(cms_sign_final(signing, FUZZ_NOW, &der, &err) == EVPACK_OK, "signing", &err);
    record r = {
        .path = BAG_SIGNATURE, .data = (const uint8_t *)buf_str(&der), .len = der.len, .times = 1};
    return good && put(p, &r) && zipwrite_finish(p->zip, &err) == EVPACK_OK;
}

static void judge(package *p, int fd)
{
    evpack_err err = {0};
    off_t size = lseek(fd, 0, SEEK_END);
    void *bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
    unsigned char whole[DIGEST_SIZE];
    fuzz_must(bytes != MAP_FAILED && digest_bytes(bytes, (size_t)size, whole, &err) == EVPACK_OK,
              "the file", &err);
    (void)munmap(bytes, (size_t)size);
    static seal_report report;
    report = (seal_report){0};
    const seal_options options = {.trust = trust, .now = FUZZ_NOW};
    const verify_file file = {.fd = fd, .size = (uint64_t)size, .whole = whole};
    evpack_status status = verify_members(&file, &options, &report, &err);
    report_decide(&report, status, &err);
    fuzz_must(status == EVPACK_OK || status == EVPACK_E_NO, "an error that is not about the input",
              &err);
    fuzz_must(report.verdict != SEAL_UNDECIDED, "a verdict", &err);
    fuzz_must(report.verdict == SEAL_VERIFIED || report.reason_count > 0, "a reason", &err);
    const record *given = &p->tail[2];
    bool told = given->path[0] == '\0'
                    ? strcmp(buf_str(&p->lines[0]), buf_str(&p->truth[0])) == 0
                    : given->len == p->truth[0].len &&
                          memcmp(given->data, buf_str(&p->truth[0]), given->len) == 0;
    told = told && strcmp(buf_str(&p->lines[1]), buf_str(&p->truth[1])) == 0;
    fuzz_must(report.verdict != SEAL_VERIFIED || told, "verified, with untrue manifests", &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (trust == NULL) {
        prepare();
    }
    package *p = calloc(1, sizeof *p);
    EVPACK_AUTO_FD fd = memfd_create("zip", MFD_CLOEXEC);
    if (p != NULL && fd >= 0) {
        take_all(p, data, size);
        if (seal(p, fd)) {
            judge(p, fd);
        }
        for (size_t i = 0; i < 2; i++) {
            buf_reset(&p->lines[i]);
            buf_reset(&p->truth[i]);
        }
        zipwrite_free(p->zip);
    }
    free(p);
    return 0;
}
