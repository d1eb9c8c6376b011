/*
 * The raw files of a case, one after the other: for the evidence index in every format.
 */
#ifndef EVPACK_REPORT_FILES_H
#define EVPACK_REPORT_FILES_H

#include "store/store.h"

#include <stdint.h>

/* Borrowed until the next call. */
typedef struct {
    const char *original, *path, *snapshot, *sha256, *kind, *encoding, *shape, *completeness;
    const char *reason;                /* NULL: none */
    const char *collected_at, *period; /* of the snapshot; NULL: nobody said */
    int64_t size, records, evidence_id;
    int64_t order; /* in which it came into the case, among all files, from 1 */
} report_file;
typedef struct report_files report_files;
/* By snapshot and path in the package. */
evpack_status report_files_open(const store *s, report_files **out,
                                evpack_err *err) EVPACK_MUST_USE;
/* *out is NULL after the last one. */
evpack_status report_files_next(report_files *f, const report_file **out,
                                evpack_err *err) EVPACK_MUST_USE;
void report_files_free(report_files *f);
EVPACK_DEFINE_CLEANUP(report_files, report_files_free)

#endif
