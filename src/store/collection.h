/*
 * The table collection: what the ledgers of an export (collection.jsonl, which the script of
 * `evpack plan` writes) say of its commands, a row a line, and which evidence file each vouches
 * for.
 *
 * A line finds its file by the name that it gives, relative to the ledger's folder; when nothing
 * has that path, a single file of the snapshot with that name and that SHA-256 will do. Rows are
 * derived from the ledger's bytes and may be made again. The states:
 * - vouched: the command ended well, and the file is byte for byte what it wrote;
 * - changed: it ended well, but the file of that name has another SHA-256, and is not vouched for;
 * - missing: it ended well, but its file was not collected;
 * - failed: it failed, or was not run (exit_code NULL); permission is what it lacked, if said;
 * - none: it ended well, and its output was not kept (the names that later commands go over).
 *
 * A list that is vouched for is whole: az follows the pages of its own lists, and fails when one
 * fails. What follows for a file's completeness and kind is said by the completeness ledger
 * (store/ledger.h), not here; evidence itself is never changed.
 */
#ifndef EVPACK_STORE_COLLECTION_H
#define EVPACK_STORE_COLLECTION_H

#include "store/store.h"

typedef enum {
    COLLECTION_VOUCHED,
    COLLECTION_CHANGED,
    COLLECTION_MISSING,
    COLLECTION_FAILED,
    COLLECTION_NONE
} collection_state;

/* One line. Text is borrowed during the call, UTF-8, and NULL where the line has none. */
typedef struct {
    int64_t ledger; /* evidence id */
    int64_t line;   /* from 1 */
    const char *plan, *kind, *subject;
    int64_t page;                    /* 0: not paged */
    const char *command, *arguments; /* arguments is a JSON array of strings */
    const char *file;                /* with sha256, or both NULL */
    const char *sha256;              /* 64 lower-case hex digits */
    const char *started, *ended;     /* RFC 3339 in UTC */
    bool exited;
    int64_t exit_code; /* when exited */
    const char *error, *permission;
    const char *az_version, *account, *tenant, *subscription, *note;
} collection_line;

typedef struct {
    collection_state state;
    int64_t output; /* evidence id, 0: none */
    char found[65]; /* changed: the SHA-256 of the file that is there */
} collection_match;

typedef struct collection collection;
/* Within the open transaction. */
evpack_status collection_open(store *s, int64_t snapshot, collection **out,
                              evpack_err *err) EVPACK_MUST_USE;
void collection_free(collection *c);
EVPACK_DEFINE_CLEANUP(collection, collection_free)

/* The snapshot's next ledger (kind collection-ledger) after evidence id *ledger; *ledger is 0 when
 * there is none. path and sha256 are borrowed until the next call. What its rows said is forgotten.
 */
evpack_status collection_next(collection *c, int64_t *ledger, const char **path,
                              const char **sha256, evpack_err *err) EVPACK_MUST_USE;
evpack_status collection_add(collection *c, const collection_line *line, collection_match *match,
                             evpack_err *err) EVPACK_MUST_USE;
/* Dates the snapshot by the last command's end, and says the az version, where nothing did. */
evpack_status collection_date(collection *c, evpack_err *err) EVPACK_MUST_USE;
const char *collection_state_word(collection_state state);

#endif
