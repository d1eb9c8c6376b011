/*
 * What a case holds, as one digest: every row of every table, and SQLite's own check of the file.
 */
#ifndef EVPACK_TESTS_FAULT_STATE_H
#define EVPACK_TESTS_FAULT_STATE_H

#include "base/buf.h"

/* Opens the case (which rolls back what a killed writer left) and writes the digest, 64 hex digits;
 * "absent" when there is no file of that name, or an empty one. Fails the test when the file is not
 * sound. */
void fault_state(const char *path, char out[65]);
/* The names in a folder, sorted, one a line. */
void fault_names(const char *folder, buf *out);

#endif
