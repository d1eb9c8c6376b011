/* store/sandbox: what SQL of a mapping can read, and what it cannot. */
#include "store/sandbox.h"

#include "case.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static const char *const views[] = {"account", NULL};

static evpack_status tried(store *s, const char *sql, uint64_t ops, evpack_err *err)
{
    sandbox_options options = {.views = views, .ops = ops};
    sandbox_on(s, &options);
    EVPACK_AUTO(db_stmt) stmt = NULL;
    evpack_status status = db_prepare(store_db(s), sql, &stmt, err);
    if (status == EVPACK_OK) {
        status = db_run(stmt, err);
    }
    sandbox_off(s);
    return status;
}

static store *sandboxed(void)
{
    store *s = case_basic("c.db");
    evpack_err err = {0};
    OK(db_exec(store_db(s),
               "CREATE TEMP TABLE account AS SELECT record_id FROM resource;"
               "CREATE TEMP TABLE member(record_id INTEGER)",
               &err));
    return s;
}

static const char *const allowed[] = {
    "SELECT * FROM resource",
    "SELECT path FROM source",
    "SELECT value FROM parameter WHERE name = 'x'",
    "SELECT count(*) FROM resource",
    "SELECT count(*) FROM account JOIN resource USING (record_id)",
    "SELECT 1 FROM resource r WHERE EXISTS (SELECT 1 FROM source)",
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 9) SELECT n FROM c",
    "WITH unread AS (SELECT 1 AS x) SELECT count(*) FROM unread",
    "SELECT r.name, j.key, j.value FROM resource r, json_each(r.body) j",
    "SELECT body ->> '$.id', body -> 'sku', json_extract(body, '$.kind'), json_type(body, "
    "'$.tags'),"
    " lower(name), upper(name), trim(name), ltrim(name), rtrim(name), replace(name, 'a', 'b'),"
    " instr(name, 'a'), substr(name, 1, 2), coalesce(name, ''), ifnull(name, ''), nullif(name, ''),"
    " iif(complete, 1, 2), length(name), typeof(name), name LIKE 'a%', name GLOB 'a*', abs(-1),"
    " round(1.5), hex(name), quote(name), json_valid(body), json_array_length('[]'), json('{}'),"
    " json_object('a', 1), json_array(1), json_quote('x'), min(1, 2), max(1, 2), unicode('a'),"
    " char(65), sign(-1) FROM resource",
    "SELECT count(*), sum(complete), total(complete), avg(complete), min(name), max(name),"
    " group_concat(name), json_group_array(name), json_group_object(name, kind) FROM resource",
    "SELECT row_number() OVER (ORDER BY name), rank() OVER (ORDER BY name), first_value(name)"
    " OVER (ORDER BY name) FROM resource",
    "VALUES (1)",
};

START_TEST(rules_can_read_what_they_need)
{
    EVPACK_AUTO(store) s = sandboxed();
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
        evpack_err err = {0};
        evpack_status status = tried(s, allowed[i], 0, &err);
        ck_assert_msg(status == EVPACK_OK, "%s: expected ok, came '%s'", allowed[i], err.text);
    }
}
END_TEST

static const char *const denied[] = {
    /* writing */
    "INSERT INTO finding(test_id, record_id, status) VALUES (1, 1, 1)",
    "INSERT INTO account VALUES (9)",
    "UPDATE finding SET status = 1",
    "DELETE FROM finding",
    "REPLACE INTO account VALUES (9)",
    "CREATE TABLE t(i)",
    "CREATE TEMP VIEW v AS SELECT 1",
    "CREATE TRIGGER tr AFTER INSERT ON finding BEGIN SELECT 1; END",
    "DROP TABLE finding",
    "DROP TRIGGER evidence_keep",
    "ALTER TABLE record RENAME TO other",
    "ATTACH 'x.db' AS x",
    "DETACH x",
    "VACUUM",
    "VACUUM INTO 'x.db'",
    "BEGIN",
    "ROLLBACK",
    "SAVEPOINT a",
    "REINDEX",
    "ANALYZE",
    /* the database's own settings and lists */
    "PRAGMA writable_schema = 1",
    "PRAGMA trusted_schema = 1",
    "PRAGMA table_list",
    "SELECT * FROM pragma_table_info('record')",
    "SELECT count(*) FROM pragma_database_list",
    "SELECT sql FROM sqlite_schema",
    "SELECT sql FROM sqlite_master",
    "SELECT count(*) FROM sqlite_schema",
    "SELECT count(*) FROM sqlite_temp_schema",
    "SELECT name FROM dbstat",
    "SELECT count(*) FROM dbstat",
    /* other tables */
    "SELECT line FROM custody_event",
    "SELECT bytes FROM chunk",
    "SELECT sha256 FROM content",
    "SELECT body FROM record",
    "SELECT path FROM evidence",
    "SELECT status FROM finding",
    "SELECT subject FROM finding_row",
    "SELECT record_id FROM temp.member",
    "SELECT record_id FROM member",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM custody_event)",
    "SELECT (SELECT line FROM custody_event)",
    "SELECT 1 FROM resource WHERE name IN (SELECT label FROM snapshot)",
    /* under a name that may be read */
    "WITH account AS (SELECT line FROM custody_event) SELECT line FROM account",
    "WITH resource AS (SELECT line FROM custody_event) SELECT line FROM resource",
    "WITH resource AS (SELECT bytes FROM chunk) SELECT bytes FROM resource",
    "WITH source AS (SELECT body FROM record) SELECT body FROM source",
    "WITH parameter AS (SELECT status FROM finding) SELECT status FROM parameter",
    "SELECT resource.line FROM (SELECT line FROM custody_event) AS resource",
    "SELECT line FROM custody_event AS resource",
    /* files, the clock, chance, the library */
    "SELECT load_extension('x')",
    "SELECT readfile('x')",
    "SELECT writefile('x', 'y')",
    "SELECT edit('x')",
    "SELECT random()",
    "SELECT randomblob(8)",
    "SELECT date('now')",
    "SELECT date()",
    "SELECT datetime('now')",
    "SELECT time('now')",
    "SELECT julianday('now')",
    "SELECT unixepoch()",
    "SELECT strftime('%s', 'now')",
    "SELECT current_timestamp",
    "SELECT current_date",
    "SELECT sqlite_version()",
    "SELECT sqlite_compileoption_get(1)",
    "SELECT last_insert_rowid()",
    "SELECT changes()",
    "SELECT total_changes()",
    "SELECT fts3_tokenizer('simple')",
    "SELECT zeroblob(1000000000)",
    "SELECT printf('%.*c', 1000000000, 'x')",
};

