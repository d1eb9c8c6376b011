/* port/db_box: sizes of statements, time, memory and the file's growth, in the sandbox alone. */
#include "port/db.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

static bool any_table(void *ctx, const char *name, const char *via, bool column)
{
    (void)ctx;
    (void)name;
    (void)via;
    (void)column;
    return true;
}

static bool any_function(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
    return true;
}

static evpack_status boxed(db *d, db_sandbox box, const char *sql, evpack_err *err)
{
    box.allow_table = any_table;
    box.allow_function = any_function;
    db_sandbox_on(d, &box);
    EVPACK_AUTO(db_stmt) s = NULL;
    evpack_status status = db_prepare(d, sql, &s, err);
    if (status == EVPACK_OK) {
        status = db_run(s, err);
    }
    db_finalize(EVPACK_MOVE(s));
    db_sandbox_off(d);
    return status;
}

static db *opened(void)
{
    evpack_err err = {0};
    db *d = NULL;
    OK(db_open(test_path("a.db"), DB_CREATE, &d, &err));
    OK(db_exec(d, "CREATE TABLE t(x)", &err));
    return d;
}

static void repeat(buf *b, const char *head, const char *each, int n, const char *tail)
{
    buf_clear(b);
    buf_puts(b, head);
    for (int i = 0; i < n; i++) {
        buf_puts(b, each);
    }
    buf_puts(b, tail);
}

START_TEST(a_statement_has_a_size)
{
    EVPACK_AUTO(db) d = opened();
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    static const struct {
        const char *head, *each, *tail;
        int n;
    } big[] = {{"SELECT 1", ", 1", "", DB_SANDBOX_COLUMNS},
               {"SELECT 1", " UNION ALL SELECT 1", "", DB_SANDBOX_COMPOUND},
               {"SELECT 1", "+1", "", DB_SANDBOX_DEPTH},
               {"SELECT json_array(1", ", 1", ")", DB_SANDBOX_ARGUMENTS},
               {"SELECT 'a' LIKE '", "a", "'", DB_SANDBOX_PATTERN + 1},
               {"SELECT '", "aaaaaaaaaaaaaaaa", "'", DB_SANDBOX_SQL / 16}};
    for (size_t i = 0; i < sizeof big / sizeof big[0]; i++) {
        evpack_err err = {0};
        repeat(&sql, big[i].head, big[i].each, big[i].n, big[i].tail);
        evpack_status status = boxed(d, (db_sandbox){0}, buf_str(&sql), &err);
        ck_assert_msg(status == EVPACK_E_MAPPING || status == EVPACK_E_LIMIT,
                      "%s…: expected a refusal, came '%s'", big[i].head,
                      status == EVPACK_OK ? "ok" : err.text);
        repeat(&sql, big[i].head, big[i].each, big[i].n / 2, big[i].tail);
        OK(boxed(d, (db_sandbox){0}, buf_str(&sql), &err));
    }
    evpack_err err = {0};
    repeat(&sql, "SELECT 1", ", 1", 600, "");
    OK(db_exec(d, buf_str(&sql), &err)); /* off again */
}
END_TEST

static const char endless[] =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c";

/* Each step doubles what SQLite makes of it, before anything runs. */
static const char doubling[] =
    "WITH a AS (SELECT 1 AS x), b AS (SELECT * FROM a UNION ALL SELECT * FROM a),"
    " c AS (SELECT * FROM b UNION SELECT * FROM b), d AS (SELECT * FROM c UNION SELECT * FROM c),"
    " e AS (SELECT * FROM d UNION SELECT * FROM d), f AS (SELECT * FROM e UNION SELECT * FROM e),"
    " g AS (SELECT * FROM f UNION SELECT * FROM f), h AS (SELECT * FROM g UNION SELECT * FROM g),"
    " i AS (SELECT * FROM h UNION SELECT * FROM h), j AS (SELECT * FROM i UNION SELECT * FROM i),"
    " k AS (SELECT * FROM j UNION SELECT * FROM j), l AS (SELECT * FROM k UNION SELECT * FROM k),"
    " m AS (SELECT * FROM l UNION SELECT * FROM l), n AS (SELECT * FROM m UNION SELECT * FROM m),"
    " o AS (SELECT * FROM n UNION SELECT * FROM n), p AS (SELECT * FROM o UNION SELECT * FROM o),"
    " q AS (SELECT * FROM p UNION SELECT * FROM p), r AS (SELECT * FROM q UNION SELECT * FROM q),"
    " s AS (SELECT * FROM r UNION SELECT * FROM r), t AS (SELECT * FROM s UNION SELECT * FROM s)"
    " SELECT * FROM t";

START_TEST(time_is_bounded_while_it_runs_and_while_it_is_prepared)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = opened();
    FAILS(boxed(d, (db_sandbox){.cpu_ms = 100}, endless, &err), EVPACK_E_LIMIT,
          "the statement ran longer than 100 ms");
    FAILS(boxed(d, (db_sandbox){.until_ms = db_cpu_ms() + 100}, endless, &err), EVPACK_E_LIMIT,
          "the time that a run gives");
    int64_t began = db_cpu_ms();
    evpack_status status = boxed(d, (db_sandbox){.cpu_ms = 500, .ops = 1000}, doubling, &err);
    ck_assert_msg(status == EVPACK_E_LIMIT && db_cpu_ms() - began < 30000,
                  "expected to be stopped, came '%s' after %lld ms", err.text,
                  (long long)(db_cpu_ms() - began));
    OK(boxed(d, (db_sandbox){.cpu_ms = 10000}, "SELECT 1", &err));
}
END_TEST

START_TEST(memory_is_bounded_and_the_rest_goes_on)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = opened();
    FAILS(boxed(d, (db_sandbox){.ops = 10000000},
                "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 12)"
                " SELECT json_group_array(x) OVER () FROM (SELECT zeroblob(30000000) AS b,"
                " hex(zeroblob(15000000)) AS x FROM c)",
                &err),
          EVPACK_E_LIMIT, "");
    OK(boxed(d, (db_sandbox){0}, "SELECT hex(zeroblob(1000000))", &err));
    OK(db_exec(d, "SELECT length(zeroblob(300000000))", &err)); /* outside there is no bound */
}
END_TEST

START_TEST(the_file_grows_by_so_much)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = opened();
    const db_sandbox box = {.inserting = "t", .disk = 1 << 20};
    uint64_t before = db_disk(d);
    FAILS(boxed(d, box,
                "INSERT INTO t WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
                " SELECT hex(n) || 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' FROM c",
                &err),
          EVPACK_E_LIMIT, "the statement writes more than 1 MiB");
    ck_assert_uint_eq(db_disk(d), before);
    OK(boxed(d, box, "INSERT INTO t SELECT zeroblob(500000)", &err));
    OK(db_exec(d, "INSERT INTO t SELECT zeroblob(5000000)", &err));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_statement_has_a_size, time_is_bounded_while_it_runs_and_while_it_is_prepared,
        memory_is_bounded_and_the_rest_goes_on, the_file_grows_by_so_much, NULL};
    return test_main(test_suite("port/db_box", tests));
}
