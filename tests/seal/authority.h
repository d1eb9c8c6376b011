/*
 * A timestamp authority, by openssl (authority.sh): the independent judge of what is asked and of
 * what is accepted. Made by the test program before its tests fork, so that it is made once.
 */
#ifndef EVPACK_TESTS_SEAL_AUTHORITY_H
#define EVPACK_TESTS_SEAL_AUTHORITY_H

#include "fixture.h"

#include "port/tsp.h"

/* Outside any test. Its folder goes when the program ends. */
void authority_make(void);
/* A file in its folder: root.pem, sub.pem, rsa.pem, ... In a static buffer. */
const char *authority_file(const char *name);
pki_trust *authority_trust(const char *name);
/* Answers a request as the authority NAME. settings: for the shell, such as "TS_CHAIN=root"; "". */
void authority_reply(const char *name, const char *settings, const buf *request, buf *answer);
/* An answer in the one form over a TSTInfo, by an authority that openssl ts would not let sign. */
void authority_forge(const char *name, const buf *tst_info, buf *answer);
/* A revocation list of CA from last to next; when NAME is not NULL, with its revocation. reason: ""
 * or ",superseded" and the like. Returns the file's path. */
const char *authority_crl(const char *ca, int64_t last, int64_t next, const char *name,
                          int64_t when, const char *reason);

/* Runs stock openssl on two files; whether it says yes. */
bool authority_openssl(const char *command);

#endif
