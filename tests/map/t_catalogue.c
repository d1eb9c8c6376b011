/* map/catalogue: what the files state is in the tables, and half statements are refused by name. */
#include "map/catalogue.h"

#include "case.h"
#include "map/mini.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

START_TEST(what_the_files_state_is_in_the_tables)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 1);
    map_totals t;
    OK(mini_map(s, mini_mapping("m"), &t, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM benchmark WHERE slug = 'b-v1'"), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM control"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM crosswalk WHERE framework = 'cis-v8'"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM feature"), 4);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM feature WHERE supported = 'false'"
                                   " AND enabled_by_default = 'notapplicable'"),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM need WHERE command LIKE 'az x%'"), 1);
    ck_assert_int_eq(case_value(s, "SELECT value FROM parameter WHERE name = 'limit'"), 7);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM rule WHERE severity = 'high'"
                                   " AND observes = '[\"/properties/good\"]'"),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM mapping_file"), 7);
    ck_assert_int_eq(case_value(s,
                                "SELECT count(*) FROM mapping_file WHERE path = 'rules/r-one.sql'"
                                " AND instr(bytes, '-- id: r-one') = 1"),
                     1);
}
END_TEST

/* Types are compared as the case has them, in lower case: mini's service says X.Y/Things. */
START_TEST(a_services_types_have_no_case)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 3);
    map_totals t;
    OK(mini_map(s, mini_mapping("m"), &t, &err));
    ck_assert_uint_eq(t.findings, 12);
}
END_TEST

/* What to look at: a feature's own words, else those for its name, and only where the customer has
 * something to do. */
START_TEST(guidance_is_by_feature_name)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 1);
    const char *folder = mini_mapping("m");
    mini_file("m", "guidance.json",
              "{\"F one\":\"Shared words.\",\"F two\":\"Shared words.\","
              "\"F five\":\"Five.\"}");
    mini_file("m", "services/t.json",
              "{\"slug\":\"t\",\"title\":\"T\",\"source\":\"s\",\"source_date\":\"d\","
              "\"resource_types\":[\"x.y/others\"],\"features\":[{\"name\":\"F five\","
              "\"control\":\"NS-1\",\"supported\":true,\"enabled_by_default\":false,"
              "\"responsibility\":\"customer\"}]}");
    map_totals t;
    OK(mini_map(s, folder, &t, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM feature WHERE guidance = 'Five.'"), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM feature WHERE guidance = 'Shared words.'"),
                     0); /* F one has its own; F two is Microsoft's */
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM feature WHERE guidance = 'See.'"), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE service = 't'"
                                   " AND status = 'manual' AND reason = 'Look. Five.'"),
                     1);
}
END_TEST

#define SERVICE(slug, who, features)                                                     \
    "{\"slug\":\"" slug "\",\"title\":\"S\",\"source\":\"s\",\"source_date\":\"d\"," who \
    "\"features\":[" features "]}"
#define TYPES "\"resource_types\":[\"x.y/things\"],"
#define FEATURE(name, control, responsibility, more)                                          \
    "{\"name\":\"" name "\",\"control\":\"" control "\",\"responsibility\":\"" responsibility \
    "\"" more "}"
#define FLAGS ",\"supported\":true,\"enabled_by_default\":null"
#define RULE(id, service, control, feature)                                                    \
    "-- id: " id "\n-- version: 1\n-- title: T\n-- service: " service "\n-- control: " control \
    "\n-- feature: " feature "\n-- tests: t\n-- absent: a\n" MINI_RULE

