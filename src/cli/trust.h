/*
 * Whom to believe, as the command line says it: --trust, --crl, --tsa-trust and --require, for
 * verify and for each verb that verifies before it does its own. Part of evpack-verify: no more
 * here than that needs.
 */
#ifndef EVPACK_CLI_TRUST_H
#define EVPACK_CLI_TRUST_H

#include "seal/verify.h"

enum { TRUST_CRLS_MAX = 16, TRUST_REQUIRED_MAX = 16 };

/* Texts are borrowed from argv. */
typedef struct {
    const char *trust;
    const char *tsa_trust;
    const char *crls[TRUST_CRLS_MAX];
    size_t crl_count;
    const char *required[TRUST_REQUIRED_MAX];
    size_t required_count;
} trust_given;

/* Takes the value of an option, as "--name VALUE" or "--name=VALUE"; false when argv[*at] is
 * another. A value that is missing is "". */
bool trust_take_value(const char *name, int argc, char **argv, int *at, const char **value);

/* Takes argv[*at] when it is one of the four; false when it is another. *problem says what is wrong
 * with it, or stays NULL. */
bool trust_take(trust_given *g, int argc, char **argv, int *at, const char **problem);

/* What seal_options borrow. */
typedef struct {
    pki_trust *signers;
    pki_trust *authorities; /* of timestamps; NULL without --tsa-trust */
} trust_loaded;
void trust_reset(trust_loaded *t);
/* Reads the files, and makes options of them: now is the clock's. */
evpack_status trust_load(const trust_given *g, trust_loaded *t, seal_options *options,
                         evpack_err *err) EVPACK_MUST_USE;

#endif
