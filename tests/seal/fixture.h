/*
 * Keys and small packages for the tests of signing and verifying. Keys are made by the test program
 * before its tests fork, so that they are made once.
 */
#ifndef EVPACK_TESTS_SEAL_FIXTURE_H
#define EVPACK_TESTS_SEAL_FIXTURE_H

#include "seal/bag.h"
#include "seal/verify.h"
#include "support.h"

#define FIXTURE_AT INT64_C(1795334400) /* 2026-11-22T08:00:00Z */
#define FIXTURE_ID "pkg-2026"

typedef struct {
    char key[512];
    char cert[512];
} fixture_key;
void fixture_make_key(pki_kind kind, fixture_key *out);
/* Free them. */
pki_signer *fixture_signer(const fixture_key *key);
pki_trust *fixture_trust(const fixture_key *key);

void fixture_sign(const pki_signer *signer, const void *data, size_t len, buf *der);
/* Writes PATH.p7s over the file's bytes. */
void fixture_sign_file(const pki_signer *signer, const char *path);

/* A package as a list of members, which a test may bend before it is written. */
enum { RAW_MAX = 24 };
typedef struct {
    char id[128];
    struct {
        char path[256];
        buf data;
    } parts[RAW_MAX];
    size_t count;
    const char *more_info; /* further lines of bag-info.txt, which raw_reseal puts there; NULL */
} raw_package;
/* A good one: VERIFY.txt, four payload files with a custody log, tag files, manifests, signature.
 */
void raw_default(raw_package *raw, const pki_signer *signer);
void raw_free(raw_package *raw);
void raw_set(raw_package *raw, const char *path, const char *text);
void raw_insert(raw_package *raw, size_t at, const char *path, const char *text);
void raw_remove(raw_package *raw, const char *path);
buf *raw_data(raw_package *raw, const char *path);
/* Makes Payload-Oxum, both manifests and the signature inside fit the other parts. */
void raw_reseal(raw_package *raw, const pki_signer *signer);
/* Writes the ZIP and, when signer is not NULL, its signature. */
void raw_write(raw_package *raw, const char *path, const pki_signer *signer);
/* Writes the members as files below a folder of the test; returns its path. */
const char *raw_unpack(raw_package *raw, const char *name);

/* Verifies now, and fails the test when that was not possible. */
seal_verdict fixture_verify(const char *path, const pki_trust *trust, seal_report *report);
/* The verdict must be no, with this code among the reasons and part in its text. */
void fixture_refused(const char *path, const pki_trust *trust, const char *code, const char *part);
void fixture_verified(const char *path, const pki_trust *trust);

#endif
