/*
 * The sandbox's mechanics: who is asked, and every bound on what a statement may use. Invariant:
 * what db_sandbox_on changes in the connection, db_sandbox_off changes back. Knows no table and no
 * function by name.
 */
#include "port/db_private.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

enum { TICK = 100, TICKS_OF_OPS = 1000 / TICK, TICKS_OF_CLOCK = 10 };

static const struct {
    int id, value;
} sizes[] = {{SQLITE_LIMIT_LENGTH, DB_SANDBOX_LENGTH},
             {SQLITE_LIMIT_SQL_LENGTH, DB_SANDBOX_SQL},
             {SQLITE_LIMIT_EXPR_DEPTH, DB_SANDBOX_DEPTH},
             {SQLITE_LIMIT_COLUMN, DB_SANDBOX_COLUMNS},
             {SQLITE_LIMIT_COMPOUND_SELECT, DB_SANDBOX_COMPOUND},
             {SQLITE_LIMIT_VDBE_OP, DB_SANDBOX_CODE},
             {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, DB_SANDBOX_PATTERN},
             {SQLITE_LIMIT_FUNCTION_ARG, DB_SANDBOX_ARGUMENTS},
             {SQLITE_LIMIT_ATTACHED, 0}};
enum { SIZES = sizeof sizes / sizeof sizes[0] };
_Static_assert(SIZES == sizeof((db *)NULL)->limits / sizeof(int), "a place for each limit");

int64_t db_cpu_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool db_box_late(db *d)
{
    if (!d->boxed || (d->box.cpu_ms == 0 && d->box.until_ms == 0)) {
        return false;
    }
    int64_t now = db_cpu_ms();
    if (d->box.until_ms != 0 && now > d->box.until_ms) {
        d->reached = BOX_RUN;
    } else if (d->box.cpu_ms != 0 && now - d->began_ms > d->box.cpu_ms) {
        d->reached = BOX_CPU;
    }
    return d->reached == BOX_RUN || d->reached == BOX_CPU;
}

static int deny(db *d, const char *what, const char *name)
{
    if (d->denied[0] == '\0') {
        (void)sqlite3_snprintf(sizeof d->denied, d->denied, "%s %s is not allowed here", what,
                               name == NULL ? "" : name);
    }
    return SQLITE_DENY;
}

static int authorize(void *ctx, int action, const char *a, const char *b, const char *schema,
                     const char *via)
{
    (void)schema;
    db *d = ctx;
    /* Names that stand for each other double with each step: preparing takes time, too. */
    if (++d->ticks % TICKS_OF_CLOCK == 0 && db_box_late(d)) {
        return SQLITE_DENY;
    }
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_READ:
        if (a == NULL || a[0] == '\0' ||
            d->box.allow_table(d->box.ctx, a, via, b != NULL && b[0] != '\0')) {
            return SQLITE_OK;
        }
        return deny(d, "reading", a);
    case SQLITE_FUNCTION:
        return d->box.allow_function(d->box.ctx, b) ? SQLITE_OK : deny(d, "the function", b);
    case SQLITE_INSERT:
        if (d->box.inserting != NULL && a != NULL && strcmp(a, d->box.inserting) == 0) {
            return SQLITE_OK;
        }
        return deny(d, "writing to", a);
    default:
        return deny(d, "a statement other than", "SELECT");
    }
}

static int progress(void *ctx)
{
    db *d = ctx;
    d->ticks++;
    if (d->box.ops > 0 && d->ticks > d->box.ops * TICKS_OF_OPS) {
        d->reached = BOX_OPS;
    }
    return d->reached != BOX_FREE || (d->ticks % TICKS_OF_CLOCK == 0 && db_box_late(d));
}

void db_box_forget(db *d)
{
    d->denied[0] = '\0';
    d->reached = BOX_FREE;
}

/* Whether SQLite stopped because of the bound on its memory, and not because there is none. */
static bool heap_is_full(void)
{
    sqlite3_int64 now = 0;
    sqlite3_int64 most = 0;
    sqlite3_int64 largest = 0;
    (void)sqlite3_status64(SQLITE_STATUS_MEMORY_USED, &now, &most, 0);
    (void)sqlite3_status64(SQLITE_STATUS_MALLOC_SIZE, &now, &largest, 0);
    return most + largest >= DB_SANDBOX_HEAP;
}

/* SQLite says "full" of the bound on a file's pages and of the disk alike. */
static bool disk_is_full(const db *d)
{
    enum { LEAST = 1 << 20 };
    struct statvfs fs;
    return statvfs(d->path, &fs) == 0 &&
           (uint64_t)fs.f_bavail * (fs.f_frsize == 0 ? 1 : fs.f_frsize) < LEAST;
}

