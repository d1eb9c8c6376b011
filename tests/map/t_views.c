/* map/views: views in any order, in the sandbox, and never in the place of the case's own. */
#include "map/views.h"

#include "case.h"
#include "map/mini.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

/* What the rules of the mini mapping need of its one view, from the view `last`. */
#define THING_FROM(last) "SELECT record_id, subject, complete, good FROM " last
#define THING                                                                               \
    "SELECT record_id, subject, complete, json_extract(body, '$.properties.good') AS good " \
    "FROM resource WHERE type = 'x.y/things'"

START_TEST(views_may_read_each_other_in_any_order)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 4);
    const char *folder = mini_mapping("m");
    mini_file("m", "views/thing.sql", THING_FROM("zz"));
    mini_file("m", "views/zz.sql", "SELECT * FROM aa");
    mini_file("m", "views/aa.sql", "SELECT * FROM mm -- the middle");
    mini_file("m", "views/mm.sql", THING ";\n-- the end\n");
    map_totals t;
    OK(mini_map(s, folder, &t, &err));
    ck_assert_uint_eq(t.findings, 16);
    ck_assert_uint_eq(t.by_status[1] + t.by_status[2], 4);
    /* And as views of the case, for the sqlite3 shell, which trusts a schema. */
    OK(db_exec(store_db(s), "PRAGMA trusted_schema = ON", &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM main.thing"), 4);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM main.zz WHERE good"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM sqlite_temp_schema WHERE name = 'zz'"), 0);
}
END_TEST

static const struct {
    const char *file, *text, *part;
} bad[] = {
    {"views/aa.sql", "SELECT * FROM bb", "no such table: bb"},
    {"views/aa.sql", "SELECT * FROM aa", "views/aa.sql: no such table: aa"},
    {"views/aa.sql", "SELECT", "views/aa.sql: incomplete input"},
    {"views/aa.sql", "", "views/aa.sql: expected exactly one SQL statement"},
    {"views/aa.sql", "SELECT 1 AS a; SELECT 2 AS b", "views/aa.sql: expected exactly one"},
    {"views/aa.sql", "SELECT 1 AS a; DROP TABLE finding", "views/aa.sql: expected exactly one"},
    {"views/aa.sql", "DELETE FROM finding", "views/aa.sql: a statement other than SELECT is"},
    {"views/aa.sql", "CREATE TABLE x(i)", "is not allowed here"},
    {"views/aa.sql", "PRAGMA user_version", "is not allowed here"},
    {"views/aa.sql", "SELECT line FROM custody_event",
     "views/aa.sql: reading custody_event is not"},
    {"views/aa.sql", "WITH source AS (SELECT line FROM custody_event) SELECT line FROM source",
     "views/aa.sql: reading custody_event is not"},
    {"views/aa.sql", "SELECT body FROM record", "views/aa.sql: reading record is not"},
    {"views/aa.sql", "SELECT date('now') AS d", "views/aa.sql: the function date is not"},
    {"views/aa.sql", "SELECT 1 AS a) UNION SELECT (2", "views/aa.sql: near"},
    {"views/aa.sql", "SELECT 1 AS a, 2 AS a", "views/aa.sql: SQLite: duplicate column name"},
    {"views/aa.sql", "SELECT 1 AS \"a\"\"b\"", "views/aa.sql: column 1 has no plain name"},
    {"views/aa.sql", "SELECT 1 AS record_id UNION ALL SELECT 1", "views/aa.sql: UNIQUE"},
    {"views/aa.sql", "SELECT ?1 AS a", "views/aa.sql: has parameters"},
    {"views/aa.sql", "SELECT json_extract('{', '$') AS a", "views/aa.sql: malformed JSON"},
    {"views/resource.sql", "SELECT 1 AS a", "views/resource.sql: 'resource' is a view of the case"},
    {"views/source.sql", "SELECT 1 AS a", "'source' is a view of the case itself"},
    {"views/parameter.sql", "SELECT 1 AS a", "'parameter' is a view of the case itself"},
    {"views/finding_row.sql", "SELECT 1 AS a", "'finding_row' is a view of the case itself"},
    {"views/custody_sealed.sql", "SELECT 1 AS a", "'custody_sealed' is a view of the case itself"},
    {"views/record.sql", "SELECT 1 AS a",
     "views/record.sql: 'record' is a table of the case itself"},
    {"views/finding.sql", "SELECT 1 AS a", "'finding' is a table of the case itself"},
    {"views/chunk_place.sql", "SELECT 1 AS a", "'chunk_place' is a index of the case itself"},
    {"views/member.sql", "SELECT 1 AS a", "views/member.sql: a view's name"},
    {"views/sqlite_x.sql", "SELECT 1 AS a", "views/sqlite_x.sql: a view's name"},
    {"views/json_each.sql", "SELECT 1 AS a", "views/json_each.sql: a view's name"},
    {"views/pragma_x.sql", "SELECT 1 AS a", "views/pragma_x.sql: a view's name"},
    {"views/engage_out.sql", "SELECT 1 AS a", "views/engage_out.sql: a view's name"},
    {"views/azure_state.sql", "SELECT 1 AS a", "views/azure_state.sql: a view's name"},
    {"views/decide_item.sql", "SELECT 1 AS a", "views/decide_item.sql: a view's name"},
    {"views/Upper.sql", "SELECT 1 AS a", "views/Upper.sql: a view's name"},
    {"views/a-b.sql", "SELECT 1 AS a", "views/a-b.sql: a view's name"},
    {"views/a\"b.sql", "SELECT 1 AS a", ": a view's name"},
    {"views/sub/x.sql", "SELECT 1 AS a", "views/sub/x.sql: a view's name"},
    {"views/1st.sql", "SELECT 1 AS a", "views/1st.sql: a view's name"},
    {"views/.sql", "SELECT 1 AS a", "views/.sql: a view's name"},
};

static int64_t own_views(store *s)
{
    return case_value(s, "SELECT count(*) FROM sqlite_schema WHERE type = 'view' AND name IN"
                         " ('resource', 'source', 'parameter', 'finding_row', 'custody_sealed')");
}

START_TEST(bad_views_are_refused_by_name)
{
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(store) s = mini_case("c.db", 1);
        char name[16];
        (void)snprintf(name, sizeof name, "m%zu", i);
        const char *folder = mini_mapping(name);
        mini_file(name, bad[i].file, bad[i].text);
        map_totals t;
        EVPACK_AUTO_VALUE(buf_reset) buf faults = {0};
        evpack_status status = mini_map_told(s, folder, &t, &faults, &err);
        ck_assert_msg(status == EVPACK_OK && mini_has_fault(&faults, bad[i].part),
                      "%s: %s: expected '%s', came '%s'", bad[i].file, bad[i].text, bad[i].part,
                      status == EVPACK_OK ? buf_str(&faults) : err.text);
        ck_assert_uint_eq(t.findings, 4);
        ck_assert_uint_eq(t.by_status[8], 0); /* no rule reads it */
        ck_assert_msg(own_views(s) == 5, "%s: expected the case's own views to stay", bad[i].file);
        store_close(EVPACK_MOVE(s));
        ck_assert_int_eq(remove(test_path("c.db")), 0);
    }
}
END_TEST

