/* port/db: opening, binding, the one-statement rule, error codes, and the sandbox's mechanics. */
#include "port/db.h"

#include "base/text.h"
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static db *opened(const char *name)
{
    evpack_err err = {0};
    db *d = NULL;
    OK(db_open(test_path(name), DB_CREATE, &d, &err));
    OK(db_exec(d,
               "CREATE TABLE t(i INTEGER, x TEXT, b BLOB) STRICT; CREATE INDEX ti ON t(i);"
               "CREATE TABLE secret(s TEXT); INSERT INTO secret VALUES ('hidden');"
               "CREATE VIEW shown AS SELECT i, x FROM t",
               &err));
    return d;
}

START_TEST(values_come_back_as_they_were_bound)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = opened("a.db");
    EVPACK_AUTO(db_stmt) add = NULL;
    OK(db_prepare(d, "INSERT INTO t VALUES (?, ?, ?)", &add, &err));
    OK(db_bind(add, &err, "iTb", INT64_MIN, "a\0b", (size_t)3, "\0\1", (size_t)2));
    OK(db_run(add, &err));
    ck_assert_int_eq(db_last_id(d), 1);
    ck_assert_int_eq(db_changes(d), 1);
    OK(db_bind(add, &err, "nnn"));
    OK(db_run(add, &err));
    OK(db_bind(add, &err, "itb", (int64_t)7, (const char *)NULL, "", (size_t)0));
    OK(db_run(add, &err));

    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(d, "SELECT i, x, b FROM t ORDER BY rowid", &rows, &err));
    ck_assert(db_readonly(rows) && !db_readonly(add));
    ck_assert_int_eq(db_columns(rows), 3);
    ck_assert_str_eq(db_column_name(rows, 2), "b");
    bool row = false;
    OK(db_step(rows, &row, &err));
    ck_assert(row);
    ck_assert(db_int(rows, 0) == INT64_MIN);
    size_t len = 0;
    ck_assert_mem_eq(db_bytes(rows, 1, &len), "a\0b", 3);
    ck_assert_uint_eq(len, 3);
    ck_assert_mem_eq(db_bytes(rows, 2, &len), "\0\1", 2);
    OK(db_step(rows, &row, &err));
    ck_assert(db_null(rows, 0) && db_text(rows, 1) == NULL);
    ck_assert_str_eq(db_text_or_empty(rows, 1), "");
    (void)db_bytes(rows, 2, &len);
    ck_assert_uint_eq(len, 0);
    OK(db_step(rows, &row, &err));
    ck_assert(row && db_null(rows, 1) && !db_null(rows, 2));
    OK(db_step(rows, &row, &err));
    ck_assert_msg(!row, "expected three rows");
}
END_TEST

START_TEST(binding_wants_every_parameter)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = opened("a.db");
    EVPACK_AUTO(db_stmt) s = NULL;
    OK(db_prepare(d, "SELECT ?, ?", &s, &err));
    ck_assert_int_eq(db_parameters(s), 2);
    FAILS(db_bind(s, &err, "i", (int64_t)1), EVPACK_E_INTERNAL, "does not fit");
}
END_TEST

static const struct {
    const char *sql;
    bool good;
} statements[] = {
    {"SELECT 1", true},
    {"SELECT 1;", true},
    {"SELECT 1 -- end", true},
    {"SELECT 1;\n-- end\n", true},
    {"-- first\nSELECT 1", true},
    {"SELECT 1 /* end */", true},
    {"SELECT 1; /* end */ ;", true},
    {"SELECT 1; /* end", true},
    {"SELECT 1; SELECT 2", false},
    {"SELECT 1; /* */ SELECT 2", false},
    {"", false},
    {"-- nothing", false},
    {";", false},
    {"SELECT", false},
};

START_TEST(prepare_takes_exactly_one_statement)
{
    EVPACK_AUTO(db) d = opened("a.db");
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(db_stmt) s = NULL;
        evpack_status status = db_prepare(d, statements[i].sql, &s, &err);
        ck_assert_msg((status == EVPACK_OK) == statements[i].good, "'%s': expected %s, came '%s'",
                      statements[i].sql, statements[i].good ? "ok" : "a refusal", err.text);
    }
}
END_TEST

