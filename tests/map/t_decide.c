/*
 * map/decide: exceptions excuse what fails, attestations answer what is manual, nothing else
 * changes, and what no longer holds is said about the file. The engagement comes in as collect
 * reads it; what collect would refuse is put into the case by SQL.
 */
#include "map/decide.h"

#include "case.h"
#include "collect/collect.h"
#include "map/mini.h"
#include "store/findings.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

#define SUB "11111111-1111-4111-8111-111111111111"
#define GROUP "/subscriptions/" SUB "/resourceGroups/g"
#define THING GROUP "/providers/X.Y/Things/"

/* Features: one by a rule, published under NS-9; one Microsoft's; one that does not apply; two
 * manual.
 */
static const char service_text[] =
    "{\"slug\":\"s\",\"title\":\"S\",\"source\":\"s\",\"source_date\":\"2026-01-02\","
    "\"resource_types\":[\"X.Y/Things\",\"X.Y/Things/Kids\"],\"features\":["
    "{\"name\":\"F one\",\"control\":\"NS-1\",\"published_control\":\"NS-9\",\"supported\":true,"
    "\"enabled_by_default\":false,\"responsibility\":\"customer\",\"guidance\":\"See.\"},"
    "{\"name\":\"F two\",\"control\":\"NS-2\",\"supported\":true,"
    "\"enabled_by_default\":true,\"responsibility\":\"microsoft\"},"
    "{\"name\":\"F four\",\"control\":\"NS-2\",\"supported\":true,\"enabled_by_default\":false,"
    "\"responsibility\":\"shared\",\"guidance\":\"Look there.\"},"
    "{\"name\":\"F five\",\"control\":\"NS-2\",\"supported\":true,\"enabled_by_default\":false,"
    "\"responsibility\":\"customer\",\"guidance\":\"Look here.\"}]}";

/* a, its child, ab, and o in another group fail. */
static const char export_text[] =
    "[{\"id\":\"" THING "a\",\"name\":\"a\",\"type\":\"X.Y/Things\","
    "\"tags\":{\"Env\":\"Dev\",\"other\":\"dev\"},\"properties\":{\"good\":false}},"
    "{\"id\":\"" THING "a/Kids/k\",\"name\":\"k\",\"type\":\"X.Y/Things/Kids\","
    "\"properties\":{\"good\":false}},"
    "{\"id\":\"" THING "ab\",\"name\":\"ab\",\"type\":\"X.Y/Things\","
    "\"tags\":{\"env\":\"dev\"},\"properties\":{\"good\":false}},"
    "{\"id\":\"" THING "good\",\"name\":\"good\",\"type\":\"X.Y/Things\","
    "\"tags\":{\"env\":\"dev\"},\"properties\":{\"good\":true}},"
    "{\"id\":\"" GROUP "2/providers/X.Y/Things/o\",\"name\":\"o\",\"type\":\"X.Y/Things\","
    "\"tags\":7,\"properties\":{\"good\":false}}]";

static store *collected(const char *export, const char *collected_at)
{
    evpack_err err = {0};
    store *s = NULL;
    (void)remove(test_path("case.db"));
    char *const paths[] = {(char *)test_text_file("export.json", export)};
    OK(store_open(test_path("case.db"), STORE_CREATE, &s, &err));
    const collect_options options = {.label = "a", .collected_at = collected_at, .now = MINI_AT};
    collect_totals totals;
    OK(collect_paths(s, paths, 1, &options, &totals, &err));
    (void)mini_mapping("m");
    mini_file("m", "services/s.json", service_text);
    mini_file("m", "views/thing.sql",
              "SELECT record_id, subject, complete, json_extract(body, '$.properties.good') AS good"
              " FROM resource WHERE type IN ('x.y/things', 'x.y/things/kids')\n");
    return s;
}

static store *tenant(void)
{
    return collected(export_text, "2026-11-20T09:00:00Z");
}

static void map_it(store *s)
{
    evpack_err err = {0};
    map_totals totals;
    OK(mini_map(s, test_path("m"), &totals, &err));
    ck_assert_uint_eq(totals.broken, 0);
}

