/*
 * Reads data/evidence-index.csv of a package (report/csv.h writes it): which file of data/evidence
 * was which of the case that the package was made from. It is the sender's word, so it is read as
 * strictly as what wrote it allows: RFC 4180 with CRLF, UTF-8 with a byte order mark, this header;
 * every name must be the safe form of its original name, and nothing comes twice.
 *
 * A package of an older evpack has no `order`, `collected_at` and `period`: its files are then in
 * the order of their names, which the caller is told.
 *
 * Caps: 64 MiB, 200,000 rows, 64 KiB a field.
 */
#ifndef EVPACK_REVIEW_INDEX_H
#define EVPACK_REVIEW_INDEX_H

#include "base/err.h"
#include "base/own.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INDEX_PATH "data/evidence-index.csv"

enum { INDEX_BYTES_MAX = 64 << 20, INDEX_ROWS_MAX = 200000, INDEX_FIELD_MAX = 64 << 10 };

/* Text is owned by the index. */
typedef struct {
    const char *original; /* as the case had it; any bytes but NUL */
    const char *member;   /* in the package: data/evidence/SNAPSHOT/... */
    const char *snapshot; /* its label */
    const char *sha256;   /* of the original, lower-case hex */
    uint64_t size;
    const char *kind, *completeness;
    bool withheld;               /* not in the package */
    const char *redacted_sha256; /* of the redacted copy that is there; NULL: it is the original */
    uint64_t redacted_size;
    const char *collected_at; /* of the snapshot, RFC 3339; NULL: nobody said */
    const char *period;       /* START/END; NULL: nobody said */
    uint64_t order;           /* from 1; 0 in a package of an older evpack */
} index_row;

typedef struct evidence_index evidence_index;
/* EVPACK_E_INPUT says what is wrong and in which row (the header is row 1). */
evpack_status index_read(const char *text, size_t len, evidence_index **out,
                         evpack_err *err) EVPACK_MUST_USE;
void index_free(evidence_index *x);
EVPACK_DEFINE_CLEANUP(evidence_index, index_free)

size_t index_count(const evidence_index *x);
/* In the order in which the files came into the case; in that of their names where it is not known.
 */
const index_row *index_at(const evidence_index *x, size_t n);
bool index_ordered(const evidence_index *x);
/* By its name in the package; NULL: there is none. */
const index_row *index_find(const evidence_index *x, const char *member);
/* By what it was: the original's SHA-256. */
const index_row *index_find_original(const evidence_index *x, const char *snapshot,
                                     const char *original, const char *sha256);

#endif
