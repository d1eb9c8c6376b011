/*
 * Making cases by SQL. Invariant: only what the schema allows gets in, since it runs the triggers.
 */
#include "case.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

/* unhex32(N) → a blob literal of N's hex digits, filled to 32 bytes. */
static void expand(const char *sql, buf *out)
{
    static const char call[] = "unhex32(";
    for (const char *at = strstr(sql, call); at != NULL; at = strstr(sql, call)) {
        buf_append(out, sql, (size_t)(at - sql));
        char *end = NULL;
        unsigned long n = strtoul(at + sizeof call - 1, &end, 10);
        ck_assert_msg(*end == ')', "unhex32 wants a number");
        buf_printf(out, "x'%064lx'", n * 0x9e3779b97f4a7c15UL);
        sql = end + 1;
    }
    buf_puts(out, sql);
}

void case_sql(store *s, const char *sql)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    expand(sql, &b);
    OK(store_begin(s, &err));
    OK(db_exec(store_db(s), buf_str(&b), &err));
    OK(store_commit(s, &err));
}

int64_t case_value(store *s, const char *sql)
{
    evpack_err err = {0};
    int64_t n = 0;
    OK(db_value(store_db(s), sql, &n, &err));
    return n;
}

store *case_empty(const char *name)
{
    evpack_err err = {0};
    store *s = NULL;
    OK(store_open(test_path(name), STORE_CREATE, &s, &err));
    OK(store_begin(s, &err));
    OK(store_commit(s, &err));
    return s;
}

void case_version(const char *name, int version)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = NULL;
    OK(db_open(test_path(name), DB_CREATE, &d, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf schema = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf path = {0};
    buf_printf(&path, TEST_SOURCE_ROOT "/tests/store/schema_%d.sql", version);
    test_read(buf_str(&path), &schema);
    OK(db_exec(d, buf_str(&schema), &err));
    EVPACK_AUTO_VALUE(buf_reset) buf rows = {0};
    test_read(TEST_SOURCE_ROOT "/tests/report/basic.sql", &rows);
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    expand(buf_str(&rows), &sql);
    OK(db_exec(d, buf_str(&sql), &err));
}

store *case_basic(const char *name)
{
    store *s = case_empty(name);
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    test_read(TEST_SOURCE_ROOT "/tests/report/basic.sql", &sql);
    case_sql(s, buf_str(&sql));
    return s;
}

static const char bulk_sql[] =
    "INSERT INTO record(id, evidence_id, kind, subject, id_given, type, name, scope, parent,"
    " complete, normalised, pointer, start, length, body)"
    " SELECT 1000 + n, 1, 'cognitive-account', lower(id), id,"
    " 'microsoft.cognitiveservices/accounts', 'acct-' || n, NULL, NULL, 1, 0, '/' || n, 4300 * n,"
    " 4250, json_object('id', id, 'kind', 'OpenAI', 'pad', hex(zeroblob(700)), 'properties',"
    " json('{\"networkAcls\":{\"defaultAction\":\"Allow\"},\"publicNetworkAccess\":\"Enabled\"}'))"
    " FROM (SELECT value AS n, printf('/subscriptions/%08x-0000-4000-8000-000000000000/"
    "resourceGroups/rg-%d/providers/Microsoft.CognitiveServices/accounts/acct-%d', value % 5,"
    " value % 300, value) AS id FROM temp.counter LIMIT ?1);";

static const char features_sql[] =
    "INSERT INTO feature SELECT 1000 + value, 3, 1000 + value, 'Bulk feature ' || value,"
    " 1 + value % 9, 'NS-1', 'true', 'false', 1 + value % 4, CASE WHEN value % 3 = 0 THEN 1 END,"
    " NULL FROM temp.counter LIMIT ?1;";

static void run_n(store *s, const char *sql, int64_t n)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) stmt = NULL;
    OK(db_prepare(store_db(s), sql, &stmt, &err));
    OK(db_bind(stmt, &err, "i", n));
    OK(db_run(stmt, &err));
}

store *case_bulk(const char *name, int64_t accounts, int64_t features)
{
    store *s = case_basic(name);
    evpack_err err = {0};
    OK(store_begin(s, &err));
    OK(db_exec(store_db(s),
               "CREATE TEMP VIEW counter AS WITH RECURSIVE c(value) AS (SELECT 1 UNION ALL"
               " SELECT value + 1 FROM c) SELECT value FROM c",
               &err));
    OK(db_exec(store_db(s),
               "INSERT INTO service VALUES (3, 1, 'bulk', 'Bulk', 'none', '2026-01-01', '{}', '')",
               &err));
    run_n(s, bulk_sql, accounts);
    run_n(s, features_sql, features);
    OK(db_exec(store_db(s),
               "INSERT INTO test(id, run_id, feature_id, rule_id, source, reason) SELECT id, 2, "
               "id, rule_id, CASE WHEN rule_id IS NULL THEN"
               " 'baseline' ELSE 'rule' END, 'A reason that all findings of the test share.'"
               " FROM feature WHERE id > 1000;"
               "INSERT INTO finding(test_id, record_id, status, reason, need, evidence) SELECT "
               "t.id, r.id, 1 + (t.id * 7 + r.id) % 6, NULL,"
               " CASE WHEN (t.id * 7 + r.id) % 6 = 5 THEN 'diagnostic-setting' END, NULL"
               " FROM test t JOIN record r ON r.id > 1000 WHERE t.id > 1000;"
               "INSERT INTO subject SELECT 1, subject, id, kind, 1 FROM record WHERE id > 1000",
               &err));
    OK(store_commit(s, &err));
    return s;
}
