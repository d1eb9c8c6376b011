/*
 * Opening and closing a case. Invariant: a file that is not a case is never written to, and a
 * transaction that did not commit leaves the file as it was, or away when it was not there. Knows
 * nothing of what the tables mean.
 */
#include "store/store.h"

#include "base/text.h"
#include "store/migrate.h"
#include "store/script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct store {
    db *d;
    char *path;
    const progress *watch;
    bool created; /* this call made the file, and nothing was committed yet */
};

/* Refuses what is not a case; a new database gets the schema in a transaction that stays open. */
static evpack_status check(store *s, store_mode mode, bool *older, evpack_err *err)
{
    int64_t application = 0;
    int64_t version = 0;
    int64_t tables = 0;
    EVPACK_TRY(db_value(s->d, "PRAGMA application_id", &application, err));
    EVPACK_TRY(db_value(s->d, "PRAGMA user_version", &version, err));
    EVPACK_TRY(db_value(s->d, "SELECT count(*) FROM sqlite_schema", &tables, err));
    if (application == 0 && tables == 0 && (mode == STORE_CREATE || mode == STORE_MEMORY)) {
        /* The cache is counted in pages of the size before: say it again. */
        EVPACK_TRY(db_exec(s->d, "PRAGMA page_size = 16384; PRAGMA cache_size = -16384", err));
        EVPACK_TRY(store_begin(s, err));
        EVPACK_TRY(script_run(s->d, "src/store/schema.sql", err));
        return migrate_views(s->d, err);
    }
    if (application != STORE_APPLICATION_ID) {
        return evpack_fail(err, EVPACK_E_CASE, "%s: is not an evpack case; name one with -c",
                           s->path);
    }
    if (version > STORE_VERSION) {
        return evpack_fail(err, EVPACK_E_CASE,
                           "%s: was made by a newer evpack (case version %lld, this one knows %d)",
                           s->path, (long long)version, STORE_VERSION);
    }
    if (version < 1) {
        return evpack_fail(err, EVPACK_E_CASE, "%s: says case version %lld, which never was",
                           s->path, (long long)version);
    }
    *older = version < STORE_VERSION;
    return EVPACK_OK;
}

/* Opens the case's file and looks what it is. */
static evpack_status look(store *s, store_mode mode, bool *older, evpack_err *err)
{
    db_mode how = mode == STORE_READ     ? DB_READ
                  : mode == STORE_WRITE  ? DB_WRITE
                  : mode == STORE_MEMORY ? DB_MEMORY
                                         : DB_CREATE;
    EVPACK_TRY(db_open(s->path, how, &s->d, err));
    return check(s, mode, older, err);
}

/* Makes the file when it may and is not there: only who made it removes it again, so two that
 * begin at once do not take it from each other. */
static evpack_status find_file(store *s, store_mode mode, evpack_err *err)
{
    if (mode == STORE_MEMORY) {
        return EVPACK_OK;
    }
    if (mode == STORE_CREATE) {
        EVPACK_AUTO_FD fd = open(s->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        s->created = fd >= 0;
        if (fd < 0 && errno != EEXIST) {
            return evpack_fail(err, EVPACK_E_CASE, "%s: cannot be made: %s", s->path,
                               strerror(errno));
        }
    }
    struct stat st;
    if (stat(s->path, &st) != 0) {
        return evpack_fail(err, EVPACK_E_CASE,
                           "%s: there is no case of that name; 'evpack collect' makes one",
                           s->path);
    }
    if (!S_ISREG(st.st_mode)) {
        return evpack_fail(err, EVPACK_E_CASE, "%s: is not a file", s->path);
    }
    return EVPACK_OK;
}

evpack_status store_open(const char *path, store_mode mode, store **out, evpack_err *err)
{
    EVPACK_AUTO(store) s = calloc(1, sizeof *s);
    if (s == NULL) {
        return evpack_oom(err);
    }
    s->path = strdup(path);
    if (s->path == NULL) {
        return evpack_oom(err);
    }
    EVPACK_TRY(find_file(s, mode, err));
    bool older = false;
    EVPACK_TRY(look(s, mode, &older, err));
    if (older) {
        db_close(EVPACK_MOVE(s->d));
        if (migrate_forward(path, err) != EVPACK_OK) {
            return evpack_context(err, "%s: bringing it from an older version forward", path);
        }
        EVPACK_TRY(look(s, mode, &older, err));
    }
    *out = EVPACK_MOVE(s);
    return EVPACK_OK;
}

/* The file that was made, and the journal beside it when SQLite could not remove that. */
static void remove_new(const char *path)
{
    EVPACK_AUTO_CHARS journal = NULL;
    if (asprintf(&journal, "%s-journal", path) >= 0) {
        (void)unlink(journal);
    }
    (void)unlink(path);
}

void store_close(store *s)
{
    if (s == NULL) {
        return;
    }
    bool ours = s->created && (s->d == NULL || !db_moved(s->d));
    if (s->d != NULL) {
        store_rollback(s);
        db_close(s->d);
    }
    if (ours) {
        remove_new(s->path);
    }
    free(s->path);
    free(s);
}

db *store_db(const store *s)
{
    return s->d;
}

void store_watch(store *s, const progress *p)
{
    s->watch = p;
}

const progress *store_watched(const store *s)
{
    return s->watch;
}

const char *store_path(const store *s)
{
    return s->path;
}

evpack_status store_begin(store *s, evpack_err *err)
{
    if (db_in_transaction(s->d)) {
        return EVPACK_OK; /* a new case is made in the transaction of its first import */
    }
    return db_exec(s->d, "BEGIN IMMEDIATE", err);
}

evpack_status store_begin_reading(store *s, evpack_err *err)
{
    if (db_in_transaction(s->d)) {
        return EVPACK_OK;
    }
    EVPACK_TRY(db_exec(s->d, "BEGIN", err));
    int64_t ignored = 0; /* the first read takes the state */
    return db_value(s->d, "SELECT count(*) FROM run", &ignored, err);
}

evpack_status store_commit(store *s, evpack_err *err)
{
    if (db_moved(s->d)) {
        return evpack_fail(err, EVPACK_E_CASE,
                           "%s: was moved or removed while it was open; nothing was written",
                           s->path);
    }
    EVPACK_TRY(db_commit(s->d, err));
    s->created = false;
    return EVPACK_OK;
}

void store_rollback(store *s)
{
    if (db_in_transaction(s->d)) {
        evpack_err ignored = {0};
        /* It fails only when SQLite rolled back already, which is what is wanted. */
        evpack_status status = db_exec(s->d, "ROLLBACK", &ignored);
        (void)status;
    }
}
