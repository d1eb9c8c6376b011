/* port/db_temp: temporary files are counted while they are there, and bounded in the sandbox alone.
 */
#include "port/db.h"

#include "support.h"

#include <string.h>

START_TEST(temporary_files_count_while_they_are_there)
{
    evpack_err err = {0};
    EVPACK_AUTO(db) d = NULL;
    OK(db_open(test_path("a.db"), DB_CREATE, &d, &err));
    OK(db_exec(d, "CREATE TABLE t(x); PRAGMA temp.cache_size = 10", &err));
    uint64_t before = db_disk(d);
    OK(db_exec(d,
               "CREATE TEMP TABLE u AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1"
               " FROM c LIMIT 2000) SELECT zeroblob(2000) AS x FROM c",
               &err));
    ck_assert_uint_ge(db_disk(d), before + (3 << 20));
    const db_sandbox box = {.disk = 1 << 20};
    db_sandbox_on(d, &box); /* what was there before does not count against it */
    db_sandbox_off(d);
    uint64_t now = db_disk(d);
    OK(db_exec(d,
               "INSERT INTO temp.u WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1"
               " FROM c LIMIT 2000) SELECT zeroblob(2000) AS x FROM c",
               &err));
    ck_assert_uint_ge(db_disk(d), now + (3 << 20));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {temporary_files_count_while_they_are_there, NULL};
    return test_main(test_suite("port/db_temp", tests));
}
