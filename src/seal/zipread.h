/*
 * Reads the ZIP file of a package, strictly: what is not the form of zipform.h is refused. The file
 * is read once, from its first byte to its last, through one descriptor; each byte that is parsed
 * is hashed, so the digest at the end is that of exactly what was judged. Nothing is extracted, and
 * memory does not grow with the file.
 *
 * EVPACK_E_INPUT: the bytes are not such a file. EVPACK_E_LIMIT: they claim too much.
 */
#ifndef EVPACK_SEAL_ZIPREAD_H
#define EVPACK_SEAL_ZIPREAD_H

#include "port/digest.h"
#include "seal/zipform.h"

#define ZIPREAD_TOTAL_MAX (UINT64_C(1) << 42) /* bytes of all members together */

typedef struct zipread zipread;
/* Borrows fd and reads it by position only. size is the file's. */
evpack_status zipread_open(int fd, uint64_t size, zipread **out, evpack_err *err) EVPACK_MUST_USE;
void zipread_free(zipread *r);
EVPACK_DEFINE_CLEANUP(zipread, zipread_free)

/* How much of the file was read. */
uint64_t zipread_at(const zipread *r);

/* The next member, whose data must then be read to its end. *out is NULL after the last one, when
 * the central directory and the end record agreed with all that was read. */
evpack_status zipread_next(zipread *r, const zip_member **out, evpack_err *err) EVPACK_MUST_USE;
/* The next bytes of the member, borrowed until the next call; *len is 0 at its end, when its size
 * and CRC were true. */
evpack_status zipread_data(zipread *r, const void **data, size_t *len,
                           evpack_err *err) EVPACK_MUST_USE;
/* SHA-256 of the compressed data of all members that were read to their ends, joined; call it once,
 * between members. */
evpack_status zipread_packed(zipread *r, unsigned char out[DIGEST_SIZE],
                             evpack_err *err) EVPACK_MUST_USE;
/* The word for what was wrong, after EVPACK_E_INPUT or EVPACK_E_LIMIT. */
seal_reason zipread_fault(const zipread *r);
/* SHA-256 of the file; call it once, after the last member. */
evpack_status zipread_digest(zipread *r, unsigned char out[DIGEST_SIZE],
                             evpack_err *err) EVPACK_MUST_USE;

#endif
