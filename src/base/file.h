/*
 * Files: bounded reading, and writing that is all or nothing. An atomic file is written under a
 * temporary name in the same folder, synced, and renamed over the final name; until the commit the
 * final name is untouched, and a file that was not committed is removed.
 */
#ifndef EVPACK_BASE_FILE_H
#define EVPACK_BASE_FILE_H

#include "base/buf.h"

/* Opens for reading; refuses what is not a regular file. The caller closes the descriptor. */
evpack_status file_open(const char *path, int *fd, evpack_err *err) EVPACK_MUST_USE;
/* Opens the file at a path below an open folder, for reading. No part of the path may be empty, "."
 * or "..", and none may be a link: nothing outside of the folder is opened. */
evpack_status file_open_below(int folder, const char *path, int *fd,
                              evpack_err *err) EVPACK_MUST_USE;
/* Reads a whole regular file of at most cap bytes. */
evpack_status file_read(const char *path, size_t cap, buf *out, evpack_err *err) EVPACK_MUST_USE;
/* Reads up to len bytes, going on after interruptions; *got < len only at the end. */
evpack_status file_read_fd(int fd, void *data, size_t len, size_t *got,
                           evpack_err *err) EVPACK_MUST_USE;
evpack_status file_write_fd(int fd, const void *data, size_t len, evpack_err *err) EVPACK_MUST_USE;
evpack_status file_size_fd(int fd, uint64_t *size, evpack_err *err) EVPACK_MUST_USE;

/* What shows that a file was written to: its size and the time of its last change. */
typedef struct {
    uint64_t size;
    int64_t seconds, nanoseconds;
} file_stamp;
evpack_status file_stamp_fd(int fd, file_stamp *out, evpack_err *err) EVPACK_MUST_USE;
/* EVPACK_E_IO when the file behind fd has another stamp by now: what was read may be half old and
 * half new. */
evpack_status file_unchanged_fd(int fd, const file_stamp *was, evpack_err *err) EVPACK_MUST_USE;

typedef struct file_atomic file_atomic;
evpack_status file_atomic_open(const char *path, file_atomic **out,
                               evpack_err *err) EVPACK_MUST_USE;
/* Borrowed; readable and writable. */
int file_atomic_fd(const file_atomic *f);
/* The temporary name, for reading the bytes back before the commit. Borrowed. */
const char *file_atomic_path(const file_atomic *f);
evpack_status file_atomic_commit(file_atomic *f, evpack_err *err) EVPACK_MUST_USE;
/* Removes the temporary file unless it was committed. */
void file_atomic_free(file_atomic *f);
EVPACK_DEFINE_CLEANUP(file_atomic, file_atomic_free)

/* Writes data as an atomic file. */
evpack_status file_write(const char *path, const void *data, size_t len,
                         evpack_err *err) EVPACK_MUST_USE;

#endif
