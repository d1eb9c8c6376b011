/*
 * Secrets in exports: keys, passwords, tokens, signatures, private keys. What is taken for one is
 * data, src/collect/secrets.json: words that are looked for everywhere, identifiers whose values
 * are tested, forms of values, and placeholders, which are none. GUIDs, hashes and template
 * expressions are none either.
 *
 * Every byte is looked through, whatever it belongs to: UTF-8 or any text that ASCII is a part of,
 * and UTF-16 of both orders, with or without a mark. JSON's escapes are undone at every depth (a
 * JSON text in a JSON string). A value is seen together with the 4,096 characters before its word
 * and the 32,768 after it; longer ones are not seen as one. A compressed or encrypted file shows
 * nothing.
 */
#ifndef EVPACK_COLLECT_SECRETS_H
#define EVPACK_COLLECT_SECRETS_H

#include "base/buf.h"
#include "store/secret.h"

enum { SECRETS_BEFORE = 4096, SECRETS_AFTER = 32768 };

typedef struct secrets secrets;
evpack_status secrets_load(secrets **out, evpack_err *err) EVPACK_MUST_USE;
void secrets_free(secrets *s);
EVPACK_DEFINE_CLEANUP(secrets, secrets_free)

/* One value. start and length are of the bytes as they were fed; text is the value with its escapes
 * undone, borrowed during the call; kind and words live as long as the table. */
typedef struct {
    uint64_t start, length;
    const char *kind;  /* a stable code */
    const char *words; /* the same for people */
    secret_encoding encoding;
    const char *text;
    size_t len;
} secrets_hit;

typedef struct {
    evpack_status (*hit)(void *ctx, const secrets_hit *hit, evpack_err *err);
    void *ctx;
} secrets_listener;

/* Looks through one file after the other. Values never overlap; those of UTF-8 come in ascending
 * order, and so do those of each order of UTF-16. The pieces that bytes are fed in make no
 * difference. */
typedef struct secrets_scan secrets_scan;
evpack_status secrets_scan_new(const secrets *table, const secrets_listener *listener,
                               secrets_scan **out, evpack_err *err) EVPACK_MUST_USE;
evpack_status secrets_scan_feed(secrets_scan *s, const void *data, size_t len,
                                evpack_err *err) EVPACK_MUST_USE;
/* The file ends; the next one may begin. */
evpack_status secrets_scan_end(secrets_scan *s, evpack_err *err) EVPACK_MUST_USE;
/* Forgets the file that was begun. */
void secrets_scan_clear(secrets_scan *s);
void secrets_scan_free(secrets_scan *s);
EVPACK_DEFINE_CLEANUP(secrets_scan, secrets_scan_free)

/* Appends text, each value in it replaced by its marker (store/secret.h); *count is their number.
 * The marker is itself taken for a placeholder, so that cleaning twice is cleaning once. */
evpack_status secrets_clean(const secrets *table, const char *text, size_t len, buf *out,
                            size_t *count, evpack_err *err) EVPACK_MUST_USE;
/* The same in place, for messages: cut to size - 1 bytes. Out of memory, the text goes. */
void secrets_clean_text(const secrets *table, char *text, size_t size);

#endif