static const struct {
    const char *file, *text, *part;
} half[] = {
    {"benchmarks/b.json", "{\"slug\":\"b\",\"title\":\"B\",\"source\":\"s\",\"source_date\":\"d\"}",
     "benchmarks/b.json: has no controls"},
    {"benchmarks/b.json",
     "{\"slug\":\"b\",\"title\":\"B\",\"source\":\"s\",\"source_date\":\"d\",\"controls\":[{\"id\":"
     "\"NS-1\",\"domain\":\"NS\"}]}",
     "benchmarks/b.json: expected a string in member title"},
    {"benchmarks/b.json",
     "{\"slug\":\"b\",\"title\":\"B\",\"source\":\"s\",\"source_date\":\"d\",\"controls\":[{\"id\":"
     "\"NS-1\",\"domain\":\"NS\",\"title\":\"t\",\"crosswalk\":{\"cis\":[1]}}]}",
     "benchmarks/b.json: expected strings in the crosswalk cis"},
    {"benchmarks/c.json",
     "{\"slug\":\"b-v1\",\"title\":\"B\",\"source\":\"s\",\"source_date\":\"d\","
     "\"controls\":[]}",
     "benchmarks/c.json: "},
    {"services/t.json", "{\"slug\":\"t\"}", "services/t.json: expected a string in member title"},
    {"services/t.json", SERVICE("s", TYPES, FEATURE("F", "NS-1", "customer", FLAGS)),
     "services/t.json: "},
    {"services/t.json", SERVICE("t", TYPES, ""), "services/t.json: has no features"},
    {"services/t.json", SERVICE("t", "", FEATURE("F", "NS-1", "customer", FLAGS)),
     "services/t.json: expected 'subjects' or 'resource_types'"},
    {"services/t.json",
     SERVICE("t", "\"resource_types\":[],", FEATURE("F", "NS-1", "customer", FLAGS)),
     "services/t.json: expected 'subjects' or 'resource_types'"},
    {"services/t.json",
     SERVICE("t", "\"resource_types\":[],\"no_resources\":1,",
             FEATURE("F", "NS-1", "customer", FLAGS)),
     "services/t.json: expected 'subjects' or 'resource_types'"},
    {"guidance.json", "{\"F\":", "guidance.json:1:"},
    {"services/t.json",
     SERVICE("t", "\"resource_types\":[\"x'y\"],", FEATURE("F", "NS-1", "customer", FLAGS)),
     "services/t.json: expected plain strings in resource_types"},
    {"services/t.json",
     SERVICE("t", "\"subjects\":\"none.sql\",", FEATURE("F", "NS-1", "customer", FLAGS)),
     "services/t.json: names subjects that are not in the mapping: none.sql"},
    {"services/t.json",
     SERVICE("t", "\"subjects\":\"../reasons.json\",", FEATURE("F", "NS-1", "customer", FLAGS)),
     "names subjects that are not in the mapping"},
    {"services/t.json", SERVICE("t", TYPES, FEATURE("F", "NS-77", "customer", FLAGS)),
     "services/t.json: feature 'F' of t names a control or a responsibility that is not there: "
     "NS-77"},
    {"services/t.json", SERVICE("t", TYPES, FEATURE("F", "NS-1", "Customer", FLAGS)),
     "services/t.json: feature 'F' of t names a control or a responsibility"},
    {"services/t.json",
     SERVICE("t", TYPES, FEATURE("F", "NS-1", "customer", ",\"enabled_by_default\":true")),
     "services/t.json: expected true, false or null in member supported"},
    {"services/t.json",
     SERVICE(
         "t", TYPES,
         FEATURE("F", "NS-1", "customer", ",\"supported\":\"true\",\"enabled_by_default\":true")),
     "services/t.json: expected true, false or null in member supported"},
    {"services/t.json",
     SERVICE("t", TYPES, FEATURE("F", "NS-1", "customer", ",\"supported\":true")),
     "services/t.json: expected true, false or null in member enabled_by_default"},
    {"services/t.json",
     SERVICE("t", TYPES,
             FEATURE("F", "NS-1", "customer", FLAGS) "," FEATURE("F", "NS-1", "shared", FLAGS)),
     "services/t.json: "},
    {"needs.json", "[{\"kind\":\"x\",\"what\":\"y\"}]",
     "needs.json: expected a string in member command"},
    {"needs.json", "[1", "needs.json:1:3: "},
    {"parameters.json", "{\"a\":\"b\"}", "parameters.json: expected a string in member value"},
};

