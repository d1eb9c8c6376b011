/*
 * Revocation lists that the packager sealed in: the tag file revocation.pem, which the tag manifest
 * lists, so that the signature inside covers it. It is in the one form of pki_crls (port/pki.h), of
 * at most PKI_CRLS_BYTES; what is not is refused as revocation-malformed.
 *
 * The signer of the package chose them, so they can speak against the signer, and for the signer
 * only within limits (port/cms.h, cms_check_lists):
 * - one that the issuer signed and that says that the signer's certificate, or one above it, was
 *   revoked refuses as certificate-revoked: however old the list is, and also when --crl gave
 *   others. With a trusted timestamp of time T only a revocation at or before T does.
 * - one that is believed now (or at T) and says nothing counts as "revocation checked", and
 *   not_covered says from which time on it knows nothing.
 * - older ones, and ones that do not speak of the signer, neither refuse nor count: not_covered
 *   says so, and when the last of them was made.
 * - what --crl gives is judged as if there were none in the package: it must speak of the signer.
 * Reviewers and timestamp authorities are not held against them: these sign later, by others' keys.
 */
#ifndef EVPACK_SEAL_REVOCATION_H
#define EVPACK_SEAL_REVOCATION_H

#include "seal/verify.h"

/* pem is the file; tag_manifest and signature are what was found good. Fills report->lists and
 * report->listed, or adds a reason. options->now is the time to judge at. */
evpack_status revocation_judge(const buf *pem, const buf *tag_manifest, const buf *signature,
                               const seal_options *options, seal_report *report,
                               evpack_err *err) EVPACK_MUST_USE;
/* What of it nothing covers. */
void revocation_not_covered(const seal_options *options, seal_report *report);

#endif
