/*
 * Pass two over P.zip: the members, in the one order that evpack writes:
 *   1. the payload (data/...) and further tag files such as VERIFY.txt, in byte order of their
 * paths;
 *   2. bag-info.txt, bagit.txt, manifest-sha256.txt, tagmanifest-sha256.txt, and the signature.
 * The files thus come in the order of the manifests' lines, and a manifest comes after the files it
 * lists. Invariant: of each file only its digest is kept, and what was parsed was hashed with the
 * whole, whose digest must be the signed one.
 */
#include "seal/verify_private.h"

#include "base/file.h"
#include "seal/custody.h"
#include "seal/revocation.h"
#include "seal/zipread.h"

#include <stdlib.h>
#include <string.h>

static const char *const tail[] = {BAG_INFO, BAG_DECLARATION, BAG_MANIFEST, BAG_TAG_MANIFEST,
                                   BAG_SIGNATURE};
enum { TAIL = sizeof tail / sizeof tail[0], KEY = 16 };

/* A payload file: its path's digest, cut, and its own. */
typedef struct {
    unsigned char path[KEY];
    unsigned char sha256[DIGEST_SIZE];
} payload_file;

typedef struct {
    char path[MEMBER_PATH_MAX + 1];
    unsigned char sha256[DIGEST_SIZE];
    bool listed;
} tag_file;

typedef struct {
    uint64_t size; /* of the file */
    const seal_options *options;
    seal_report *report;
    names_set *names;
    digest *hash;
    digest *key;                    /* for path_key */
    char path[MEMBER_PATH_MAX + 1]; /* the member that is being read, below the top folder */
    char before[MEMBER_PATH_MAX + 1];
    size_t tail_seen;
    payload_file *files;
    size_t file_count, file_room;
    size_t matched;  /* payload files that the manifest's lines have met or gone past */
    size_t unlisted; /* gone past */
    char gap[MEMBER_PATH_MAX + 1]; /* the line where that was first */
    uint64_t payload_bytes;
    unsigned char packed[DIGEST_SIZE]; /* of what comes before bag-info.txt */
    tag_file tags[BAG_TAGS_MAX];
    size_t tag_count;
    bool has_revocation;
    buf declaration, info, revocation, tag_manifest, signature;
    bag_reader manifest;
    custody_reader custody;
} members;

static void members_free(members *m)
{
    if (m != NULL) {
        names_set_free(m->names);
        digest_free(m->hash);
        digest_free(m->key);
        free(m->files);
        buf_reset(&m->declaration);
        buf_reset(&m->info);
        buf_reset(&m->revocation);
        buf_reset(&m->tag_manifest);
        buf_reset(&m->signature);
        bag_reader_reset(&m->manifest);
        custody_reader_reset(&m->custody);
        free(m);
    }
}
EVPACK_DEFINE_CLEANUP(members, members_free)

static evpack_status path_key(members *m, const char *path, unsigned char key[KEY], evpack_err *err)
{
    unsigned char raw[DIGEST_SIZE];
    digest_update(m->key, path, strlen(path));
    EVPACK_TRY(digest_final(m->key, raw, err));
    memcpy(key, raw, KEY);
    return EVPACK_OK;
}

/* A line of manifest-sha256.txt: the next payload file must be the one it names. */
static evpack_status payload_line(void *ctx, const char *path,
                                  const unsigned char sha256[DIGEST_SIZE], evpack_err *err)
{
    members *m = ctx;
    unsigned char key[KEY];
    EVPACK_TRY(path_key(m, path, key, err));
    for (size_t i = m->matched; i < m->file_count; i++) {
        if (memcmp(m->files[i].path, key, KEY) != 0) {
            continue;
        }
        if (i > m->matched && m->unlisted == 0) {
            memcpy(m->gap, path, strlen(path) + 1);
        }
        m->unlisted += i - m->matched;
        m->matched = i + 1;
        if (memcmp(m->files[i].sha256, sha256, DIGEST_SIZE) != 0) {
            (void)report_no(m->report, SEAL_FILE_CHANGED,
                            "%s is not the file that " BAG_MANIFEST " lists: its SHA-256 differs",
                            path);
        }
        return EVPACK_OK;
    }
    return report_no(m->report, SEAL_FILE_MISSING, "%s is listed in " BAG_MANIFEST " and not there",
                     path);
}

