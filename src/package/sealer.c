/*
 * Sealing a package. Invariant: until the last rename nothing stands under the final names that
 * was not verified, and a failure leaves neither file. Refuses to know what the members mean.
 */
#include "package/sealer.h"

#include "base/file.h"
#include "base/text.h"
#include "seal/verify.h"
#include "seal/zipwrite.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct sealer {
    char *zip_path;
    buf signature_path;
    char id[MEMBER_ID_MAX + 1];
    file_atomic *zip;
    zipwrite *writer;
    names_set *names;
    digest *hash;
    buf manifest;
    buf tag_lines[BAG_TAGS_MAX]; /* lines of the tag manifest, unsorted */
    size_t tag_count;
    char path[MEMBER_PATH_MAX + 1]; /* the member that is open or was last */
    uint64_t left;
    bool open;
    bool in_tail; /* the sealer's own files are being written */
    uint64_t payload_bytes, payload_files, files;
};

void sealer_free(sealer *s)
{
    if (s == NULL) {
        return;
    }
    zipwrite_free(s->writer);
    file_atomic_free(s->zip);
    names_set_free(s->names);
    digest_free(s->hash);
    buf_reset(&s->manifest);
    buf_reset(&s->signature_path);
    for (size_t i = 0; i < s->tag_count; i++) {
        buf_reset(&s->tag_lines[i]);
    }
    free(s->zip_path);
    free(s);
}

static unsigned thread_count(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (unsigned)n;
}

static evpack_status refuse_existing(const char *path, evpack_err *err)
{
    struct stat st;
    if (lstat(path, &st) == 0 || errno != ENOENT) {
        return evpack_fail(err, EVPACK_E_IO,
                           "%s: is there already; a sealed package is never replaced: remove it or "
                           "choose another name",
                           path);
    }
    return EVPACK_OK;
}

evpack_status sealer_open(const char *zip_path, const char *package_id, sealer **out,
                          evpack_err *err)
{
    EVPACK_TRY(member_check_id(package_id, err));
    EVPACK_TRY(refuse_existing(zip_path, err));
    EVPACK_AUTO(sealer) s = calloc(1, sizeof *s);
    if (s == NULL || (s->zip_path = strdup(zip_path)) == NULL) {
        return evpack_oom(err);
    }
    memcpy(s->id, package_id, strlen(package_id) + 1);
    buf_printf(&s->signature_path, "%s.p7s", zip_path);
    EVPACK_TRY(buf_status(&s->signature_path, err));
    EVPACK_TRY(names_set_new(&s->names, err));
    EVPACK_TRY(digest_new(&s->hash, err));
    EVPACK_TRY(file_atomic_open(zip_path, &s->zip, err));
    EVPACK_TRY(zipwrite_open(file_atomic_fd(s->zip), thread_count(), &s->writer, err));
    *out = EVPACK_MOVE(s);
    return EVPACK_OK;
}

/* Whether the sealer writes a file of this name itself. */
static bool is_own(const char *path)
{
    static const char *const own[] = {BAG_INFO, BAG_DECLARATION, BAG_MANIFEST, BAG_TAG_MANIFEST,
                                      BAG_SIGNATURE};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (strcmp(path, own[i]) == 0) {
            return true;
        }
    }
    return false;
}

static evpack_status check_path(const sealer *s, const char *path, evpack_err *err)
{
    if (s->in_tail) {
        return EVPACK_OK;
    }
    seal_reason why;
    const char *fault = bag_is_payload(path) ? NULL : bag_tag_fault(path, &why);
    if (fault != NULL || is_own(path)) {
        return evpack_fail(err, EVPACK_E_INPUT, "%s cannot be added to a package: %s", path,
                           fault == NULL ? "the sealer makes it" : fault);
    }
    if (s->files > 0 && strcmp(s->path, path) >= 0) {
        return evpack_fail(err, EVPACK_E_INTERNAL,
                           "%s was added after %s: members come in byte order of their paths", path,
                           s->path);
    }
    return EVPACK_OK;
}

