/*
 * Message digests by name, for reading what others made: MD5 and SHA-1 show that a file was damaged
 * by accident, not that nobody changed it. What evpack itself states is SHA-256, by digest.h.
 */
#ifndef EVPACK_PORT_HASH_H
#define EVPACK_PORT_HASH_H

#include "base/err.h"
#include "base/own.h"

enum { HASH_SIZE_MAX = 64 };

typedef struct hash hash;
/* Bytes of the digest of that name (md5, sha1, sha224, sha256, sha384, sha512); 0: not known. */
size_t hash_size(const char *name);
/* name is one that hash_size knows. */
evpack_status hash_new(const char *name, hash **out, evpack_err *err) EVPACK_MUST_USE;
/* A fault shows in hash_final. */
void hash_update(hash *h, const void *data, size_t len);
/* Writes hash_size bytes and makes h ready for the next message. */
evpack_status hash_final(hash *h, unsigned char out[HASH_SIZE_MAX],
                         evpack_err *err) EVPACK_MUST_USE;
void hash_free(hash *h);
EVPACK_DEFINE_CLEANUP(hash, hash_free)

#endif