START_TEST(half_statements_are_refused_by_name)
{
    for (size_t i = 0; i < sizeof half / sizeof half[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(store) s = mini_case("c.db", 1);
        char name[16];
        (void)snprintf(name, sizeof name, "m%zu", i);
        const char *folder = mini_mapping(name);
        mini_file(name, half[i].file, half[i].text);
        map_totals t;
        evpack_status status = mini_map(s, folder, &t, &err);
        ck_assert_msg(status != EVPACK_OK && strstr(err.text, half[i].part) != NULL,
                      "%s: expected '%s', came '%s'", half[i].text, half[i].part, err.text);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM mapping"), 0);
        store_close(EVPACK_MOVE(s));
        ck_assert_int_eq(remove(test_path("c.db")), 0);
    }
}
END_TEST

/* A rule at fault: told with its line, and an error on the features that it can have meant. */
static const struct {
    const char *text, *fault;
    int errors; /* of the two findings of that feature; -1: none anywhere */
    const char *feature;
} rules[] = {
    {RULE("r-two", "s", "NS-1", "F one"),
     "rules/r-two.sql:6:1: feature 'F one' of s: another rule answers it, rules/r-one.sql", -1, ""},
    {RULE("r-one", "s", "NS-2", "F two"), "rules/r-two.sql:1:1: 'r-one' is the id of rules/r-one",
     2, "F two"},
    {RULE("r-two", "s", "NS-1", "F two"),
     "rules/r-two.sql:5:1: feature 'F two' of s stands under NS-2, not under NS-1", 2, "F two"},
    {RULE("r-two", "s, nosuch", "NS-2", "F two"),
     "rules/r-two.sql:4:1: there is no service 'nosuch'", 2, "F two"},
    {RULE("r-two", "s, s", "NS-2", "F two"), "rules/r-two.sql:4:1: service 's' stands twice", 2,
     "F two"},
    {RULE("r-two", "s", "NS-2", "F fuor"), "rules/r-two.sql:6:1: there is no such feature in s", 2,
     "F four"},
    {"-- id: r-two\n-- title: T\n-- service: s\n-- control: NS-2\n-- feature: F four\n"
     "-- tests: t\n-- absent: a\n" MINI_RULE,
     "rules/r-two.sql:1:1: the header has no 'version'", 2, "F four"},
    {"-- id: r-two\n-- version: 1\n-- titel: T\n--   more\n-- title: T\n-- service: s\n"
     "-- control: NS-2\n-- feature: F four\n-- tests: t\n-- absent: a\n" MINI_RULE,
     "rules/r-two.sql:3:1: expected '-- key: value'", 2, "F four"},
    {"SELECT 1", "rules/r-two.sql:1:1: the header has no 'id'", -1, ""},
};

START_TEST(a_rule_at_fault_breaks_its_features_alone)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = mini_case("c.db", 2);
    const char *folder = mini_mapping("m");
    mini_file("m", "rules/r-two.sql", rules[_i].text);
    for (int again = 0; again < 2; again++) { /* the second time the catalogue is there already */
        map_totals t;
        EVPACK_AUTO_VALUE(buf_reset) buf faults = {0};
        OK(mini_map_told(s, folder, &t, &faults, &err));
        ck_assert_msg(strstr(buf_str(&faults), rules[_i].fault) != NULL, "expected '%s', came '%s'",
                      rules[_i].fault, buf_str(&faults));
        ck_assert_uint_eq(t.findings, 8);
        ck_assert_uint_eq(t.by_status[8], rules[_i].errors < 0 ? 0 : 2);
        EVPACK_AUTO(db_stmt) q = NULL;
        OK(db_prepare(store_db(s),
                      "SELECT count(*) FROM finding_row WHERE status = 'error' AND feature = ?1"
                      " AND run_id = (SELECT max(id) FROM run)"
                      " AND reason LIKE 'mapping/rules/r-two.sql:%'",
                      &q, &err));
        OK(db_bind(q, &err, "t", rules[_i].feature));
        bool row = false;
        OK(db_step(q, &row, &err));
        ck_assert_int_eq(db_int(q, 0), rules[_i].errors < 0 ? 0 : rules[_i].errors);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {what_the_files_state_is_in_the_tables,
                                  a_services_types_have_no_case, guidance_is_by_feature_name,
                                  half_statements_are_refused_by_name, NULL};
    Suite *suite = test_suite("map/catalogue", tests);
    TCase *tc = tcase_create("rules");
    tcase_add_loop_test(tc, a_rule_at_fault_breaks_its_features_alone, 0,
                        (int)(sizeof rules / sizeof rules[0]));
    suite_add_tcase(suite, tc);
    return test_main(suite);
}
