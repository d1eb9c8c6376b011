/*
 * The package before. Invariant: its bytes are hashed whole before anything of it is believed, and
 * no package is judged here beside the one in the report. Refuses to know whom to trust.
 */
#include "seal/previous.h"

#include "base/file.h"
#include "base/text.h"
#include "seal/bag.h"
#include "seal/zipread.h"

#include <inttypes.h>
#include <string.h>

/* Reads on to the end of the member that zipread stands at; its bytes go to into unless NULL. */
static evpack_status read_member(zipread *r, buf *into, evpack_err *err)
{
    for (;;) {
        const void *data = NULL;
        size_t len = 0;
        EVPACK_TRY(zipread_data(r, &data, &len, err));
        if (len == 0) {
            return EVPACK_OK;
        }
        if (into == NULL) {
            continue;
        }
        if (len > BAG_INFO_MAX - into->len) {
            return evpack_fail(err, EVPACK_E_INPUT, BAG_INFO " is larger than %d bytes",
                               BAG_INFO_MAX);
        }
        buf_append(into, data, len);
        EVPACK_TRY(buf_status(into, err));
    }
}

/* bag-info.txt of the top folder, which must be the id that it states. */
static evpack_status find_info(zipread *r, buf *text, char id[MEMBER_ID_MAX + 1], evpack_err *err)
{
    bool found = false;
    for (;;) {
        const zip_member *member = NULL;
        EVPACK_TRY(zipread_next(r, &member, err));
        if (member == NULL) {
            return found ? EVPACK_OK : evpack_fail(err, EVPACK_E_INPUT, "it has no " BAG_INFO);
        }
        size_t top = strcspn(member->name, "/");
        bool is = member->name[top] == '/' && strcmp(member->name + top + 1, BAG_INFO) == 0;
        if (is && (found || top > MEMBER_ID_MAX)) {
            return evpack_fail(err, EVPACK_E_INPUT, "its " BAG_INFO " is not in one top folder");
        }
        if (is) {
            memcpy(id, member->name, top);
            id[top] = '\0';
            found = true;
        }
        EVPACK_TRY(read_member(r, is ? text : NULL, err));
    }
}

static evpack_status read_info(const buf *text, previous_package *out, evpack_err *err)
{
    bag_info info = {0};
    if (bag_info_read(buf_str(text), text->len, &info, err) != EVPACK_OK) {
        return evpack_context(err, BAG_INFO);
    }
    if (strcmp(info.id, out->id) != 0) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "its top folder is %s, but " BAG_INFO " says External-Identifier %s",
                           out->id, info.id);
    }
    if (info.sequence == 0) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           BAG_INFO " says no " BAG_SEQUENCE ", which a package before must");
    }
    if (info.sequence == BAG_SEQUENCE_MAX) {
        return evpack_fail(err, EVPACK_E_INPUT, "no " BAG_SEQUENCE " is left after %d",
                           BAG_SEQUENCE_MAX);
    }
    out->sequence = info.sequence;
    return EVPACK_OK;
}

static evpack_status read_package(int fd, previous_package *out, evpack_err *err)
{
    uint64_t size = 0;
    EVPACK_TRY(file_size_fd(fd, &size, err));
    EVPACK_AUTO(zipread) r = NULL;
    EVPACK_TRY(zipread_open(fd, size, &r, err));
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_TRY(find_info(r, &text, out->id, err));
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_TRY(zipread_digest(r, sha256, err));
    text_hex(sha256, sizeof sha256, out->sha256);
    return read_info(&text, out, err);
}

evpack_status previous_read(const char *path, previous_package *out, evpack_err *err)
{
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(file_open(path, &fd, err));
    previous_package read = {.sequence = 0};
    if (read_package(fd, &read, err) != EVPACK_OK) {
        return evpack_context(err, "%s is no package that another can follow", path);
    }
    *out = read;
    return EVPACK_OK;
}

static evpack_status hash_file(const char *path, char hex[DIGEST_HEX], evpack_err *err)
{
    enum { BLOCK = 256 * 1024 };
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(file_open(path, &fd, err));
    EVPACK_AUTO(digest) d = NULL;
    EVPACK_TRY(digest_new(&d, err));
    EVPACK_AUTO_CHARS block = malloc(BLOCK);
    if (block == NULL) {
        return evpack_oom(err);
    }
    for (size_t got = BLOCK; got == BLOCK;) {
        if (file_read_fd(fd, block, BLOCK, &got, err) != EVPACK_OK) {
            return evpack_context(err, "%s", path);
        }
        digest_update(d, block, got);
    }
    unsigned char sha256[DIGEST_SIZE];
    EVPACK_TRY(digest_final(d, sha256, err));
    text_hex(sha256, sizeof sha256, hex);
    return EVPACK_OK;
}

evpack_status previous_judge(const char *path, seal_report *report, evpack_err *err)
{
    char hex[DIGEST_HEX];
    EVPACK_TRY(hash_file(path, hex, err));
    if (report->previous[0] == '\0') {
        return report_no(report, SEAL_PREVIOUS_DIFFERS,
                         "this package names no package before it, so %s (SHA-256 %s) is not it",
                         path, hex);
    }
    if (strcmp(hex, report->previous) != 0) {
        return report_no(report, SEAL_PREVIOUS_DIFFERS,
                         "%s is not the package before this one: its SHA-256 is %s, and " BAG_INFO
                         " names %s",
                         path, hex, report->previous);
    }
    report->previous_met = true;
    return EVPACK_OK;
}

void previous_not_covered(bool given, seal_report *report)
{
    if (report->previous_met) {
        report_not_covered(report,
                           "Whether the package before it verifies: its bytes were compared "
                           "with the SHA-256 that is named here, and nothing more of it. "
                           "Verify it too, and those before it.");
    } else if (!given && report->previous[0] != '\0') {
        report_not_covered(report,
                           "The package before it: this one is number %" PRIu64
                           " and names the SHA-256 of its predecessor, which was not given "
                           "(--previous).",
                           report->sequence);
    }
    if (report->sequence != 0) {
        report_not_covered(report, "Whether a later package followed or replaced it: only the "
                                   "packager can tell.");
    }
}
