/*
 * How much SQLite writes to temporary files: sorting, tables of subqueries, temp tables. SQLite has
 * no bound on them, so a statement of a mapping could fill the disk. Invariant: every temporary
 * file is counted from its opening to its closing, and while the sandbox is on, a write over its
 * bound fails as on a full disk. All other files are the system's own, with nothing between.
 */
#include "port/db_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SQLite gives each file szOsFile bytes: ours, and the system's own behind it. */
typedef struct {
    sqlite3_file base;
    db *owner;
    sqlite3_int64 size;
} temp_file;

/* The system's part begins where any object may. */
enum { TEMP_SIZE = (sizeof(temp_file) + 15) / 16 * 16 };

static sqlite3_file *inner(sqlite3_file *f)
{
    return (sqlite3_file *)(void *)((char *)f + TEMP_SIZE);
}

static void counted(temp_file *t, sqlite3_int64 size)
{
    t->owner->temp_bytes += size - t->size;
    t->size = size;
}

static int temp_close(sqlite3_file *f)
{
    counted((temp_file *)f, 0);
    return inner(f)->pMethods->xClose(inner(f));
}

static int temp_read(sqlite3_file *f, void *data, int n, sqlite3_int64 at)
{
    return inner(f)->pMethods->xRead(inner(f), data, n, at);
}

static int temp_write(sqlite3_file *f, const void *data, int n, sqlite3_int64 at)
{
    temp_file *t = (temp_file *)f;
    db *d = t->owner;
    sqlite3_int64 size = at + n > t->size ? at + n : t->size;
    if (d->boxed && d->box.disk > 0 &&
        d->temp_bytes - d->temp_began + size - t->size > (sqlite3_int64)d->box.disk) {
        d->reached = BOX_TEMP;
        return SQLITE_FULL;
    }
    int code = inner(f)->pMethods->xWrite(inner(f), data, n, at);
    if (code == SQLITE_OK) {
        counted(t, size);
    }
    return code;
}

static int temp_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    int code = inner(f)->pMethods->xTruncate(inner(f), size);
    if (code == SQLITE_OK && size < ((temp_file *)f)->size) {
        counted((temp_file *)f, size);
    }
    return code;
}

static int temp_sync(sqlite3_file *f, int flags)
{
    return inner(f)->pMethods->xSync(inner(f), flags);
}

static int temp_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return inner(f)->pMethods->xFileSize(inner(f), size);
}

static int temp_lock(sqlite3_file *f, int how)
{
    return inner(f)->pMethods->xLock(inner(f), how);
}

static int temp_unlock(sqlite3_file *f, int how)
{
    return inner(f)->pMethods->xUnlock(inner(f), how);
}

static int temp_reserved(sqlite3_file *f, int *out)
{
    return inner(f)->pMethods->xCheckReservedLock(inner(f), out);
}

/* Nothing that reserves space or maps the file: it would not be counted. */
static int temp_control(sqlite3_file *f, int op, void *arg)
{
    if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE ||
        op == SQLITE_FCNTL_MMAP_SIZE) {
        return SQLITE_NOTFOUND;
    }
    return inner(f)->pMethods->xFileControl(inner(f), op, arg);
}

static int temp_sector(sqlite3_file *f)
{
    return inner(f)->pMethods->xSectorSize(inner(f));
}

static int temp_traits(sqlite3_file *f)
{
    return inner(f)->pMethods->xDeviceCharacteristics(inner(f));
}

static const sqlite3_io_methods temp_methods = {.iVersion = 1,
                                                .xClose = temp_close,
                                                .xRead = temp_read,
                                                .xWrite = temp_write,
                                                .xTruncate = temp_truncate,
                                                .xSync = temp_sync,
                                                .xFileSize = temp_size,
                                                .xLock = temp_lock,
                                                .xUnlock = temp_unlock,
                                                .xCheckReservedLock = temp_reserved,
                                                .xFileControl = temp_control,
                                                .xSectorSize = temp_sector,
                                                .xDeviceCharacteristics = temp_traits};

/* What the copied vfs carries: the system's own, and whose files these are. */
typedef struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    db *owner;
} watching_vfs;

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    enum {
        TEMPORARY = SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TRANSIENT_DB | SQLITE_OPEN_TEMP_JOURNAL |
                    SQLITE_OPEN_SUBJOURNAL
    };
    watching_vfs *w = (watching_vfs *)vfs;
    if ((flags & TEMPORARY) == 0) {
        return w->real->xOpen(w->real, name, f, flags, out);
    }
    memset(f, 0, TEMP_SIZE);
    int code = w->real->xOpen(w->real, name, inner(f), flags, out);
    if (inner(f)->pMethods == NULL) {
        return code; /* then SQLite does not close it either */
    }
    temp_file *t = (temp_file *)f;
    t->owner = w->owner;
    t->base.pMethods = &temp_methods;
    return code;
}

evpack_status db_temp_watch(db *d, evpack_err *err)
{
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    watching_vfs *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return evpack_oom(err);
    }
    d->vfs = &w->vfs;
    if (real == NULL) { /* on Linux there is one unless SQLite had no memory to set it up */
        return evpack_oom(err);
    }
    /* A copy: what it does not change works as in the original, which takes no look at its own
     * address, only at pAppData. */
    w->vfs = *real;
    w->vfs.pNext = NULL;
    w->vfs.szOsFile = real->szOsFile + TEMP_SIZE;
    w->vfs.xOpen = open_file;
    w->real = real;
    w->owner = d;
    (void)snprintf(d->vfs_name, sizeof d->vfs_name, "evpack-%p", (void *)d);
    w->vfs.zName = d->vfs_name;
    d->registered = sqlite3_vfs_register(d->vfs, 0) == SQLITE_OK;
    return d->registered ? EVPACK_OK : evpack_oom(err);
}

const char *db_temp_name(const db *d)
{
    return d->vfs_name;
}

void db_temp_unwatch(db *d)
{
    if (d->registered) {
        (void)sqlite3_vfs_unregister(d->vfs);
    }
    free(d->vfs);
}