START_TEST(rules_cannot_do_more)
{
    EVPACK_AUTO(store) s = sandboxed();
    for (size_t i = 0; i < sizeof denied / sizeof denied[0]; i++) {
        evpack_err err = {0};
        evpack_status status = tried(s, denied[i], 0, &err);
        ck_assert_msg(status == EVPACK_E_MAPPING, "%s: expected a refusal, came '%s'", denied[i],
                      status == EVPACK_OK ? "ok" : err.text);
        bool said =
            strstr(err.text, "not allowed here") != NULL || strstr(err.text, "no such") != NULL;
        ck_assert_msg(said, "%s: expected a reason, came '%s'", denied[i], err.text);
    }
}
END_TEST

/* A table that is added to the schema is closed, or it is said here why it is not. */
START_TEST(no_table_of_the_case_is_open_by_chance)
{
    static const char *const open[] = {"resource", "exported",      "source",  "parameter",
                                       "answer",   "subject",       "record",  "evidence",
                                       "ledger",   "run_parameter", "speaking"};
    evpack_err err = {0};
    EVPACK_AUTO(store) s = sandboxed();
    EVPACK_AUTO(db_stmt) names = NULL;
    OK(db_prepare(store_db(s), "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')",
                  &names, &err));
    int checked = 0;
    for (bool row = true; row; checked++) {
        OK(db_step(names, &row, &err));
        char sql[200];
        const char *name = row ? db_text_or_empty(names, 0) : "resource";
        bool is_open = false;
        for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
            is_open = is_open || strcmp(open[i], name) == 0;
        }
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%s\"", name);
        evpack_status status = tried(s, sql, 0, &err);
        ck_assert_msg((status == EVPACK_OK) == is_open, "%s: expected %s, came '%s'", name,
                      is_open ? "ok" : "a refusal", err.text);
    }
    ck_assert_int_gt(checked, 20);
}
END_TEST

#ifdef __SANITIZE_ADDRESS__ /* its memmem looks at all that is left, each time */
#define DOUBLED "replace(x, x, x || x)"
#else
#define DOUBLED "replace(x, 'a', 'aa')"
#endif

START_TEST(endless_work_is_stopped)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = sandboxed();
    FAILS(tried(s,
                "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c",
                1000, &err),
          EVPACK_E_LIMIT, "too many steps");
    FAILS(tried(s,
                "WITH RECURSIVE c(x) AS (SELECT 'aaaaaaaa' UNION ALL SELECT " DOUBLED
                " FROM c) SELECT max(length(x)) FROM c",
                1000, &err),
          EVPACK_E_LIMIT, "string or blob too big");
    OK(tried(s, "SELECT count(*) FROM resource", 1000, &err));
}
END_TEST

START_TEST(off_is_off)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = sandboxed();
    OK(tried(s, "SELECT 1", 1000, &err));
    OK(db_exec(store_db(s), "CREATE TEMP TABLE later(i); SELECT date('now'), random()", &err));
    ck_assert_int_ge(case_value(s, "SELECT count(*) FROM sqlite_schema"), 20);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        rules_can_read_what_they_need, rules_cannot_do_more, no_table_of_the_case_is_open_by_chance,
        endless_work_is_stopped,       off_is_off,           NULL};
    return test_main(test_suite("store/sandbox", tests));
}
