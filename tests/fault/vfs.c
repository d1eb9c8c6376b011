/*
 * The failing file system. Invariant: with nothing armed it does what the system's does. Refuses to
 * know whose files they are.
 */
#include "fault/vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

const char *const vfs_words[VFS_SORTS] = {[VFS_WRITE_FULL] = "write (full)",
                                          [VFS_WRITE] = "write",
                                          [VFS_READ] = "read",
                                          [VFS_SYNC] = "sync",
                                          [VFS_TRUNCATE] = "truncate",
                                          [VFS_SIZE] = "size",
                                          [VFS_DELETE] = "delete",
                                          [VFS_OPEN] = "open"};

typedef struct {
    sqlite3_file base;
    sqlite3_file *real;
} file;

/* SQLite knows a file system by one struct for the whole process. */
static sqlite3_vfs *under;
static struct {
    bool armed, lasting;
    vfs_sort sort;
    unsigned n, seen, failed;
} fault;

void vfs_arm(vfs_sort sort, unsigned n, bool lasting)
{
    fault.armed = true;
    fault.lasting = lasting;
    fault.sort = sort;
    fault.n = n;
    fault.seen = 0;
    fault.failed = 0;
}

unsigned vfs_disarm(void)
{
    fault.armed = false;
    return fault.failed;
}

static bool fails(vfs_sort sort)
{
    if (!fault.armed || fault.sort != sort) {
        return false;
    }
    fault.seen++;
    bool now = fault.seen == fault.n || (fault.lasting && fault.seen > fault.n);
    fault.failed += now;
    errno = now ? (sort == VFS_WRITE_FULL ? ENOSPC : EIO) : errno;
    return now;
}

static sqlite3_file *real(sqlite3_file *f)
{
    return ((file *)f)->real;
}

static int do_close(sqlite3_file *f)
{
    sqlite3_file *r = real(f);
    int code = r->pMethods != NULL ? r->pMethods->xClose(r) : SQLITE_OK;
    sqlite3_free(r);
    ((file *)f)->real = NULL;
    return code;
}

static int do_read(sqlite3_file *f, void *data, int len, sqlite3_int64 at)
{
    return fails(VFS_READ) ? SQLITE_IOERR_READ : real(f)->pMethods->xRead(real(f), data, len, at);
}

static int do_write(sqlite3_file *f, const void *data, int len, sqlite3_int64 at)
{
    bool full = fails(VFS_WRITE_FULL);
    bool broken = fails(VFS_WRITE);
    int was = errno;
    int code = real(f)->pMethods->xWrite(real(f), data, full || broken ? len / 2 : len, at);
    errno = full || broken ? was : errno;
    return full ? SQLITE_FULL : broken ? SQLITE_IOERR_WRITE : code;
}

static int do_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return fails(VFS_TRUNCATE) ? SQLITE_IOERR_TRUNCATE
                               : real(f)->pMethods->xTruncate(real(f), size);
}

static int do_sync(sqlite3_file *f, int flags)
{
    return fails(VFS_SYNC) ? SQLITE_IOERR_FSYNC : real(f)->pMethods->xSync(real(f), flags);
}

static int do_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return fails(VFS_SIZE) ? SQLITE_IOERR_FSTAT : real(f)->pMethods->xFileSize(real(f), size);
}

static int do_lock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xLock(real(f), level);
}

static int do_unlock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xUnlock(real(f), level);
}

static int do_reserved(sqlite3_file *f, int *out)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int do_control(sqlite3_file *f, int op, void *arg)
{
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int do_sector(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}

static int do_traits(sqlite3_file *f)
{
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int do_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    static const sqlite3_io_methods methods = {.iVersion = 1,
                                               .xClose = do_close,
                                               .xRead = do_read,
                                               .xWrite = do_write,
                                               .xTruncate = do_truncate,
                                               .xSync = do_sync,
                                               .xFileSize = do_size,
                                               .xLock = do_lock,
                                               .xUnlock = do_unlock,
                                               .xCheckReservedLock = do_reserved,
                                               .xFileControl = do_control,
                                               .xSectorSize = do_sector,
                                               .xDeviceCharacteristics = do_traits};
    (void)vfs;
    f->pMethods = NULL;
    if (fails(VFS_OPEN)) {
        return SQLITE_CANTOPEN;
    }
    sqlite3_file *r = sqlite3_malloc(under->szOsFile);
    if (r == NULL) {
        return SQLITE_NOMEM;
    }
    memset(r, 0, (size_t)under->szOsFile);
    int code = under->xOpen(under, name, r, flags, out);
    if (code != SQLITE_OK) {
        sqlite3_free(r);
        return code;
    }
    ((file *)f)->real = r;
    f->pMethods = &methods;
    return SQLITE_OK;
}

static int do_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    return fails(VFS_DELETE) ? SQLITE_IOERR_DELETE : under->xDelete(under, name, sync);
}

void vfs_install(void)
{
    static sqlite3_vfs vfs;
    under = sqlite3_vfs_find(NULL);
    vfs = *under;
    vfs.zName = "faults";
    vfs.szOsFile = (int)sizeof(file);
    vfs.xOpen = do_open;
    vfs.xDelete = do_delete;
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) {
        abort();
    }
}