static evpack_status tag_line(void *ctx, const char *path, const unsigned char sha256[DIGEST_SIZE],
                              evpack_err *err)
{
    (void)err;
    members *m = ctx;
    for (size_t i = 0; i < m->tag_count; i++) {
        if (strcmp(m->tags[i].path, path) == 0) {
            m->tags[i].listed = true;
            if (memcmp(m->tags[i].sha256, sha256, DIGEST_SIZE) != 0) {
                (void)report_no(m->report, SEAL_FILE_CHANGED,
                                "%s is not the file that " BAG_TAG_MANIFEST
                                " lists: its SHA-256 differs",
                                path);
            }
            return EVPACK_OK;
        }
    }
    return report_no(m->report, SEAL_FILE_MISSING,
                     "%s is listed in " BAG_TAG_MANIFEST " and not there", path);
}

static evpack_status check_order(members *m)
{
    if (m->tail_seen < TAIL && strcmp(m->path, tail[m->tail_seen]) == 0) {
        m->tail_seen++;
        return EVPACK_OK;
    }
    bool later = false; /* one of the tail, so that the one that is due is not there */
    for (size_t i = m->tail_seen; i < TAIL; i++) {
        later = later || strcmp(m->path, tail[i]) == 0;
    }
    if (m->tail_seen > 0 || later) {
        return report_no(m->report, later ? SEAL_TAG_FILE_MISSING : SEAL_MEMBER_ORDER,
                         "%s is not where it belongs: expected %s", m->path,
                         m->tail_seen < TAIL ? tail[m->tail_seen] : "the end");
    }
    if (strcmp(m->path, m->before) <= 0) {
        return report_no(m->report, SEAL_MEMBER_ORDER, "%s comes after %s: out of order", m->path,
                         m->before);
    }
    memcpy(m->before, m->path, sizeof m->before);
    seal_reason why = SEAL_PACKAGE_STRUCTURE;
    const char *fault = bag_is_payload(m->path) ? NULL : bag_tag_fault(m->path, &why);
    return fault == NULL ? EVPACK_OK : report_no(m->report, why, "%s: %s", m->path, fault);
}

/* Splits a member's name into the package id, which is one for all, and the path below it. */
static evpack_status take_name(members *m, const char *name, evpack_err *err)
{
    size_t len = strcspn(name, "/");
    seal_report *report = m->report;
    if (name[strlen(name) - 1] == '/') {
        return report_no(report, SEAL_ZIP_FOLDER_ENTRY,
                         "%s is an entry of a folder's own, which no package has", name);
    }
    if (report->package_id[0] == '\0') {
        char id[MEMBER_ID_MAX + 1] = "";
        if (len <= MEMBER_ID_MAX) {
            memcpy(id, name, len);
        }
        if (member_check_id(id, err) != EVPACK_OK) {
            return report_no(report, SEAL_TOP_FOLDER_NAME,
                             "the top folder of %s is not a package id", name);
        }
        memcpy(report->package_id, id, sizeof id);
    }
    if (strlen(report->package_id) != len || strncmp(name, report->package_id, len) != 0 ||
        name[len] != '/') {
        return report_no(report, SEAL_OUTSIDE_TOP_FOLDER, "%s does not stand in the top folder %s/",
                         name, report->package_id);
    }
    const char *path = name + len + 1;
    if (strlen(path) > MEMBER_PATH_MAX) {
        return report_input(report, member_check(path, err), SEAL_NAME_LONG, "", err);
    }
    memcpy(m->path, path, strlen(path) + 1);
    evpack_status status = names_set_add(m->names, m->path, err);
    return report_input(report, status, names_set_fault(m->names), "", err);
}

/* The buffer and cap of a tag file that is kept; NULL for all others. */
static buf *kept(members *m, size_t *cap)
{
    struct {
        const char *path;
        buf *into;
        size_t cap;
    } rows[] = {{BAG_DECLARATION, &m->declaration, 1024},
                {BAG_INFO, &m->info, BAG_INFO_MAX},
                {BAG_REVOCATION, &m->revocation, PKI_CRLS_BYTES},
                {BAG_TAG_MANIFEST, &m->tag_manifest, BAG_TAG_MANIFEST_MAX},
                {BAG_SIGNATURE, &m->signature, CMS_MAX}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(m->path, rows[i].path) == 0) {
            *cap = rows[i].cap;
            return rows[i].into;
        }
    }
    return NULL;
}

