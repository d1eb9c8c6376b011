/*
 * The crosswalk of the newest run's benchmarks as a table: for each control its ids in every
 * framework, for reports that write them beside each finding.
 */
#ifndef EVPACK_REPORT_CROSSWALK_TABLE_H
#define EVPACK_REPORT_CROSSWALK_TABLE_H

#include "store/store.h"

typedef struct crosswalk_table crosswalk_table;

enum { CROSSWALK_FRAMEWORKS_MAX = 32 };

/* EVPACK_E_LIMIT when the mapping has more frameworks. */
evpack_status crosswalk_table_load(const store *s, crosswalk_table **out,
                                   evpack_err *err) EVPACK_MUST_USE;
void crosswalk_table_free(crosswalk_table *t);
EVPACK_DEFINE_CLEANUP(crosswalk_table, crosswalk_table_free)

/* How many frameworks there are, and their names in byte order. */
size_t crosswalk_table_count(const crosswalk_table *t);
const char *crosswalk_table_name(const crosswalk_table *t, size_t framework);
/* The control's ids, separated by spaces; NULL: none. */
const char *crosswalk_table_refs(const crosswalk_table *t, int64_t control, size_t framework);

#endif