/* That a view waits for another must not hide why the other is not there. */
START_TEST(every_fault_is_told_with_its_place)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 1);
    const char *folder = mini_mapping("m");
    mini_file("m", "views/aa.sql", "SELECT * FROM mm");
    mini_file("m", "views/mm.sql", "SELECT nosuch FROM resource");
    mini_file("m", "views/zz.sql", "SELECT * FROM aa");
    map_totals t;
    EVPACK_AUTO_VALUE(buf_reset) buf faults = {0};
    OK(mini_map_told(s, folder, &t, &faults, &err));
    ck_assert_str_eq(buf_str(&faults), "views/aa.sql:1:15: no such table: mm\n"
                                       "views/mm.sql:1:8: no such column: nosuch\n"
                                       "views/zz.sql:1:15: no such table: aa\n");
}
END_TEST

START_TEST(views_that_wait_for_each_other_are_faults)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 1);
    const char *folder = mini_mapping("m");
    mini_file("m", "views/aa.sql", "SELECT * FROM bb");
    mini_file("m", "views/bb.sql", "SELECT * FROM aa");
    map_totals t;
    EVPACK_AUTO_VALUE(buf_reset) buf faults = {0};
    OK(mini_map_told(s, folder, &t, &faults, &err));
    ck_assert_msg(mini_has_fault(&faults, "views/aa.sql: no such table: bb") &&
                      mini_has_fault(&faults, "views/bb.sql: no such table: aa"),
                  "came %s", buf_str(&faults));
}
END_TEST

/* SQLite throws the transaction away with it: the run begins anew without it. */
START_TEST(an_endless_view_breaks_what_reads_it_alone)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 2);
    const char *folder = mini_mapping("m");
    mini_file("m", "views/endless.sql",
              "-- counts\nWITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1"
              " FROM c) SELECT max(n) AS n FROM c");
    mini_rule("m", "r-two", "F two",
              "SELECT record_id, 'pass' AS status, 'r' AS reason, NULL AS need, NULL AS evidence"
              " FROM thing, endless\n");
    map_totals t;
    EVPACK_AUTO_VALUE(buf_reset) buf faults = {0};
    OK(mini_map_told(s, folder, &t, &faults, &err));
    ck_assert_msg(mini_has_fault(&faults, "views/endless.sql:2:1: the statement took"), "came %s",
                  buf_str(&faults));
    ck_assert_uint_eq(t.findings, 8);
    ck_assert_uint_eq(t.by_status[8], 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'error' AND"
                                   " reason LIKE 'mapping/rules/r-two.sql:%: no such table: endless"
                                   " (mapping/views/endless.sql:2:1: the statement took%'"),
                     2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        views_may_read_each_other_in_any_order,     bad_views_are_refused_by_name,
        every_fault_is_told_with_its_place,         views_that_wait_for_each_other_are_faults,
        an_endless_view_breaks_what_reads_it_alone, NULL};
    return test_main(test_suite("map/views", tests));
}