/* A piece of the member's bytes, to whom it concerns. */
static evpack_status take_data(members *m, const void *data, size_t len, evpack_err *err)
{
    digest_update(m->hash, data, len);
    if (bag_is_payload(m->path)) {
        m->payload_bytes += len;
        if (strcmp(m->path, BAG_CUSTODY_LOG) == 0) {
            evpack_status status = custody_reader_feed(&m->custody, data, len, err);
            return report_input(m->report, status, m->custody.fault, m->path, err);
        }
        return EVPACK_OK;
    }
    if (strcmp(m->path, BAG_MANIFEST) == 0) {
        evpack_status status = bag_reader_feed(&m->manifest, data, len, err);
        return report_input(m->report, status, m->manifest.fault, m->path, err);
    }
    size_t cap = 0;
    buf *into = kept(m, &cap);
    if (into == NULL) {
        return EVPACK_OK;
    }
    if (len > cap - into->len) {
        return report_no(m->report, SEAL_TAG_FILE_LARGE, "%s is larger than %zu bytes", m->path,
                         cap);
    }
    buf_append(into, data, len);
    return buf_status(into, err);
}

static evpack_status keep_payload(members *m, const unsigned char sha256[DIGEST_SIZE],
                                  evpack_err *err)
{
    if (m->file_count == m->file_room) {
        size_t room = m->file_room == 0 ? 256 : m->file_room * 2;
        payload_file *grown = realloc(m->files, room * sizeof *grown);
        if (grown == NULL) {
            return evpack_oom(err);
        }
        m->files = grown;
        m->file_room = room;
    }
    payload_file *file = &m->files[m->file_count++];
    memcpy(file->sha256, sha256, DIGEST_SIZE);
    return path_key(m, m->path, file->path, err);
}

/* When the manifest was read to its end: else the fault may be that its lines are out of order. */
static evpack_status judge_unlisted(members *m)
{
    return m->unlisted == 0
               ? EVPACK_OK
               : report_no(m->report, SEAL_FILE_UNLISTED,
                           "%zu payload files, the first before %s, are not in " BAG_MANIFEST,
                           m->unlisted, m->gap);
}

static evpack_status end_member(members *m, evpack_err *err)
{
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_TRY(digest_final(m->hash, sha256, err));
    if (bag_is_payload(m->path)) {
        if (strcmp(m->path, BAG_CUSTODY_LOG) == 0) {
            evpack_status status = custody_reader_end(&m->custody, err);
            EVPACK_TRY(report_input(m->report, status, m->custody.fault, m->path, err));
            report_held(m->report, SEAL_CHECK_CUSTODY);
        }
        return keep_payload(m, sha256, err);
    }
    if (strcmp(m->path, BAG_MANIFEST) == 0) {
        evpack_status status = bag_reader_end(&m->manifest, err);
        EVPACK_TRY(report_input(m->report, status, m->manifest.fault, m->path, err));
        EVPACK_TRY(judge_unlisted(m));
    }
    if (strcmp(m->path, BAG_TAG_MANIFEST) == 0 || strcmp(m->path, BAG_SIGNATURE) == 0) {
        return EVPACK_OK;
    }
    if (m->tag_count == BAG_TAGS_MAX) {
        return report_no(m->report, SEAL_TAG_FILE_MANY, "it has more than %d tag files",
                         BAG_TAGS_MAX);
    }
    m->has_revocation = m->has_revocation || strcmp(m->path, BAG_REVOCATION) == 0;
    tag_file *tag = &m->tags[m->tag_count++];
    memcpy(tag->path, m->path, sizeof tag->path);
    memcpy(tag->sha256, sha256, DIGEST_SIZE);
    return EVPACK_OK;
}

/* An error of the reader is about the input: a reason. */
static evpack_status zip_reason(members *m, const zipread *r, evpack_status status,
                                const evpack_err *err)
{
    return report_input(m->report, status, zipread_fault(r), "", err);
}

static evpack_status read_member(members *m, zipread *r, const zip_member *member, evpack_err *err)
{
    EVPACK_TRY(take_name(m, member->name, err));
    EVPACK_TRY(check_order(m));
    if (strcmp(m->path, BAG_INFO) == 0) {
        EVPACK_TRY(zipread_packed(r, m->packed, err));
    }
    m->report->files++;
    for (;;) {
        const void *data = NULL;
        size_t len = 0;
        EVPACK_TRY(zip_reason(m, r, zipread_data(r, &data, &len, err), err));
        if (len == 0) {
            return end_member(m, err);
        }
        EVPACK_TRY(take_data(m, data, len, err));
        progress_tell(m->options->watch, "checking the contents", PROGRESS_BYTES, zipread_at(r),
                      m->size);
    }
}

