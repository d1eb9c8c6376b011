/*
 * A key that everybody has: for targets that sign what they were fed, so that fuzzing gets past the
 * signature. It is computed from a text, and good for nothing else. The last certificate in
 * corpus/trust.pem and corpus/tsa.pem is that of an authority with this key; seeds carry one below
 * it, and a signer's and a timestamp authority's, all of the same key.
 */
#ifndef EVPACK_TESTS_FUZZ_SIGNER_H
#define EVPACK_TESTS_FUZZ_SIGNER_H

#include "port/cms_cert.h"

/* The time at which its certificates are good: 2026-11-23. */
#define FUZZ_NOW INT64_C(1795392000)

/* Borrowed, for good. */
EVP_PKEY *fuzz_key(void);
/* Signs form's attributes, as they are, with form's digest: sets form->ecdsa and form->signature,
 * which points into value. */
void fuzz_sign(cms_form *form, buf *value);
/* In place of the attribute messageDigest, where form has it: one that is true of this content.
 * made holds it. */
void fuzz_set_digest(cms_form *form, const void *content, size_t len, buf *made);
/* The trust in a PEM file of the corpus, and a place for an error to stop at. */
pki_trust *fuzz_trust(const char *path);
void fuzz_must(bool right, const char *what, const evpack_err *err);

#endif
