/*
 * SQLite. Invariant: no file but this one and its three neighbours (db_box.c, db_match.c,
 * db_temp.c) sees sqlite3.h, every failure carries SQLite's own words, and a statement that is data
 * runs only inside the sandbox. Knows nothing of the case's tables.
 */
#include "port/db.h"

#include "port/db_private.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file, SQLite's words, and the system's where it has some. */
static evpack_status file_fault(const db *d, evpack_status status, const char *next,
                                evpack_err *err)
{
    int code = sqlite3_errcode(d->handle) & 0xff;
    int system =
        code == SQLITE_IOERR || code == SQLITE_CANTOPEN ? sqlite3_system_errno(d->handle) : 0;
    return evpack_fail(err, status, "%s: SQLite: %s%s%s%s", d->path, sqlite3_errmsg(d->handle),
                       system == 0 ? "" : ": ", system == 0 ? "" : strerror(system), next);
}

static evpack_status db_fault(db *d, evpack_err *err)
{
    int code = sqlite3_extended_errcode(d->handle);
    const char *text = sqlite3_errmsg(d->handle);
    if (d->boxed && db_box_fault(d, code, err)) {
        return err == NULL ? EVPACK_E_LIMIT : err->code;
    }
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return evpack_oom(err);
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return file_fault(d, EVPACK_E_IO, "", err);
    case SQLITE_TOOBIG:
        return evpack_fail(err, EVPACK_E_LIMIT, "SQLite: %s", text);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return file_fault(d, EVPACK_E_CASE, " (another evpack is using it?)", err);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return file_fault(d, EVPACK_E_CASE, "", err);
    default:
        if (d->boxed) {
            return evpack_fail(err, EVPACK_E_MAPPING, "%s", text);
        }
        return evpack_fail(err, EVPACK_E_CASE, "SQLite: %s", text);
    }
}

static evpack_status configure(db *d, evpack_err *err)
{
    (void)sqlite3_extended_result_codes(d->handle, 1);
    (void)sqlite3_busy_timeout(d->handle, 2000);
    (void)sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(d->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_db_config(d->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    EVPACK_TRY(db_match_install(d, err));
    /* A bounded cache and temporary tables on disk: memory does not grow with the case. They are
     * read from end to end, again and again: large pages make one call of many, and nothing is
     * wiped in files that nobody can open. SQLite declares its table-valued functions when they are
     * first used, which the sandbox would refuse: they are used here. */
    return db_exec(d,
                   "PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384; PRAGMA temp_store = FILE;"
                   "PRAGMA mmap_size = 0;"
                   "PRAGMA temp.page_size = 65536; PRAGMA temp.cache_size = -16384;"
                   "PRAGMA temp.secure_delete = OFF;"
                   "SELECT 1 FROM json_each('[]') JOIN json_tree('[]')",
                   err);
}

evpack_status db_open(const char *path, db_mode mode, db **out, evpack_err *err)
{
    EVPACK_AUTO(db) d = calloc(1, sizeof *d);
    if (d == NULL) {
        return evpack_oom(err);
    }
    if (path[0] == '\0') {
        return evpack_fail(err, EVPACK_E_CASE, "an empty name is no file");
    }
    d->path = strdup(path);
    if (d->path == NULL) {
        return evpack_oom(err);
    }
    /* SQLite has names that are no files; they begin with a colon. */
    EVPACK_AUTO_CHARS file = NULL;
    if (asprintf(&file, "%s%s", path[0] == ':' ? "./" : "", path) < 0) {
        return evpack_oom(err);
    }
    int flags = SQLITE_OPEN_NOMUTEX;
    /* Reading too: what a killed writer left must be rolled back first. SQLite falls back to
     * reading alone where the file may not be written; query_only keeps us from doing so. */
    flags |= SQLITE_OPEN_READWRITE;
    flags |= mode == DB_CREATE ? SQLITE_OPEN_CREATE : 0;
    flags |= mode == DB_MEMORY ? SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY : 0;
    EVPACK_TRY(db_temp_watch(d, err));
    if (sqlite3_open_v2(file, &d->handle, flags, db_temp_name(d)) != SQLITE_OK) {
        bool memory = d->handle == NULL || sqlite3_errcode(d->handle) == SQLITE_NOMEM;
        bool io = d->handle != NULL && (sqlite3_errcode(d->handle) & 0xff) == SQLITE_IOERR;
        return memory ? evpack_oom(err) : file_fault(d, io ? EVPACK_E_IO : EVPACK_E_CASE, "", err);
    }
    EVPACK_TRY(configure(d, err));
    if (mode == DB_READ) {
        EVPACK_TRY(db_exec(d, "PRAGMA query_only = ON", err));
    }
    *out = EVPACK_MOVE(d);
    return EVPACK_OK;
}

void db_close(db *d)
{
    if (d != NULL) {
        (void)sqlite3_close_v2(d->handle);
        db_temp_unwatch(d);
        free(d->path);
        free(d);
    }
}

evpack_status db_exec(db *d, const char *sql, evpack_err *err)
{
    if (sqlite3_exec(d->handle, sql, NULL, NULL, NULL) != SQLITE_OK) {
        return db_fault(d, err);
    }
    return EVPACK_OK;
}

evpack_status db_value(db *d, const char *sql, int64_t *out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) s = NULL;
    evpack_status status = db_prepare(d, sql, &s, err);
    if (status != EVPACK_OK || s == NULL) {
        return status;
    }
    bool row = false;
    EVPACK_TRY(db_step(s, &row, err));
    *out = row ? db_int(s, 0) : 0;
    return EVPACK_OK;
}

/* Only white space and comments may follow the statement. */
static bool nothing_more(const char *tail)
{
    while (*tail != '\0') {
        if (strchr(" \t\r\n;", *tail) != NULL) {
            tail++;
        } else if (strncmp(tail, "--", 2) == 0) {
            tail += strcspn(tail, "\n");
        } else if (strncmp(tail, "/*", 2) == 0) {
            const char *end = strstr(tail + 2, "*/");
            tail = end == NULL ? tail + strlen(tail) : end + 2; /* as SQLite has it */
        } else {
            return false;
        }
    }
    return true;
}

evpack_status db_prepare(db *d, const char *sql, db_stmt **out, evpack_err *err)
{
    EVPACK_AUTO(db_stmt) s = calloc(1, sizeof *s);
    if (s == NULL) {
        return evpack_oom(err);
    }
    s->owner = d;
    const char *tail = NULL;
    db_box_forget(d);
    if (sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt, &tail) !=
        SQLITE_OK) {
        d->fault_at = sqlite3_error_offset(d->handle);
        return db_fault(d, err);
    }
    d->fault_at = s->stmt == NULL ? -1 : (int)(tail - sql);
    if (s->stmt == NULL || !nothing_more(tail)) {
        return evpack_fail(err, EVPACK_E_MAPPING, "expected exactly one SQL statement");
    }
    d->fault_at = -1;
    *out = EVPACK_MOVE(s);
    return EVPACK_OK;
}

