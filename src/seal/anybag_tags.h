/*
 * The tag files of any BagIt bag: their encodings, lines and paths (RFC 8493, section 2).
 */
#ifndef EVPACK_SEAL_ANYBAG_TAGS_H
#define EVPACK_SEAL_ANYBAG_TAGS_H

#include "base/buf.h"
#include "port/hash.h"

enum { ANYBAG_LINE_MAX = 32 << 10, ANYBAG_TAG_MAX = 64 << 20, ANYBAG_ENTRIES_MAX = 1000000 };

/* What bagit.txt says. */
typedef struct {
    unsigned minor; /* of version 0.minor; 100 for 1.0 */
    char version[8];
    char encoding[16]; /* upper case */
} anybag_declaration;
/* EVPACK_E_INPUT says what is wrong. */
evpack_status anybag_declaration_read(const char *text, size_t len, anybag_declaration *out,
                                      evpack_err *err) EVPACK_MUST_USE;

/* A tag file's bytes to UTF-8. */
evpack_status anybag_decode(const char *encoding, const char *data, size_t len, buf *out,
                            evpack_err *err) EVPACK_MUST_USE;

/* One line of a manifest or of fetch.txt. */
typedef struct {
    char *path; /* owned; percent-decoded for 1.0, without a leading "./" */
    unsigned char hash[HASH_SIZE_MAX];
    unsigned manifest; /* which one, by the caller's count */
    bool dotted;       /* it began with "./" */
    bool starred;      /* md5sum's mark of a binary file */
} anybag_entry;

typedef struct {
    anybag_entry *at;
    size_t count, room;
} anybag_entries;
void anybag_entries_reset(anybag_entries *e);
/* By path, then by manifest. */
void anybag_entries_sort(anybag_entries *e);

/* Appends the lines of a manifest; size is that of its digests. payload: paths must be below data/.
 */
typedef struct {
    const char *name; /* the file's, for errors */
    unsigned minor;
    unsigned manifest;
    size_t hash_size; /* 0: fetch.txt */
    bool payload;
} anybag_lines;
evpack_status anybag_entries_read(anybag_entries *e, const anybag_lines *how, const char *text,
                                  size_t len, evpack_err *err) EVPACK_MUST_USE;

/* The Payload-Oxum of bag-info.txt; *found false when there is none. EVPACK_E_INPUT when a line of
 * a 1.0 bag has no label, or the value is no Oxum. */
evpack_status anybag_oxum(const char *text, size_t len, bool *found, uint64_t *bytes,
                          uint64_t *files, evpack_err *err) EVPACK_MUST_USE;

#endif
