/*
 * A new folder that is all or nothing. Its files are written to a folder .NAME.PID-N.tmp beside it
 * that is closed to others; the commit syncs them and gives the folder its name, which replaces
 * nothing (but an empty folder, on a file system that knows no better). Until then the name does
 * not exist, and a folder that was not committed is removed with all that is in it.
 *
 * Files and folders are new ones of their own, made through the descriptor of the folder they are
 * in; no link is followed below it. Modes are 0644 and 0755 less the umask.
 *
 * From folder_new to folder_free SIGINT, SIGTERM, SIGHUP and SIGXFSZ wait (of this thread's): when
 * one of the first three came, the next call fails, and once all is removed it does what it would
 * have done. Only a kill or a crash leaves the closed folder.
 */
#ifndef EVPACK_BASE_FOLDER_H
#define EVPACK_BASE_FOLDER_H

#include "base/err.h"
#include "base/own.h"

/* EVPACK_E_IO when there is anything of that name. */
evpack_status folder_absent(const char *path, evpack_err *err) EVPACK_MUST_USE;

typedef struct folder folder;
/* The folder that path is in must exist. EVPACK_E_IO when path does. */
evpack_status folder_new(const char *path, folder **out, evpack_err *err) EVPACK_MUST_USE;
void folder_free(folder *f);
EVPACK_DEFINE_CLEANUP(folder, folder_free)

/* Begins a file at a path below the folder; the folders on the way are made. No part of the path
 * may be empty, "." or "..". The bytes follow, then folder_end. */
evpack_status folder_begin(folder *f, const char *path, evpack_err *err) EVPACK_MUST_USE;
evpack_status folder_write(folder *f, const void *data, size_t len,
                           evpack_err *err) EVPACK_MUST_USE;
evpack_status folder_end(folder *f, evpack_err *err) EVPACK_MUST_USE;

/* Where it lies until the commit, for reading it back. Borrowed. */
const char *folder_path(const folder *f);
evpack_status folder_commit(folder *f, evpack_err *err) EVPACK_MUST_USE;

#endif
