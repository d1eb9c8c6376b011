/*
 * Unpacking a verified package. Invariant: what gets the name DIR was read from the bytes that
 * verified, and verified again where it lies. Refuses to judge anything itself.
 */
#include "seal/extract.h"

#include "base/file.h"
#include "base/folder.h"
#include "base/text.h"
#include "seal/names.h"
#include "seal/zipread.h"

#include <string.h>
#include <sys/stat.h>

/* The package verified a moment ago: whatever is wrong with it now, it is not what verified. */
static evpack_status changed(seal_report *report)
{
    return report_no(report, SEAL_CHANGED_WHILE_READ,
                     "the file changed after it verified; nothing was written");
}

/* An error of the reader is about the bytes. */
static evpack_status as_changed(evpack_status status, seal_report *report)
{
    return status == EVPACK_E_INPUT || status == EVPACK_E_LIMIT ? changed(report) : status;
}

typedef struct {
    folder *out;
    zipread *from;
    names_set *names;
    seal_report *report;
} unpacking;

static void unpacking_reset(unpacking *u)
{
    zipread_free(u->from);
    names_set_free(u->names);
}

static evpack_status write_member(const unpacking *u, const zip_member *m, evpack_err *err)
{
    seal_report *report = u->report;
    const size_t id = strlen(report->package_id);
    if (strncmp(m->name, report->package_id, id) != 0 || m->name[id] != '/') {
        return changed(report);
    }
    const char *path = m->name + id + 1;
    EVPACK_TRY(as_changed(names_set_add(u->names, path, err), report));
    EVPACK_TRY(folder_begin(u->out, path, err));
    for (;;) {
        const void *data = NULL;
        size_t len = 0;
        EVPACK_TRY(as_changed(zipread_data(u->from, &data, &len, err), report));
        if (len == 0) {
            return folder_end(u->out, err);
        }
        EVPACK_TRY(folder_write(u->out, data, len, err));
    }
}

/* Reads P.zip once more. Until its digest is known, what is written is not believed. */
static evpack_status write_members(folder *out, const char *path, const progress *watch,
                                   seal_report *report, evpack_err *err)
{
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(file_open(path, &fd, err));
    uint64_t size = 0;
    EVPACK_TRY(file_size_fd(fd, &size, err));
    EVPACK_AUTO_VALUE(unpacking_reset) unpacking u = {.out = out, .report = report};
    EVPACK_TRY(names_set_new(&u.names, err));
    EVPACK_TRY(zipread_open(fd, size, &u.from, err));
    for (uint64_t files = 0;; files++) {
        const zip_member *m = NULL;
        EVPACK_TRY(as_changed(zipread_next(u.from, &m, err), report));
        if (m == NULL) {
            break;
        }
        if (files == report->files) {
            return changed(report);
        }
        EVPACK_TRY(write_member(&u, m, err));
        progress_tell(watch, "unpacking", PROGRESS_BYTES, zipread_at(u.from), size);
    }
    unsigned char sha256[DIGEST_SIZE];
    char hex[DIGEST_HEX];
    EVPACK_TRY(zipread_digest(u.from, sha256, err));
    text_hex(sha256, sizeof sha256, hex);
    return strcmp(hex, report->sha256) == 0 ? EVPACK_OK : changed(report);
}

/* The folder as the auditor will verify it, but at the time that P.zip was judged at: a folder has
 * no timestamp. What is asked of the files beside P.zip was asked. */
static evpack_status verify_written(const folder *out, const seal_options *options,
                                    const seal_report *report, evpack_err *err)
{
    seal_options same = *options;
    same.signature = NULL;
    same.previous = NULL;
    same.required_count = 0;
    if (report->stamp_state == SEAL_STAMP_TRUSTED) {
        same.now = report->stamp.time;
        same.proven = true;
    }
    seal_report written;
    EVPACK_TRY(seal_verify(folder_path(out), &same, &written, err));
    if (written.verdict != SEAL_VERIFIED) {
        return evpack_fail(err, EVPACK_E_IO,
                           "what was written does not verify (%s: %.400s), and was removed",
                           written.reasons[0].code, written.reasons[0].text);
    }
    return EVPACK_OK;
}

static evpack_status extract(const char *path, const seal_options *options, const char *dir,
                             seal_report *report, evpack_err *err)
{
    EVPACK_AUTO(folder) out = NULL;
    EVPACK_TRY(folder_new(dir, &out, err));
    evpack_status status = write_members(out, path, options->watch, report, err);
    if (status != EVPACK_OK) {
        return status == EVPACK_E_NO ? status : evpack_context(err, "%s", path);
    }
    EVPACK_TRY(verify_written(out, options, report, err));
    return folder_commit(out, err);
}

static evpack_status check_arguments(const char *path, const char *dir, evpack_err *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        return evpack_fail(err, EVPACK_E_USAGE, "%s: is a folder; expected a P.zip", path);
    }
    return folder_absent(dir, err);
}

evpack_status seal_extract(const char *path, const seal_options *options, const char *dir,
                           seal_report *report, evpack_err *err)
{
    *report = (seal_report){0};
    evpack_status status = check_arguments(path, dir, err);
    if (status == EVPACK_OK) {
        EVPACK_TRY(seal_verify(path, options, report, err));
        if (report->verdict != SEAL_VERIFIED) {
            return EVPACK_OK;
        }
        status = extract(path, options, dir, report, err);
    }
    if (status != EVPACK_OK) {
        report_decide(report, status, err);
    }
    return status == EVPACK_E_NO ? EVPACK_OK : status;
}
