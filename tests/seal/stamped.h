/*
 * A signed package with a timestamp, for tests; after authority_make. The package is the test's
 * P.zip.
 */
#ifndef EVPACK_TESTS_SEAL_STAMPED_H
#define EVPACK_TESTS_SEAL_STAMPED_H

#include "authority.h"

#include "seal/timestamp.h"

const fixture_key *stamped_key(void);
/* A signed package with a request beside it; its path. */
const char *stamped_package(void);
/* The path of what the authority NAME answers to it. */
const char *stamped_answer(const char *name);
evpack_status stamped_attach(const char *answer, bool replace, tsp_stamp *stamp, evpack_err *err);
/* All in one: the time of the timestamp that is attached then. */
int64_t stamped_at(const char *name);

#endif
