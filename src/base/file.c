/*
 * Reading files, and writing to a descriptor. Invariant: only regular files are read, and no more
 * of them than was asked for. Knows nothing of formats.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static evpack_status take_regular(const char *path, int *opened, int *fd, evpack_err *err)
{
    struct stat st;
    if (*opened < 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be opened: %s", path, strerror(errno));
    }
    if (fstat(*opened, &st) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: %s", path, strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return evpack_fail(err, EVPACK_E_IO, "%s: is not a regular file", path);
    }
    *fd = *opened;
    *opened = -1;
    return EVPACK_OK;
}

evpack_status file_open(const char *path, int *fd, evpack_err *err)
{
    EVPACK_AUTO_FD opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    return take_regular(path, &opened, fd, err);
}

evpack_status file_open_below(int folder, const char *path, int *fd, evpack_err *err)
{
    static const int plain = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
    EVPACK_AUTO_FD at = -1;
    const char *part = path;
    for (const char *slash = path;; part = slash + 1) {
        char name[NAME_MAX + 1];
        slash = strchrnul(part, '/');
        const size_t len = (size_t)(slash - part);
        if (len == 0 || len >= sizeof name || strncmp(part, ".", len) == 0 ||
            strncmp(part, "..", len) == 0) {
            return evpack_fail(err, EVPACK_E_INPUT,
                               "%s: is not the path of a file below the folder", path);
        }
        memcpy(name, part, len);
        name[len] = '\0';
        const bool last = *slash == '\0';
        EVPACK_AUTO_FD next =
            openat(at < 0 ? folder : at, name, last ? plain : plain | O_DIRECTORY);
        if (next < 0 && (errno == ELOOP || errno == ENOTDIR)) {
            return evpack_fail(err, EVPACK_E_IO,
                               "%s: %s is a link or no folder, and is not followed", path, name);
        }
        if (last || next < 0) {
            return take_regular(path, &next, fd, err);
        }
        const int before = at;
        at = next;
        next = before; /* closed */
    }
}

evpack_status file_read_fd(int fd, void *data, size_t len, size_t *got, evpack_err *err)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = read(fd, (char *)data + done, len - done);
        if (n == 0) {
            break;
        }
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            return evpack_fail(err, EVPACK_E_IO, "reading failed: %s", strerror(errno));
        }
        done += (size_t)n;
    }
    *got = done;
    return EVPACK_OK;
}

evpack_status file_write_fd(int fd, const void *data, size_t len, evpack_err *err)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = write(fd, (const char *)data + done, len - done);
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            return evpack_fail(err, EVPACK_E_IO, "writing failed: %s", strerror(errno));
        }
        done += (size_t)n;
    }
    return EVPACK_OK;
}

evpack_status file_size_fd(int fd, uint64_t *size, evpack_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || st.st_size < 0) {
        return evpack_fail(err, EVPACK_E_IO, "its size cannot be read: %s", strerror(errno));
    }
    *size = (uint64_t)st.st_size;
    return EVPACK_OK;
}

evpack_status file_stamp_fd(int fd, file_stamp *out, evpack_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "its state cannot be read: %s", strerror(errno));
    }
    *out = (file_stamp){(uint64_t)st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec};
    return EVPACK_OK;
}

evpack_status file_unchanged_fd(int fd, const file_stamp *was, evpack_err *err)
{
    file_stamp now;
    EVPACK_TRY(file_stamp_fd(fd, &now, err));
    if (now.size != was->size || now.seconds != was->seconds ||
        now.nanoseconds != was->nanoseconds) {
        return evpack_fail(err, EVPACK_E_IO,
                           "was written to while it was read (%llu bytes before, %llu after); try"
                           " again when nothing writes to it",
                           (unsigned long long)was->size, (unsigned long long)now.size);
    }
    return EVPACK_OK;
}

evpack_status file_read(const char *path, size_t cap, buf *out, evpack_err *err)
{
    EVPACK_AUTO_FD fd = -1;
    EVPACK_TRY(file_open(path, &fd, err));
    char block[65536];
    size_t got = 0;
    do {
        if (file_read_fd(fd, block, sizeof block, &got, err) != EVPACK_OK) {
            return evpack_context(err, "%s", path);
        }
        if (got > cap - out->len) {
            return evpack_fail(err, EVPACK_E_LIMIT, "%s: is larger than %zu bytes", path, cap);
        }
        buf_append(out, block, got);
    } while (got == sizeof block);
    return buf_status(out, err);
}
