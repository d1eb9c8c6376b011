/*
 * Laying a package open. Invariant: what received_open gives has exactly the files that its
 * manifests list, with those digests, a custody log whose chains hold, and an index that speaks of
 * every evidence file; and where a signature was verified, it was over these very manifests.
 * Refuses to know what the evidence means.
 */
#include "review/received_private.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "seal/bag.h"
#include "seal/custody.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char evidence_top[] = "data/evidence/";
#define FINDINGS_PATH "data/findings.json"

struct received {
    char id[MEMBER_ID_MAX + 1];
    char sha256[DIGEST_HEX], tag_manifest[DIGEST_HEX];
    char *folder;
    bool findings, verified;
    cms_signer signer;
    names_set *names;
    digest *hash;
    arena text;
    received_file *at; /* sorted by path once all are there */
    size_t count, room;
    uint64_t left; /* bytes that may still be copied */
    buf info;
    evidence_index *index;
    uint64_t redacted, withheld;
};

void received_free(received *r)
{
    if (r != NULL) {
        free(r->folder);
        names_set_free(r->names);
        digest_free(r->hash);
        arena_reset(&r->text);
        free(r->at);
        buf_reset(&r->info);
        index_free(r->index);
        free(r);
    }
}

const char *received_id(const received *r)
{
    return r->id;
}

const char *received_sha256(const received *r)
{
    return r->sha256;
}

const char *received_tag_manifest(const received *r)
{
    return r->tag_manifest;
}

const char *received_folder(const received *r)
{
    return r->folder;
}

const evidence_index *received_index(const received *r)
{
    return r->index;
}

const cms_signer *received_signer(const received *r)
{
    return r->verified ? &r->signer : NULL;
}

size_t received_files(const received *r)
{
    return r->count;
}

uint64_t received_redacted(const received *r)
{
    return r->redacted;
}

uint64_t received_withheld(const received *r)
{
    return r->withheld;
}

/* Its files --------------------------------------------------------------------------------------
 */

static bool wanted(const received *r, const char *path)
{
    static const char *const files[] = {BAG_DECLARATION,  BAG_INFO,        BAG_MANIFEST,
                                        BAG_TAG_MANIFEST, BAG_CUSTODY_LOG, INDEX_PATH};
    if (text_starts(path, evidence_top) || text_starts(path, "data/mapping/")) {
        return true;
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (strcmp(path, files[i]) == 0) {
            return true;
        }
    }
    return r->findings && strcmp(path, FINDINGS_PATH) == 0;
}

/* Makes the file, and the folders on the way. */
static evpack_status make_file(const received *r, const char *path, int *fd, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf full = {0};
    buf_printf(&full, "%s/%s", r->folder, path);
    EVPACK_TRY(buf_status(&full, err));
    for (char *slash = full.data + strlen(r->folder) + 1; (slash = strchr(slash, '/')) != NULL;
         *slash++ = '/') {
        *slash = '\0';
        if (mkdir(full.data, 0700) != 0 && errno != EEXIST) {
            return evpack_fail(err, EVPACK_E_IO, "%s: cannot be made: %s", full.data,
                               strerror(errno));
        }
    }
    *fd = open(full.data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return *fd >= 0 ? EVPACK_OK
                    : evpack_fail(err, EVPACK_E_IO, "%s: cannot be made: %s", full.data,
                                  strerror(errno));
}

static evpack_status add_file(received *r, const char *path, received_file **out, evpack_err *err)
{
    EVPACK_TRY(member_check(path, err));
    EVPACK_TRY(names_set_add(r->names, path, err));
    if (r->count == r->room) {
        const size_t room = r->room == 0 ? 256 : 2 * r->room;
        received_file *more = realloc(r->at, room * sizeof *more);
        if (more == NULL) {
            return evpack_oom(err);
        }
        r->at = more;
        r->room = room;
    }
    *out = &r->at[r->count++];
    **out = (received_file){.path = arena_text(&r->text, path), .copied = wanted(r, path)};
    return arena_status(&r->text, err);
}

evpack_status received_take(received *r, const char *path, received_next next, void *ctx,
                            evpack_err *err)
{
    received_file *file = NULL;
    EVPACK_TRY(add_file(r, path, &file, err));
    EVPACK_AUTO_FD fd = -1;
    if (file->copied) {
        EVPACK_TRY(make_file(r, path, &fd, err));
    }
    for (;;) {
        const void *data = NULL;
        size_t len = 0;
        EVPACK_TRY(next(ctx, &data, &len, err));
        if (len == 0) {
            return digest_final(r->hash, file->sha256, err);
        }
        digest_update(r->hash, data, len);
        file->size += len;
        if (!file->copied) {
            continue;
        }
        if (len > r->left) {
            return evpack_fail(err, EVPACK_E_LIMIT,
                               "its files are larger than a package of its size may hold");
        }
        r->left -= len;
        EVPACK_TRY(file_write_fd(fd, data, len, err));
    }
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const received_file *)a)->path, ((const received_file *)b)->path);
}

