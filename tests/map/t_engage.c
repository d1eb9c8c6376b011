/*
 * map/engage: what the engagement chooses, leaves out and attaches; and that it can do no more than
 * that. The mapping is small (mini); the sample tenant's is in t_contoso.
 */
#include "map/engage.h"

#include "case.h"
#include "collect/collect.h"
#include "map/mini.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

#define A "a1a1a1a1-0000-4000-8000-0000000000a1"
#define B "b2b2b2b2-0000-4000-8000-0000000000b2"
#define ID(sub, group, name) \
    "/subscriptions/" sub "/resourceGroups/" group "/providers/X.Y/things/" name
#define THING(sub, group, name, more)                                                     \
    "{\"id\":\"" ID(sub, group, name) "\",\"name\":\"" name "\",\"type\":\"X.Y/things\"," \
                                      "\"properties\":{\"good\":true}" more "}"
#define BARE(sub, group, name) \
    "{\"id\":\"" ID(sub, group, name) "\",\"name\":\"" name "\",\"type\":\"X.Y/things\"}"

static const char things[] = "[" THING(A, "one", "a", ",\"tags\":{\"Env\":\"prod\"}") "," THING(
    A, "one", "b",
    ",\"tags\":{\"env\":\"Prod\"}") "," THING(A, "one-more", "c",
                                              ",\"tags\":null") "," THING(B, "one", "d",
                                                                          ",\"tags\":{\"env\":"
                                                                          "\"lab\"}") "," BARE(B,
                                                                                               "tw"
                                                                                               "o",
                                                                                               "e") "]";

static store *of_things(const char *engagement)
{
    evpack_err err = {0};
    store *s = NULL;
    (void)remove(test_path("c.db"));
    OK(store_open(test_path("c.db"), STORE_CREATE, &s, &err));
    char *const paths[] = {(char *)test_text_file("x/things.json", things)};
    (void)test_text_file("e/report.txt", "A report.");
    char file[1024];
    (void)snprintf(file, sizeof file, "{\"evpack_engagement\":1,\"reference\":\"R\"%s}",
                   engagement == NULL ? "" : engagement);
    const collect_options options = {
        .label = "2026-11",
        .collected_at = "2026-11-20T09:00:00Z",
        .engagement = engagement == NULL ? NULL : test_text_file("e/engagement.json", file),
        .now = MINI_AT};
    collect_totals totals;
    OK(collect_paths(s, paths, 1, &options, &totals, &err));
    return s;
}

static const char *mapping(void)
{
    const char *folder = mini_mapping("m");
    mini_file("m", "reasons.json", NULL);
    EVPACK_AUTO_VALUE(buf_reset) buf texts = {0};
    test_read(TEST_SOURCE_ROOT "/mapping/reasons.json", &texts);
    mini_file("m", "reasons.json", buf_str(&texts));
    return folder;
}

static store *mapped(const char *engagement)
{
    evpack_err err = {0};
    store *s = of_things(engagement);
    map_totals totals;
    OK(mini_map(s, mapping(), &totals, &err));
    return s;
}

/* The names of the resources with findings, and of those left out. */
static void names(store *s, const char *from, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    EVPACK_AUTO(db_stmt) q = NULL;
    buf_printf(&sql,
               "SELECT group_concat(name, '') FROM (SELECT DISTINCT r.name FROM %s f JOIN record r"
               " ON r.id = f.record_id WHERE r.type = 'x.y/things' ORDER BY 1)",
               from);
    OK(db_prepare(store_db(s), buf_str(&sql), &q, &err));
    bool row = false;
    OK(db_step(q, &row, &err));
    buf_puts(out, db_text_or_empty(q, 0));
}

static void in_and_out(const char *engagement, const char *in, const char *out, const char *open)
{
    EVPACK_AUTO(store) s = mapped(engagement);
    EVPACK_AUTO_VALUE(buf_reset) buf found = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf left = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf unsure = {0};
    names(s, "finding", &found);
    names(s, "scoped_out", &left);
    names(s, "scope_open", &unsure);
    ck_assert_msg(strcmp(buf_str(&found), in) == 0 && strcmp(buf_str(&left), out) == 0 &&
                      strcmp(buf_str(&unsure), open) == 0,
                  "%s: expected in '%s', out '%s', open '%s', came '%s', '%s', '%s'", engagement,
                  in, out, open, buf_str(&found), buf_str(&left), buf_str(&unsure));
}

START_TEST(the_scope_decides_who_has_findings)
{
    in_and_out("", "abcde", "", "");
    in_and_out(",\"scope\":{\"exclude\":[{\"subscription\":\"B2B2B2B2-0000-4000-8000-0000000000b2\""
               "}]}",
               "abc", "de", "");
    /* A group's name is whole, not a beginning. */
    in_and_out(",\"scope\":{\"exclude\":[{\"resource_group\":\"/subscriptions/" A
               "/RESOURCEGROUPS/One\"}]}",
               "cde", "ab", "");
    in_and_out(",\"scope\":{\"include\":[{\"resource\":\"" ID(
                   A, "one", "a") "\"},{\"subscription\""
                                  ":\"" B
                                  "\"}],\"exclude\":[{\"resource\":\"" ID(B, "one", "d") "\"}]}",
               "ae", "bcd", "");
}
END_TEST

