/*
 * Reading archives of exports, by libarchive: ZIP, and tar plain or compressed by gzip or zstd. The
 * members stream; nothing is unpacked to disk. Links, devices and folders are passed over.
 */
#ifndef EVPACK_PORT_UNPACK_H
#define EVPACK_PORT_UNPACK_H

#include "base/err.h"
#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct unpack unpack;

typedef struct {
    const char *name; /* as the archive has it, never used as a path; borrowed until the next */
    bool regular;     /* false: a link, a device or a folder, with no bytes to read */
    bool folder;
    bool encrypted;
} unpack_entry;

/* Whether the first bytes of a file are those of an archive that this reads (262 of them, or the
 * whole file, are enough). */
bool unpack_is_archive(const void *head, size_t len);

/* Reads from fd's beginning; fd stays the caller's, and must outlive the unpack. */
evpack_status unpack_open(int fd, unpack **out, evpack_err *err) EVPACK_MUST_USE;
/* A damaged archive is EVPACK_E_INPUT, with libarchive's words; EVPACK_E_IO when fd cannot be read.
 */
evpack_status unpack_next(unpack *u, unpack_entry *entry, bool *more,
                          evpack_err *err) EVPACK_MUST_USE;
/* Bytes of the member that unpack_next told last; *got < len only at its end. */
evpack_status unpack_read(unpack *u, void *data, size_t len, size_t *got,
                          evpack_err *err) EVPACK_MUST_USE;
void unpack_free(unpack *u);
EVPACK_DEFINE_CLEANUP(unpack, unpack_free)

#endif
