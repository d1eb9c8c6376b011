/*
 * Verifying an unpacked package. Invariant: a file is read through the folder's own descriptor,
 * part by part, following no link; a file counts only when a manifest that leads back to the
 * signature lists it. Refuses to know where the folder came from.
 */
#include "seal/verify_private.h"

#include "base/file.h"
#include "seal/custody.h"
#include "seal/revocation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { BLOCK = 128 * 1024, DEPTH_MAX = 128 };

typedef struct {
    const seal_options *options;
    seal_report *report;
    int root;
    names_set *listed; /* every path that a manifest lists */
    digest *hash;
    unsigned char manifest_sha256[DIGEST_SIZE]; /* what the tag manifest says of it */
    uint64_t payload_bytes, payload_files;
    uint64_t read; /* bytes of all files */
    bool info_listed, declaration_listed, manifest_listed, has_revocation;
    buf info, declaration, revocation;
    char block[BLOCK];
} folder;

static void folder_free(folder *f)
{
    if (f != NULL) {
        if (f->root >= 0) {
            (void)close(f->root);
        }
        names_set_free(f->listed);
        digest_free(f->hash);
        buf_reset(&f->info);
        buf_reset(&f->declaration);
        buf_reset(&f->revocation);
        free(f);
    }
}
EVPACK_DEFINE_CLEANUP(folder, folder_free)

