/*
 * data/findings.json of a package, as it was sealed: found by id, in bounded memory however many
 * findings there are. The file is untrusted: strict JSON, each finding an object with a UUID as id
 * that no other has, at most EARLIER_FINDING_MAX bytes.
 */
#ifndef EVPACK_REVIEW_EARLIER_H
#define EVPACK_REVIEW_EARLIER_H

#include "base/buf.h"

enum { EARLIER_FINDING_MAX = 16 << 20, EARLIER_WORD = 80 };

/* What stands at the file's head; "" where it says nothing. */
typedef struct {
    char version[EARLIER_WORD]; /* of the evpack that made it */
    char evaluated_at[EARLIER_WORD];
    char mapping_sha256[EARLIER_WORD];
} earlier_head;

typedef struct earlier earlier;
/* Reads the file once. table is the path of a new file, for where each finding stands. EVPACK_E_NO:
 * it is not such a file; line and column are told. */
evpack_status earlier_open(int fd, const char *table, earlier **out,
                           evpack_err *err) EVPACK_MUST_USE;
void earlier_free(earlier *e);
EVPACK_DEFINE_CLEANUP(earlier, earlier_free)

const earlier_head *earlier_head_of(const earlier *e);
uint64_t earlier_count(const earlier *e);
/* Where finding n (from 1, in the file's order) stands: its text, into out, which is cleared. */
evpack_status earlier_text(earlier *e, uint64_t n, buf *out, evpack_err *err) EVPACK_MUST_USE;
/* *n is 0 when there is none of that id. Quick for the one after the one that was found last. */
evpack_status earlier_find(earlier *e, const char *id, uint64_t *n,
                           evpack_err *err) EVPACK_MUST_USE;

#endif
