/* map/evaluate: whatever a rule does, every subject keeps a finding, and other rules go on. */
#include "map/evaluate.h"

#include "case.h"
#include "map/mini.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

/* Two rules: r-one as given, and a sound one for another feature, which must not be touched. */
static void map_with(store *s, const char *sql, map_totals *t)
{
    evpack_err err = {0};
    const char *folder = mini_mapping("m");
    mini_rule("m", "r-one", "F one", sql);
    mini_rule("m", "r-two", "F four", MINI_RULE);
    OK(mini_map(s, folder, t, &err));
    ck_assert_msg(t->findings == 20, "%s: expected 20 findings, came %llu", sql,
                  (unsigned long long)t->findings);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE feature = 'F four'"
                                   " AND status IN ('pass', 'fail') AND rule_id = 'r-two'"),
                     5);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE feature = 'F one'"), 5);
}

static int64_t of_rule(store *s, const char *where)
{
    char sql[400];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM finding_row WHERE feature = 'F one' AND rule_id = 'r-one'"
                   " AND (%s)",
                   where);
    return case_value(s, sql);
}

#define COLUMNS " AS status, 'R' AS reason, NULL AS need, NULL AS evidence"

static const struct {
    const char *sql, *reason; /* the reason that all five error findings give */
} faulty[] = {
    {"SELECT record_id, 'pass' AS status FROM thing", "expected one SELECT of record_id"},
    {"SELECT record_id, 'pass'" COLUMNS ", 1 AS more FROM thing", "expected one SELECT"},
    {"SELECT record_id AS id, 'pass'" COLUMNS " FROM thing", "expected one SELECT"},
    {"SELECT 1) UNION SELECT (2", "near \")\""},
    {"SELECT record_id, 'pass'" COLUMNS " FROM thing) r ON 1 = 1 --", "near \")\""},
    {"SELECT record_id, 'pass'" COLUMNS " FROM thing /* no end", "mapping/rules/r-one.sql:"},
    {"SELECT record_id, 'pass'" COLUMNS " FROM thing; DELETE FROM finding", "exactly one SQL"},
    {"SELECT record_id, 'pass'" COLUMNS " FROM thing; SELECT 1", "exactly one SQL"},
    {"INSERT INTO finding(test_id, record_id, status) SELECT 1, record_id, 1 FROM thing",
     "expected one SELECT"},
    {"DELETE FROM finding", "is not allowed here"},
    {"PRAGMA user_version = 7", "is not allowed here"},
    {"ATTACH 'x.db' AS x", "is not allowed here"},
    {"SELECT nosuch, 'pass'" COLUMNS " FROM thing", "no such column: nosuch"},
    {"SELECT record_id, 'pass'" COLUMNS " FROM nowhere", "no such table: nowhere"},
    {"SELECT id AS record_id, 'pass'" COLUMNS " FROM record", "reading record is not allowed here"},
    {"SELECT record_id, 'pass'" COLUMNS " FROM member", "reading member is not allowed here"},
    {"SELECT record_id, line" COLUMNS " FROM thing, custody_event",
     "reading custody_event is not allowed here"},
    {"SELECT record_id, (SELECT line FROM custody_event)" COLUMNS " FROM thing",
     "reading custody_event is not allowed here"},
    {"WITH thing AS (SELECT id AS record_id, line FROM custody_event) SELECT record_id, "
     "line" COLUMNS " FROM thing",
     "reading custody_event is not allowed here"},
    {"WITH resource AS (SELECT id AS record_id, line FROM custody_event) SELECT record_id, line"
     " AS status, '' AS reason, '' AS need, '' AS evidence FROM resource",
     "reading custody_event is not allowed here"},
    {"SELECT record_id, iif(date('now') > '2026', 'pass', 'fail')" COLUMNS " FROM thing",
     "the function date is not allowed here"},
    {"SELECT record_id, iif(random() > 0, 'pass', 'fail')" COLUMNS " FROM thing",
     "the function random is not allowed here"},
    {"SELECT record_id, ?1" COLUMNS " FROM thing", "it has parameters"},
    {"SELECT record_id, ?4 AS status, '' AS reason, NULL AS need, NULL AS evidence FROM thing",
     "it has parameters"},
    {"SELECT record_id, 'pass' AS status, :name AS reason, NULL AS need, NULL AS evidence FROM "
     "thing",
     "it has parameters"},
    {"SELECT record_id, 'pass'" COLUMNS " FROM thing UNION ALL SELECT record_id, 'fail', 'R', NULL,"
     " NULL FROM thing",
     "names a subject twice"},
    {"SELECT record_id, 'pass' AS status, x'00' AS reason, NULL AS need, NULL AS evidence FROM "
     "thing",
     "cannot store BLOB"},
    {"EXPLAIN SELECT record_id, 'pass'" COLUMNS " FROM thing", "expected one SELECT"},
    {"VALUES (1, 'pass', 'R', NULL, NULL)", "expected one SELECT"},
    {"", "exactly one SQL statement"},
    {"SELECT record_id, json_extract(iif(subject LIKE '%t3', '{', '{\"a\":\"pass\"}'), "
     "'$.a')" COLUMNS " FROM thing ORDER BY subject",
     "malformed JSON"},
    {"SELECT json_extract('{', '$.a') AS record_id, 'pass'" COLUMNS " FROM thing",
     "malformed JSON"},
};