/* Names of tags have no letter case, values have; the summary's tags are unknown. */
START_TEST(who_has_no_tags_in_the_evidence_stays)
{
    in_and_out(",\"scope\":{\"exclude\":[{\"tag\":\"ENV\",\"value\":\"prod\"}]}", "bcde", "a", "e");
    in_and_out(",\"scope\":{\"include\":[{\"tag\":\"env\",\"value\":\"prod\"}]}", "ae", "bcd", "e");
    in_and_out(",\"scope\":{\"include\":[{\"tag\":\"env\",\"value\":\"lab\"},{\"subscription\":\"" B
               "\"}]}",
               "de", "abc", "");
    in_and_out(",\"scope\":{\"exclude\":[{\"tag\":\"env\",\"value\":\"lab\"},{\"subscription\":\"" B
               "\"}]}",
               "abc", "de", "");
}
END_TEST

static void says(store *s, const char *sql, const char *want)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), sql, &q, &err));
    bool row = false;
    OK(db_step(q, &row, &err));
    ck_assert_msg(row && strcmp(db_text_or_empty(q, 0), want) == 0, "%s: expected\n%s\ncame\n%s",
                  sql, want, row ? db_text_or_empty(q, 0) : "nothing");
}

START_TEST(the_reason_names_the_line)
{
    EVPACK_AUTO(store)
    s = mapped(",\"scope\":{\"include\":[{\"subscription\":\"" A "\"}],\"exclude\":[{\"tag\":\"x\","
               "\"value\":\"y\"},{\"resource\":\"" ID(A, "one", "a") "\",\"reason\":\"old\"}]}");
    says(s, "SELECT why FROM scoped_out o JOIN record r ON r.id = o.record_id WHERE r.name = 'a'",
         "Left out of the scope by /scope/exclude/1 of engagement.json: resource " ID(
             A, "one", "a") " (\"old\").");
    says(s, "SELECT why FROM scoped_out o JOIN record r ON r.id = o.record_id WHERE r.name = 'd'",
         "Left out of the scope: no line of /scope/include of engagement.json names it.");
    ck_assert_int_eq(case_value(s, "SELECT engagement_id FROM run"), 1);
}
END_TEST

static void parameter(const char *declared, const char *value, const char *part)
{
    evpack_err err = {0};
    char engagement[400];
    (void)snprintf(engagement, sizeof engagement, ",\n \"parameters\": {\"p\": \"%s\"}", value);
    EVPACK_AUTO(store) s = of_things(engagement);
    const char *folder = mapping();
    mini_file("m", "parameters.json", declared);
    map_totals totals;
    if (part == NULL) {
        OK(mini_map(s, folder, &totals, &err));
        EVPACK_AUTO(db_stmt) q = NULL;
        OK(db_prepare(store_db(s), "SELECT value, chosen FROM run_parameter WHERE name = 'p'", &q,
                      &err));
        bool row = false;
        OK(db_step(q, &row, &err));
        ck_assert_str_eq(db_text_or_empty(q, 0), value);
        ck_assert_int_eq(db_int(q, 1), 1);
        return;
    }
    FAILS(mini_map(s, folder, &totals, &err), EVPACK_E_INPUT, part);
    ck_assert_msg(strstr(err.text, "engagement.json:2:22: /parameters/p: ") != NULL,
                  "expected the place in '%s'", err.text);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM run"), 0);
}

START_TEST(parameters_are_those_that_the_mapping_declares)
{
    parameter("{}", "x", "the mapping has no parameter of this name");
    parameter("{\"p\":{\"value\":\"a\"}}", "anything", NULL);
    parameter("{\"p\":{\"type\":\"boolean\",\"value\":\"false\"}}", "True", NULL);
    parameter("{\"p\":{\"type\":\"boolean\",\"value\":\"false\"}}", "yes",
              "expected true or false");
    parameter("{\"p\":{\"type\":\"choice\",\"allowed\":[\"a\",\"b\"],\"value\":\"a\"}}", "c",
              "expected one of a, b");
    parameter("{\"p\":{\"type\":\"choice\",\"allowed\":[\"a\",\"b\"],\"value\":\"a\"}}", "b", NULL);
    parameter("{\"p\":{\"type\":\"list\",\"value\":\"\"}}", "", NULL);
    parameter("{\"p\":{\"type\":\"list\",\"value\":\"\"}}", "One, two three ,4", NULL);
    parameter("{\"p\":{\"type\":\"list\",\"value\":\"\"}}", "a,,b", "separated by commas");
    parameter("{\"p\":{\"type\":\"list\",\"value\":\"\"}}", "a,", "separated by commas");
    parameter("{\"p\":{\"type\":\"list\",\"allowed\":[\"a\"],\"value\":\"\"}}", "a, c",
              "each one of a");
}
END_TEST