evpack_status db_prepare_around(db *d, const char *sql, db_stmt **out, evpack_err *err)
{
    evpack_status status = db_prepare(d, sql, out, err);
    d->fault_at = -1;
    return status;
}

int db_fault_at(const db *d)
{
    return d->fault_at;
}

void db_finalize(db_stmt *s)
{
    if (s != NULL) {
        (void)sqlite3_finalize(s->stmt);
        free(s);
    }
}

static int bind_one(sqlite3_stmt *stmt, int at, char kind, va_list *args)
{
    const char *bytes = NULL;
    switch (kind) {
    case 'i':
        return sqlite3_bind_int64(stmt, at, va_arg(*args, int64_t));
    case 't':
        bytes = va_arg(*args, const char *);
        return sqlite3_bind_text(stmt, at, bytes, -1, SQLITE_STATIC);
    case 'T':
        bytes = va_arg(*args, const char *);
        return sqlite3_bind_text64(stmt, at, bytes, va_arg(*args, size_t), SQLITE_STATIC,
                                   SQLITE_UTF8);
    case 'b':
        bytes = va_arg(*args, const char *);
        return sqlite3_bind_blob64(stmt, at, bytes, va_arg(*args, size_t), SQLITE_STATIC);
    case 'n':
        return sqlite3_bind_null(stmt, at);
    default:
        return SQLITE_MISUSE;
    }
}

evpack_status db_bind(db_stmt *s, evpack_err *err, const char *kinds, ...)
{
    if ((int)strlen(kinds) != sqlite3_bind_parameter_count(s->stmt)) {
        return evpack_fail(err, EVPACK_E_INTERNAL, "'%s' does not fit: %s", kinds,
                           sqlite3_sql(s->stmt));
    }
    va_list args;
    va_start(args, kinds);
    int code = SQLITE_OK;
    for (int i = 0; kinds[i] != '\0' && code == SQLITE_OK; i++) {
        code = bind_one(s->stmt, i + 1, kinds[i], &args);
    }
    va_end(args);
    return code == SQLITE_OK ? EVPACK_OK : db_fault(s->owner, err);
}

