/* map/members: who the subjects of a service are, by type and by SELECT. */
#include "map/members.h"

#include "case.h"
#include "collect/collect.h"
#include "map/mini.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

#define FEATURES                                                             \
    "\"features\":[{\"name\":\"F\",\"control\":\"NS-1\",\"supported\":true," \
    "\"enabled_by_default\":false,\"responsibility\":\"customer\"}]}"
#define SERVICE(slug, who)                                                                        \
    "{\"slug\":\"" slug "\",\"title\":\"T\",\"source\":\"s\",\"source_date\":\"2026-01-01\"," who \
    "," FEATURES

static int64_t findings_of(store *s, const char *service, const char *where)
{
    char sql[400];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM finding_row WHERE service = '%s' AND (%s)", service,
                   where);
    return case_value(s, sql);
}

/* Four things and one other: by type, whatever the letters' case, and however often it is said. */
START_TEST(types_name_every_resource_of_them)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 4);
    const char *folder = mini_mapping("m");
    mini_file("m", "services/both.json",
              SERVICE("both", "\"resource_types\":[\"X.Y/THINGS\",\"x.y/others\",\"x.y/Things\"]"));
    mini_file("m", "services/none.json", SERVICE("none", "\"resource_types\":[\"x.y/nothing\"]"));
    mini_file("m", "services/no.json",
              SERVICE("no", "\"resource_types\":[],\"no_resources\":\"It has none.\""));
    map_totals t;
    OK(mini_map(s, folder, &t, &err));
    ck_assert_int_eq(findings_of(s, "both", "status = 'manual'"), 5);
    ck_assert_int_eq(findings_of(s, "none", "1"), 0);
    ck_assert_int_eq(findings_of(s, "no", "1"), 0);
    ck_assert_int_eq(findings_of(s, "s", "1"), 16);
    ck_assert_uint_eq(t.findings, 21);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM service WHERE slug = 'no'"
                                   " AND subjects = ''"),
                     1);
}
END_TEST

/* What a template declares is no state of anything. */
START_TEST(what_templates_declare_has_no_findings)
{
    evpack_err err = {0};
    static const char template[] =
        "{\"$schema\":\"https://schema.management.azure.com/schemas/2019-04-01/"
        "deploymentTemplate.json#\",\"contentVersion\":\"1.0.0.0\",\"resources\":[{\"type\":"
        "\"X.Y/Things\",\"apiVersion\":\"2024-01-01\",\"name\":\"declared\","
        "\"properties\":{\"good\":true}}]}";
    EVPACK_AUTO(store) s = mini_case("c.db", 4);
    char *const paths[] = {(char *)test_file("template.json", template, strlen(template))};
    const collect_options options = {.label = "a", .now = MINI_AT};
    collect_totals totals;
    OK(collect_paths(s, paths, 1, &options, &totals, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM record WHERE kind = 'template-resource'"
                                   " AND type = 'x.y/things'"),
                     1);
    const char *folder = mini_mapping("m");
    mini_file("m", "services/both.json", SERVICE("both", "\"resource_types\":[\"X.Y/things\"]"));
    map_totals t;
    OK(mini_map(s, folder, &t, &err));
    ck_assert_int_eq(findings_of(s, "both", "1"), 4);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row"
                                   " WHERE kind = 'template-resource'"),
                     0);
}
END_TEST

/* A service that has a SELECT is asked, whatever types it names beside it. */
START_TEST(a_select_goes_before_types)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 4);
    const char *folder = mini_mapping("m");
    mini_file("m", "services/own.json",
              SERVICE("own", "\"resource_types\":[\"x.y/things\"],\"subjects\":\"own.sql\""));
    mini_file("m", "services/own.sql",
              "SELECT record_id, good AS certain, 'Who knows.' AS reason,"
              " CASE WHEN good THEN NULL ELSE 'thing' END AS need FROM thing"
              " WHERE subject NOT LIKE '%t0'\n");
    map_totals t;
    OK(mini_map(s, folder, &t, &err));
    ck_assert_int_eq(findings_of(s, "own", "status = 'manual' AND subject LIKE '%t2'"), 1);
    ck_assert_int_eq(findings_of(s, "own",
                                 "status = 'unknown' AND reason = 'Who knows.'"
                                 " AND need = 'thing'"),
                     2);
    ck_assert_int_eq(findings_of(s, "own", "1"), 3);
}
END_TEST

/* A file that C reads as JSON and SQLite does not is no way around: its SELECT says the same. */
START_TEST(the_generated_select_says_the_same)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 3);
    map_totals t;
    OK(mini_map(s, mini_mapping("m"), &t, &err));
    EVPACK_AUTO(db_stmt) find = NULL;
    OK(db_prepare(store_db(s), "SELECT subjects FROM service WHERE slug = 's'", &find, &err));
    bool row = false;
    OK(db_step(find, &row, &err));
    char sql[600];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM (%s) WHERE certain", db_text(find, 0));
    ck_assert_int_eq(case_value(s, sql), 3);
    ck_assert_int_eq(case_value(s, "SELECT count(DISTINCT record_id) FROM finding_row"), 3);
}
END_TEST

static const struct {
    const char *sql, *part;
} broken[] = {
    {"SELECT record_id, 1 AS certain, NULL AS reason, NULL AS need FROM thing WHERE record_id = ?",
     "it has parameters"},
    {"SELECT 99999 AS record_id, 1 AS certain, NULL AS reason, NULL AS need",
     "services/own.sql:1:1: record_id 99999 is no subject's"},
    {"SELECT record_id, 1 AS certain FROM thing", "services/own.sql:1:"},
    {"SELECT record_id, 1 AS certain, NULL AS reason, NULL AS need FROM thing UNION ALL"
     " SELECT record_id, 1, NULL, NULL FROM thing",
     ": UNIQUE"},
    {"SELECT record_id, 1 AS certain, NULL AS reason, NULL AS need FROM member_type, thing",
     "services/own.sql:1:"},
    {"DELETE FROM finding", "services/own.sql:1:"},
};

START_TEST(a_broken_select_ends_the_run_by_name)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 2);
    const char *folder = mini_mapping("m");
    mini_file("m", "services/own.json", SERVICE("own", "\"subjects\":\"own.sql\""));
    mini_file("m", "services/own.sql", broken[_i].sql);
    map_totals t;
    FAILS(mini_map(s, folder, &t, &err), EVPACK_E_MAPPING, broken[_i].part);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM run"), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("map/members");
    TCase *tc = tcase_create("members");
    tcase_add_test(tc, types_name_every_resource_of_them);
    tcase_add_test(tc, what_templates_declare_has_no_findings);
    tcase_add_test(tc, a_select_goes_before_types);
    tcase_add_test(tc, the_generated_select_says_the_same);
    tcase_add_loop_test(tc, a_broken_select_ends_the_run_by_name, 0,
                        (int)(sizeof broken / sizeof broken[0]));
    suite_add_tcase(suite, tc);
    return test_main(suite);
}
