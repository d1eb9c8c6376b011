/*
 * An engagement that was read, into the case: each file is evidence of the snapshot of role
 * `engagement`, with records for the engagement itself, its assurance reports, exceptions and
 * attestations, each with its JSON Pointer and byte range. What reviewers and assurance reports
 * name are any bytes, kept as kind `attachment`.
 */
#ifndef EVPACK_COLLECT_ENGAGEMENT_IMPORT_H
#define EVPACK_COLLECT_ENGAGEMENT_IMPORT_H

#include "collect/document.h"
#include "collect/engagement.h"

typedef struct {
    int64_t now;
    const char *by, *reason;   /* NULL: nobody said */
    const char *package;       /* the id of the package that brought it; NULL: it was given */
    const import_watch *watch; /* NULL: nobody looks for secrets */
    bool within;               /* a transaction is open */
    /* Told after each file; may be NULL. */
    void (*each)(void *ctx, const char *path, const document_result *result);
    void *ctx;
} engagement_options;

/* Within one transaction, which it begins unless one is open, and leaves to be committed by
 * store_commit. When it fails, the caller undoes it (store_rollback). The custody log says what
 * came, and which engagement it replaces. */
evpack_status engagement_import(store *s, const engagement *g, const engagement_options *options,
                                evpack_err *err) EVPACK_MUST_USE;

#endif
