/* store/script: a file that is built in is run, and what a step keeps is gone when it is dropped.
 */
#include "store/script.h"

#include "case.h"
#include "support.h"

START_TEST(a_file_is_run)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    FAILS(script_run(store_db(s), "src/map/none.sql", &err), EVPACK_E_INTERNAL,
          "src/map/none.sql is not built in");
    /* Its tables are not there: the file itself was run. */
    FAILS(script_run(store_db(s), "src/map/decide_except.sql", &err), EVPACK_E_CASE, "decide_");
}
END_TEST

START_TEST(only_the_steps_own_tables_are_dropped)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    case_sql(s, "CREATE TEMP TABLE a_one(x); CREATE TEMP TABLE \"a_t\"\"wo\"(x);"
                "CREATE INDEX temp.a_index ON a_one(x);"
                "CREATE TEMP TABLE ab(x); CREATE TEMP TABLE b_one(x)");
    OK(script_drop(store_db(s), "a", &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM sqlite_temp_schema WHERE type = 'table'"
                                   " AND name IN ('ab', 'b_one')"),
                     2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM sqlite_temp_schema WHERE name GLOB 'a_*'"),
                     0);
    OK(script_drop(store_db(s), "a", &err));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_file_is_run, only_the_steps_own_tables_are_dropped, NULL};
    return test_main(test_suite("store/script", tests));
}