/* Opens a regular file below the root. *fd stays -1 when a reason was added. */
static evpack_status open_member(folder *f, const char *path, int *fd, evpack_err *err)
{
    EVPACK_AUTO_FD at = dup(f->root);
    const char *part = path;
    for (const char *slash = strchr(part, '/'); slash != NULL && at >= 0;
         slash = strchr(part, '/')) {
        char name[MEMBER_PATH_MAX + 1];
        memcpy(name, part, (size_t)(slash - part));
        name[slash - part] = '\0';
        int next = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int problem = errno;
        (void)close(at);
        at = next;
        errno = problem;
        part = slash + 1;
    }
    EVPACK_AUTO_FD opened =
        at < 0 ? -1 : openat(at, part, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (opened < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        return report_no(f->report, SEAL_FILE_MISSING, "%s is not there", path);
    }
    if (opened < 0 && (errno == ELOOP || errno == EMLINK || errno == ENXIO)) {
        return report_no(f->report, SEAL_NOT_A_FILE, "%s is not a regular file", path);
    }
    struct stat st;
    if (opened < 0 || fstat(opened, &st) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be opened: %s", path, strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return report_no(f->report, SEAL_NOT_A_FILE, "%s is not a regular file", path);
    }
    *fd = opened;
    opened = -1;
    return EVPACK_OK;
}

/* What a file's bytes go to beside its digest. */
typedef struct {
    buf *keep;
    size_t keep_max;
    bag_reader *lines;
    custody_reader *custody;
    uint64_t *count;
} uses;

static evpack_status use_block(folder *f, const char *path, const uses *to, size_t len,
                               evpack_err *err)
{
    if (to->count != NULL) {
        *to->count += len;
    }
    if (to->keep != NULL) {
        if (len > to->keep_max - to->keep->len) {
            return report_no(f->report, SEAL_TAG_FILE_LARGE, "%s is larger than %zu bytes", path,
                             to->keep_max);
        }
        buf_append(to->keep, f->block, len);
        EVPACK_TRY(buf_status(to->keep, err));
    }
    if (to->custody != NULL) {
        evpack_status status = custody_reader_feed(to->custody, f->block, len, err);
        EVPACK_TRY(report_input(f->report, status, to->custody->fault, path, err));
    }
    return EVPACK_OK;
}

static evpack_status read_member(folder *f, const char *path, const uses *to,
                                 unsigned char sha256[DIGEST_SIZE], evpack_err *err)
{
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(open_member(f, path, &fd, err));
    EVPACK_AUTO(digest) d = NULL; /* of its own: reading a manifest reads other files */
    if (to->lines != NULL) {
        EVPACK_TRY(digest_new(&d, err));
    }
    digest *hash = d == NULL ? f->hash : d;
    EVPACK_AUTO_CHARS own = to->lines == NULL ? NULL : malloc(BLOCK);
    if (to->lines != NULL && own == NULL) {
        return evpack_oom(err);
    }
    char *block = own == NULL ? f->block : own;
    for (;;) {
        size_t got = 0;
        if (file_read_fd(fd, block, BLOCK, &got, err) != EVPACK_OK) {
            return evpack_context(err, "%s", path);
        }
        if (got == 0) {
            return digest_final(hash, sha256, err);
        }
        digest_update(hash, block, got);
        f->read += got;
        progress_tell(f->options->watch, "checking the files", PROGRESS_BYTES, f->read, 0);
        if (to->lines != NULL) {
            evpack_status status = bag_reader_feed(to->lines, block, got, err);
            EVPACK_TRY(report_input(f->report, status, to->lines->fault, path, err));
        } else {
            EVPACK_TRY(use_block(f, path, to, got, err));
        }
    }
}

/* Hashes a listed file and compares. A file that is wrong is a reason; the others are still read.
 */
static evpack_status check_listed(folder *f, const char *path, const uses *to,
                                  const unsigned char want[DIGEST_SIZE], evpack_err *err)
{
    evpack_status status = names_set_add(f->listed, path, err);
    EVPACK_TRY(report_input(f->report, status, names_set_fault(f->listed), "", err));
    unsigned char got[DIGEST_SIZE];
    status = read_member(f, path, to, got, err);
    if (status == EVPACK_E_NO) {
        digest_free(EVPACK_MOVE(f->hash)); /* it may be half fed */
        return digest_new(&f->hash, err);
    }
    EVPACK_TRY(status);
    if (memcmp(want, got, DIGEST_SIZE) != 0) {
        (void)report_no(f->report, SEAL_FILE_CHANGED,
                        "%s is not the file that the manifest lists: its SHA-256 differs", path);
    }
    return EVPACK_OK;
}

static evpack_status tag_line(void *ctx, const char *path, const unsigned char sha256[DIGEST_SIZE],
                              evpack_err *err)
{
    folder *f = ctx;
    uses to = {0};
    if (strcmp(path, BAG_MANIFEST) == 0) {
        f->manifest_listed = true;
        memcpy(f->manifest_sha256, sha256, DIGEST_SIZE);
    } else if (strcmp(path, BAG_INFO) == 0) {
        f->info_listed = true;
        to = (uses){.keep = &f->info, .keep_max = BAG_INFO_MAX};
    } else if (strcmp(path, BAG_DECLARATION) == 0) {
        f->declaration_listed = true;
        to = (uses){.keep = &f->declaration, .keep_max = 1024};
    } else if (strcmp(path, BAG_REVOCATION) == 0) {
        f->has_revocation = true;
        to = (uses){.keep = &f->revocation, .keep_max = PKI_CRLS_BYTES};
    }
    return check_listed(f, path, &to, sha256, err);
}

static evpack_status payload_line(void *ctx, const char *path,
                                  const unsigned char sha256[DIGEST_SIZE], evpack_err *err)
{
    folder *f = ctx;
    uses to = {.count = &f->payload_bytes};
    f->payload_files++;
    if (strcmp(path, BAG_CUSTODY_LOG) != 0) {
        return check_listed(f, path, &to, sha256, err);
    }
    custody_reader custody = {0};
    to.custody = &custody;
    uint64_t before = f->report->reason_count + f->report->reasons_more;
    evpack_status status = check_listed(f, path, &to, sha256, err);
    /* A log that is missing or changed was not judged, whatever of it could be read. */
    bool whole = f->report->reason_count + f->report->reasons_more == before;
    if (status == EVPACK_OK && whole) {
        status = custody_reader_end(&custody, err);
        status = report_input(f->report, status, custody.fault, path, err);
    }
    custody_reader_reset(&custody);
    if (status == EVPACK_OK && whole) {
        report_held(f->report, SEAL_CHECK_CUSTODY);
    }
    return status;
}

static evpack_status read_tag_manifest(folder *f, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf signature = {0};
    unsigned char ignored[DIGEST_SIZE];
    uses to = {.keep = &text, .keep_max = BAG_TAG_MANIFEST_MAX};
    EVPACK_TRY(read_member(f, BAG_TAG_MANIFEST, &to, ignored, err));
    if (faccessat(f->root, BAG_SIGNATURE, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) {
        return report_no(f->report, SEAL_SIGNATURE_MISSING, BAG_SIGNATURE " is not there");
    }
    to = (uses){.keep = &signature, .keep_max = CMS_MAX};
    EVPACK_TRY(read_member(f, BAG_SIGNATURE, &to, ignored, err));
    EVPACK_TRY(verify_inner(&text, &signature, f->options, f->report, err));
    bag_reader lines = {.kind = BAG_TAG_LINES, .line = tag_line, .ctx = f};
    evpack_status status = bag_reader_feed(&lines, buf_str(&text), text.len, err);
    if (status == EVPACK_OK) {
        status = bag_reader_end(&lines, err);
    }
    bag_reader_reset(&lines);
    EVPACK_TRY(report_input(f->report, status, lines.fault, BAG_TAG_MANIFEST, err));
    if (!f->manifest_listed || !f->info_listed || !f->declaration_listed) {
        return report_no(f->report, SEAL_TAG_FILE_MISSING,
                         BAG_TAG_MANIFEST " does not list " BAG_DECLARATION ", " BAG_INFO
                                          " and " BAG_MANIFEST);
    }
    if (!f->report->said_no && f->has_revocation) {
        EVPACK_TRY(revocation_judge(&f->revocation, &text, &signature, f->options, f->report, err));
    }
    return f->report->said_no ? EVPACK_E_NO : EVPACK_OK; /* the rest rests on these files */
}

static evpack_status read_manifest(folder *f, evpack_err *err)
{
    bag_reader lines = {.kind = BAG_PAYLOAD_LINES, .line = payload_line, .ctx = f};
    uses to = {.lines = &lines};
    unsigned char sha256[DIGEST_SIZE];
    evpack_status status = read_member(f, BAG_MANIFEST, &to, sha256, err);
    if (status == EVPACK_OK) {
        status = bag_reader_end(&lines, err);
        status = report_input(f->report, status, lines.fault, BAG_MANIFEST, err);
    }
    bag_reader_reset(&lines);
    EVPACK_TRY(status);
    if (memcmp(sha256, f->manifest_sha256, DIGEST_SIZE) != 0) {
        return report_no(f->report, SEAL_CHANGED_WHILE_READ,
                         BAG_MANIFEST " changed between two readings of it");
    }
    return EVPACK_OK;
}

static evpack_status walk(folder *f, int fd, const char *path, unsigned depth, evpack_err *err);

/* One name in a folder. Takes a path relative to the root. */
static evpack_status visit(folder *f, int at, const char *name, const char *path, unsigned depth,
                           evpack_err *err)
{
    struct stat st;
    if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: %s", path, strerror(errno));
    }
    if (S_ISDIR(st.st_mode)) {
        int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        return fd < 0 ? evpack_fail(err, EVPACK_E_IO, "%s: %s", path, strerror(errno))
                      : walk(f, fd, path, depth + 1, err);
    }
    if (!S_ISREG(st.st_mode)) {
        (void)report_no(f->report, SEAL_NOT_A_FILE, "%s is not a regular file", path);
        return EVPACK_OK;
    }
    f->report->files++;
    if (strcmp(path, BAG_TAG_MANIFEST) != 0 && strcmp(path, BAG_SIGNATURE) != 0 &&
        !names_set_has(f->listed, path)) {
        (void)report_no(f->report, SEAL_FILE_UNLISTED, "%s is not in a manifest", path);
    }
    return EVPACK_OK;
}

/* Closes fd. */
static evpack_status walk(folder *f, int fd, const char *path, unsigned depth, evpack_err *err)
{
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        (void)close(fd);
        return evpack_fail(err, EVPACK_E_IO, "%s: %s", path, strerror(errno));
    }
    evpack_status status = EVPACK_OK;
    if (depth > DEPTH_MAX) {
        status = report_no(f->report, SEAL_FILE_UNLISTED, "%.100s...: folders without end", path);
    }
    while (status == EVPACK_OK) { /* to the end: reasons without room are counted */
        errno = 0;
        const struct dirent *e = readdir(dir);
        if (e == NULL) {
            if (errno != 0) {
                status = evpack_fail(err, EVPACK_E_IO, "%s: %s", path, strerror(errno));
            }
            break;
        }
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) {
            continue;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf below = {0};
        buf_printf(&below, "%s%s%s", path, path[0] == '\0' ? "" : "/", e->d_name);
        status = buf_status(&below, err);
        if (status == EVPACK_OK) {
            status = visit(f, dirfd(dir), e->d_name, buf_str(&below), depth, err);
        }
    }
    (void)closedir(dir);
    return status;
}

