/*
 * The trusted timestamp beside a package (timestamp.h), as verify judges it.
 */
#ifndef EVPACK_SEAL_STAMP_H
#define EVPACK_SEAL_STAMP_H

#include "seal/verify.h"

/* What is put after the signature's path. */
#define STAMP_REQUEST ".tsq"
#define STAMP_ANSWER ".tsr"
bool stamp_exists(const char *path);
evpack_status stamp_beside(const char *path, const char *suffix, buf *out,
                           evpack_err *err) EVPACK_MUST_USE;
/* Reads an answer; one that is too large is refused like any other that is none. */
evpack_status stamp_read(const char *path, buf *out, tsp_stamp *stamp,
                         evpack_err *err) EVPACK_MUST_USE;

/*
 * Judges SIGNATURE.tsr, when there is one, into report->stamp; a fault becomes a reason
 * (EVPACK_E_NO). signature is the path of the signature, bytes what it holds.
 */
evpack_status stamp_judge(const char *signature, const buf *bytes, const seal_options *options,
                          seal_report *report, evpack_err *err) EVPACK_MUST_USE;
/* What of it nothing covers. */
void stamp_not_covered(const seal_options *options, seal_report *report);

#endif