/* The engagement with these lists (the elements of each), and then a map. */
static void engage(store *s, const char *exceptions, const char *attestations)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_printf(&text, "{\"evpack_exceptions\":1,\"exceptions\":[%s]}", exceptions);
    (void)test_text_file("e/exceptions.json", buf_str(&text));
    buf_clear(&text);
    buf_printf(&text, "{\"evpack_attestations\":1,\"attestations\":[%s]}", attestations);
    (void)test_text_file("e/attestations.json", buf_str(&text));
    (void)test_text_file("e/minutes.txt", "Minutes of the review.\n");
    const collect_options options = {
        .label = "a",
        .now = MINI_AT,
        .engagement =
            test_text_file("e/engagement.json", "{\"evpack_engagement\":1,\"reference\":\"E\","
                                                "\"exceptions\":[\"exceptions.json\"],"
                                                "\"attestations\":[\"attestations.json\"]}")};
    collect_totals totals;
    OK(collect_paths(s, NULL, 0, &options, &totals, &err));
    map_it(s);
}

#define EXCEPTION(id, scope, what, granted, expires)                                              \
    "{\"id\":\"" id "\",\"scope\":{" scope "}," what ",\"owner\":\"O\",\"approver\":\"Ann App\"," \
    "\"reason\":\"Because of it\",\"ticket\":\"T-1\",\"granted\":\"" granted                      \
    "\",\"expires\":\"" expires "\"}"
#define ATTESTATION(id, scope, what, at, conclusion, more)                           \
    "{\"id\":\"" id "\",\"scope\":{" scope "}," what                                 \
    ",\"reviewer\":{\"name\":\"Rev Iewer\",\"role\":\"CISO\"},\"reviewed_at\":\"" at \
    "\",\"looked_at\":\"The plan\",\"conclusion\":\"" conclusion "\"" more "}"
#define ON_SUB "\"subscription\":\"" SUB "\""
#define ON(name) "\"resource\":\"" THING name "\""
#define NS1 "\"control\":\"NS-1\""
#define NS2 "\"control\":\"NS-2\""
#define UNTIL(t) ",\"valid_until\":\"" t "\""

/* How many findings of the newest run meet the condition. */
static void expect(store *s, const char *where, int64_t n)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "SELECT count(*) FROM finding_row WHERE %s", where);
    int64_t came = case_value(s, buf_str(&sql));
    ck_assert_msg(came == n, "expected %lld findings where %s, came %lld", (long long)n, where,
                  (long long)came);
}

static void expect_decision(store *s, const char *where)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "SELECT count(*) FROM decisions WHERE %s", where);
    ck_assert_msg(case_value(s, buf_str(&sql)) == 1, "expected one decision where %s", where);
}

/* Every resource and feature has exactly one finding of our own. */
static void all_there(store *s)
{
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM (SELECT 1 FROM finding_row"
                                   " WHERE feature IS NOT NULL GROUP BY subject_key, feature"
                                   " HAVING count(*) = 1)"),
                     20);
}

START_TEST(a_fail_becomes_exempt_and_stays_visible)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = tenant();
    map_it(s);
    expect(s, "status = 'fail'", 4);
    char id[UUID_TEXT] = "";
    for (int run = 0; run < 2; run++) {
        if (run == 1) {
            engage(s, EXCEPTION("X1", ON("a"), NS1, "2026-01-01", "2026-12-31"), "");
        }
        EVPACK_AUTO(findings) f = NULL;
        OK(findings_open_all(s, &f, &err));
        const finding *one = NULL;
        OK(findings_next_of_all(f, &one, &err));
        while (one != NULL &&
               (strcmp(one->test->feature, "F one") != 0 || strcmp(one->subject_name, "a") != 0)) {
            OK(findings_next_of_all(f, &one, &err));
        }
        ck_assert_ptr_nonnull(one);
        ck_assert_str_eq(one->raw_status, "fail");
        if (run == 0) {
            ck_assert_int_eq(one->status, FINDING_FAIL);
            ck_assert_ptr_null(one->decided_by);
            memcpy(id, one->id, sizeof id);
        } else {
            ck_assert_int_eq(one->status, FINDING_EXEMPT);
            ck_assert_str_eq(one->id, id);
            ck_assert_str_eq(one->decided_by, "exception:X1");
            ck_assert_str_eq(one->decision, "exception");
            ck_assert_str_eq(one->test->source, "rule");
            ck_assert_str_eq(one->reason,
                             "Because. Exempt until 2026-12-31: exception X1, approved by Ann App"
                             " on 2026-01-01, ticket T-1: Because of it.");
            ck_assert_uint_eq(one->place_count, 2);
            ck_assert_str_eq(one->places[1].path, "data/evidence/engagement/exceptions.json");
            ck_assert_str_eq(one->places[1].pointer, "/exceptions/0");
        }
    }
    expect(s, "status = 'exempt' AND raw_status = 'fail'", 2); /* its child, too; not ab */
    expect(s, "status = 'exempt' AND subject LIKE '%/a/Kids/k'", 1);
    expect(s, "status = 'fail'", 2);
    expect(s, "source = 'exception'", 0);
    expect_decision(s, "key = 'X1' AND state = 'in-force' AND matched = 2 AND decided = 2");
    all_there(s);
}
END_TEST