static received_file *find(const received *r, const char *path)
{
    const received_file key = {.path = path};
    return r->count == 0 ? NULL : bsearch(&key, r->at, r->count, sizeof key, by_path);
}

const received_file *received_find(const received *r, const char *path)
{
    return find(r, path);
}

evpack_status received_file_open(const received *r, const char *path, int *fd, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf full = {0};
    buf_printf(&full, "%s/%s", r->folder, path);
    EVPACK_TRY(buf_status(&full, err));
    return file_open(buf_str(&full), fd, err);
}

/* Its manifests ----------------------------------------------------------------------------------
 */

static evpack_status manifest_line(void *ctx, const char *path,
                                   const unsigned char sha256[DIGEST_SIZE], evpack_err *err)
{
    received *r = ctx;
    received_file *file = find(r, path);
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_NO, "%s is listed in a manifest and not there", path);
    }
    file->listed = true;
    return memcmp(file->sha256, sha256, DIGEST_SIZE) == 0
               ? EVPACK_OK
               : evpack_fail(err, EVPACK_E_NO,
                             "%s is not the file that its manifest lists: its SHA-256 differs",
                             path);
}

/* Gives a file's bytes to whoever reads them in pieces. */
typedef evpack_status (*feed)(void *reader, const void *data, size_t len, evpack_err *err);
static evpack_status feed_file(const received *r, const char *path, feed to, void *reader,
                               evpack_err *err)
{
    if (find(r, path) == NULL) {
        return evpack_fail(err, EVPACK_E_NO, "it is not there");
    }
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(received_file_open(r, path, &fd, err));
    char block[16 << 10];
    for (size_t got = sizeof block; got == sizeof block;) {
        EVPACK_TRY(file_read_fd(fd, block, sizeof block, &got, err));
        EVPACK_TRY(to(reader, block, got, err));
    }
    return EVPACK_OK;
}

static evpack_status feed_manifest(void *reader, const void *data, size_t len, evpack_err *err)
{
    return bag_reader_feed(reader, data, len, err);
}

static evpack_status feed_log(void *reader, const void *data, size_t len, evpack_err *err)
{
    return custody_reader_feed(reader, data, len, err);
}

static evpack_status check_manifest(received *r, const char *path, bag_lines kind, evpack_err *err)
{
    bag_reader lines = {.kind = kind, .line = manifest_line, .ctx = r};
    evpack_status status = feed_file(r, path, feed_manifest, &lines, err);
    if (status == EVPACK_OK) {
        status = bag_reader_end(&lines, err);
    }
    bag_reader_reset(&lines);
    return status == EVPACK_OK ? status : evpack_context(err, "%s", path);
}

static evpack_status check_log(const received *r, evpack_err *err)
{
    EVPACK_AUTO_VALUE(custody_reader_reset) custody_reader log = {0};
    evpack_status status = feed_file(r, BAG_CUSTODY_LOG, feed_log, &log, err);
    if (status == EVPACK_OK) {
        status = custody_reader_end(&log, err);
    }
    return status == EVPACK_OK ? status : evpack_context(err, BAG_CUSTODY_LOG);
}

static evpack_status read_whole(const received *r, const char *path, size_t cap, buf *out,
                                evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf full = {0};
    buf_printf(&full, "%s/%s", r->folder, path);
    EVPACK_TRY(buf_status(&full, err));
    const received_file *file = find(r, path);
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_NO, "%s is not there", path);
    }
    if (file->size > cap) {
        return evpack_fail(err, EVPACK_E_NO, "%s is larger than %zu bytes", path, cap);
    }
    return file_read(buf_str(&full), cap, out, err);
}