static evpack_status read_all(members *m, zipread *r, evpack_err *err)
{
    for (;;) {
        const zip_member *member = NULL;
        EVPACK_TRY(zip_reason(m, r, zipread_next(r, &member, err), err));
        if (member == NULL) {
            return EVPACK_OK;
        }
        EVPACK_TRY(read_member(m, r, member, err));
    }
}

/* What can be judged only when all was read. */
static evpack_status judge(members *m, evpack_err *err)
{
    seal_report *report = m->report;
    if (m->tail_seen != TAIL) {
        bool signature = m->tail_seen + 1 == TAIL;
        return report_no(report, signature ? SEAL_SIGNATURE_MISSING : SEAL_TAG_FILE_MISSING,
                         "the package has no %s", tail[m->tail_seen]);
    }
    EVPACK_TRY(verify_inner(&m->tag_manifest, &m->signature, m->options, report, err));
    bag_reader lines = {.kind = BAG_TAG_LINES, .line = tag_line, .ctx = m};
    evpack_status status =
        bag_reader_feed(&lines, buf_str(&m->tag_manifest), m->tag_manifest.len, err);
    if (status == EVPACK_OK) {
        status = bag_reader_end(&lines, err);
    }
    bag_reader_reset(&lines);
    EVPACK_TRY(report_input(report, status, lines.fault, BAG_TAG_MANIFEST, err));
    for (size_t i = 0; i < m->tag_count; i++) {
        if (!m->tags[i].listed) {
            (void)report_no(report, SEAL_FILE_UNLISTED, "%s is not in " BAG_TAG_MANIFEST,
                            m->tags[i].path);
        }
    }
    if (m->matched < m->file_count) {
        (void)report_no(report, SEAL_FILE_UNLISTED,
                        "the last %zu payload files are not in " BAG_MANIFEST,
                        m->file_count - m->matched);
    }
    if (!report->said_no && m->has_revocation) {
        EVPACK_TRY(revocation_judge(&m->revocation, &m->tag_manifest, &m->signature, m->options,
                                    report, err));
    }
    char top[MEMBER_ID_MAX + 1];
    memcpy(top, report->package_id, sizeof top);
    bag_info info = {0};
    EVPACK_TRY(verify_tags(&m->declaration, &m->info, &info, report, err));
    if (strcmp(top, info.id) != 0) {
        return report_no(report, SEAL_PACKAGE_ID,
                         "the top folder is %s, but " BAG_INFO " says External-Identifier %s", top,
                         info.id);
    }
    EVPACK_TRY(verify_oxum(&info, m->payload_bytes, m->file_count, report));
    if (info.has_packed && !report->said_no &&
        memcmp(info.packed, m->packed, sizeof m->packed) != 0) {
        return report_no(report, SEAL_PACKED,
                         BAG_INFO ": " BAG_PACKED " is not that of the compressed data: the files "
                                  "are those that were sealed, compressed another way");
    }
    return EVPACK_OK;
}

evpack_status verify_members(const verify_file *file, const seal_options *options,
                             seal_report *report, evpack_err *err)
{
    EVPACK_AUTO(members) m = calloc(1, sizeof *m);
    if (m == NULL) {
        return evpack_oom(err);
    }
    m->options = options;
    m->size = file->size;
    m->report = report;
    m->manifest = (bag_reader){.kind = BAG_PAYLOAD_LINES, .line = payload_line, .ctx = m};
    EVPACK_TRY(names_set_new(&m->names, err));
    EVPACK_TRY(digest_new(&m->hash, err));
    EVPACK_TRY(digest_new(&m->key, err));
    EVPACK_AUTO(zipread) r = NULL;
    EVPACK_TRY(zipread_open(file->fd, file->size, &r, err));
    EVPACK_TRY(read_all(m, r, err));
    unsigned char again[DIGEST_SIZE];
    uint64_t size = 0;
    EVPACK_TRY(zipread_digest(r, again, err));
    EVPACK_TRY(file_size_fd(file->fd, &size, err));
    if (memcmp(again, file->whole, DIGEST_SIZE) != 0 || size != file->size) {
        return report_no(report, SEAL_CHANGED_WHILE_READ,
                         "the file changed between two readings of it");
    }
    report_held(report, SEAL_CHECK_FORM);
    return judge(m, err);
}
