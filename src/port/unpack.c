/*
 * Archives by libarchive. Invariant: only the formats named here are switched on (libarchive's
 * other readers are not asked to look at hostile bytes), and a member's bytes are handed on or an
 * error is. Refuses to know what the members are, and to write any of them.
 */
#include "port/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct unpack {
    struct archive *a;
};

bool unpack_is_archive(const void *head, size_t len)
{
    static const struct {
        size_t at, len;
        const char *bytes;
    } marks[] = {{0, 4, "PK\003\004"},
                 {0, 4, "PK\005\006"},
                 {0, 2, "\037\213"},
                 {0, 4, "\x28\xb5\x2f\xfd"},
                 {257, 5, "ustar"}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (len >= marks[i].at + marks[i].len &&
            memcmp((const char *)head + marks[i].at, marks[i].bytes, marks[i].len) == 0) {
            return true;
        }
    }
    return false;
}

static evpack_status fault(const unpack *u, evpack_err *err)
{
    const char *text = archive_error_string(u->a);
    int code = archive_errno(u->a);
    if (code == ENOMEM) {
        return evpack_oom(err);
    }
    if (code == EIO || code == ESTALE || code == EISDIR) { /* read() failed: not the bytes' fault */
        return evpack_fail(err, EVPACK_E_IO, "reading failed: %s", strerror(code));
    }
    return evpack_fail(err, EVPACK_E_INPUT, "%s", text == NULL ? "a damaged archive" : text);
}

void unpack_free(unpack *u)
{
    if (u != NULL) {
        (void)archive_read_free(u->a);
        free(u);
    }
}

evpack_status unpack_open(int fd, unpack **out, evpack_err *err)
{
    EVPACK_AUTO(unpack) u = calloc(1, sizeof *u);
    if (u == NULL) {
        return evpack_oom(err);
    }
    u->a = archive_read_new();
    if (u->a == NULL) {
        return evpack_oom(err);
    }
    /* A ZIP is read by its list of members alone: without it, nobody knows what is missing. */
    bool ready = archive_read_support_format_zip_seekable(u->a) == ARCHIVE_OK &&
                 archive_read_support_format_tar(u->a) == ARCHIVE_OK &&
                 archive_read_support_format_raw(u->a) == ARCHIVE_OK &&
                 archive_read_support_filter_gzip(u->a) == ARCHIVE_OK &&
                 archive_read_support_filter_zstd(u->a) == ARCHIVE_OK;
    if (!ready || lseek(fd, 0, SEEK_SET) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "the archive cannot be read from its beginning");
    }
    if (archive_read_open_fd(u->a, fd, 65536) != ARCHIVE_OK) {
        return fault(u, err);
    }
    *out = EVPACK_MOVE(u);
    return EVPACK_OK;
}

evpack_status unpack_next(unpack *u, unpack_entry *entry, bool *more, evpack_err *err)
{
    struct archive_entry *e = NULL;
    int code = archive_read_next_header(u->a, &e);
    *more = code != ARCHIVE_EOF;
    if (code == ARCHIVE_EOF) {
        return EVPACK_OK;
    }
    /* A name that does not convert is a warning: its bytes are wanted, not its letters. */
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) {
        return fault(u, err);
    }
    if (archive_format(u->a) == ARCHIVE_FORMAT_RAW && archive_filter_count(u->a) < 2) {
        return evpack_fail(err, EVPACK_E_INPUT,
                           "it begins like an archive, and is none or damaged");
    }
    const char *name = archive_entry_pathname_utf8(e);
    name = name != NULL ? name : archive_entry_pathname(e);
    *entry = (unpack_entry){.name = name == NULL ? "" : name,
                            .regular = archive_entry_filetype(e) == AE_IFREG &&
                                       archive_entry_hardlink(e) == NULL,
                            .folder = archive_entry_filetype(e) == AE_IFDIR,
                            .encrypted = archive_entry_is_encrypted(e) != 0};
    return EVPACK_OK;
}

evpack_status unpack_read(unpack *u, void *data, size_t len, size_t *got, evpack_err *err)
{
    size_t done = 0;
    while (done < len) {
        la_ssize_t n = archive_read_data(u->a, (char *)data + done, len - done);
        if (n < 0) {
            return fault(u, err);
        }
        if (n == 0) {
            break;
        }
        done += (size_t)n;
    }
    *got = done;
    return EVPACK_OK;
}
