/* map/bounds: time and disk of a rule, and of all rules of a run together. */
#include "map/bounds.h"

#include "case.h"
#include "map/mini.h"
#include "support.h"

#include <string.h>

#define ENDLESS \
    "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c)"
#define PASS "SELECT record_id, 'pass' AS status, "
#define REST " AS reason, NULL AS need, NULL AS evidence FROM thing\n"

static evpack_status run(store *s, const char *folder, int64_t rule_ms, int64_t run_ms,
                         map_totals *t, evpack_err *err)
{
    const map_options options = {.folder = folder,
                                 .at = MINI_AT,
                                 .rule_ops = UINT64_MAX / 100,
                                 .rule_ms = rule_ms,
                                 .run_ms = run_ms};
    return map_run(s, &options, t, err);
}

static int64_t errors(store *s, const char *like)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "SELECT count(*) FROM finding_row WHERE status = 'error' AND reason LIKE '%s'",
               like);
    return case_value(s, buf_str(&sql));
}

START_TEST(a_rule_has_so_much_time)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 2);
    const char *folder = mini_mapping("m");
    mini_rule("m", "r-two", "F two", PASS ENDLESS REST);
    map_totals t;
    OK(run(s, folder, 200, 60000, &t, &err));
    ck_assert_int_eq(errors(s, "mapping/rules/r-two.sql:11:1: the statement ran longer than 200%"),
                     2);
    ck_assert_uint_eq(t.by_status[8], 2);
    ck_assert_uint_eq(t.by_status[1] + t.by_status[2], 2); /* r-one goes on */
}
END_TEST

/* Once the run's time is used up, what is left is an error, too, and the run ends. */
START_TEST(so_has_a_run)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 2);
    const char *folder = mini_mapping("m");
    mini_rule("m", "a-first", "F two", PASS ENDLESS REST);
    map_totals t;
    OK(run(s, folder, 60000, 300, &t, &err));
    ck_assert_int_eq(errors(s, "%the time that a run gives%"), 4);
}
END_TEST

static const char *const bombs[] = {
    /* time: what cannot be stopped in the middle by SQLite */
    "(WITH t(x) AS (SELECT replace(hex(char(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)), '01', '"
    "aaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')), u(x) AS (SELECT replace(x, 'a', x) FROM "
    "t)"
    " SELECT x LIKE '%a%a%a%a%a%a%a%a%b' FROM u)",
    /* memory and disk */
    "(WITH RECURSIVE c(n, x) AS (SELECT 1, 'aaaaaaaaaaaaaaaa' UNION ALL SELECT n + 1, x || x FROM "
    "c)"
    " SELECT max(length(x)) FROM c)",
    "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
    " SELECT group_concat(hex(n), 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') FROM c)",
    "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
    " SELECT json_group_array(n) FROM c)",
    /* not there at all */
    "printf('%999999999d', 1)",
    "zeroblob(1000000000)",
    "randomblob(1000000000)",
    "load_extension('x')",
    "readfile('/etc/passwd')",
};

START_TEST(bombs_break_their_rule_alone)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 2);
    const char *folder = mini_mapping("m");
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "%s%s%s", PASS, bombs[_i], REST);
    mini_rule("m", "r-two", "F two", buf_str(&sql));
    map_totals t;
    OK(run(s, folder, 3000, 60000, &t, &err));
    ck_assert_uint_eq(t.findings, 8);
    if (_i != 0) { /* a pattern that is looked for without going back is no bomb any more */
        ck_assert_msg(errors(s, "mapping/rules/r-two.sql:11:%") == 2, "%s: expected errors",
                      bombs[_i]);
    }
}
END_TEST

/* A sort that would fill the disk. */
START_TEST(temporary_files_are_bounded)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 2);
    map_bounds b = {.ops = UINT64_MAX / 100};
    OK(bounds_begin(s, 60000, &b, &err));
    sandbox_options box = {0};
    bounds_apply(s, &b, BOUNDS_RULE, &box);
    ck_assert_uint_eq(box.disk, (256U << 20) + 3 * (16U << 10));
    box.disk = 8 << 20;
    sandbox_on(s, &box);
    EVPACK_AUTO(db_stmt) sort = NULL;
    OK(db_prepare(store_db(s),
                  "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
                  " SELECT n, hex(n) || 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' AS x FROM c"
                  " ORDER BY x",
                  &sort, &err));
    FAILS(db_run(sort, &err), EVPACK_E_LIMIT, "the statement needs more than 8 MiB in temporary");
    sandbox_off(s);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_rule_has_so_much_time, so_has_a_run,
                                  temporary_files_are_bounded, NULL};
    Suite *suite = test_suite("map/bounds", tests);
    TCase *tc = tcase_create("bombs");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, bombs_break_their_rule_alone, 0, (int)(sizeof bombs / sizeof bombs[0]));
    suite_add_tcase(suite, tc);
    return test_main(suite);
}
