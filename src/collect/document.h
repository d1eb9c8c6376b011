/*
 * One file into the case: its bytes as they are, its records, and what can be said of it. A file
 * that cannot be understood is evidence too: kept, marked, with the reason.
 */
#ifndef EVPACK_COLLECT_DOCUMENT_H
#define EVPACK_COLLECT_DOCUMENT_H

#include "collect/judge.h"

typedef struct {
    import_file_result stored;
    judgement says;
    char encoding[16];
    char note[256]; /* how it was read, when not simply; empty: none */
    bool ledger;    /* a ledger of an export: see collect/collection.h */
} document_result;

/* Where bytes come from: *got < len only at the end. */
typedef struct {
    evpack_status (*read)(void *ctx, void *data, size_t len, size_t *got, evpack_err *err);
    void *ctx;
} document_source;

/* Reads the source to its end. path is the name that the case keeps. */
evpack_status document_import_from(import *into, const shapes *table, const document_source *source,
                                   const char *path, document_result *result,
                                   evpack_err *err) EVPACK_MUST_USE;
/* Keeps an archive's bytes without looking into them; reason NULL: it is whole. */
evpack_status document_keep(import *into, int fd, const char *path, const char *reason,
                            document_result *result, evpack_err *err) EVPACK_MUST_USE;
/* document_import_from, from fd to its end. */
evpack_status document_import(import *into, const shapes *table, int fd, const char *path,
                              document_result *result, evpack_err *err) EVPACK_MUST_USE;

#endif