evpack_status sealer_begin(sealer *s, const char *path, uint64_t size, evpack_err *err)
{
    if (s->open) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s: the member before it is still open", path);
    }
    EVPACK_TRY(names_set_add(s->names, path, err));
    EVPACK_TRY(check_path(s, path, err));
    char name[MEMBER_ID_MAX + 1 + MEMBER_PATH_MAX + 1];
    (void)snprintf(name, sizeof name, "%s/%s", s->id, path);
    EVPACK_TRY(zipwrite_begin(s->writer, name, size, err));
    if (s->in_tail) {
        zipwrite_plain(s->writer);
    }
    memcpy(s->path, path, strlen(path) + 1);
    s->left = size;
    s->open = true;
    s->files++;
    if (bag_is_payload(path)) {
        s->payload_files++;
        s->payload_bytes += size;
    }
    return EVPACK_OK;
}

evpack_status sealer_write(sealer *s, const void *data, size_t len, evpack_err *err)
{
    if (!s->open || len > s->left) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s: more bytes than the size that was stated",
                           s->path);
    }
    s->left -= len;
    EVPACK_TRY(zipwrite_data(s->writer, data, len, err)); /* threads compress while we hash */
    digest_update(s->hash, data, len);
    return EVPACK_OK;
}

evpack_status sealer_end(sealer *s, evpack_err *err)
{
    if (!s->open || s->left != 0) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s: fewer bytes than the size that was stated",
                           s->path);
    }
    s->open = false;
    EVPACK_TRY(zipwrite_end(s->writer, err));
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_TRY(digest_final(s->hash, sha256, err));
    if (bag_is_payload(s->path)) {
        bag_manifest_put(&s->manifest, sha256, s->path);
        return buf_status(&s->manifest, err);
    }
    if (strcmp(s->path, BAG_TAG_MANIFEST) == 0 || strcmp(s->path, BAG_SIGNATURE) == 0) {
        return EVPACK_OK;
    }
    if (s->tag_count == BAG_TAGS_MAX) {
        return evpack_fail(err, EVPACK_E_LIMIT, "more than %d tag files", BAG_TAGS_MAX);
    }
    buf *line = &s->tag_lines[s->tag_count++];
    bag_manifest_put(line, sha256, s->path);
    return buf_status(line, err);
}

evpack_status sealer_add(sealer *s, const char *path, const void *data, size_t len, evpack_err *err)
{
    EVPACK_TRY(sealer_begin(s, path, len, err));
    EVPACK_TRY(sealer_write(s, data, len, err));
    return sealer_end(s, err);
}

static evpack_status add_info(sealer *s, const sealer_identity *identity, evpack_err *err)
{
    char date[TEXT_TIME];
    char oxum[64];
    unsigned char raw[DIGEST_SIZE];
    char packed[DIGEST_HEX];
    EVPACK_TRY(zipwrite_packed(s->writer, raw, err));
    text_hex(raw, sizeof raw, packed);
    text_format_time(identity->at, date);
    date[10] = '\0';
    (void)snprintf(oxum, sizeof oxum, "%" PRIu64 ".%" PRIu64, s->payload_bytes, s->payload_files);
    const bag_field own[] = {{"Bag-Software-Agent", "evpack " EVPACK_VERSION},
                             {"Bagging-Date", date},
                             {"External-Identifier", s->id},
                             {BAG_PACKED, packed},
                             {"Payload-Oxum", oxum}};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        EVPACK_TRY(bag_field_put(&text, &own[i], err));
    }
    for (size_t i = 0; i < identity->field_count; i++) {
        EVPACK_TRY(bag_field_put(&text, &identity->fields[i], err));
    }
    bag_info info = {0};
    if (text.len > BAG_INFO_MAX) {
        return evpack_fail(err, EVPACK_E_LIMIT, BAG_INFO " is larger than %d bytes", BAG_INFO_MAX);
    }
    EVPACK_TRY(bag_info_read(buf_str(&text), text.len, &info, err)); /* no field may come twice */
    return sealer_add(s, BAG_INFO, buf_str(&text), text.len, err);
}

static int compare_lines(const void *a, const void *b)
{
    const buf *x = a;
    const buf *y = b;
    return strcmp(buf_str(x) + DIGEST_HEX + 1, buf_str(y) + DIGEST_HEX + 1); /* by path */
}