static bool say_bound(db *d, evpack_err *err)
{
    switch (d->reached) {
    case BOX_OPS:
        (void)evpack_fail(err, EVPACK_E_LIMIT,
                          "the statement took too many steps: more than %llu thousand",
                          (unsigned long long)d->box.ops);
        break;
    case BOX_CPU:
        (void)evpack_fail(err, EVPACK_E_LIMIT, "the statement ran longer than %lld ms",
                          (long long)d->box.cpu_ms);
        break;
    case BOX_RUN:
        (void)evpack_fail(err, EVPACK_E_LIMIT,
                          "the time that a run gives to the SQL of a mapping is used up");
        break;
    case BOX_TEMP:
        (void)evpack_fail(err, EVPACK_E_LIMIT,
                          "the statement needs more than %llu MiB in temporary files",
                          (unsigned long long)(d->box.disk >> 20));
        break;
    default:
        return false;
    }
    d->reached = BOX_FREE;
    return true;
}

bool db_box_fault(db *d, int code, evpack_err *err)
{
    if (say_bound(d, err)) {
        return true;
    }
    if (d->denied[0] != '\0') {
        (void)evpack_fail(err, EVPACK_E_MAPPING, "%s", d->denied);
        d->denied[0] = '\0';
        return true;
    }
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        if (heap_is_full()) {
            (void)evpack_fail(err, EVPACK_E_LIMIT, "the statement needs more than %d MiB of memory",
                              DB_SANDBOX_HEAP >> 20);
            return true;
        }
        return false;
    case SQLITE_FULL:
        if (d->box.disk > 0 && !disk_is_full(d)) {
            (void)evpack_fail(err, EVPACK_E_LIMIT, "the statement writes more than %llu MiB",
                              (unsigned long long)(d->box.disk >> 20));
            return true;
        }
        return false;
    default:
        return false;
    }
}

static void pages(const db *d, sqlite3_int64 *count, sqlite3_int64 *size)
{
    sqlite3_stmt *s = NULL;
    *count = 0;
    *size = 1;
    if (sqlite3_prepare_v2(d->handle,
                           "SELECT page_count, page_size FROM pragma_page_count, pragma_page_size",
                           -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW) {
        *count = sqlite3_column_int64(s, 0);
        *size = sqlite3_column_int64(s, 1);
    }
    (void)sqlite3_finalize(s);
}

uint64_t db_disk(const db *d)
{
    sqlite3_int64 count = 0;
    sqlite3_int64 size = 0;
    pages(d, &count, &size);
    return (uint64_t)count * (uint64_t)size + (uint64_t)d->temp_bytes;
}

/* The database file may grow by so many bytes; 0: by any. */
static void bound_file(db *d, uint64_t disk)
{
    char sql[96];
    sqlite3_int64 now = 0;
    sqlite3_int64 size = 1;
    pages(d, &now, &size);
    (void)snprintf(sql, sizeof sql, "PRAGMA main.max_page_count = %lld",
                   disk == 0 ? 4294967294LL : now + (long long)(disk / (uint64_t)size) + 1);
    (void)sqlite3_exec(d->handle, sql, NULL, NULL, NULL);
}

void db_sandbox_on(db *d, const db_sandbox *box)
{
    db_box_forget(d);
    if (box->disk > 0) {
        bound_file(d, box->disk);
    }
    d->box = *box;
    d->ticks = 0;
    d->chars = 0;
    d->began_ms = db_cpu_ms();
    d->temp_began = d->temp_bytes;
    d->boxed = true;
    for (size_t i = 0; i < SIZES; i++) {
        d->limits[i] = sqlite3_limit(d->handle, sizes[i].id, sizes[i].value);
    }
    sqlite3_int64 now = 0;
    sqlite3_int64 most = 0;
    (void)sqlite3_status64(SQLITE_STATUS_MEMORY_USED, &now, &most, 1);
    (void)sqlite3_status64(SQLITE_STATUS_MALLOC_SIZE, &now, &most, 1);
    d->heap_limit = sqlite3_hard_heap_limit64(DB_SANDBOX_HEAP);
    (void)sqlite3_set_authorizer(d->handle, authorize, d);
    sqlite3_progress_handler(d->handle, TICK, progress, d);
}

void db_sandbox_off(db *d)
{
    (void)sqlite3_set_authorizer(d->handle, NULL, NULL);
    sqlite3_progress_handler(d->handle, 0, NULL, NULL);
    db_box_forget(d);
    if (!d->boxed) {
        return;
    }
    d->boxed = false;
    for (size_t i = 0; i < SIZES; i++) {
        (void)sqlite3_limit(d->handle, sizes[i].id, d->limits[i]);
    }
    (void)sqlite3_hard_heap_limit64(d->heap_limit);
    if (d->box.disk > 0) {
        bound_file(d, 0);
    }
}
