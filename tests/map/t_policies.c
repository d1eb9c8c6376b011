/* map/policies: what mapping/policies/ states is in the tables, and half statements are refused. */
#include "map/policies.h"

#include "case.h"
#include "map/mini.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

#define GUID "11111111-2222-4333-8444-555555555555"
#define KEY "'/providers/microsoft.authorization/policydefinitions/" GUID "'"
#define SET                                                                                 \
    "{\"initiative\":\"/p/S\",\"version\":\"1.2\",\"benchmark\":\"b-v1\",\"group_prefix\":" \
    "\"B_\",\"policies\":[{\"definition\":\"" GUID "\",\"title\":\"T\",\"controls\":[%s]}]}"

static void with(const char *file, const char *text, evpack_status want, const char *part)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 1);
    const char *folder = mini_mapping("m");
    mini_file("m", file, text);
    map_totals t;
    if (want == EVPACK_OK) {
        OK(mini_map(s, folder, &t, &err));
    } else {
        FAILS(mini_map(s, folder, &t, &err), want, part);
    }
    ck_assert_int_eq(remove(test_path("c.db")), 0);
    mini_file("m", file, NULL);
}

START_TEST(claims_are_in_the_tables)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 1);
    const char *folder = mini_mapping("m");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_printf(&text, SET, "\"NS-1\",\"ZZ-9\"");
    mini_file("m", "policies/a.json", buf_str(&text));
    mini_file("m", "policies/b.json",
              "{\"assessments\":[{\"assessment\":\"" GUID "\",\"definition\":\"" GUID
              "\",\"severity\":\"low\"}]}");
    mini_file("m", "policies/c.json",
              "{\"policies\":[{\"definition\":\"" GUID "\",\"services\":[\"s\"],\"control\":"
              "\"NS-1\",\"feature\":\"F one\",\"why\":\"w\"}]}");
    map_totals t;
    OK(mini_map(s, folder, &t, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM policy_claim c JOIN control k ON k.id ="
                                   " c.control WHERE k.control_id = 'NS-1' AND c.version = '1.2'"
                                   " AND c.path = 'policies/a.json' AND c.definition = " KEY),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM policy_claim WHERE control IS NULL"), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM policy_group WHERE prefix = 'b_'"), 1);
    ck_assert_int_eq(
        case_value(s, "SELECT count(*) FROM assessment_policy WHERE definition = " KEY), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM policy_feature p JOIN feature f ON f.id ="
                                   " p.feature_id WHERE f.name = 'F one' AND p.why = 'w'"),
                     1);
}
END_TEST

/* The header of a rule names the definitions that make the same test; "none; GUID …" names none. */
START_TEST(a_rules_header_ties_its_policies)
{
    static const struct {
        const char *line;
        int64_t ties;
    } cases[] = {
        {"-- policy: " GUID "\n", 1},
        {"-- policy: " GUID " and 21111111-2222-4333-8444-555555555555, of the vault\n", 2},
        {"-- policy: none; " GUID " compares otherwise\n", 0},
        {"-- policy: 11111111\n", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(store) s = mini_case("c.db", 1);
        const char *folder = mini_mapping("m");
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf rule = {0};
        test_read(test_path("m/rules/r-one.sql"), &rule);
        const char *from = strstr(buf_str(&rule), "-- tests");
        ck_assert_ptr_nonnull(from);
        buf_append(&text, buf_str(&rule), (size_t)(from - buf_str(&rule)));
        buf_puts(&text, cases[i].line);
        buf_puts(&text, from);
        mini_file("m", "rules/r-one.sql", buf_str(&text));
        map_totals t;
        OK(mini_map(s, folder, &t, &err));
        int64_t ties = case_value(s, "SELECT count(*) FROM policy_feature");
        ck_assert_msg(ties == cases[i].ties, "%sexpected %lld ties, came %lld", cases[i].line,
                      (long long)cases[i].ties, (long long)ties);
        ck_assert_int_eq(remove(test_path("c.db")), 0);
    }
}
END_TEST

START_TEST(half_statements_are_refused_by_name)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_printf(&text, SET, "\"NS-1\"");
    with("policies/x.json", buf_str(&text), EVPACK_OK, "");
    static const char *const bad[] = {
        "{",
        "{}",
        "[]",
        "7",
        "{\"initiative\":\"/p\"}",
        "{\"initiative\":\"p\",\"version\":\"1\",\"benchmark\":\"b\"}",
        "{\"initiative\":\"/p\",\"version\":\"1\",\"benchmark\":\"b\",\"policies\":[7]}",
        "{\"initiative\":\"/p\",\"version\":\"1\",\"benchmark\":\"b\",\"policies\":"
        "[{\"definition\":\"" GUID "\"}]}",
        "{\"initiative\":\"/p\",\"version\":\"1\",\"benchmark\":\"b\",\"policies\":"
        "[{\"definition\":\"" GUID "\",\"controls\":[7]}]}",
        "{\"initiative\":\"/p\",\"version\":\"1\",\"benchmark\":\"b\",\"policies\":"
        "[{\"definition\":\"x\",\"controls\":[\"NS-1\"]}]}",
        "{\"assessments\":[{\"assessment\":\"x\",\"definition\":\"" GUID "\"}]}",
        "{\"policies\":[{\"definition\":\"" GUID "\",\"services\":[\"s\"]}]}",
        "{\"policies\":[{\"definition\":\"" GUID "\",\"services\":[\"no\"],\"control\":\"NS-1\","
        "\"feature\":\"F one\",\"why\":\"w\"}]}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        with("policies/x.json", bad[i], EVPACK_E_MAPPING, "policies/x.json");
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {claims_are_in_the_tables, a_rules_header_ties_its_policies,
                                  half_statements_are_refused_by_name, NULL};
    return test_main(test_suite("map/policies", tests));
}
