/*
 * Cases for tests that read what map left: made by SQL, so that every number in them is known.
 */
#ifndef EVPACK_TESTS_CASE_H
#define EVPACK_TESTS_CASE_H

#include "store/store.h"

/* A new case in the test's folder, committed; close it with store_close. */
store *case_empty(const char *name);
/* The case of tests/report/basic.sql. */
store *case_basic(const char *name);
/* The same case as version 1 of the schema had it, in a file that no store has open. */
void case_version(const char *name, int version);
/* accounts × features synthetic findings of every status, on top of basic's mapping. */
store *case_bulk(const char *name, int64_t accounts, int64_t features);
/* Runs SQL and commits. In it, unhex32(N) stands for 32 bytes that tell N. */
void case_sql(store *s, const char *sql);
int64_t case_value(store *s, const char *sql);

#endif
