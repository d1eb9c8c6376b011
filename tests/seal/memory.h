/*
 * A package in memory files, for tests that verify thousands of variants of it: nothing touches a
 * disk, and an outer signature is made anew in microseconds (P-256).
 */
#ifndef EVPACK_TESTS_SEAL_MEMORY_H
#define EVPACK_TESTS_SEAL_MEMORY_H

#include "fixture.h"

typedef struct {
    pki_signer *signer;
    pki_trust *trust;
    buf good;      /* P.zip as it was sealed */
    buf signature; /* P.zip.p7s as it was sealed */
    int zip, sig;
    char zip_path[64], sig_path[64];
} memory_package;

/* Takes the package at path, which must verify. Frees nothing of what was there. */
void memory_open(memory_package *p, const char *path, const fixture_key *key);
void memory_close(memory_package *p);

/* Seals what the sealer makes of one file with these bytes; size 0: of no file at all. */
void memory_seal(const char *path, const fixture_key *key, const void *data, size_t size);

/* What the package and its signature are from now on; memory_sign makes one that fits. */
void memory_put(const memory_package *p, const void *data, size_t len);
void memory_put_byte(const memory_package *p, size_t at, unsigned char c);
void memory_put_signature(const memory_package *p, const void *data, size_t len);
void memory_sign(const memory_package *p, const void *data, size_t len);
seal_verdict memory_verify(const memory_package *p, seal_report *report);

/* The most memory that this process has held, in KiB. */
long memory_peak(void);

#endif