/* The run judges at 2026-11-22T08:00:00Z. */
START_TEST(an_exception_ends_at_the_second)
{
    static const struct {
        const char *granted, *expires, *state;
    } cases[] = {
        {"2026-01-01", "2026-11-22T08:00:00Z", "expired"},
        {"2026-01-01", "2026-11-22T08:00:01Z", "in-force"},
        {"2026-01-01", "2026-11-22T07:59:59Z", "expired"},
        {"2026-01-01", "2026-11-22T10:00:00+02:00", "expired"},
        {"2026-01-01", "2026-11-22T10:00:01+02:00", "in-force"},
        {"2026-01-01", "2026-11-22", "in-force"},
        {"2026-01-01", "2026-11-21", "expired"},
        {"2026-11-22T08:00:00Z", "2027-01-01", "in-force"},
        {"2026-11-22T08:00:01Z", "2027-01-01", "not-yet"},
        {"2026-11-22", "2026-11-22", "in-force"},
        {"2026-11-23", "2027-01-01", "not-yet"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO(store) s = tenant();
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_printf(&text,
                   "{\"id\":\"X1\",\"scope\":{" ON_SUB "}," NS1 ",\"owner\":\"O\",\"approver\":"
                   "\"A\",\"reason\":\"R.\",\"granted\":\"%s\",\"expires\":\"%s\"}",
                   cases[i].granted, cases[i].expires);
        engage(s, buf_str(&text), "");
        bool holds = strcmp(cases[i].state, "in-force") == 0;
        EVPACK_AUTO_VALUE(buf_reset) buf where = {0};
        buf_printf(&where, "state = '%s' AND matched = 4", cases[i].state);
        expect_decision(s, buf_str(&where));
        expect(s, "status = 'exempt'", holds ? 4 : 0);
        expect(s, "status = 'fail' AND source = 'rule'", holds ? 0 : 4);
        /* Ended while the test still fails: a fault of its own; not begun: something to look at. */
        expect(s,
               "status = 'fail' AND source = 'exception' AND control_id = 'NS-1'"
               " AND responsibility IS NULL",
               strcmp(cases[i].state, "expired") == 0 ? 1 : 0);
        expect(s, "status = 'manual' AND source = 'exception'",
               strcmp(cases[i].state, "not-yet") == 0 ? 1 : 0);
    }
}
END_TEST

/* Which of the failing things a, k (its child), ab and o an exception covers. */
START_TEST(scopes_end_at_names)
{
    static const struct {
        const char *scope;
        int64_t n;
    } cases[] = {
        {ON("A"), 2},
        {ON("ab"), 1},
        {ON("a/Kids/K"), 1},
        {ON("b"), 0},
        {ON("good"), 0},
        {"\"resource_group\":\"/Subscriptions/" SUB "/ResourceGroups/G\"", 3},
        {"\"resource_group\":\"" GROUP "2\"", 1},
        {"\"resource_group\":\"" GROUP "3\"", 0},
        {ON_SUB, 4},
        {"\"subscription\":\"21111111-1111-4111-8111-111111111111\"", 0},
        {"\"tag\":\"ENV\",\"value\":\"Dev\"", 1},
        {"\"tag\":\"env\",\"value\":\"dev\"", 1}, /* ab: good does not fail */
        {"\"tag\":\"other\",\"value\":\"dev\"", 1},
        {"\"tag\":\"env\",\"value\":\"\"", 0},
        {"\"tag\":\"none\",\"value\":\"dev\"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO(store) s = tenant();
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_printf(&text,
                   "{\"id\":\"X1\",\"scope\":{%s}," NS1 ",\"owner\":\"O\",\"approver\":\"A\","
                   "\"reason\":\"R.\",\"granted\":\"2026-01-01\",\"expires\":\"2027-01-01\"}",
                   cases[i].scope);
        engage(s, buf_str(&text), "");
        int64_t n = case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'exempt'");
        ck_assert_msg(n == cases[i].n, "%s: expected %lld exempt, came %lld", cases[i].scope,
                      (long long)cases[i].n, (long long)n);
        expect(s, "source = 'exception' AND status = 'manual' AND control_id = 'NS-1'",
               cases[i].n == 0 ? 1 : 0);
        /* The tags of o are no tags, so nobody knows them. */
        if (strncmp(cases[i].scope, "\"tag\"", 5) == 0) {
            expect_decision(s, "note LIKE '%Tags that nobody knows match nothing%: 1 finding.'");
        }
    }
}
END_TEST

START_TEST(what_an_exception_names_must_all_match)
{
    static const struct {
        const char *what;
        int64_t n;
    } cases[] = {
        {NS1, 4},
        {"\"control\":\"NS-9\"", 4}, /* the published id */
        {NS2, 0},
        {"\"rule\":\"r-one\"", 4},
        {"\"rule\":\"r-one\",\"control\":\"NS-1\"", 4},
        {"\"rule\":\"r-one\",\"control\":\"NS-2\"", 0},
        {"\"rule\":\"r-two\"", 0},
        {"\"control\":\"NS-1\",\"service\":\"s\"", 4},
        {"\"control\":\"NS-1\",\"service\":\"t\"", 0},
        {"\"control\":\"NS-1\",\"feature\":\"f ONE\"", 4},
        {"\"control\":\"NS-1\",\"feature\":\"F two\"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO(store) s = tenant();
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_printf(&text,
                   "{\"id\":\"X1\",\"scope\":{" ON_SUB "},%s,\"owner\":\"O\",\"approver\":\"A\","
                   "\"reason\":\"R.\",\"granted\":\"2026-01-01\",\"expires\":\"2027-01-01\"}",
                   cases[i].what);
        engage(s, buf_str(&text), "");
        int64_t n = case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'exempt'");
        ck_assert_msg(n == cases[i].n, "%s: expected %lld exempt, came %lld", cases[i].what,
                      (long long)cases[i].n, (long long)n);
        expect(s, "source = 'exception'", cases[i].n == 0 ? 1 : 0);
    }
}
END_TEST

START_TEST(of_several_the_one_that_ends_last_decides)
{
    EVPACK_AUTO(store) s = tenant();
    engage(s,
           EXCEPTION("X1", ON("a"), NS1, "2026-01-01", "2026-12-31") "," EXCEPTION(
               "X3", ON_SUB, NS1, "2026-01-01",
               "2027-06-30") "," EXCEPTION("X2", ON_SUB, NS1, "2026-01-01",
                                           "2027-06-30") "," EXCEPTION("X9", ON_SUB, NS1,
                                                                       "2026-01-01", "2026-06-30"),
           "");
    expect(s, "status = 'exempt' AND decided_by = 'exception:X2'", 4);
    expect(s,
           "status = 'exempt' AND subject LIKE '%/a' AND reason LIKE '%Also covered by exception X3"
           " until 2027-06-30, exception X1 until 2026-12-31.' AND json_array_length(evidence) = 3",
           1);
    expect_decision(s, "key = 'X3' AND state = 'in-force' AND matched = 4 AND decided = 0"
                       " AND note = 'Others decide what it covers.'");
    /* An ended one that another has taken over still is a fault of the file. */
    expect(s, "source = 'exception' AND status = 'fail' AND subject = 'exception:X9'", 1);
    expect(s, "source = 'exception'", 1);
}
END_TEST

START_TEST(an_unmatched_exception_says_why)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {EXCEPTION("X1", ON_SUB, "\"rule\":\"gone\"", "2026-01-01", "2027-01-01"),
         "%no test of this run is of rule gone.%"},
        {EXCEPTION("X1", ON("nowhere"), NS1, "2026-01-01", "2027-01-01"),
         "%nothing at or below its scope.%"},
        {EXCEPTION("X1", ON("good"), NS1, "2026-01-01", "2027-01-01"),
         "%no test that it names fails in its scope.%"},
        {EXCEPTION("X1", ON("good"), NS1, "2025-01-01", "2026-01-01"), "%It ended (2026-01-01)%"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO(store) s = tenant();
        engage(s, cases[i].text, "");
        EVPACK_AUTO_VALUE(buf_reset) buf where = {0};
        buf_printf(&where,
                   "source = 'exception' AND status = 'manual' AND raw_status = 'manual'"
                   " AND snapshot = 'engagement' AND reason LIKE '%s'",
                   cases[i].why);
        expect(s, buf_str(&where), 1);
        all_there(s);
    }
}
END_TEST

START_TEST(an_attestation_answers_what_is_manual)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = tenant();
    map_it(s);
    expect(s, "status = 'manual'", 10);
    engage(s, "",
           ATTESTATION(
               "A1", ON("a"), NS2, "2026-11-21T10:00:00Z", "pass",
               ",\"evidence\":[\"minutes.txt\"]") "," ATTESTATION("A2", ON("good"),
                                                                  NS2 ",\"feature\":\"F four\"",
                                                                  "2026-11-21", "fail", ""));
    expect(s,
           "source = 'attestation' AND status = 'pass' AND raw_status = 'manual'"
           " AND decided_by = 'attestation:A1' AND service = 's' AND control_id = 'NS-2'",
           4); /* a and its child, two features */
    expect(s, "source = 'attestation' AND status = 'fail' AND raw_status = 'manual'", 1);
    expect(s, "source = 'attestation' AND feature = 'F four' AND responsibility = 'shared'", 3);
    expect(s, "status = 'manual' AND source = 'baseline'", 5);
    expect(s,
           "reason = 'Pass by attestation of Rev Iewer (CISO) on 2026-11-21T10:00:00Z (A1), who"
           " looked at: The plan. Files: minutes.txt. Before it: Look. Look here.'",
           2);
    all_there(s);
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open_all(s, &f, &err));
    const finding *one = NULL;
    OK(findings_next_of_all(f, &one, &err));
    while (one != NULL && one->status != FINDING_PASS) {
        OK(findings_next_of_all(f, &one, &err));
    }
    while (one != NULL && one->decision == NULL) {
        OK(findings_next_of_all(f, &one, &err));
    }
    ck_assert_ptr_nonnull(one);
    ck_assert_uint_eq(one->place_count, 3);
    ck_assert_str_eq(one->places[1].path, "data/evidence/engagement/attestations.json");
    ck_assert_str_eq(one->places[2].path, "data/evidence/engagement/minutes.txt");
    ck_assert_str_eq(one->places[2].pointer, "");
    ck_assert_uint_eq(one->places[2].start, 0);
    ck_assert_uint_eq(one->places[2].length, strlen("Minutes of the review.\n"));
    ck_assert_uint_eq(strlen(one->places[2].sha256), 64);
}
END_TEST

