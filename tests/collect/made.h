/*
 * Secrets for tests, made when the test runs: random in form, always the same for a seed, and never
 * anybody's. And what the scanner says of a text.
 */
#ifndef EVPACK_TESTS_COLLECT_MADE_H
#define EVPACK_TESTS_COLLECT_MADE_H

#include "collect/secrets.h"

/* len characters of an alphabet ("hex", "base62", "base64"), in a static buffer that the next call
 * but seven overwrites. */
const char *made_of(const char *alphabet, unsigned seed, size_t len);
/* The base64 of 64 bytes, as storage keys are. */
const char *made_key(unsigned seed);
const char *made_jwt(unsigned seed);

/* A line "START LENGTH KIND VALUE" for each hit, of bytes that are fed in pieces of `step`. */
void made_scan(const void *data, size_t len, size_t step, buf *out);
/* That text has exactly one secret: this value, of this kind. */
void made_finds(const char *text, const char *kind, const char *value);
/* That it has none. */
void made_finds_none(const char *text);

#endif