START_TEST(errors_carry_sqlites_words)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = opened("a.db");
    FAILS(db_exec(d, "SELECT * FROM nowhere", &err), EVPACK_E_CASE, "no such table: nowhere");
    FAILS(db_exec(d, "INSERT INTO t VALUES ('x', 1, 1)", &err), EVPACK_E_CASE, "cannot store TEXT");
    EVPACK_AUTO(db) none = NULL;
    FAILS(db_open(test_path("no/such/folder/a.db"), DB_CREATE, &none, &err), EVPACK_E_CASE,
          "a.db: SQLite: unable to open database file: No such file or directory");
    FAILS(db_open(test_path("none.db"), DB_READ, &none, &err), EVPACK_E_CASE, "none.db: ");
    ck_assert_ptr_null(none);
    EVPACK_AUTO(db) reader = NULL;
    OK(db_open(test_path("a.db"), DB_READ, &reader, &err));
    FAILS(db_exec(reader, "DELETE FROM t", &err), EVPACK_E_IO, "readonly");
}
END_TEST

/* SQLite has names that are no files. */
START_TEST(a_name_is_always_a_file)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) none = NULL;
    FAILS(db_open("", DB_CREATE, &none, &err), EVPACK_E_CASE, "empty name");
    ck_assert_int_eq(chdir(test_dir()), 0);
    EVPACK_AUTO(db) d = NULL;
    OK(db_open(":memory:", DB_CREATE, &d, &err));
    OK(db_exec(d, "CREATE TABLE t(i)", &err));
    ck_assert_msg(access(test_path(":memory:"), R_OK) == 0, "expected a file named :memory:");
    ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(a_file_that_went_away_is_noticed)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = opened("a.db");
    ck_assert(!db_moved(d));
    ck_assert_int_eq(unlink(test_path("a.db")), 0);
    ck_assert(db_moved(d));
    EVPACK_AUTO(db) other = NULL;
    OK(db_open(test_path("a.db"), DB_CREATE, &other, &err));
    OK(db_exec(other, "CREATE TABLE t(i)", &err));
    ck_assert_msg(db_moved(d), "expected the file of that name to be another one");
    ck_assert(!db_moved(other));
}
END_TEST

/* The sandbox: what is asked, and by which names. */
typedef struct {
    buf log;
} asked;

static bool table(void *ctx, const char *name, const char *via, bool column)
{
    asked *a = ctx;
    buf_printf(&a->log, "%s%s%s%s;", name, via == NULL ? "" : "<", via == NULL ? "" : via,
               column ? "" : "?");
    return strcmp(name, "secret") != 0;
}

static bool function(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "lower") == 0 || strcmp(name, "count") == 0;
}

static evpack_status in_box(db *d, const char *sql, const char *inserting, uint64_t ops, asked *a,
                            evpack_err *err)
{
    const db_sandbox box = {.allow_table = table,
                            .allow_function = function,
                            .ctx = a,
                            .inserting = inserting,
                            .ops = ops};
    db_sandbox_on(d, &box);
    EVPACK_AUTO(db_stmt) s = NULL;
    evpack_status status = db_prepare(d, sql, &s, err);
    if (status == EVPACK_OK) {
        status = db_run(s, err);
    }
    db_sandbox_off(d);
    return status;
}

START_TEST(the_sandbox_asks_for_tables_and_functions)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = opened("a.db");
    asked a = {0};
    OK(in_box(d, "SELECT lower(x) FROM t", NULL, 0, &a, &err));
    ck_assert_str_eq(buf_str(&a.log), "t;");
    buf_clear(&a.log);
    OK(in_box(d, "SELECT x FROM shown", NULL, 0, &a, &err));
    ck_assert_msg(strstr(buf_str(&a.log), "t<shown;") != NULL, "came %s", buf_str(&a.log));
    buf_clear(&a.log);
    /* A subquery's name comes as a view's does: who decides must not trust it. */
    FAILS(in_box(d, "WITH shown AS (SELECT s FROM secret) SELECT s FROM shown", NULL, 0, &a, &err),
          EVPACK_E_MAPPING, "reading secret is not allowed here");
    ck_assert_msg(strstr(buf_str(&a.log), "secret<shown;") != NULL, "came %s", buf_str(&a.log));
    FAILS(in_box(d, "SELECT count(*) FROM secret", NULL, 0, &a, &err), EVPACK_E_MAPPING,
          "reading secret is not allowed here");
    ck_assert_msg(strstr(buf_str(&a.log), "secret?;") != NULL, "came %s", buf_str(&a.log));
    FAILS(in_box(d, "SELECT upper(x) FROM t", NULL, 0, &a, &err), EVPACK_E_MAPPING,
          "the function upper is not allowed here");
    buf_reset(&a.log);
}
END_TEST