/* When does an attestation count? The snapshot is of 2026-11-20T09:00:00Z, or does not say. */
START_TEST(an_attestation_holds_for_its_time)
{
    static const struct {
        const char *collected, *at, *until, *state;
    } cases[] = {
        {"2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z", NULL, "in-force"},
        {"2026-11-20T09:00:00Z", "2026-11-20T08:59:59Z", NULL, "older"},
        {"2026-11-20T09:00:00Z", "2026-11-20", NULL, "in-force"},
        {"2026-11-20T09:00:00Z", "2026-11-19", NULL, "older"},
        {"2026-11-20T09:00:00Z", "2026-01-19", "2026-11-22", "in-force"},
        {"2026-11-20T09:00:00Z", "2026-01-19", "2026-11-21", "expired"},
        {"2026-11-20T09:00:00Z", "2026-01-19", "2026-11-22T08:00:00Z", "expired"},
        {"2026-11-20T09:00:00Z", "2026-01-19", "2026-11-22T08:00:01Z", "in-force"},
        {"2026-11-20T09:00:00Z", "2026-11-22T08:00:00Z", NULL, "in-force"},
        {"2026-11-20T09:00:00Z", "2026-11-22T08:00:01Z", NULL, "not-yet"},
        {NULL, "2026-11-21", NULL, "older"}, /* it was imported on the 22nd */
        {NULL, "2026-11-22T08:00:00Z", NULL, "in-force"},
        {NULL, "2026-11-21", "2027-01-01", "in-force"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO(store) s = collected(export_text, cases[i].collected);
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_printf(&text,
                   "{\"id\":\"A1\",\"scope\":{" ON_SUB "}," NS2 ",\"reviewer\":{\"name\":\"R\"},"
                   "\"reviewed_at\":\"%s\",\"looked_at\":\"It\",\"conclusion\":\"pass\"%s%s%s}",
                   cases[i].at, cases[i].until == NULL ? "" : ",\"valid_until\":\"",
                   cases[i].until == NULL ? "" : cases[i].until,
                   cases[i].until == NULL ? "" : "\"");
        engage(s, "", buf_str(&text));
        bool holds = strcmp(cases[i].state, "in-force") == 0;
        int64_t n = case_value(s, "SELECT count(*) FROM finding_row WHERE raw_status = 'manual'"
                                  " AND status = 'pass'");
        ck_assert_msg(n == (holds ? 10 : 0), "case %zu: expected it %s, came %lld passes", i,
                      cases[i].state, (long long)n);
        EVPACK_AUTO_VALUE(buf_reset) buf where = {0};
        buf_printf(&where, "state = '%s' AND matched = 10", cases[i].state);
        expect_decision(s, buf_str(&where));
        expect(s,
               "source = 'attestation' AND subject = 'attestation:A1' AND status = 'manual'"
               " AND control_id = 'NS-2'",
               holds ? 0 : 1);
        all_there(s);
    }
}
END_TEST

START_TEST(a_fail_wins_over_a_pass)
{
    EVPACK_AUTO(store) s = tenant();
    engage(
        s, "",
        ATTESTATION("A1", ON_SUB, NS2, "2026-10-01", "fail", UNTIL("2027-01-01")) "," ATTESTATION(
            "A2", ON("a"), NS2, "2026-11-01", "pass",
            UNTIL("2027-01-01")) "," ATTESTATION("A3", ON("a"), NS2, "2026-09-01", "fail",
                                                 UNTIL("2027-01-01")) "," ATTESTATION("A4", ON("a"),
                                                                                      NS2,
                                                                                      "2026-09-01",
                                                                                      "fail",
                                                                                      UNTIL(
                                                                                          "2026-10-"
                                                                                          "01")));
    expect(s, "status = 'pass' AND source = 'attestation'", 0);
    expect(s, "status = 'fail' AND decided_by = 'attestation:A1'", 10);
    expect(s,
           "subject LIKE '%/a' AND reason LIKE '%Others: fail by attestation of Rev Iewer (CISO) on"
           " 2026-09-01 (A3); pass by attestation of Rev Iewer (CISO) on 2026-11-01 (A2).%'"
           " AND json_array_length(evidence) = 3",
           2);
    expect_decision(s, "key = 'A2' AND state = 'in-force' AND decided = 0"
                       " AND note = 'Others decide what it covers.'");
    expect_decision(s, "key = 'A4' AND state = 'expired' AND matched = 4"
                       " AND note LIKE '%is manual again: 4 findings.'");
    all_there(s);
}
END_TEST

/* Neither a fail nor an unknown nor an answer is attested away; a failed attestation can be
 * excused. */
START_TEST(only_what_is_manual_is_attested)
{
    EVPACK_AUTO(store) s = tenant();
    mini_rule("m", "r-one", "F one",
              "SELECT record_id, CASE WHEN good THEN 'pass' WHEN subject LIKE '%/ab' THEN 'unknown'"
              " ELSE 'fail' END AS status, 'Because.' AS reason, CASE WHEN subject LIKE '%/ab' THEN"
              " 'thing' END AS need, NULL AS evidence FROM thing\n");
    engage(s, "", ATTESTATION("A1", ON_SUB, NS1, "2026-11-21", "pass", ""));
    expect(s, "status = 'pass'", 1);
    expect(s, "status = 'unknown' AND source = 'rule'", 1);
    expect(s, "status = 'fail' AND source = 'rule'", 3);
    expect(s,
           "source = 'attestation' AND status = 'manual' AND reason LIKE '%no finding that it"
           " speaks of is manual.'",
           1);
    /* Nor does an exception touch anything but a fail. */
    engage(s,
           EXCEPTION("X1", ON_SUB, NS1, "2026-01-01",
                     "2027-01-01") "," EXCEPTION("X2", ON_SUB, NS2, "2026-01-01", "2027-01-01"),
           ATTESTATION("A1", ON("a"), NS2 ",\"feature\":\"F five\"", "2026-11-21", "fail", ""));
    expect(s, "status = 'unknown' AND source = 'rule'", 1);
    expect(s, "status = 'pass'", 1);
    expect(s, "status = 'exempt' AND source = 'rule' AND raw_status = 'fail'", 3);
    expect(s,
           "status = 'exempt' AND source = 'attestation' AND raw_status = 'fail'"
           " AND decided_by = 'exception:X2' AND reason LIKE 'Fail by attestation of%Exempt until%'"
           " AND json_array_length(evidence) = 2",
           2);
    expect(s, "status = 'fail'", 0);
    all_there(s);
}
END_TEST

/* A rule that says manual is answered, too, and the attestation keeps its rule. */
START_TEST(a_rules_manual_is_attested)
{
    EVPACK_AUTO(store) s = tenant();
    mini_rule("m", "r-one", "F one",
              "SELECT record_id, 'manual' AS status, 'Nobody can say.' AS reason, NULL AS need,"
              " json_array(record_id) AS evidence FROM thing\n");
    engage(s, "", ATTESTATION("A1", ON("ab"), NS1, "2026-11-21", "pass", ""));
    expect(s,
           "source = 'attestation' AND status = 'pass' AND rule_id = 'r-one' AND rule_version ="
           " '1.0.0' AND reason LIKE '% Before it: Nobody can say.'"
           " AND json_array_length(evidence) = 2",
           1);
    expect(s, "source = 'rule' AND status = 'manual'", 4);
    all_there(s);
}
END_TEST

START_TEST(the_same_case_gives_the_same_findings)
{
    static const char rows[] = "SELECT count(*) * 1000000 + sum(length(reason)) + "
                               "sum(coalesce(json_array_length(evidence), 0))"
                               " FROM finding_row";
    EVPACK_AUTO(store) s = tenant();
    engage(s,
           EXCEPTION("X1", ON_SUB, NS1, "2026-01-01", "2027-01-01") "," EXCEPTION(
               "X2", "\"tag\":\"env\",\"value\":\"dev\"", NS1, "2026-01-01", "2027-01-01"),
           ATTESTATION("A1", ON_SUB, NS2, "2026-11-21", "pass", ""));
    int64_t first = case_value(s, rows);
    map_it(s);
    ck_assert_int_eq(case_value(s, rows), first);
    ck_assert_int_eq(
        case_value(s, "SELECT count(*) FROM finding_row WHERE status IN ('exempt', 'fail')"), 4);
    /* And without an engagement's lists, as if there were none. */
    engage(s, "", "");
    expect(s, "decided IS NOT NULL OR source IN ('exception', 'attestation')", 0);
    expect(s, "status = 'fail'", 4);
    expect(s, "status = 'manual'", 10);
}
END_TEST

/* What collect would refuse, put into the case: as the kind and role say, with this body. */
static void forged(store *s, const char *kind, const char *role, const char *body)
{
    evpack_err err = {0};
    case_sql(s, "INSERT INTO snapshot(id, label, imported_at, tool_version, role) VALUES"
                " (99, 'engagement', '2026-11-22T08:00:00Z', 't', 'engagement');"
                "INSERT INTO content VALUES (99, unhex32(99), 5);"
                "INSERT INTO evidence(id, snapshot_id, content_id, path, member, kind, encoding,"
                " shape, completeness, records) VALUES (99, 99, 99, 'f.json', 'f.json',"
                " 'exception', 'utf-8', 'object', 'whole', 1);"
                "INSERT INTO engagement VALUES (1, '2026-11-22T08:00:00Z', 99)");
    EVPACK_AUTO(db_stmt) add = NULL;
    OK(store_begin(s, &err));
    OK(db_prepare(
        store_db(s),
        "INSERT INTO record(id, evidence_id, kind, subject, complete, normalised, pointer,"
        " start, length, body) VALUES (9999, 99, ?1, ?1 || ':F1', 1, 0, '', 0, 5, ?2)",
        &add, &err));
    OK(db_bind(add, &err, "tt", kind, body));
    OK(db_run(add, &err));
    EVPACK_AUTO(db_stmt) file = NULL;
    OK(db_prepare(store_db(s), "INSERT INTO engagement_file VALUES (1, 99, ?)", &file, &err));
    OK(db_bind(file, &err, "t", role));
    OK(db_run(file, &err));
    OK(store_commit(s, &err));
}

/* Nothing of this decides anything, and each is told of as one that cannot be read. */
START_TEST(odd_bodies_decide_nothing)
{
#define REST ",\"approver\":\"A\",\"granted\":\"2026-01-01\",\"expires\":\"2027-01-01\"}"
    static const char *const bodies[] = {
        "",
        "7",
        "null",
        "[]",
        "{",
        "\"text\"",
        "{}",
        "{\"scope\":7,\"control\":\"NS-1\"" REST,
        "{\"scope\":{},\"control\":\"NS-1\"" REST,
        "{\"scope\":{\"subscription\":\"\"},\"control\":\"NS-1\"" REST,
        "{\"scope\":{\"subscription\":7},\"control\":\"NS-1\"" REST,
        "{\"scope\":{\"subscription\":\"a/b\"},\"control\":\"NS-1\"" REST,
        "{\"scope\":{\"resource\":\"/\"},\"control\":\"NS-1\"" REST,
        "{\"scope\":{\"resource\":\"/subscriptions\"},\"control\":\"NS-1\"" REST,
        "{\"scope\":{\"resource_group\":\"/\"},\"control\":\"NS-1\"" REST,
        "{\"scope\":{\"tag\":\"env\"},\"control\":\"NS-1\",\"value\":\"dev\",\"approver\":7" REST,
        "{\"scope\":{" ON_SUB ",\"tag\":\"env\",\"value\":\"dev\"},\"control\":\"NS-1\"" REST,
        "{\"scope\":{" ON_SUB "}" REST,
        "{\"scope\":{" ON_SUB "},\"control\":7" REST,
        "{\"scope\":{" ON_SUB "},\"control\":\"NS-1\",\"rule\":[\"x\"]" REST,
        "{\"scope\":{" ON_SUB "},\"control\":\"NS-1\",\"granted\":\"2026-01-01\",\"expires\":"
        "\"2027-01-01\"}",
        "{\"scope\":{" ON_SUB "},\"control\":\"NS-1\",\"approver\":\"A\",\"granted\":\"now\","
        "\"expires\":\"2027-01-01\"}",
        "{\"scope\":{" ON_SUB
        "},\"control\":\"NS-1\",\"approver\":\"A\",\"granted\":\"2026-01-01\","
        "\"expires\":\"9999999\"}",
        "{\"scope\":{" ON_SUB
        "},\"control\":\"NS-1\",\"approver\":\"A\",\"granted\":\"2026-01-01\","
        "\"expires\":\"2026-99-99\"}",
        "{\"scope\":{" ON_SUB
        "},\"control\":\"NS-1\",\"approver\":\"A\",\"granted\":\"2026-01-01\"}",
        "{\"scope\":{" ON_SUB
        "},\"control\":\"NS-1\",\"approver\":\"A\",\"granted\":\"2026-01-01\","
        "\"expires\":null}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        for (int kind = 0; kind < 2; kind++) {
            EVPACK_AUTO(store) s = tenant();
            forged(s, kind == 0 ? "exception" : "attestation",
                   kind == 0 ? "exceptions" : "attestations", bodies[i]);
            map_it(s);
            int64_t n = case_value(s, "SELECT count(*) FROM decisions WHERE state = 'unreadable'");
            ck_assert_msg(n == 1, "expected one that cannot be read, came %lld of %s", (long long)n,
                          bodies[i]);
            expect(s, "decided IS NOT NULL", 0);
            expect(s, "status = 'fail'", 4);
            expect(s, "status = 'manual'", 11);
            all_there(s);
        }
    }
}
END_TEST

