/*
 * Importing exports into a case: files, and folders with all that is below them, in byte order of
 * their names, folder by folder. Symbolic links in a folder are not followed; one that is named
 * itself is what it points to. One call is one transaction: it is all in the case
 * afterwards, or the case is as it was.
 *
 * A file's path in the case is relative to the deepest folder that holds every path given, so that
 * it does not tell where on a machine the export stood: `collect exports` gives exports/a.json.
 *
 * Ledgers of an export (collect/collection.h) are read last, all those of the snapshot anew, so
 * that a file that comes later is vouched for too.
 */
#ifndef EVPACK_COLLECT_COLLECT_H
#define EVPACK_COLLECT_COLLECT_H

#include "collect/collection.h"
#include "collect/document.h"
#include "store/secret.h"

typedef struct {
    const char *label;        /* snapshot label */
    const char *collected_at; /* RFC 3339 in UTC, or NULL */
    const char *period; /* "START/END" that the evidence is to speak of (store/ledger.h), or NULL */
    const char *engagement; /* the engagement's file (collect/engagement.h), or NULL */
    const char *by;         /* who says to be doing this, or NULL */
    const char *reason;     /* why, for the custody log, or NULL */
    int64_t now;
    /* Told after each file; may be NULL. skipped says why a thing was not read, else result is. */
    void (*each)(void *ctx, const char *path, const document_result *result, const char *skipped);
    /* Told of each secret of the file before `each` is told of it; may be NULL. The row has the
     * value, which is not to be shown. */
    void (*secret)(void *ctx, const secret_row *row);
    void *ctx;
    collection_options ledgers; /* what is expected of ledgers, and who is told what they say */
} collect_options;

typedef struct {
    uint64_t files, already, bytes, records, unrecognised, skipped;
    uint64_t secrets, with_secrets; /* secrets, and files that hold some */
    collection_totals ledgers;      /* of the snapshot's ledgers */
    struct {
        uint64_t files, exceptions, attestations, assurance;
    } engagement; /* its files are not among the others */
} collect_totals;

/* Whether a snapshot may have this label: it is a folder's name in the package. */
evpack_status collect_check_label(const char *label, evpack_err *err) EVPACK_MUST_USE;

/* No path at all will do when there is an engagement. "-" among the paths is standard input.
 * EVPACK_E_IO names a path that cannot be read, or that was written to while it was read. */
evpack_status collect_paths(store *s, char *const *paths, size_t count,
                            const collect_options *options, collect_totals *totals,
                            evpack_err *err) EVPACK_MUST_USE;

#endif
