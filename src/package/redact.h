/*
 * What of a case's evidence does not go into a package as it is, and the list of it.
 *
 * A redacted file is a copy in which each secret's bytes are replaced by a marker in the file's own
 * encoding (store/secret.h): JSON stays JSON. A file is withheld, left out whole, when evpack
 * cannot take secrets out of it: an archive with a member that holds some (its members are there,
 * each on its own), and whatever is compressed and was not looked into.
 *
 * data/redactions.json:
 *   {"evpack":{"version"},"about":"…",
 *    "redactions":[{"path","original_path","original_sha256","redacted_sha256","kind","words",
 *        "pointer","original_offset","original_length","offset","length","encoding","commitment"}],
 *    "names":[{"path","kind","words","offset","length","commitment"}],
 *    "withheld":[{"path","original_path","sha256","size","reason"}]}
 * path is the file's place in the package; offsets and lengths are bytes; commitment is the hex
 * HMAC-SHA-256 of the value's bytes under a salt that stays in the case. Everything else in a
 * package that tells of evidence (findings.json, the evidence index's sha256 and size) speaks of
 * the originals; this list leads from their bytes to those that are here.
 */
#ifndef EVPACK_PACKAGE_REDACT_H
#define EVPACK_PACKAGE_REDACT_H

#include "port/digest.h"
#include "store/evidence.h"
#include "store/secret.h"

typedef struct {
    int64_t evidence_id;
    const char *withheld;    /* why it is left out; NULL: it is redacted */
    char sha256[DIGEST_HEX]; /* of the redacted copy, like size */
    uint64_t size;
    uint64_t count; /* secrets in its bytes */
} redacted_file;

typedef struct redaction redaction;
/* Reads the case. Nothing of a plan changes while the case gets no evidence. */
evpack_status redaction_plan(store *s, redaction **out, evpack_err *err) EVPACK_MUST_USE;
void redaction_free(redaction *r);
EVPACK_DEFINE_CLEANUP(redaction, redaction_free)

/* NULL: the file is as it is. Borrowed. */
const redacted_file *redaction_of(const redaction *r, int64_t evidence_id);
uint64_t redaction_count(const redaction *r);    /* values replaced */
uint64_t redaction_files(const redaction *r);    /* in so many files */
uint64_t redaction_withheld(const redaction *r); /* files left out */
/* Writes the redacted copy. */
evpack_status redaction_write(store *s, int64_t evidence_id, evidence_write write, void *ctx,
                              evpack_err *err) EVPACK_MUST_USE;
/* Writes data/redactions.json. */
evpack_status redaction_list(const redaction *r, store *s, int fd, evpack_err *err) EVPACK_MUST_USE;

#endif