static evpack_status add_tag_manifest(sealer *s, const sealer_identity *identity, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    qsort(s->tag_lines, s->tag_count, sizeof s->tag_lines[0], compare_lines);
    for (size_t i = 0; i < s->tag_count; i++) {
        buf_puts(&text, buf_str(&s->tag_lines[i]));
    }
    EVPACK_TRY(buf_status(&text, err));
    EVPACK_TRY(sealer_add(s, BAG_TAG_MANIFEST, buf_str(&text), text.len, err));
    EVPACK_AUTO(cms_signing) signing = NULL;
    EVPACK_TRY(cms_sign_new(identity->signer, &signing, err));
    cms_sign_update(signing, buf_str(&text), text.len);
    EVPACK_TRY(cms_sign_final(signing, identity->at, &der, err));
    return sealer_add(s, BAG_SIGNATURE, buf_str(&der), der.len, err);
}

/* The outer signature, over the bytes that stand in the file. */
static evpack_status sign_zip(const sealer *s, const sealer_identity *identity, file_atomic *out,
                              evpack_err *err)
{
    EVPACK_AUTO(cms_signing) signing = NULL;
    EVPACK_TRY(cms_sign_new(identity->signer, &signing, err));
    int fd = file_atomic_fd(s->zip);
    if (lseek(fd, 0, SEEK_SET) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be read back: %s", s->zip_path,
                           strerror(errno));
    }
    enum { BLOCK = 256 * 1024 };
    EVPACK_AUTO_CHARS block = malloc(BLOCK);
    if (block == NULL) {
        return evpack_oom(err);
    }
    size_t got = 0;
    do {
        EVPACK_TRY(file_read_fd(fd, block, BLOCK, &got, err));
        cms_sign_update(signing, block, got);
    } while (got == BLOCK);
    EVPACK_AUTO_VALUE(buf_reset) buf der = {0};
    EVPACK_TRY(cms_sign_final(signing, identity->at, &der, err));
    return file_write_fd(file_atomic_fd(out), buf_str(&der), der.len, err);
}

/* As an auditor would, who trusts this signer. */
static evpack_status verify_own(const sealer *s, const sealer_identity *identity,
                                const file_atomic *signature, sealer_result *result,
                                evpack_err *err)
{
    EVPACK_AUTO(pki_trust) trust = NULL;
    EVPACK_TRY(pki_trust_signer(identity->signer, &trust, err));
    seal_options options = {.trust = trust,
                            .now = text_now(),
                            .signature = file_atomic_path(signature),
                            .watch = identity->watch};
    seal_report report;
    EVPACK_TRY(seal_verify(file_atomic_path(s->zip), &options, &report, err));
    if (report.verdict != SEAL_VERIFIED) {
        return evpack_fail(err, EVPACK_E_INTERNAL,
                           "the package that was just made does not verify (%s: %s); nothing was "
                           "written",
                           report.reason_count > 0 ? report.reasons[0].code : "no reason",
                           report.reason_count > 0 ? report.reasons[0].text : "");
    }
    *result = (sealer_result){
        .files = report.files, .payload_bytes = s->payload_bytes, .signer = report.signer};
    memcpy(result->sha256, report.sha256, sizeof result->sha256);
    return file_size_fd(file_atomic_fd(s->zip), &result->size, err);
}

static evpack_status commit(sealer *s, file_atomic *signature, evpack_err *err)
{
    EVPACK_TRY(refuse_existing(s->zip_path, err));
    EVPACK_TRY(file_atomic_commit(signature, err));
    evpack_status status = file_atomic_commit(s->zip, err);
    if (status != EVPACK_OK) {
        (void)unlink(buf_str(&s->signature_path));
    }
    return status;
}

evpack_status sealer_finish(sealer *s, const sealer_identity *identity, sealer_result *result,
                            evpack_err *err)
{
    s->in_tail = true;
    EVPACK_TRY(add_info(s, identity, err));
    EVPACK_TRY(
        sealer_add(s, BAG_DECLARATION, BAG_DECLARATION_TEXT, strlen(BAG_DECLARATION_TEXT), err));
    EVPACK_TRY(sealer_add(s, BAG_MANIFEST, buf_str(&s->manifest), s->manifest.len, err));
    EVPACK_TRY(add_tag_manifest(s, identity, err));
    EVPACK_TRY(zipwrite_finish(s->writer, err));
    zipwrite_free(EVPACK_MOVE(s->writer));
    EVPACK_AUTO(file_atomic) signature = NULL;
    EVPACK_TRY(file_atomic_open(buf_str(&s->signature_path), &signature, err));
    EVPACK_TRY(sign_zip(s, identity, signature, err));
    EVPACK_TRY(verify_own(s, identity, signature, result, err));
    return commit(s, signature, err);
}