#define REPORT(id, start, end, more)                                                             \
    "{\"id\":\"" id "\",\"name\":\"N " id "\",\"standard\":\"S\",\"period\":{\"start\":\"" start \
    "\",\"end\":\"" end "\"},\"file\":\"report.txt\"" more "}"
static const char inherited_sql[] = "SELECT DISTINCT reason FROM finding_row WHERE status = "
                                    "'inherited'";

START_TEST(assurance_reports_are_named_and_make_no_pass)
{
    EVPACK_AUTO(store) none = mapped("");
    const int64_t inherited =
        case_value(none, "SELECT count(*) FROM finding WHERE status = 3 AND evidence IS NULL");
    ck_assert_int_gt(inherited, 0);
    EVPACK_AUTO(store)
    s = mapped(",\"assurance\":[" REPORT("1", "2026-01-01", "2026-11-19",
                                         "") "," REPORT("2", "2026-11-20", "2026-11-20", "") "]");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding WHERE status = 3"), inherited);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding f, json_each(f.evidence) j JOIN"
                                   " engaged g ON g.record_id = j.value WHERE f.status = 3 AND"
                                   " g.subject = 'assurance-report:2'"),
                     inherited);
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    buf_puts(&want, "Microsoft's responsibility under the service baseline of 2026-01-02; there is"
                    " nothing for the customer to test. Evidenced by what the provider's auditor"
                    " attests: \"N 2\" (S, 2026-11-20 to 2026-11-20, file report.txt). evpack"
                    " attaches it and does not judge it.");
    says(s, inherited_sql, buf_str(&want));
}
END_TEST

static void not_assured(const char *report, const char *part)
{
    evpack_err err = {0};
    char engagement[600];
    (void)snprintf(engagement, sizeof engagement, ",\"assurance\":[%s]", report);
    EVPACK_AUTO(store) s = mapped(engagement);
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), inherited_sql, &q, &err));
    bool row = false;
    OK(db_step(q, &row, &err));
    ck_assert_msg(row && strstr(db_text_or_empty(q, 0), part) != NULL &&
                      strstr(db_text_or_empty(q, 0), "Not evidenced here: ") != NULL,
                  "expected '%s' in '%s'", part, db_text_or_empty(q, 0));
    ck_assert_int_eq(
        case_value(s, "SELECT count(*) FROM finding WHERE status = 3 AND evidence IS NOT NULL"), 0);
}

START_TEST(a_report_that_does_not_cover_says_why)
{
    not_assured(REPORT("1", "2026-01-01", "2026-11-19", ""),
                "the period of the attached \"N 1\" (S, 2026-01-01 to 2026-11-19, file report.txt)"
                " does not cover the export of 2026-11-20T09:00:00Z");
    not_assured(REPORT("1", "2026-01-01", "2026-12-31", ",\"services\":[\"other\"]"),
                "no attached assurance report speaks of this service and control");
    not_assured(REPORT("1", "2026-01-01", "2026-12-31", ",\"controls\":[\"ZZ-9\"]"),
                "no attached assurance report speaks of this service and control");
}
END_TEST

/* Two snapshots, of which a report covers one: each says its own. */
START_TEST(each_snapshot_has_its_own_answer)
{
    evpack_err err = {0};
    EVPACK_AUTO(store)
    s = of_things(",\"assurance\":[" REPORT("1", "2026-11-01", "2026-11-30", "") "]");
    char *const paths[] = {(char *)test_text_file("x/things.json", things)};
    const collect_options older = {
        .label = "2026-10", .collected_at = "2026-10-20T09:00:00Z", .now = MINI_AT};
    const collect_options undated = {.label = "undated", .now = MINI_AT};
    collect_totals totals;
    OK(collect_paths(s, paths, 1, &older, &totals, &err));
    OK(collect_paths(s, paths, 1, &undated, &totals, &err));
    map_totals mapped_totals;
    OK(mini_map(s, mapping(), &mapped_totals, &err));
    static const char *const want[][2] = {{"2026-11", "Evidenced by"},
                                          {"2026-10", "does not cover the export of 2026-10-20"},
                                          {"undated", "nothing says when this snapshot was"}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
        buf_printf(&sql,
                   "SELECT min(instr(reason, '%s') > 0) AND count(*) > 0 FROM finding_row WHERE"
                   " status = 'inherited' AND snapshot = '%s'",
                   want[i][1], want[i][0]);
        ck_assert_msg(case_value(s, buf_str(&sql)) == 1, "%s: expected '%s'", want[i][0],
                      want[i][1]);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_scope_decides_who_has_findings,
                                  who_has_no_tags_in_the_evidence_stays,
                                  the_reason_names_the_line,
                                  parameters_are_those_that_the_mapping_declares,
                                  assurance_reports_are_named_and_make_no_pass,
                                  a_report_that_does_not_cover_says_why,
                                  each_snapshot_has_its_own_answer,
                                  NULL};
    return test_main(test_suite("map/engage", tests));
}