static evpack_status check_info(received *r, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_TRY(read_whole(r, BAG_DECLARATION, 1024, &text, err));
    if (strcmp(buf_str(&text), BAG_DECLARATION_TEXT) != 0) {
        return evpack_fail(err, EVPACK_E_NO,
                           BAG_DECLARATION ": expected the declaration of BagIt 1.0 in UTF-8");
    }
    EVPACK_TRY(read_whole(r, BAG_INFO, BAG_INFO_MAX, &r->info, err));
    bag_info info = {0};
    if (bag_info_read(buf_str(&r->info), r->info.len, &info, err) != EVPACK_OK) {
        return evpack_context(err, BAG_INFO);
    }
    uint64_t files = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < r->count; i++) {
        const bool payload = bag_is_payload(r->at[i].path);
        files += payload;
        bytes += payload ? r->at[i].size : 0;
    }
    if (r->id[0] != '\0' && strcmp(r->id, info.id) != 0) {
        return evpack_fail(err, EVPACK_E_NO,
                           "the top folder is %s, but " BAG_INFO " says External-Identifier %s",
                           r->id, info.id);
    }
    if (info.files != files || info.bytes != bytes) {
        return evpack_fail(err, EVPACK_E_NO,
                           BAG_INFO ": Payload-Oxum says %" PRIu64 " bytes in %" PRIu64
                                    " files, found %" PRIu64 " bytes in %" PRIu64 " files",
                           info.bytes, info.files, bytes, files);
    }
    memcpy(r->id, info.id, sizeof r->id);
    for (char *end = r->info.data; (end = strchr(end, '\n')) != NULL;) {
        *end++ = '\0'; /* each line a text of its own, for received_info */
    }
    return EVPACK_OK;
}

static evpack_status check_listed(const received *r, evpack_err *err)
{
    for (size_t i = 0; i < r->count; i++) {
        const received_file *file = &r->at[i];
        if (!file->listed && strcmp(file->path, BAG_TAG_MANIFEST) != 0 &&
            strcmp(file->path, BAG_SIGNATURE) != 0) {
            return evpack_fail(err, EVPACK_E_NO, "%s is not in a manifest", file->path);
        }
    }
    return EVPACK_OK;
}

/* Its index --------------------------------------------------------------------------------------
 */

static evpack_status check_row(received *r, const index_row *row, evpack_err *err)
{
    const received_file *file = find(r, row->member);
    const char *want = row->redacted_sha256 != NULL ? row->redacted_sha256 : row->sha256;
    const uint64_t size = row->redacted_sha256 != NULL ? row->redacted_size : row->size;
    char sha256[DIGEST_HEX];
    r->redacted += row->redacted_sha256 != NULL;
    r->withheld += row->withheld;
    if (row->withheld && file != NULL) {
        return evpack_fail(err, EVPACK_E_NO, INDEX_PATH " says that %s is withheld; it is there",
                           row->member);
    }
    if (row->withheld) {
        return EVPACK_OK;
    }
    if (file == NULL) {
        return evpack_fail(err, EVPACK_E_NO, "%s is in " INDEX_PATH " and not there", row->member);
    }
    text_hex(file->sha256, sizeof file->sha256, sha256);
    if (strcmp(sha256, want) != 0 || file->size != size) {
        return evpack_fail(err, EVPACK_E_NO,
                           "%s is not the file that " INDEX_PATH
                           " lists: its SHA-256 or size differs",
                           row->member);
    }
    return EVPACK_OK;
}

static evpack_status check_index(received *r, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_TRY(read_whole(r, INDEX_PATH, INDEX_BYTES_MAX, &text, err));
    if (index_read(buf_str(&text), text.len, &r->index, err) != EVPACK_OK) {
        return evpack_context(err, INDEX_PATH);
    }
    for (size_t i = 0; i < index_count(r->index); i++) {
        EVPACK_TRY(check_row(r, index_at(r->index, i), err));
    }
    for (size_t i = 0; i < r->count; i++) {
        const char *path = r->at[i].path;
        if (text_starts(path, evidence_top) && index_find(r->index, path) == NULL) {
            return evpack_fail(err, EVPACK_E_NO, "%s is not in " INDEX_PATH, path);
        }
    }
    return EVPACK_OK;
}

