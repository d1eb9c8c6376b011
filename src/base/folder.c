/*
 * A new folder that is all or nothing. Invariant: under its name stands nothing, or all of it,
 * synced; and nothing outside of it is ever written to. Knows nothing of what the files are.
 */
#include "base/folder.h"

#include "base/buf.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What becomes the folder lies in the closed one, so that the umask alone gives it its mode. */
#define CONTENT "content"

enum { TRIES = 1000, OPEN_FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

struct folder {
    char *path;       /* as given, without '/' at its end */
    const char *name; /* its last part */
    char work_name[NAME_MAX + 1];
    buf content_path;
    int parent;  /* the folder that it will be in */
    int work;    /* the closed folder, in parent; -1: not made */
    int content; /* in it */
    int file;    /* that is being written; -1: none */
    char *file_path;
    sigset_t mask; /* as it was */
};

/* Removes all that is in a folder which nobody else can enter. Closes fd. */
static void remove_below(int fd)
{
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        (void)close(fd);
        return;
    }
    for (const struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            unlinkat(fd, e->d_name, 0) == 0) {
            continue;
        }
        int below = openat(fd, e->d_name, OPEN_FOLDER);
        if (below >= 0) {
            remove_below(below);
        }
        (void)unlinkat(fd, e->d_name, AT_REMOVEDIR);
    }
    (void)closedir(dir);
}

void folder_free(folder *f)
{
    if (f == NULL) {
        return;
    }
    evpack_close_fd(&f->file);
    evpack_close_fd(&f->content);
    if (f->work >= 0) {
        remove_below(f->work);
        (void)unlinkat(f->parent, f->work_name, AT_REMOVEDIR);
    }
    evpack_close_fd(&f->parent);
    buf_reset(&f->content_path);
    free(f->file_path);
    free(f->path);
    (void)pthread_sigmask(SIG_SETMASK, &f->mask, NULL);
    free(f);
}

/* Those that the process ignores (nohup) stay ignored. */
static void hold_signals(sigset_t *before)
{
    static const int held[] = {SIGINT, SIGTERM, SIGHUP, SIGXFSZ};
    sigset_t set;
    (void)sigemptyset(&set);
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++) {
        struct sigaction now;
        if (sigaction(held[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN) {
            (void)sigaddset(&set, held[i]);
        }
    }
    (void)pthread_sigmask(SIG_BLOCK, &set, before);
}

static evpack_status not_interrupted(evpack_err *err)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t waiting;
    (void)sigemptyset(&waiting);
    (void)sigpending(&waiting);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (sigismember(&waiting, ends[i]) == 1) {
            return evpack_fail(err, EVPACK_E_IO, "interrupted; what was written is removed");
        }
    }
    return EVPACK_OK;
}

evpack_status folder_absent(const char *path, evpack_err *err)
{
    struct stat st;
    if (lstat(path, &st) == 0) {
        return evpack_fail(
            err, EVPACK_E_IO,
            "%s: is there already, and nothing is written into what is there: name a "
            "new folder",
            path);
    }
    return errno == ENOENT && path[0] != '\0'
               ? EVPACK_OK
               : evpack_fail(err, EVPACK_E_IO, "'%s': cannot be made: %s", path, strerror(errno));
}

static evpack_status cannot(const folder *f, const char *what, evpack_err *err)
{
    return evpack_fail(err, EVPACK_E_IO, "%s: cannot be %s: %s", f->path, what, strerror(errno));
}

/* Opens the folder that it will be in, and makes the closed one in it. */
static evpack_status make_work(folder *f, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf above = {0};
    buf_append(&above, f->path, (size_t)(f->name - f->path));
    EVPACK_TRY(buf_status(&above, err));
    f->parent = open(above.len == 0 ? "." : buf_str(&above), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->parent < 0) {
        return cannot(f, "made", err);
    }
    int made = -1;
    for (unsigned i = 0; i < TRIES && made != 0; i++) {
        (void)snprintf(f->work_name, sizeof f->work_name, ".%.100s.%ld-%u.tmp", f->name,
                       (long)getpid(), i);
        made = mkdirat(f->parent, f->work_name, 0700);
        if (made != 0 && errno != EEXIST) {
            break;
        }
    }
    if (made != 0 || (f->work = openat(f->parent, f->work_name, OPEN_FOLDER)) < 0 ||
        mkdirat(f->work, CONTENT, 0755) != 0 ||
        (f->content = openat(f->work, CONTENT, OPEN_FOLDER)) < 0) {
        return cannot(f, "made", err);
    }
    buf_printf(&f->content_path, "%s%s/" CONTENT, buf_str(&above), f->work_name);
    return buf_status(&f->content_path, err);
}

