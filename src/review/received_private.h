/* What the files that lay a package open share. No other file may include it. */
#ifndef EVPACK_REVIEW_RECEIVED_PRIVATE_H
#define EVPACK_REVIEW_RECEIVED_PRIVATE_H

#include "review/received.h"

/* The next bytes, borrowed until the next call; *len is 0 at the end. */
typedef evpack_status (*received_next)(void *ctx, const void **data, size_t *len, evpack_err *err);
/* A file of the package at path, below the top folder. EVPACK_E_INPUT, EVPACK_E_LIMIT: it cannot be
 * one. */
evpack_status received_take(received *r, const char *path, received_next next, void *ctx,
                            evpack_err *err) EVPACK_MUST_USE;

/* P.zip, from its first byte to its last; id is its top folder's name, sha256 the file's digest. */
evpack_status received_zip(received *r, int fd, char id[MEMBER_ID_MAX + 1], char sha256[DIGEST_HEX],
                           evpack_err *err) EVPACK_MUST_USE;
/* An unpacked package. */
evpack_status received_unpacked(received *r, const char *path, evpack_err *err) EVPACK_MUST_USE;

#endif