const char *received_info(const received *r, const char *label)
{
    const size_t len = strlen(label);
    const char *found = NULL;
    for (size_t at = 0; at < r->info.len; at += strlen(r->info.data + at) + 1) {
        const char *line = r->info.data + at;
        if (strncmp(line, label, len) == 0 && strncmp(line + len, ": ", 2) == 0) {
            if (found != NULL) {
                return NULL;
            }
            found = line + len + 2;
        }
    }
    return found;
}

/* Together ---------------------------------------------------------------------------------------
 */

static evpack_status check_all(received *r, const received_options *o, evpack_err *err)
{
    if (r->count > 0) {
        qsort(r->at, r->count, sizeof *r->at, by_path);
    }
    const received_file *tags = find(r, BAG_TAG_MANIFEST);
    if (tags != NULL) {
        text_hex(tags->sha256, sizeof tags->sha256, r->tag_manifest);
    }
    if (o->verify != NULL && (strcmp(r->tag_manifest, o->report->tag_manifest) != 0 ||
                              strcmp(r->sha256, o->report->sha256) != 0)) {
        return evpack_fail(err, EVPACK_E_NO, "it was changed while it was read");
    }
    EVPACK_TRY(check_manifest(r, BAG_TAG_MANIFEST, BAG_TAG_LINES, err));
    EVPACK_TRY(check_manifest(r, BAG_MANIFEST, BAG_PAYLOAD_LINES, err));
    EVPACK_TRY(check_listed(r, err));
    EVPACK_TRY(check_info(r, err));
    EVPACK_TRY(check_log(r, err));
    return check_index(r, err);
}

static evpack_status verify(const char *path, received *r, const received_options *o,
                            evpack_err *err)
{
    EVPACK_TRY(seal_verify(path, o->verify, o->report, err));
    if (o->report->verdict != SEAL_VERIFIED) {
        return evpack_fail(err, EVPACK_E_NO, "the package is not verified: %s",
                           o->report->reason_count > 0 ? o->report->reasons[0].text : "");
    }
    r->verified = true;
    r->signer = o->report->signer;
    r->left = UINT64_MAX;
    return EVPACK_OK;
}

static evpack_status lay_open(const char *path, received *r, const received_options *o,
                              evpack_err *err)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "cannot be read: %s", strerror(errno));
    }
    r->left = S_ISDIR(st.st_mode) ? UINT64_MAX
                                  : (uint64_t)st.st_size * RECEIVED_RATIO_MAX + RECEIVED_FREE;
    if (o->verify != NULL) {
        EVPACK_TRY(verify(path, r, o, err));
    }
    if (S_ISDIR(st.st_mode)) {
        EVPACK_TRY(received_unpacked(r, path, err));
    } else {
        EVPACK_AUTO_FD fd = -1;
        EVPACK_TRY(file_open(path, &fd, err));
        EVPACK_TRY(received_zip(r, fd, r->id, r->sha256, err));
    }
    return check_all(r, o, err);
}

evpack_status received_open(const char *path, const received_options *options, received **out,
                            evpack_err *err)
{
    EVPACK_AUTO(received) r = calloc(1, sizeof *r);
    if (r == NULL) {
        return evpack_oom(err);
    }
    r->folder = strdup(options->folder);
    if (r->folder == NULL) {
        return evpack_oom(err);
    }
    r->findings = options->findings;
    EVPACK_TRY(names_set_new(&r->names, err));
    EVPACK_TRY(digest_new(&r->hash, err));
    evpack_status status = lay_open(path, r, options, err);
    if (status != EVPACK_OK) {
        /* What is wrong with the package is an answer, and the answer is no. */
        err->code = status == EVPACK_E_INPUT || status == EVPACK_E_LIMIT ? EVPACK_E_NO : status;
        return evpack_context(err, "%s", path);
    }
    *out = EVPACK_MOVE(r);
    return EVPACK_OK;
}
