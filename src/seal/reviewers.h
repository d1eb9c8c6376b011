/*
 * Reviewers' signatures: each a file P.zip.NAME.p7s beside P.zip, a detached signature over the
 * same bytes as P.zip.p7s, in the same one form (port/cms.h), with a role and a statement among its
 * signed attributes. NAME is 1 to 40 of A-Z a-z 0-9 _ -; a name with a dot belongs to another file
 * (P.zip.other.zip.p7s). NAME itself is not signed, and says nothing of who signed.
 *
 * Every one that lies there must hold: one that is broken, that does not match, that says no role
 * and statement, or whose certificate is refused (untrusted, expired, revoked) makes the answer no,
 * as the package's own signature would. Move it away, or trust its authority, to hear of the rest.
 * One that was taken away leaves no trace: who must have signed is to be said (--require).
 */
#ifndef EVPACK_SEAL_REVIEWERS_H
#define EVPACK_SEAL_REVIEWERS_H

#include "seal/verify.h"

enum { REVIEWERS_FILE_MAX = 64 * 1024 }; /* one signature, in bytes */

/* Whether name can be NAME. */
bool reviewers_name_is(const char *name, size_t len);

typedef struct reviewers reviewers;
/* Finds and reads the signatures beside the package. Faults of theirs wait for reviewers_judge. */
evpack_status reviewers_find(const char *zip_path, reviewers **out, seal_report *report,
                             evpack_err *err) EVPACK_MUST_USE;
void reviewers_free(reviewers *r);
EVPACK_DEFINE_CLEANUP(reviewers, reviewers_free)
/* Every byte of P.zip, in order. r may be NULL. */
void reviewers_update(reviewers *r, const void *data, size_t len);
/* Fills report->reviewers and adds a reason for each that is refused. sha256 is P.zip's. */
evpack_status reviewers_judge(reviewers *r, const unsigned char sha256[DIGEST_SIZE],
                              const seal_options *options, seal_report *report,
                              evpack_err *err) EVPACK_MUST_USE;

/* Adds a reason for each of options->required that is not among the trusted signers of report. */
void reviewers_require(const seal_options *options, seal_report *report);

#endif
