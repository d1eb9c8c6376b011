/*
 * Rules that go wrong: their findings are errors that say why, the other findings stay, and no
 * subject is left without one. A rule that never ends takes SQLite's transaction with it; the run
 * begins anew without it.
 */
#include "collect/collect.h"
#include "map/files.h"
#include "map/map.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

enum { NOW = 1795334400, BOUND = 2000 };

static const char rule_head[] = "-- id: %s\n-- version: 1.0.0\n-- title: t\n"
                                "-- service: azure-openai, cognitive-services\n-- control: %s\n"
                                "-- feature: %s\n-- tests: nothing\n-- absent: nothing\n%s\n";

/* A copy of the built-in mapping, in which one rule has other SQL. */
static const char *mapping_with(const char *id, const char *control, const char *feature,
                                const char *sql)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(mapping_files_reset) mapping_files files = {0};
    OK(mapping_files_load(NULL, &files, &err));
    char name[512];
    for (size_t i = 0; i < files.count; i++) {
        (void)snprintf(name, sizeof name, "mapping/%s", files.at[i].path);
        (void)test_file(name, files.at[i].text, files.at[i].len);
    }
    char text[2048];
    (void)snprintf(text, sizeof text, rule_head, id, control, feature, sql);
    (void)snprintf(name, sizeof name, "mapping/rules/%s.sql", id);
    (void)test_text_file(name, text);
    return test_path("mapping");
}

static store *collected(void)
{
    evpack_err err = {0};
    store *s = NULL;
    OK(store_open(test_path("case.db"), STORE_CREATE, &s, &err));
    char path[] = TEST_SOURCE_ROOT "/fixtures/contoso/export";
    char *const paths[] = {path};
    collect_options options = {.label = "x", .now = NOW};
    collect_totals totals = {0};
    OK(collect_paths(s, paths, 1, &options, &totals, &err));
    return s;
}

static int64_t count_of(store *s, const char *sql)
{
    evpack_err err = {0};
    int64_t n = -1;
    OK(db_value(store_db(s), sql, &n, &err));
    return n;
}

static const struct {
    const char *name, *sql, *reason;
    bool all; /* every finding of the rule is an error */
} broken[] = {
    {"a table that is not there",
     "SELECT record_id, 'pass' AS status, 'r' AS reason, NULL AS need, NULL AS evidence FROM gone",
     "no such table", true},
    {"a table of the case",
     "SELECT record_id, 'pass' AS status, sha256 AS reason, NULL AS need, NULL AS evidence"
     " FROM account, content",
     "not allowed", true},
    {"other columns", "SELECT record_id, 'pass' AS status FROM account", "expected one SELECT",
     true},
    {"not a SELECT", "DELETE FROM finding", "not allowed", true},
    {"two statements",
     "SELECT record_id, 'pass' AS status, 'r' AS reason, NULL AS need, NULL AS evidence"
     " FROM account; SELECT 1",
     "ai-public-access", true},
    {"an account twice",
     "SELECT record_id, 'pass' AS status, 'r' AS reason, NULL AS need, NULL AS evidence FROM"
     " (SELECT record_id FROM account UNION ALL SELECT record_id FROM account)",
     "ai-public-access", true},
    {"a fault at run time",
     "SELECT record_id, 'pass' AS status, json_extract('{', '$.a') AS reason, NULL AS need,"
     " NULL AS evidence FROM account",
     "malformed JSON", true},
    {"no end",
     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
     " SELECT record_id, 'pass' AS status, (SELECT max(i) FROM n) AS reason, NULL AS need,"
     " NULL AS evidence FROM account",
     "too many steps", true},
    {"another status",
     "SELECT record_id, 'passed' AS status, 'r' AS reason, NULL AS need, NULL AS evidence"
     " FROM account",
     "status", true},
    {"silence about some",
     "SELECT record_id, 'pass' AS status, 'r' AS reason, NULL AS need, NULL AS evidence"
     " FROM account WHERE name = 'oai-chat-prod'",
     "ai-public-access", false},
};

START_TEST(a_broken_rule_breaks_itself_alone)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = collected();
    map_options good = {.at = NOW};
    map_totals before = {0};
    OK(map_run(s, &good, &before, &err));
    map_options options = {.folder = mapping_with("ai-public-access", "NS-2",
                                                  "Disable Public Network Access", broken[_i].sql),
                           .at = NOW,
                           .rule_ops = BOUND};
    map_totals after = {0};
    evpack_status status = map_run(s, &options, &after, &err);
    ck_assert_msg(status == EVPACK_OK, "%s: expected the run to go on, came '%s'", broken[_i].name,
                  err.text);
    ck_assert_msg(after.findings == before.findings, "%s: expected %llu findings, came %llu",
                  broken[_i].name, (unsigned long long)before.findings,
                  (unsigned long long)after.findings);
    ck_assert_int_eq(count_of(s, "SELECT count(*) FROM finding_row WHERE status = 'error'"
                                 " AND feature <> 'Disable Public Network Access'"),
                     0);
    int64_t errors = count_of(s, "SELECT count(*) FROM finding_row WHERE status = 'error'");
    int64_t others = count_of(s, "SELECT count(*) FROM finding_row WHERE status NOT IN ('error',"
                                 " 'unknown') AND feature = 'Disable Public Network Access'"
                                 " AND service IN ('azure-openai', 'cognitive-services')");
    ck_assert_msg(errors > 0 && (others == 0) == broken[_i].all,
                  "%s: expected errors, came %lld errors and %lld others", broken[_i].name,
                  (long long)errors, (long long)others);
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), "SELECT reason FROM finding_row WHERE status = 'error' LIMIT 1", &q,
                  &err));
    bool row = false;
    OK(db_step(q, &row, &err));
    ck_assert_msg(strstr(db_text(q, 0), broken[_i].reason) != NULL, "%s: expected '%s' in '%s'",
                  broken[_i].name, broken[_i].reason, db_text(q, 0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("map/broken");
    TCase *tc = tcase_create("broken");
    tcase_set_timeout(tc, 240);
    tcase_add_loop_test(tc, a_broken_rule_breaks_itself_alone, 0,
                        (int)(sizeof broken / sizeof broken[0]));
    suite_add_tcase(suite, tc);
    return test_main(suite);
}
