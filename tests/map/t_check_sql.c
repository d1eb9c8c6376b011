/* map/check_sql: SQL that never ends in a view is told, and what reads it; nothing is left behind.
 */
#include "map/check.h"

#include "map/mini.h"
#include "support.h"

#include <string.h>

START_TEST(an_endless_view_is_told_and_the_rest_is_looked_at)
{
    evpack_err err = {0};
    const char *folder = mini_mapping("m");
    mini_file("m", "views/aa.sql",
              "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
              " SELECT max(n) AS n FROM c");
    mini_rule("m", "r-two", "F two", "SELECT nosuch FROM aa");
    EVPACK_AUTO_VALUE(faults_reset) map_faults faults = {0};
    size_t files = 0;
    OK(map_check(folder, &faults, &files, &err));
    ck_assert_uint_eq(files, 9);
    ck_assert_uint_eq(faults.count, 2);
    ck_assert_str_eq(faults.at[0].path, "rules/r-two.sql");
    ck_assert_str_eq(faults.at[0].text, "no such table: aa");
    ck_assert_str_eq(faults.at[1].path, "views/aa.sql");
    ck_assert_msg(strstr(faults.at[1].text, "too many steps") != NULL, "came %s",
                  faults.at[1].text);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {an_endless_view_is_told_and_the_rest_is_looked_at, NULL};
    Suite *suite = test_suite("map/check_sql", tests);
    return test_main(suite);
}
