/*
 * Packages for the tests of this room: a small one by hand (tests/seal/fixture), in which a test
 * can lie, and a real one made from a case.
 */
#ifndef EVPACK_TESTS_REVIEW_PACKAGES_H
#define EVPACK_TESTS_REVIEW_PACKAGES_H

#include "fixture.h"
#include "review/received.h"
#include "store/store.h"

/* A row of the index as text, of a file that a test has. Members that are NULL or 0 are left to
 * what is true. */
typedef struct {
    const char *original, *member, *snapshot, *text;
    const char *kind, *redacted, *collected_at, *sha256, *order;
} fixture_row;
/* Appends the header, or a row; n is its place. */
void fixture_header(buf *out);
void fixture_index_row(buf *out, const fixture_row *row, size_t n);

/* A good package with two snapshots: q4 with a.json and b.json, q3 with a.json. */
void fixture_received(raw_package *raw, const pki_signer *signer);
/* The same with these files of data/evidence and an index of them. */
void fixture_received_of(raw_package *raw, const fixture_row *rows, size_t count,
                         const pki_signer *signer);

/* A payload file, in byte order of the paths, as manifests list them. */
void fixture_insert(raw_package *raw, const char *path, const char *text);

/* An empty folder of the test. */
const char *fixture_folder(const char *name);
/* Opens a package without trust. */
evpack_status fixture_open(const char *path, received **out, evpack_err *err) EVPACK_MUST_USE;

#endif