START_TEST(a_broken_rule_gives_errors_that_name_its_file)
{
    for (size_t i = 0; i < sizeof faulty / sizeof faulty[0]; i++) {
        EVPACK_AUTO(store) s = mini_case("c.db", 5);
        map_totals t;
        map_with(s, faulty[i].sql, &t);
        ck_assert_msg(t.broken == 1, "%s: expected a broken rule", faulty[i].sql);
        EVPACK_AUTO(db_stmt) rows = NULL;
        evpack_err err = {0};
        OK(db_prepare(store_db(s), "SELECT status, reason FROM finding_row WHERE feature = 'F one'",
                      &rows, &err));
        for (int n = 0; n < 5; n++) {
            bool row = false;
            OK(db_step(rows, &row, &err));
            const char *reason = db_text_or_empty(rows, 1);
            ck_assert_msg(strcmp(db_text_or_empty(rows, 0), "error") == 0 &&
                              strncmp(reason, "mapping/rules/r-one.sql:1", 25) == 0 &&
                              strstr(reason, faulty[i].reason) != NULL,
                          "%s: expected an error that says '%s', came %s '%s'", faulty[i].sql,
                          faulty[i].reason, db_text_or_empty(rows, 0), reason);
        }
        db_finalize(EVPACK_MOVE(rows)); /* before the case whose files it has open */
        store_close(EVPACK_MOVE(s));
        ck_assert_int_eq(remove(test_path("c.db")), 0);
    }
}
END_TEST

static const char *const sound[] = {
    MINI_RULE,
    "SELECT record_id, 'pass'" COLUMNS " FROM thing -- no newline",
    "SELECT record_id, 'pass'" COLUMNS " FROM thing /* a word */",
    "SELECT record_id, 'pass'" COLUMNS " FROM thing;",
    "SELECT record_id, 'pass'" COLUMNS " FROM thing ; -- a word\n",
    "SELECT record_id, 'pass'" COLUMNS " FROM thing ORDER BY subject LIMIT 100",
    "WITH t AS (SELECT * FROM thing) SELECT record_id, 'fail'" COLUMNS " FROM t",
    "SELECT record_id, 'pass'" COLUMNS " FROM thing WHERE good UNION ALL SELECT record_id, 'fail',"
    " 'R', NULL, NULL FROM thing WHERE NOT good",
    /* also of what is no subject */
    "SELECT record_id, 'pass'" COLUMNS " FROM resource",
    "SELECT t.record_id, 'pass'" COLUMNS " FROM thing t, resource r, source s WHERE r.record_id ="
    " t.record_id AND s.evidence_id = r.evidence_id AND (SELECT value FROM parameter) = '7'",
};

START_TEST(sound_rules_decide)
{
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        EVPACK_AUTO(store) s = mini_case("c.db", 5);
        map_totals t;
        map_with(s, sound[i], &t);
        ck_assert_msg(t.broken == 0 && of_rule(s, "status IN ('pass', 'fail')") == 5,
                      "%s: expected five decisions, came %lld", sound[i],
                      (long long)of_rule(s, "status IN ('pass', 'fail')"));
        store_close(EVPACK_MOVE(s));
        ck_assert_int_eq(remove(test_path("c.db")), 0);
    }
}
END_TEST

START_TEST(a_subject_that_is_left_out_is_an_error)
{
    EVPACK_AUTO(store) s = mini_case("c.db", 5);
    map_totals t;
    map_with(s, "SELECT record_id, 'pass'" COLUMNS " FROM thing WHERE good", &t);
    ck_assert_uint_eq(t.broken, 0);
    ck_assert_int_eq(of_rule(s, "status = 'pass'"), 3);
    ck_assert_int_eq(
        of_rule(s,
                "status = 'error' AND reason = 'r-one is silent. (mapping/rules/r-one.sql:11:1)'"),
        2);
}
END_TEST

