/*
 * A case from a package: every evidence file under its snapshot, by its original path, in the order
 * in which the files came into the case that the package was made from; the snapshots' times and
 * periods; the ledgers of the exports, confirmed where the sender had them confirmed and the
 * signature was verified (the log of a package that nobody vouches for confirms nothing); the
 * engagements, the one that holds last. So the same mapping at the same time gives the same
 * findings with the same ids, as far as the package holds the evidence: a redacted file comes as
 * its redacted copy, with a note that says so, and a withheld one is not there.
 *
 * An archive is looked into again, as collect does: it may hold nothing that the index does not
 * list. Of an engagement that another replaced only files are sure to come.
 */
#ifndef EVPACK_REVIEW_REBUILD_H
#define EVPACK_REVIEW_REBUILD_H

#include "collect/collect.h"
#include "review/received.h"

enum { REBUILD_SNAPSHOTS_MAX = 1000 };

typedef struct {
    const char *scratch;     /* a private folder; what is made in it stays */
    const char *by, *reason; /* who says to be doing this, and why; NULL: nobody says */
    int64_t now;
    bool keep_engagement; /* the package's engagement comes as files that decide nothing */
    /* As in collect_options; each may be NULL. */
    void (*each)(void *ctx, const char *path, const document_result *result, const char *skipped);
    void (*secret)(void *ctx, const secret_row *row);
    void (*say)(void *ctx, const char *text);
    void *ctx;
} rebuild_options;

typedef struct {
    collect_totals all;
    size_t snapshots;
    size_t expected; /* ledgers that the package's log says were confirmed; 0: nobody was trusted */
} rebuild_totals;

/* Within the open transaction; when it fails the caller undoes it. EVPACK_E_NO: the package says
 * what is not so. EVPACK_E_USAGE: its engagement, or a snapshot's time or
 * period, would replace one that was given for this case. */
evpack_status rebuild_case(store *s, const received *r, const rebuild_options *options,
                           rebuild_totals *totals, evpack_err *err) EVPACK_MUST_USE;

#endif