evpack_status folder_new(const char *path, folder **out, evpack_err *err)
{
    EVPACK_TRY(folder_absent(path, err));
    EVPACK_AUTO(folder) f = calloc(1, sizeof *f);
    if (f == NULL) {
        return evpack_oom(err);
    }
    f->parent = f->work = f->content = f->file = -1;
    hold_signals(&f->mask);
    f->path = strdup(path);
    if (f->path == NULL) {
        return evpack_oom(err);
    }
    for (size_t len = strlen(path); len > 1 && f->path[len - 1] == '/'; len--) {
        f->path[len - 1] = '\0';
    }
    const char *slash = strrchr(f->path, '/');
    f->name = slash == NULL ? f->path : slash + 1;
    EVPACK_TRY(folder_absent(f->path, err));
    EVPACK_TRY(make_work(f, err));
    *out = EVPACK_MOVE(f);
    return EVPACK_OK;
}

static evpack_status bad_path(const char *path, evpack_err *err)
{
    return evpack_fail(err, EVPACK_E_INPUT, "%s: is not the path of a file below the folder", path);
}

/* The folder that the file at path belongs in; name becomes its last part. */
static evpack_status open_way(const folder *f, const char *path, int *fd, char name[NAME_MAX + 1],
                              evpack_err *err)
{
    EVPACK_AUTO_FD at = fcntl(f->content, F_DUPFD_CLOEXEC, 0);
    for (const char *part = path; at >= 0;) {
        const char *slash = strchrnul(part, '/');
        size_t len = (size_t)(slash - part);
        if (len == 0 || len > NAME_MAX || strncmp(part, ".", len) == 0 ||
            strncmp(part, "..", len) == 0) {
            return bad_path(path, err);
        }
        memcpy(name, part, len);
        name[len] = '\0';
        if (*slash == '\0') {
            *fd = at;
            at = -1;
            return EVPACK_OK;
        }
        if (mkdirat(at, name, 0755) != 0 && errno != EEXIST) {
            break;
        }
        int next = openat(at, name, OPEN_FOLDER);
        int problem = errno;
        (void)close(at);
        at = next;
        errno = problem;
        part = slash + 1;
    }
    return evpack_fail(err, EVPACK_E_IO, "%s: cannot be written: %s", path, strerror(errno));
}

evpack_status folder_begin(folder *f, const char *path, evpack_err *err)
{
    EVPACK_TRY(not_interrupted(err));
    if (f->file >= 0) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "%s: the file before it is still open", path);
    }
    EVPACK_AUTO_FD at = -1;
    char name[NAME_MAX + 1];
    EVPACK_TRY(open_way(f, path, &at, name, err));
    free(f->file_path);
    f->file_path = strdup(path);
    if (f->file_path == NULL) {
        return evpack_oom(err);
    }
    f->file = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    return f->file >= 0
               ? EVPACK_OK
               : evpack_fail(err, EVPACK_E_IO, "%s: cannot be written: %s", path, strerror(errno));
}

evpack_status folder_write(folder *f, const void *data, size_t len, evpack_err *err)
{
    EVPACK_TRY(not_interrupted(err));
    return file_write_fd(f->file, data, len, err) == EVPACK_OK
               ? EVPACK_OK
               : evpack_context(err, "%s", f->file_path);
}

evpack_status folder_end(folder *f, evpack_err *err)
{
    const int file = f->file;
    f->file = -1;
    return close(file) == 0 ? EVPACK_OK
                            : evpack_fail(err, EVPACK_E_IO, "%s: writing failed: %s", f->file_path,
                                          strerror(errno));
}

const char *folder_path(const folder *f)
{
    return buf_str(&f->content_path);
}

evpack_status folder_commit(folder *f, evpack_err *err)
{
    /* The whole file system at once: one sync for each of many files would take minutes. */
    if (syncfs(f->content) != 0) {
        return cannot(f, "synced", err);
    }
    EVPACK_TRY(not_interrupted(err));
    if (renameat2(f->work, CONTENT, f->parent, f->name, RENAME_NOREPLACE) != 0) {
        if (errno != EINVAL && errno != ENOSYS) {
            return cannot(f, "given its name", err);
        }
        EVPACK_TRY(folder_absent(f->path, err)); /* a folder replaces an empty folder at most */
        if (renameat(f->work, CONTENT, f->parent, f->name) != 0) {
            return cannot(f, "given its name", err);
        }
    }
    (void)fsync(f->parent); /* some file systems refuse; what is in the folder is synced already */
    return EVPACK_OK;
}
