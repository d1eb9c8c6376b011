/*
 * Writing files. Invariant: a name that a user gave is either what it was before, or the complete
 * new content, synced. Not part of the small verifier, which writes nothing.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

struct file_atomic {
    char *final_path;
    char *temp_path;
    int fd;
    bool committed;
};

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
