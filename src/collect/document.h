/*
 * One file into the case: its bytes as they are, its records, and what can be said of it. A file
 * that cannot be understood is evidence too: kept, marked, with the reason.
 */
#ifndef EVPACK_COLLECT_DOCUMENT_H
#define EVPACK_COLLECT_DOCUMENT_H

#include "collect/shape.h"
#include "store/evidence.h"

typedef struct {
    import_file_result stored;
    char kind[64];
    char encoding[16];
    char completeness[16];
    char reason[256]; /* empty: none */
} document_result;

/* Reads fd to its end. path is the name that the case keeps. */
evpack_status document_import(import *into, const shapes *table, int fd, const char *path,
                              document_result *result, evpack_err *err) EVPACK_MUST_USE;

#endif