START_TEST(an_unknown_status_is_an_error)
{
    EVPACK_AUTO(store) s = mini_case("c.db", 5);
    map_totals t;
    map_with(s, "SELECT record_id, CASE WHEN good THEN 'PASS' END" COLUMNS " FROM thing", &t);
    ck_assert_int_eq(of_rule(s, "status = 'error' AND reason = 'r-one is odd.'"), 5);
    /* What only evpack may say. */
    static const char *const words[] = {"inherited", "exempt", "error", "1", " pass"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char sql[200];
        (void)snprintf(sql, sizeof sql, "SELECT record_id, '%s'" COLUMNS " FROM thing", words[i]);
        map_with(s, sql, &t);
        ck_assert_msg(of_rule(s, "status = 'error'") == 5, "'%s': expected errors", words[i]);
    }
}
END_TEST

/* A rule that answers what is Microsoft's finds out whether the customer switched it off; that he
 * did not proves nothing of Microsoft's part, so such a rule passes nobody. */
START_TEST(what_is_microsofts_is_failed_but_never_passed)
{
    EVPACK_AUTO(store) s = mini_case("c.db", 5);
    map_totals t;
    (void)mini_mapping("m");
    mini_rule("m", "r-two", "F two",
              "SELECT record_id, CASE WHEN good THEN 'pass' ELSE 'fail' END AS status,"
              " 'R.' AS reason, NULL AS need, NULL AS evidence FROM thing");
    evpack_err err = {0};
    OK(mini_map(s, test_path("m"), &t, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE rule_id = 'r-two' AND"
                                   " status = 'inherited' AND source = 'rule' AND responsibility ="
                                   " 'microsoft' AND reason = 'R. Theirs, 2026-01-02.'"),
                     3);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE rule_id = 'r-two' AND"
                                   " status = 'fail' AND reason = 'R.'"),
                     2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE rule_id = 'r-two'"), 5);
}
END_TEST

/* The other answers come through as they are. */
START_TEST(what_is_microsofts_may_stay_open)
{
    static const char *const words[] = {"unknown", "manual", "notapplicable"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        EVPACK_AUTO(store) s = mini_case("c.db", 5);
        map_totals t;
        (void)mini_mapping("m");
        char sql[256];
        (void)snprintf(sql, sizeof sql,
                       "SELECT record_id, '%s' AS status, 'R.' AS reason, NULL AS need,"
                       " NULL AS evidence FROM thing",
                       words[i]);
        mini_rule("m", "r-two", "F two", sql);
        evpack_err err = {0};
        OK(mini_map(s, test_path("m"), &t, &err));
        (void)snprintf(sql, sizeof sql,
                       "SELECT count(*) FROM finding_row WHERE rule_id = 'r-two' AND status = '%s'"
                       " AND reason = 'R.'",
                       words[i]);
        ck_assert_msg(case_value(s, sql) == 5, "%s: expected five findings", words[i]);
        store_close(EVPACK_MOVE(s));
        ck_assert_int_eq(remove(test_path("c.db")), 0);
    }
}
END_TEST

START_TEST(what_a_rule_says_comes_through)
{
    EVPACK_AUTO(store) s = mini_case("c.db", 5);
    map_totals t;
    map_with(s,
             "SELECT record_id, 'unknown' AS status, 'It''s \"so\".' AS reason, 'thing' AS need,"
             " '[1]' AS evidence FROM thing",
             &t);
    ck_assert_int_eq(of_rule(s, "status = 'unknown' AND reason = 'It''s \"so\".' AND need = 'thing'"
                                " AND evidence = '[1]' AND source = 'rule' AND severity = 'high'"
                                " AND rule_version = '1.0.0'"),
                     5);
}
END_TEST

static const char *const no_evidence[] = {
    "'not json'", "'{}'", "'[999]'", "'[\"1\"]'", "'[{\"pointer\":\"/a\"}]'", "'[null]'"};

START_TEST(evidence_that_cannot_be_followed_is_an_error)
{
    for (size_t i = 0; i < sizeof no_evidence / sizeof no_evidence[0]; i++) {
        char name[16];
        char sql[160];
        (void)snprintf(name, sizeof name, "c%zu.db", i);
        (void)snprintf(sql, sizeof sql,
                       "SELECT record_id, 'pass' AS status, 'r' AS reason, NULL AS need, %s AS"
                       " evidence FROM thing",
                       no_evidence[i]);
        EVPACK_AUTO(store) s = mini_case(name, 5);
        map_totals t;
        map_with(s, sql, &t);
        int64_t errors = of_rule(s, "status = 'error' AND evidence IS NULL"
                                    " AND reason LIKE '% names no evidence'");
        ck_assert_msg(errors == 5, "%s: expected 5 errors, came %lld", no_evidence[i],
                      (long long)errors);
    }
}
END_TEST

