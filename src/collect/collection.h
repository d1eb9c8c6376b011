/*
 * collection.jsonl, the ledger that the script of `evpack plan` writes beside an export: JSON
 * Lines, one object for each command, beginning with {"evpack_collection":1. Members: plan, kind
 * the command's id in plan.json, and what it lists or shows command, arguments   "az" and its words
 *   file, sha256  where its output is, relative to the ledger, and its SHA-256; null: not kept
 *   start, end    RFC 3339; exit_code: null when it was not run; tries
 *   az_version, account, tenant, subscription   who ran it, and where; subject: the ARM id that it
 *                 was asked about; page: from 1, 0 when it is not paged
 *   note, error   what the script, and az, say of it
 * The last line of a script that ran to its end has plan "end". A ledger is untrusted input: lines
 * are bounded, and one that cannot be read is said and passed over.
 */
#ifndef EVPACK_COLLECT_COLLECTION_H
#define EVPACK_COLLECT_COLLECTION_H

#include "port/json.h"
#include "store/collection.h"
#include "store/evidence.h"

enum { COLLECTION_LINE_MAX = 64 << 10, COLLECTION_LINES_MAX = 1000000, COLLECTION_TOLD_MAX = 200 };

typedef struct {
    uint64_t ledgers, lines, vouched, changed, missing, failed, unread;
} collection_totals;

typedef struct {
    const char *const *expected; /* SHA-256 of ledgers that must be there, hex of either case */
    size_t expected_count;
    /* Told what an auditor must know: what failed, is missing, or was changed. At most
     * COLLECTION_TOLD_MAX a ledger. May be NULL. */
    void (*say)(void *ctx, const char *text);
    void *ctx;
} collection_options;

/* Whether a file that begins with these bytes is a ledger. */
bool collection_looks_so(const char *data, size_t len);

/* Reads the ledgers of the snapshot anew and marks what they vouch for. EVPACK_E_INPUT: an expected
 * ledger is not among them. */
evpack_status collection_read(store *s, int64_t snapshot, const collection_options *options,
                              collection_totals *totals, evpack_err *err) EVPACK_MUST_USE;

/* What was missing, from what az said; false when it does not tell. patterns: "permissions". */
bool collection_permission(const json *patterns, const char *error, buf *out);

#endif