/* Letters that mean something to SQL or to a pattern are letters. */
START_TEST(odd_texts_are_texts)
{
    static const char *const bodies[] = {
        "{\"id\":\"'; DROP TABLE finding; "
        "--\",\"scope\":{\"subscription\":\"%\"},\"control\":\"NS-1\"" REST,
        "{\"scope\":{\"subscription\":\"_1111111-1111-4111-8111-111111111111\"},\"control\":\"NS-"
        "1\"" REST,
        "{\"scope\":{" ON_SUB "},\"control\":\"%\"" REST,
        "{\"scope\":{\"tag\":\"%\",\"value\":\"%\"},\"control\":\"NS-1\"" REST,
        "{\"scope\":{\"resource\":\"/*/providers/*\"},\"rule\":\"*\"" REST,
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        EVPACK_AUTO(store) s = tenant();
        forged(s, "exception", "exceptions", bodies[i]);
        map_it(s);
        int64_t n = case_value(s, "SELECT count(*) FROM decisions WHERE state = 'unmatched'");
        ck_assert_msg(n == 1, "expected one that matches nothing of %s", bodies[i]);
        expect(s, "decided IS NOT NULL", 0);
        expect(s, "source = 'exception' AND status = 'manual'", 1);
    }
}
END_TEST

/* Only a file that the engagement names as a list decides: not what it names for another purpose.
 */
