/*
 * SQLite behind a small door: only db.c and its neighbours db_*.c include sqlite3.h.
 *
 * A db owns its statements' memory; finalize every statement before db_close. Text and blobs read
 * from a row are borrowed until the next step, reset or finalize of that statement.
 */
#ifndef EVPACK_PORT_DB_H
#define EVPACK_PORT_DB_H

#include "base/err.h"
#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct db db;
typedef struct db_stmt db_stmt;

/* DB_MEMORY: no file; the path is a name for messages. */
typedef enum { DB_READ, DB_WRITE, DB_CREATE, DB_MEMORY } db_mode;

/* Opens a database file; every name is one, ":memory:" too. DB_CREATE makes it when it is not
 * there. Errors carry the path. */
evpack_status db_open(const char *path, db_mode mode, db **out, evpack_err *err) EVPACK_MUST_USE;
void db_close(db *d);
EVPACK_DEFINE_CLEANUP(db, db_close)

/* Runs one or more statements without results. */
evpack_status db_exec(db *d, const char *sql, evpack_err *err) EVPACK_MUST_USE;
/* The first integer of the first row; 0 when there is no row. */
evpack_status db_value(db *d, const char *sql, int64_t *out, evpack_err *err) EVPACK_MUST_USE;

/* Exactly one statement: text after it is an error. It ends (db_finalize) before the database. */
evpack_status db_prepare(db *d, const char *sql, db_stmt **out, evpack_err *err) EVPACK_MUST_USE;
/* The same for a statement that was written around another: a place in it is none in the other. */
evpack_status db_prepare_around(db *d, const char *sql, db_stmt **out,
                                evpack_err *err) EVPACK_MUST_USE;
/* Where in its text the statement that db_prepare refused last is wrong, in bytes; -1: not known.
 */
int db_fault_at(const db *d);
void db_finalize(db_stmt *s);
EVPACK_DEFINE_CLEANUP(db_stmt, db_finalize)

/*
 * Binds all parameters, in order. kinds has a letter for each:
 * i int64_t | t const char * (NULL: SQL NULL) | T const char *, size_t | b const void *, size_t
 * n SQL NULL, no argument. The bytes must live until the statement is stepped to its end.
 */
evpack_status db_bind(db_stmt *s, evpack_err *err, const char *kinds, ...) EVPACK_MUST_USE;
/* *row says whether there is one; after the last row the statement is reset. */
evpack_status db_step(db_stmt *s, bool *row, evpack_err *err) EVPACK_MUST_USE;
/* Steps to the end, dropping rows, and resets. */
evpack_status db_run(db_stmt *s, evpack_err *err) EVPACK_MUST_USE;
void db_reset(db_stmt *s);

int db_columns(const db_stmt *s);
const char *db_column_name(const db_stmt *s, int column);
int64_t db_int(db_stmt *s, int column);
bool db_null(db_stmt *s, int column);
/* NULL for SQL NULL. */
const char *db_text(db_stmt *s, int column);
/* Never NULL: "" for SQL NULL. */
const char *db_text_or_empty(db_stmt *s, int column);
/* The bytes of a text or a blob; *len is 0 for SQL NULL. */
const void *db_bytes(db_stmt *s, int column, size_t *len);
bool db_readonly(const db_stmt *s);
/* The statement's own text, without what follows it and without its semicolon. Borrowed. */
const char *db_sql(const db_stmt *s, size_t *len);
/* How many values db_bind wants. */
int db_parameters(const db_stmt *s);

/* Whether a transaction is open. SQLite ends it by itself when a writing statement is interrupted
 * (a sandbox's bound), or when the disk is full. */
bool db_in_transaction(const db *d);

/* COMMIT. When it fails, nothing of the transaction is in the file. */
evpack_status db_commit(db *d, evpack_err *err) EVPACK_MUST_USE;

int64_t db_last_id(db *d);
int64_t db_changes(db *d);
/* Whether the file of that name is no longer the one that was opened. */
bool db_moved(const db *d);

/*
 * The sandbox for statements that are data (rules, views, report queries). While it is on, only
 * SELECT can be prepared; allow_table is asked for each table or view read and allow_function for
 * each function called. inserting names one table that the wrapping INSERT may write (NULL: none).
 * What a statement gets wrong is EVPACK_E_MAPPING; one that reaches a bound is EVPACK_E_LIMIT, and
 * then SQLite may have ended the transaction.
 *
 * The bounds (0: none):
 * ops: the virtual machine's work, in units of 1,000 instructions; it alone does not depend on the
 * machine. cpu_ms: processor time of this thread since the sandbox was switched on; until_ms: the
 * same, against db_cpu_ms(). disk: bytes that the database file may grow by, and bytes in temporary
 * files, each. Always: DB_SANDBOX_HEAP bytes of memory in SQLite, DB_SANDBOX_LENGTH bytes a value,
 * and the sizes of a statement below. Functions that SQLite cannot stop in the middle (like, glob,
 * instr, replace, trim) are our own, which can be (db_match.c).
 *
 * via is the view through which a table is read, NULL for none; it may also be a subquery's own
 * name, which who wrote the statement chose. column is false when no column is taken from the
 * table, as by count(*): SQLite then tells no view, and name may be a subquery's too.
 */
enum {
    DB_SANDBOX_LENGTH = 32 << 20,
    DB_SANDBOX_HEAP = 256 << 20,
    DB_SANDBOX_SQL = 1 << 20,  /* bytes of a statement's text */
    DB_SANDBOX_DEPTH = 250,    /* of an expression */
    DB_SANDBOX_COLUMNS = 250,  /* of a table, a result, GROUP BY, ORDER BY */
    DB_SANDBOX_COMPOUND = 250, /* SELECTs joined by UNION and so on; rows of VALUES are free */
    DB_SANDBOX_CODE = 250000,  /* instructions of a prepared statement */
    DB_SANDBOX_PATTERN = 1000, /* bytes of a pattern of LIKE or GLOB */
    DB_SANDBOX_ARGUMENTS = 100 /* of a function */
};
typedef struct {
    bool (*allow_table)(void *ctx, const char *name, const char *via, bool column);
    bool (*allow_function)(void *ctx, const char *name);
    void *ctx;
    const char *inserting;
    uint64_t ops, disk;
    int64_t cpu_ms, until_ms;
} db_sandbox;
/* Bytes in the database file, and in temporary files, now. */
uint64_t db_disk(const db *d);
/* Processor time of the calling thread, in milliseconds. */
int64_t db_cpu_ms(void);
void db_sandbox_on(db *d, const db_sandbox *box);
void db_sandbox_off(db *d);

/*
 * Tells fn of every statement that ends, also of those inside db_exec: its text (borrowed) and the
 * virtual machine's instructions that it took. Those are the same from run to run, so that growth
 * can be tested where time cannot. fn NULL: no more.
 */
typedef void db_watcher(void *ctx, const char *sql, uint64_t steps);
void db_watch(db *d, db_watcher *fn, void *ctx);

/* SQLite's version, for the record. */
const char *db_version(void);

#endif