#define ENDLESS \
    "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c)"

/* Both before and after a sound one, so that what was done already is done again. */
START_TEST(endless_rules_are_stopped_and_others_go_on)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 5);
    const char *folder = mini_mapping("m");
    mini_rule("m", "r-one", "F one", "SELECT record_id, " ENDLESS COLUMNS " FROM thing");
    mini_rule("m", "r-two", "F two", MINI_RULE);
    mini_rule("m", "r-three", "F four",
              "SELECT record_id, 'pass'" COLUMNS " FROM thing WHERE good"
              " < " ENDLESS);
    map_totals t;
    OK(mini_map(s, folder, &t, &err));
    ck_assert_uint_eq(t.findings, 20);
    ck_assert_uint_eq(t.broken, 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE feature IN ('F one',"
                                   " 'F four') AND status = 'error' AND reason = 'mapping/rules/'"
                                   " || rule_id || '.sql:11:1: the statement took too many"
                                   " steps: more than 20000 thousand'"),
                     10);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE feature = 'F two'"
                                   " AND status IN ('inherited', 'fail')"),
                     5);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM run"), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM custody_event"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM mapping"), 1);
}
END_TEST

static const char service_head[] =
    "{\"slug\":\"s\",\"title\":\"S\",\"source\":\"s\",\"source_date\":\"2026-01-02\","
    "\"subjects\":\"s.sql\",\"features\":[{\"name\":\"F one\",\"control\":\"NS-1\",\"supported\":"
    "true,\"enabled_by_default\":false,\"responsibility\":\"customer\"}]}";

static evpack_status map_subjects(store *s, const char *sql, evpack_err *err)
{
    const char *folder = mini_mapping("m");
    mini_file("m", "services/s.json", service_head);
    mini_file("m", "services/s.sql", sql);
    map_totals t;
    return mini_map(s, folder, &t, err);
}

START_TEST(uncertain_subjects_are_unknown)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 5);
    OK(map_subjects(s,
                    "SELECT record_id, good AS certain, 'Who knows.' AS reason, 'thing' AS need"
                    " FROM thing",
                    &err));
    ck_assert_int_eq(of_rule(s, "status IN ('pass', 'fail')"), 3);
    ck_assert_int_eq(of_rule(s, "status = 'unknown' AND reason = 'Who knows.' AND need = 'thing'"),
                     2);
}
END_TEST

static const struct {
    const char *sql, *part;
} subjects[] = {
    {"SELECT record_id FROM thing", "no such column: certain"},
    {"SELECT 99999 AS record_id, 1 AS certain, NULL AS reason, NULL AS need",
     "record_id 99999 is no subject's"},
    {"SELECT record_id, 1 AS certain, NULL AS reason, NULL AS need FROM thing, (SELECT 1 UNION "
     "SELECT 2)",
     "UNIQUE"},
    {"SELECT record_id, NULL AS certain, NULL AS reason, NULL AS need FROM thing", "NOT NULL"},
    {"SELECT id AS record_id, 1 AS certain, line AS reason, NULL AS need FROM custody_event",
     "reading custody_event is not allowed here"},
    {"DELETE FROM finding", "is not allowed here"},
    {"SELECT 1; SELECT 2", "exactly one SQL statement"},
    {"SELECT 1) UNION SELECT (2", "syntax error"},
    {"SELECT record_id, " ENDLESS " AS certain, NULL AS reason, NULL AS need FROM thing",
     "took too many steps"},
    {"SELECT record_id, ?1 AS certain, NULL AS reason, NULL AS need FROM thing", "parameters"},
};

START_TEST(broken_subjects_end_the_run)
{
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(store) s = mini_case("c.db", 5);
        FAILS(map_subjects(s, subjects[i].sql, &err), EVPACK_E_MAPPING, subjects[i].part);
        ck_assert_msg(strstr(err.text, "mapping/services/s.sql:1:") != NULL, "came '%s'", err.text);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM run"), 0);
        store_close(EVPACK_MOVE(s));
        ck_assert_int_eq(remove(test_path("c.db")), 0);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_broken_rule_gives_errors_that_name_its_file,
                                  sound_rules_decide,
                                  a_subject_that_is_left_out_is_an_error,
                                  an_unknown_status_is_an_error,
                                  what_is_microsofts_is_failed_but_never_passed,
                                  what_is_microsofts_may_stay_open,
                                  what_a_rule_says_comes_through,
                                  evidence_that_cannot_be_followed_is_an_error,
                                  endless_rules_are_stopped_and_others_go_on,
                                  uncertain_subjects_are_unknown,
                                  broken_subjects_end_the_run,
                                  NULL};
    return test_main(test_suite("map/evaluate", tests));
}
