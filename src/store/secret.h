/*
 * Secrets in evidence: where they are and of which kind, never what they are. A row has a random
 * salt of 32 bytes and a commitment, the HMAC-SHA-256 of the value's bytes (as they stand in the
 * file, escapes and UTF-16 included) under that salt. The salt stays in the case; a package carries
 * the commitment. So a package says which value was redacted without saying what it was, and
 * whoever has the case or the original file can prove it later:
 *
 *   sqlite3 case.db "SELECT hex(salt), start, length, hex(commitment) FROM secret WHERE id = 1"
 *   tail -c +$((START + 1)) FILE | head -c LENGTH |
 *       openssl dgst -sha256 -mac HMAC -macopt hexkey:SALT
 *
 * A case holds the raw bytes with the values in them, and the salts, with which a value that is not
 * random can be guessed: it is as sensitive as the exports. Records, paths and reasons in a case
 * have the marker in a value's place, and so has whatever is made from them.
 */
#ifndef EVPACK_STORE_SECRET_H
#define EVPACK_STORE_SECRET_H

#include "base/buf.h"
#include "store/store.h"

/* How the value's characters are written in the file. */
typedef enum { SECRET_UTF8, SECRET_UTF16LE, SECRET_UTF16BE } secret_encoding;

/* A row that is new. place: "bytes" of the file, or its "name". */
typedef struct {
    int64_t evidence_id;
    const char *place, *kind, *words;
    const char *pointer; /* of the JSON value that it stands in; NULL: not known */
    uint64_t start, length;
    secret_encoding encoding;
    const void *value; /* length bytes: for the commitment alone */
} secret_row;
/* With a new salt, within the open transaction. */
evpack_status secret_add(store *s, const secret_row *row, evpack_err *err) EVPACK_MUST_USE;

/* The marker that stands in a value's place: EVPACK-REDACTED-KIND, in the value's encoding. It
 * needs no escape in JSON, CSV, XML, YAML or a URL. */
void secret_marker(const char *kind, secret_encoding encoding, buf *out);

/*
 * Records and documents of a file that is being imported hold what its bytes hold: mask is given
 * the texts of each, in turn, and changes them; a row that it changed is written anew. Texts that
 * are NULL, and those that a document has not, are none.
 */
enum { SECRET_TEXTS = 8 };
typedef struct {
    uint64_t start, length;  /* of the record or document in the file */
    buf texts[SECRET_TEXTS]; /* a record's body first */
    bool none[SECRET_TEXTS];
    bool canonical[SECRET_TEXTS]; /* an ARM id in small letters */
} secret_record;
typedef evpack_status (*secret_mask)(void *ctx, secret_record *record, bool *changed,
                                     evpack_err *err);
evpack_status secret_mask_records(store *s, int64_t evidence_id, secret_mask mask, void *ctx,
                                  evpack_err *err) EVPACK_MUST_USE;
evpack_status secret_mask_documents(store *s, int64_t evidence_id, secret_mask mask, void *ctx,
                                    evpack_err *err) EVPACK_MUST_USE;

/* One secret as it is told. Text is borrowed until the next call. */
typedef struct {
    int64_t id, evidence_id;
    const char *path, *snapshot, *place, *kind, *words;
    const char *pointer; /* NULL: not known */
    uint64_t start, length;
    secret_encoding encoding;
    const unsigned char *commitment; /* 32 bytes */
} secret;
/* Told in the order of snapshots, paths and places. evidence_id 0: all. */
typedef evpack_status (*secret_told)(void *ctx, const secret *one, evpack_err *err);
evpack_status secret_each(store *s, int64_t evidence_id, secret_told told, void *ctx,
                          evpack_err *err) EVPACK_MUST_USE;

typedef struct {
    int64_t secrets, files; /* and the files that hold them */
    int64_t unseen;         /* files of an older evpack, which did not look for secrets */
} secret_totals;
evpack_status secret_count(const store *s, secret_totals *out, evpack_err *err) EVPACK_MUST_USE;

#endif
