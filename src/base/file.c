/*
 * Files. Invariant: a name that a user gave is either what it was before, or the complete new
 * content, synced. Knows nothing of formats.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct file_atomic {
    char *final_path;
    char *temp_path;
    int fd;
    bool committed;
};

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

void file_atomic_free(file_atomic *f)
{
    if (f == NULL) {
        return;
    }
    if (f->fd >= 0) {
        (void)close(f->fd);
    }
    if (!f->committed && f->temp_path != NULL) {
        (void)unlink(f->temp_path);
    }
    free(f->final_path);
    free(f->temp_path);
    free(f);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* A name beside path, made so that a killed run leaves at most a hidden file. */
static evpack_status open_temp(file_atomic *f, evpack_err *err)
{
    const char *base = base_name(f->final_path);
    int folder = (int)(base - f->final_path);
    for (unsigned i = 0; i < 1000; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
        buf_printf(&name, "%.*s.%.100s.%ld-%u.tmp", folder, f->final_path, base, (long)getpid(), i);
        EVPACK_TRY(buf_status(&name, err));
        f->fd = open(buf_str(&name), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (f->fd >= 0) {
            f->temp_path = buf_take(&name);
            return f->temp_path == NULL ? evpack_oom(err) : EVPACK_OK;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    return evpack_fail(err, EVPACK_E_IO, "%s: cannot be written: %s", f->final_path,
                       strerror(errno));
}

evpack_status file_atomic_open(const char *path, file_atomic **out, evpack_err *err)
{
    EVPACK_AUTO(file_atomic) f = calloc(1, sizeof *f);
    if (f == NULL) {
        return evpack_oom(err);
    }
    f->fd = -1;
    f->final_path = strdup(path);
    if (f->final_path == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(open_temp(f, err));
    *out = EVPACK_MOVE(f);
    return EVPACK_OK;
}

int file_atomic_fd(const file_atomic *f)
{
    return f->fd;
}

const char *file_atomic_path(const file_atomic *f)
{
    return f->temp_path;
}

/* Syncs the folder, so that the rename itself survives a power cut. */
static void sync_folder(const char *path)
{
    char folder[PATH_MAX] = ".";
    const char *base = base_name(path);
    size_t len = (size_t)(base - path);
    if (len >= sizeof folder) {
        return;
    }
    if (len > 0) {
        memcpy(folder, path, len);
        folder[len] = '\0';
    }
    EVPACK_AUTO_FD fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd); /* some file systems refuse; the data itself is synced already */
    }
}

evpack_status file_atomic_commit(file_atomic *f, evpack_err *err)
{
    if (fsync(f->fd) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be synced: %s", f->final_path,
                           strerror(errno));
    }
    if (rename(f->temp_path, f->final_path) != 0) {
        return evpack_fail(err, EVPACK_E_IO, "%s: cannot be renamed to: %s", f->final_path,
                           strerror(errno));
    }
    f->committed = true;
    sync_folder(f->final_path);
    return EVPACK_OK;
}

evpack_status file_write(const char *path, const void *data, size_t len, evpack_err *err)
{
    EVPACK_AUTO(file_atomic) f = NULL;
    EVPACK_TRY(file_atomic_open(path, &f, err));
    if (file_write_fd(f->fd, data, len, err) != EVPACK_OK) {
        return evpack_context(err, "%s", path);
    }
    return file_atomic_commit(f, err);
}
