/*
 * Digests, by OpenSSL's libcrypto: SHA-256 for everything that evpack states about bytes, and the
 * version 5 UUID of RFC 9562 section 5.5, which uses SHA-1 to make a name, never to protect it.
 */
#ifndef EVPACK_PORT_DIGEST_H
#define EVPACK_PORT_DIGEST_H

#include "base/err.h"
#include "base/own.h"

#include <stdint.h>

enum { DIGEST_SIZE = 32, DIGEST_HEX = 2 * DIGEST_SIZE + 1, UUID_TEXT = 37 };

typedef struct digest digest;
evpack_status digest_new(digest **out, evpack_err *err) EVPACK_MUST_USE;
/* Feeding cannot fail in a way that a caller could mend: a fault shows in digest_final. */
void digest_update(digest *d, const void *data, size_t len);
/* Ends this message and makes d ready for the next one. */
evpack_status digest_final(digest *d, unsigned char out[DIGEST_SIZE],
                           evpack_err *err) EVPACK_MUST_USE;
void digest_free(digest *d);
EVPACK_DEFINE_CLEANUP(digest, digest_free)

evpack_status digest_bytes(const void *data, size_t len, unsigned char out[DIGEST_SIZE],
                           evpack_err *err) EVPACK_MUST_USE;
evpack_status digest_bytes_hex(const void *data, size_t len, char out[DIGEST_HEX],
                               evpack_err *err) EVPACK_MUST_USE;

/* HMAC-SHA-256 (RFC 2104). */
evpack_status digest_hmac(const void *key, size_t key_len, const void *data, size_t len,
                          unsigned char out[DIGEST_SIZE], evpack_err *err) EVPACK_MUST_USE;
/* Bytes that nobody can guess, from libcrypto's generator. */
evpack_status digest_random(unsigned char *out, size_t len, evpack_err *err) EVPACK_MUST_USE;

/* Makes many UUIDs quickly: one context for all. */
typedef struct uuid_maker uuid_maker;
evpack_status uuid_maker_new(uuid_maker **out, evpack_err *err) EVPACK_MUST_USE;
/* The name-based UUID of name in evpack's own namespace, lower case, with its NUL. */
evpack_status uuid_make(uuid_maker *m, const void *name, size_t len, char out[UUID_TEXT],
                        evpack_err *err) EVPACK_MUST_USE;
void uuid_maker_free(uuid_maker *m);
EVPACK_DEFINE_CLEANUP(uuid_maker, uuid_maker_free)

#endif