START_TEST(other_files_decide_nothing)
{
    static const char body[] = "{\"id\":\"F1\",\"scope\":{" ON_SUB "},\"control\":\"NS-1\"" REST;
    static const char *const roles[] = {"attested", "assurance", "engagement", "attestations"};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        EVPACK_AUTO(store) s = tenant();
        forged(s, "exception", roles[i], body);
        map_it(s);
        expect(s, "decided IS NOT NULL OR source = 'exception'", 0);
        expect(s, "status = 'fail'", 4);
    }
    EVPACK_AUTO(store) s = tenant();
    forged(s, "exception", "exceptions", body);
    map_it(s);
    expect(s, "status = 'exempt'", 4);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_fail_becomes_exempt_and_stays_visible,
                                  an_exception_ends_at_the_second,
                                  scopes_end_at_names,
                                  what_an_exception_names_must_all_match,
                                  of_several_the_one_that_ends_last_decides,
                                  an_unmatched_exception_says_why,
                                  an_attestation_answers_what_is_manual,
                                  an_attestation_holds_for_its_time,
                                  a_fail_wins_over_a_pass,
                                  only_what_is_manual_is_attested,
                                  a_rules_manual_is_attested,
                                  the_same_case_gives_the_same_findings,
                                  odd_bodies_decide_nothing,
                                  odd_texts_are_texts,
                                  other_files_decide_nothing,
                                  NULL};
    return test_main(test_suite("map/decide", tests));
}
