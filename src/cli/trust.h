/*
 * Whom to believe, as the command line says it: --trust, --crl, --tsa-trust and --require, for
 * verify and for each verb that verifies before it does its own. Each may be given TRUST_MAX times;
 * the first three name a file or a folder of files (port/pki.h). Part of evpack-verify: no more
 * here than that needs.
 */
#ifndef EVPACK_CLI_TRUST_H
#define EVPACK_CLI_TRUST_H

#include "seal/verify.h"

enum { TRUST_MAX = 16 };

/* Texts are borrowed from argv. */
typedef struct {
    const char *at[TRUST_MAX];
    size_t count;
} trust_list;
typedef struct {
    trust_list trust, tsa_trust, crls, required;
} trust_given;

/* False when the value is empty or one too many. */
bool trust_add(trust_list *l, const char *value);

/* Takes the value of an option, as "--name VALUE" or "--name=VALUE"; false when argv[*at] is
 * another. A value that is missing is "". */
bool trust_take_value(const char *name, int argc, char **argv, int *at, const char **value);

/* Goes over the arguments: each option, up to "--", is given to take, which moves *at to the last
 * word that it took and returns 0, or the exit code to end with; the one other word becomes *path.
 * Returns that code, or 0. A second such word ends it, and becomes *another (else NULL). */
typedef int (*trust_taker)(int argc, char **argv, int *at, void *ctx);
int trust_walk(int argc, char **argv, trust_taker take, void *ctx, const char **path,
               const char **another);

/* Takes argv[*at] when it is one of the four; false when it is another. *problem says what is wrong
 * with it, or stays NULL. */
bool trust_take(trust_given *g, int argc, char **argv, int *at, const char **problem);

/* Whom anchors say, with the lists. */
evpack_status trust_read(const trust_list *anchors, const trust_list *crls, pki_trust **out,
                         evpack_err *err) EVPACK_MUST_USE;

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
