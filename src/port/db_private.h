/* What db.c and its neighbours share. */
#ifndef EVPACK_PORT_DB_PRIVATE_H
#define EVPACK_PORT_DB_PRIVATE_H

#include "port/db.h"

#include <sqlite3.h>

/* What a sandboxed statement reached. */
typedef enum { BOX_FREE, BOX_OPS, BOX_CPU, BOX_RUN, BOX_TEMP } box_bound;

struct db {
    sqlite3 *handle;
    char *path; /* as it was given, for the messages */
    int fault_at;

    bool boxed;
    db_sandbox box;
    uint64_t ticks;   /* of the progress handler */
    uint64_t chars;   /* that the functions of db_match.c went over since the clock was read */
    int64_t began_ms; /* processor time when the sandbox was switched on */
    box_bound reached;
    char denied[128]; /* what the sandbox refused last, for the message */
    int limits[9];    /* as they were before the sandbox */
    int64_t heap_limit;

    db_watcher *watcher;
    void *watching;

    sqlite3_vfs *vfs; /* owned: the one that counts temporary files */
    bool registered;
    char vfs_name[32];
    int64_t temp_bytes; /* in temporary files now */
    int64_t temp_began; /* when the sandbox was switched on */
};

struct db_stmt {
    sqlite3_stmt *stmt;
    db *owner;
};

/* db_box.c. Whether a failure is the sandbox's doing; err is filled then. */
bool db_box_fault(db *d, int code, evpack_err *err);
/* A new statement: what the one before was refused for is forgotten. */
void db_box_forget(db *d);
/* Whether a bound in time is passed; d->reached says which. */
bool db_box_late(db *d);

/* db_match.c. */
evpack_status db_match_install(db *d, evpack_err *err) EVPACK_MUST_USE;

/* db_temp.c. Before db_open opens, and after it closed. */
evpack_status db_temp_watch(db *d, evpack_err *err) EVPACK_MUST_USE;
const char *db_temp_name(const db *d);
void db_temp_unwatch(db *d);

#endif
