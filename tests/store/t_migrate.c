/* store/migrate: that an older case becomes what a new one is, and loses nothing. */
#include "store/migrate.h"

#include "case.h"
#include "store/store.h"
#include "support.h"

#include <string.h>

static const char *const shape_of_tables =
    "SELECT m.name || ' ' || x.cid || ' ' || x.name || ' ' || x.type || ' ' || x.\"notnull\" ||"
    "       ' ' || coalesce(x.dflt_value, '-') || ' ' || x.pk"
    "  FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) x"
    " WHERE m.type = 'table' ORDER BY m.name, x.cid";
static const char *const shape_of_indexes =
    "SELECT m.name || ' ' || l.\"unique\" || ' ' || l.origin || ' ' || x.seqno || ' ' || x.name"
    "  FROM sqlite_schema m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) x"
    " WHERE m.type = 'table' ORDER BY m.name, 1";
static const char *const shape_of_rest =
    "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema"
    " WHERE type IN ('view', 'trigger') ORDER BY type, name";

/* All rows of a one-column query, a line each. */
static void rows_of(store *s, const char *sql, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), sql, &q, &err));
    for (bool row = true; row;) {
        OK(db_step(q, &row, &err));
        if (row) {
            buf_printf(out, "%s\n", db_text_or_empty(q, 0));
        }
    }
}

static void same_rows(store *a, store *b, const char *sql)
{
    EVPACK_AUTO_VALUE(buf_reset) buf left = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf right = {0};
    rows_of(a, sql, &left);
    rows_of(b, sql, &right);
    ck_assert_msg(left.len > 0, "expected rows from: %s", sql);
    ck_assert_msg(strcmp(buf_str(&left), buf_str(&right)) == 0,
                  "expected the migrated case to have what a new one has:\n%s\ngot:\n%s",
                  buf_str(&right), buf_str(&left));
}

static void becomes_new(int version)
{
    evpack_err err = {0};
    case_version("old.db", version);
    EVPACK_AUTO(store) fresh = case_basic("new.db");
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("old.db"), STORE_READ, &s, &err)); /* as `status` opens it */
    ck_assert_int_eq(case_value(s, "PRAGMA user_version"), STORE_VERSION);
    same_rows(s, fresh, shape_of_tables);
    same_rows(s, fresh, shape_of_indexes);
    same_rows(s, fresh, shape_of_rest);
    EVPACK_AUTO_VALUE(buf_reset) buf tables = {0};
    rows_of(s, "SELECT name FROM sqlite_schema WHERE type = 'table'", &tables);
    for (char *name = strtok(tables.data, "\n"); name != NULL; name = strtok(NULL, "\n")) {
        EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
        buf_printf(&sql, "SELECT count(*) FROM \"%s\"", name);
        int64_t got = case_value(s, buf_str(&sql));
        int64_t want = case_value(fresh, buf_str(&sql));
        ck_assert_msg(got == want, "expected %lld rows in %s after the migration, got %lld",
                      (long long)want, name, (long long)got);
    }
}

START_TEST(an_older_case_becomes_a_new_one)
{
    becomes_new(1);
}
END_TEST

START_TEST(a_case_of_version_2_becomes_a_new_one)
{
    becomes_new(2);
}
END_TEST

START_TEST(a_case_of_version_3_becomes_a_new_one)
{
    becomes_new(3);
}
END_TEST

START_TEST(a_migration_that_fails_leaves_the_old_case)
{
    evpack_err err = {0};
    case_version("old.db", 1);
    EVPACK_AUTO(db) d = NULL;
    OK(db_open(test_path("old.db"), DB_WRITE, &d, &err));
    OK(db_exec(d, "CREATE TABLE document(other TEXT)", &err));
    db_close(EVPACK_MOVE(d));
    EVPACK_AUTO_VALUE(buf_reset) buf before = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf after = {0};
    test_read(test_path("old.db"), &before);
    EVPACK_AUTO(store) s = NULL;
    ck_assert_int_eq(store_open(test_path("old.db"), STORE_WRITE, &s, &err), EVPACK_E_CASE);
    ck_assert_msg(strstr(err.text, "old.db") != NULL, "expected the case's name, got: %s",
                  err.text);
    test_read(test_path("old.db"), &after);
    ck_assert_msg(before.len == after.len && memcmp(before.data, after.data, after.len) == 0,
                  "expected the same bytes after a migration that failed");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_older_case_becomes_a_new_one, a_case_of_version_2_becomes_a_new_one,
        a_case_of_version_3_becomes_a_new_one, a_migration_that_fails_leaves_the_old_case, NULL};
    return test_main(test_suite("store/migrate", tests));
}