evpack_status db_step(db_stmt *s, bool *row, evpack_err *err)
{
    int code = sqlite3_step(s->stmt);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW) {
        return EVPACK_OK;
    }
    evpack_status status = code == SQLITE_DONE ? EVPACK_OK : db_fault(s->owner, err);
    (void)sqlite3_reset(s->stmt);
    return status;
}

evpack_status db_run(db_stmt *s, evpack_err *err)
{
    bool row = true;
    while (row) {
        EVPACK_TRY(db_step(s, &row, err));
    }
    return EVPACK_OK;
}

void db_reset(db_stmt *s)
{
    (void)sqlite3_reset(s->stmt);
}

int db_columns(const db_stmt *s)
{
    return sqlite3_column_count(s->stmt);
}

const char *db_column_name(const db_stmt *s, int column)
{
    return sqlite3_column_name(s->stmt, column);
}

int64_t db_int(db_stmt *s, int column)
{
    return sqlite3_column_int64(s->stmt, column);
}

bool db_null(db_stmt *s, int column)
{
    return sqlite3_column_type(s->stmt, column) == SQLITE_NULL;
}

const char *db_text(db_stmt *s, int column)
{
    return (const char *)sqlite3_column_text(s->stmt, column);
}

const char *db_text_or_empty(db_stmt *s, int column)
{
    const char *text = db_text(s, column);
    return text == NULL ? "" : text;
}

const void *db_bytes(db_stmt *s, int column, size_t *len)
{
    const void *bytes = sqlite3_column_blob(s->stmt, column);
    *len = (size_t)sqlite3_column_bytes(s->stmt, column);
    return bytes;
}

bool db_readonly(const db_stmt *s)
{
    return sqlite3_stmt_readonly(s->stmt) != 0;
}

const char *db_sql(const db_stmt *s, size_t *len)
{
    const char *sql = sqlite3_sql(s->stmt);
    *len = strlen(sql);
    while (*len > 0 && strchr(" \t\r\n;", sql[*len - 1]) != NULL) {
        (*len)--;
    }
    return sql;
}

int db_parameters(const db_stmt *s)
{
    return sqlite3_bind_parameter_count(s->stmt);
}

bool db_in_transaction(const db *d)
{
    return sqlite3_get_autocommit(d->handle) == 0;
}

/* The file's change counter (the file format's header, offset 24): each commit raises it. 0 when it
 * cannot be read. */
static uint32_t change_counter(const db *d)
{
    sqlite3_file *file = NULL;
    unsigned char b[4] = {0};
    if (sqlite3_file_control(d->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file == NULL || file->pMethods == NULL ||
        file->pMethods->xRead(file, b, sizeof b, 24) != SQLITE_OK) {
        return 0;
    }
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* A transaction is in the file once its journal is gone. After that SQLite cuts off pages that were
 * taken and given back; when that fails, it speaks of an error, but all is there. */
static bool is_committed(const db *d, uint32_t before)
{
    const char *journal = sqlite3_filename_journal(sqlite3_db_filename(d->handle, "main"));
    uint32_t now = change_counter(d);
    return now != 0 && now != before && journal != NULL && access(journal, F_OK) != 0 &&
           errno == ENOENT;
}

evpack_status db_commit(db *d, evpack_err *err)
{
    uint32_t before = change_counter(d);
    if (sqlite3_exec(d->handle, "COMMIT", NULL, NULL, NULL) == SQLITE_OK) {
        return EVPACK_OK;
    }
    evpack_status status = db_fault(d, err);
    return !db_in_transaction(d) && is_committed(d, before) ? EVPACK_OK : status;
}

bool db_moved(const db *d)
{
    int moved = 0;
    int code = sqlite3_file_control(d->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return code == SQLITE_OK && moved != 0;
}

int64_t db_last_id(db *d)
{
    return sqlite3_last_insert_rowid(d->handle);
}

int64_t db_changes(db *d)
{
    return sqlite3_changes64(d->handle);
}

static int ended(unsigned event, void *ctx, void *stmt, void *unused)
{
    (void)unused;
    const db *d = ctx;
    if (event == SQLITE_TRACE_PROFILE) {
        const char *sql = sqlite3_sql(stmt);
        int steps = sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_VM_STEP, 1);
        d->watcher(d->watching, sql == NULL ? "" : sql, (uint64_t)(unsigned)steps);
    }
    return 0;
}

void db_watch(db *d, db_watcher *fn, void *ctx)
{
    d->watcher = fn;
    d->watching = ctx;
    (void)sqlite3_trace_v2(d->handle, fn == NULL ? 0 : SQLITE_TRACE_PROFILE, ended, d);
}

const char *db_version(void)
{
    return sqlite3_libversion();
}
