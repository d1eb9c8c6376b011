/*
 * Migrations. Invariant: a case is either of its old version, whole, or of the newest; what is
 * enduring in it is never lost. Refuses to know what the tables mean.
 */
#include "store/migrate.h"

#include "base/buf.h"
#include "store/script.h"
#include "store/store.h"

#include <stdio.h>

evpack_status migrate_views(db *d, evpack_err *err)
{
    return script_run(d, "src/store/views.sql", err);
}

/* The statements that drop every trigger and view; their names are ours, or were. */
static evpack_status drops(db *d, buf *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) names = NULL;
    EVPACK_TRY(db_prepare(d,
                          "SELECT printf('DROP %s \"%w\";', type, name) FROM sqlite_schema"
                          " WHERE type IN ('trigger', 'view')",
                          &names, err));
    for (bool row = true; row;) {
        EVPACK_TRY(db_step(names, &row, err));
        if (row) {
            buf_puts(out, db_text_or_empty(names, 0));
        }
    }
    return buf_status(out, err);
}

static evpack_status step(db *d, int64_t from, evpack_err *err)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    EVPACK_TRY(drops(d, &sql, err));
    EVPACK_TRY(db_exec(d, buf_str(&sql), err));
    for (int64_t version = from + 1; version <= STORE_VERSION; version++) {
        char name[48];
        (void)snprintf(name, sizeof name, "src/store/migrate_%lld.sql", (long long)version);
        EVPACK_TRY(script_run(d, name, err));
    }
    return migrate_views(d, err);
}

evpack_status migrate_forward(const char *path, evpack_err *err)
{
    EVPACK_AUTO(db) d = NULL;
    EVPACK_TRY(db_open(path, DB_WRITE, &d, err));
    EVPACK_TRY(db_exec(d, "BEGIN IMMEDIATE", err));
    int64_t version = 0; /* another may have done it meanwhile */
    EVPACK_TRY(db_value(d, "PRAGMA user_version", &version, err));
    evpack_status status = EVPACK_OK;
    if (version < STORE_VERSION) {
        status = step(d, version, err);
    }
    if (status == EVPACK_OK) {
        return db_commit(d, err);
    }
    evpack_err ignored = {0};
    (void)!db_exec(d, "ROLLBACK", &ignored);
    return status;
}
