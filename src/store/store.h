/*
 * The case: one SQLite file. Opening checks that it is a case and no newer than this program; an
 * older one is migrated forward in a transaction. What is inside is in schema.sql and views.sql.
 */
#ifndef EVPACK_STORE_STORE_H
#define EVPACK_STORE_STORE_H

#include "base/progress.h"
#include "port/db.h"

enum { STORE_APPLICATION_ID = 0x45765043, STORE_VERSION = 4 };

typedef struct store store;

/*
 * STORE_READ and STORE_WRITE want an existing case: EVPACK_E_CASE when there is none, or it is
 * another kind of file. STORE_CREATE makes one; what it makes is there only after the first
 * store_commit, and a new file without it is removed by store_close. STORE_MEMORY: an empty case
 * that is in no file; the path is a name for messages.
 */
typedef enum { STORE_READ, STORE_WRITE, STORE_CREATE, STORE_MEMORY } store_mode;
evpack_status store_open(const char *path, store_mode mode, store **out,
                         evpack_err *err) EVPACK_MUST_USE;
/* Rolls back what was not committed. */
void store_close(store *s);
EVPACK_DEFINE_CLEANUP(store, store_close)

/* The database behind the case; borrowed. */
db *store_db(const store *s);
const char *store_path(const store *s);

/* Who is told how far a long walk is: bytes that an import takes in, findings that are read, tests
 * that are run. Borrowed; NULL: nobody. */
void store_watch(store *s, const progress *p);
const progress *store_watched(const store *s);

evpack_status store_begin(store *s, evpack_err *err) EVPACK_MUST_USE;
/* A reading transaction: what is read until store_rollback is one state of the case, whoever else
 * writes. Writers wait for it. */
evpack_status store_begin_reading(store *s, evpack_err *err) EVPACK_MUST_USE;
evpack_status store_commit(store *s, evpack_err *err) EVPACK_MUST_USE;
void store_rollback(store *s);

#endif