/* Nothing that no manifest lists, and as many files as they list: the names in the set are equal
 * but for letter case only, so the count is what tells. */
static evpack_status check_unlisted(folder *f, evpack_err *err)
{
    int fd = openat(f->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return evpack_fail(err, EVPACK_E_IO, "the folder cannot be read: %s", strerror(errno));
    }
    EVPACK_TRY(walk(f, fd, "", 0, err));
    if (!f->report->said_no && f->report->files != names_set_count(f->listed) + 2) {
        return report_no(f->report, SEAL_FILE_UNLISTED,
                         "the folder holds files that no manifest lists, whose names differ from "
                         "listed ones in letter case alone");
    }
    return EVPACK_OK;
}

evpack_status verify_folder(const char *path, const seal_options *options, seal_report *report,
                            evpack_err *err)
{
    EVPACK_AUTO(folder) f = calloc(1, sizeof *f);
    if (f == NULL) {
        return evpack_oom(err);
    }
    f->options = options;
    f->report = report;
    f->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (f->root < 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be opened: %s", path, strerror(errno));
    }
    EVPACK_TRY(digest_new(&f->hash, err));
    EVPACK_TRY(names_set_new(&f->listed, err));
    EVPACK_TRY(read_tag_manifest(f, err));
    bag_info info = {0};
    EVPACK_TRY(verify_tags(&f->declaration, &f->info, &info, report, err));
    EVPACK_TRY(read_manifest(f, err));
    EVPACK_TRY(check_unlisted(f, err));
    return report->said_no ? EVPACK_E_NO
                           : verify_oxum(&info, f->payload_bytes, f->payload_files, report);
}
