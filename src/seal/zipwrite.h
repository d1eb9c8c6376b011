/*
 * Writes the ZIP file of a package, in the form of zipform.h, to a descriptor that the caller owns.
 * The same members give the same bytes.
 */
#ifndef EVPACK_SEAL_ZIPWRITE_H
#define EVPACK_SEAL_ZIPWRITE_H

#include "port/digest.h"

typedef struct zipwrite zipwrite;
/* fd is an empty file at its beginning, writable. threads compress beside the caller's own. */
evpack_status zipwrite_open(int fd, unsigned threads, zipwrite **out,
                            evpack_err *err) EVPACK_MUST_USE;
/* name is the caller's to check; size is that of all the bytes that follow until zipwrite_end. */
evpack_status zipwrite_begin(zipwrite *w, const char *name, uint64_t size,
                             evpack_err *err) EVPACK_MUST_USE;
/* The member that was just begun, and those after it, are stored within Deflate (port/deflate.h).
 */
void zipwrite_plain(zipwrite *w);
evpack_status zipwrite_data(zipwrite *w, const void *data, size_t len,
                            evpack_err *err) EVPACK_MUST_USE;
evpack_status zipwrite_end(zipwrite *w, evpack_err *err) EVPACK_MUST_USE;
/* SHA-256 of the compressed data of all members so far, joined; call it once, between members. */
evpack_status zipwrite_packed(zipwrite *w, unsigned char out[DIGEST_SIZE],
                              evpack_err *err) EVPACK_MUST_USE;
/* Writes the central directory; nothing can follow. */
evpack_status zipwrite_finish(zipwrite *w, evpack_err *err) EVPACK_MUST_USE;
void zipwrite_free(zipwrite *w);
EVPACK_DEFINE_CLEANUP(zipwrite, zipwrite_free)

#endif
