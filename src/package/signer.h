/*
 * Who seals or signs, and what is known against it. A signer must hold at the signing time, which
 * may be a claim of the past (--at), and now, when the verifier of one's own work judges: else
 * nothing is begun.
 */
#ifndef EVPACK_PACKAGE_SIGNER_H
#define EVPACK_PACKAGE_SIGNER_H

#include "port/pki.h"

/* EVPACK_E_INPUT when a certificate is not in force at the time at, or now. */
evpack_status signer_load(const pki_files *files, int64_t at, pki_signer **out,
                          evpack_err *err) EVPACK_MUST_USE;
/* Appends revocation.pem (seal/revocation.h) from files or folders of revocation lists. What holds
 * none, and a list that speaks against the signer, is EVPACK_E_INPUT. */
evpack_status signer_lists(const pki_signer *s, const char *const *paths, size_t count, buf *out,
                           evpack_err *err) EVPACK_MUST_USE;

#endif