static const char *const writes[] = {"INSERT INTO t VALUES (1, 'x', x'00')",
                                     "UPDATE t SET i = 1",
                                     "DELETE FROM t",
                                     "DROP TABLE t",
                                     "CREATE TABLE u(i)",
                                     "CREATE TEMP TABLE u(i)",
                                     "ATTACH ':memory:' AS m",
                                     "DETACH main",
                                     "PRAGMA user_version = 7",
                                     "PRAGMA table_info(t)",
                                     "BEGIN",
                                     "COMMIT",
                                     "SAVEPOINT s",
                                     "VACUUM",
                                     "REINDEX",
                                     "ANALYZE",
                                     "ALTER TABLE t RENAME TO u"};

START_TEST(only_select_gets_in)
{
    EVPACK_AUTO(db) d = opened("a.db");
    asked a = {0};
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
        evpack_err err = {0};
        evpack_status status = in_box(d, writes[i], NULL, 0, &a, &err);
        ck_assert_msg(status == EVPACK_E_MAPPING, "%s: expected a refusal, came '%s'", writes[i],
                      status == EVPACK_OK ? "ok" : err.text);
    }
    evpack_err err = {0};
    OK(in_box(d, "INSERT INTO t SELECT 1, 'x', NULL", "t", 0, &a, &err));
    FAILS(in_box(d, "INSERT INTO secret SELECT 'x'", "t", 0, &a, &err), EVPACK_E_MAPPING,
          "writing to secret");
    buf_reset(&a.log);
    OK(db_exec(d, "DELETE FROM t", &err)); /* off again */
}
END_TEST

static const char endless[] =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c";

START_TEST(work_is_bounded)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = opened("a.db");
    asked a = {0};
    FAILS(in_box(d, endless, NULL, 100, &a, &err), EVPACK_E_LIMIT, "too many steps");
    OK(in_box(d, "SELECT 1", NULL, 100, &a, &err));
    OK(db_exec(d, "BEGIN", &err));
    FAILS(in_box(d, endless, NULL, 100, &a, &err), EVPACK_E_LIMIT, "too many steps");
    ck_assert_msg(db_in_transaction(d), "expected a stopped SELECT to leave the transaction");
    char insert[256];
    (void)snprintf(insert, sizeof insert, "INSERT INTO t(i) %s", endless);
    FAILS(in_box(d, insert, "t", 100, &a, &err), EVPACK_E_LIMIT, "too many steps");
    ck_assert_msg(!db_in_transaction(d), "expected a stopped INSERT to end the transaction");
    buf_reset(&a.log);
}
END_TEST

START_TEST(a_faulty_statement_in_the_sandbox_is_the_mappings)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = opened("a.db");
    asked a = {0};
    FAILS(in_box(d, "SELECT nosuch FROM t", NULL, 0, &a, &err), EVPACK_E_MAPPING, "no such column");
    FAILS(in_box(d, "SELECT lower(", NULL, 0, &a, &err), EVPACK_E_MAPPING, "incomplete input");
    FAILS(in_box(d, "INSERT INTO t(i) SELECT 'x'", "t", 0, &a, &err), EVPACK_E_MAPPING,
          "cannot store TEXT");
    FAILS(db_exec(d, "SELECT nosuch FROM t", &err), EVPACK_E_CASE, "no such column");
    buf_reset(&a.log);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {values_come_back_as_they_were_bound,
                                  binding_wants_every_parameter,
                                  prepare_takes_exactly_one_statement,
                                  errors_carry_sqlites_words,
                                  a_name_is_always_a_file,
                                  a_file_that_went_away_is_noticed,
                                  the_sandbox_asks_for_tables_and_functions,
                                  only_select_gets_in,
                                  work_is_bounded,
                                  a_faulty_statement_in_the_sandbox_is_the_mappings,
                                  NULL};
    return test_main(test_suite("port/db", tests));
}
