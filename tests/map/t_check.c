/* map/check: every kind of thing that can be wrong in a mapping is told with file, line and column,
 * all of them at once; the mapping that is built in has no fault. */
#include "map/check.h"

#include "map/mini.h"
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void told(const char *folder, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(faults_reset) map_faults faults = {0};
    size_t files = 0;
    OK(map_check(folder, &faults, &files, &err));
    buf_clear(out);
    for (size_t i = 0; i < faults.count; i++) {
        faults_say(&faults.at[i], out);
        buf_putc(out, '\n');
    }
}

START_TEST(the_built_in_mapping_has_no_fault)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    told(NULL, &out);
    ck_assert_str_eq(buf_str(&out), "");
}
END_TEST

START_TEST(the_mini_mapping_has_no_fault)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    told(mini_mapping("m"), &out);
    ck_assert_str_eq(buf_str(&out), "");
}
END_TEST

#define HEAD(id, control, feature)                                                       \
    "-- id: " id "\n-- version: 1.0.0\n-- title: T\n-- service: s\n-- control: " control \
    "\n-- feature: " feature "\n"
#define TAIL "-- tests: t\n-- absent: a\n"
#define BENCH(more, controls)                                                     \
    "{\"slug\": \"b-v1\", \"title\": \"B\", \"source\": \"s\", \"source_date\": " \
    "\"2026-01-01\"" more ",\n \"controls\": [" controls "]}\n"
#define ONE "{\"id\": \"NS-1\", \"domain\": \"NS\", \"title\": \"One\"}"
#define TWO "{\"id\": \"NS-2\", \"domain\": \"NS\", \"title\": \"Two\"}"
#define SERVICE(slug, who, features)                                               \
    "{\"slug\": \"" slug                                                           \
    "\", \"title\": \"S\", \"source\": \"s\", \"source_date\": \"2026-01\",\n" who \
    "\n \"features\": [\n" features "]}\n"
#define FEATURE(control, more)                                             \
    "{\"name\": \"F\", \"control\": \"" control "\", \"supported\": true," \
    " \"enabled_by_default\": null, \"responsibility\": \"customer\"" more "}"
#define TYPES "\"resource_types\": [\"x.y/others\"],"

static const struct {
    const char *file, *text, *fault;
} wrong[] = {
    {"benchmarks/b.json", "{\"slug\": \"b\",\n \"title\": }",
     "benchmarks/b.json:2:11: is not JSON"},
    {"benchmarks/b.json", NULL, "benchmarks/*.json: is not there"},
    {"reasons.json", NULL, "reasons.json: is not there"},
    {"benchmarks/b.json", BENCH("", ONE ",\n" ONE ", " TWO),
     "benchmarks/b.json:3:8: /controls/1/id: control 'NS-1' stands twice"},
    {"benchmarks/b.json", BENCH(", \"more\": 1", ONE ", " TWO),
     "benchmarks/b.json:1:84: /more: member 'more' is not known here"},
    {"benchmarks/c.json", BENCH("", ONE), "benchmarks/c.json:1:10: /slug: two benchmarks"},
    {"benchmarks/b.json", BENCH("", ONE ", {\"id\": \"NS-2\", \"domain\": \"NS\"}"),
     "benchmarks/b.json:2:63: /controls/1: member 'title' is missing"},
    {"services/t.json", SERVICE("t", TYPES, FEATURE("NS-77", "")),
     "services/t.json:4:26: /features/0/control: there is no control 'NS-77' in b-v1"},
    {"services/t.json", SERVICE("t", TYPES, FEATURE("NS-1", ", \"responsibillity\": 1")),
     "services/t.json:4:130: /features/0/responsibillity: member 'responsibillity' is not known"},
    {"services/t.json", SERVICE("s", TYPES, FEATURE("NS-1", "")),
     "services/t.json:1:10: /slug: two services have the slug 's'"},
    {"services/t.json", SERVICE("t", "", FEATURE("NS-1", "")),
     "services/t.json:1:1: fits none of the forms that are allowed here, expected one: subjects"},
    {"services/t.json", SERVICE("t", "\"subjects\": \"gone.sql\",", FEATURE("NS-1", "")),
     "services/t.json:2:13: /subjects: there is no services/gone.sql"},
    {"services/t.json", SERVICE("t", TYPES "\"benchmark\": \"gone\",", FEATURE("NS-1", "")),
     "services/t.json:2:47: /benchmark: there is no benchmark 'gone'"},
    {"services/t.json", SERVICE("t", TYPES, FEATURE("NS-1", "") ",\n" FEATURE("NS-1", "")),
     "services/t.json:5:10: /features/1/name: feature 'F' stands twice under NS-1"},
    {"services/own.sql", "SELECT record_id,\n 1 AS certain FROM resource",
     "services/own.sql:1:1: other columns, expected one SELECT of record_id, certain, reason, "
     "need"},
    {"needs.json", "[{\"kind\": \"thing\", \"what\": \"w\", \"command\": 7}]",
     "needs.json:1:44: /0/command: a value of type number, expected string"},
    {"needs.json",
     "[{\"kind\": \"a\", \"what\": \"w\", \"command\": \"c\"},\n {\"kind\": \"a\", \"what\": \"w\","
     " \"command\": \"c\"}]",
     "needs.json:2:11: /1/kind: kind 'a' stands twice"},
    {"parameters.json", "{\"Limit\": {\"value\": \"7\"}}",
     "parameters.json:1:11: /Limit: 'Limit' has not the form that is expected here"},
    {"parameters.json", "{\"a\": {\"value\": \"7\", \"why\": \"b\"},\n \"a\": {\"value\": \"8\"}}",
     "parameters.json:1:1: member 'a' stands twice in one object"},
    {"guidance.json", "{\"F one\": \"x\",\n \"F/nine\": \"x\"}",
     "guidance.json:2:12: /F~1nine: no service has the feature 'F/nine'"},
    {"coverage.json", "{\"supporting\": [], \"not_covered\": [{\"type\": \"a/b\"}]}",
     "coverage.json:1:36: /not_covered/0: member 'why' is missing"},
    {"reasons.json", "{\"inherited\": \"x\"}", "reasons.json:1:1: member 'unsupported' is missing"},
    {"baseline-resolutions.json",
     "{\"rules\": [{\"id\": \"r\", \"text\": \"t\"}], \"rows\": [\n{\"rule\": \"q\", \"service\": "
     "\"s\","
     " \"feature\": \"F\", \"published\": [], \"used\": \"u\"}]}",
     "baseline-resolutions.json:2:10: /rows/0/rule: no rule of this file has the id 'q'"},
    {"policies/i.json",
     "{\"initiative\": \"/providers/Microsoft.Authorization/policySetDefinitions/x\","
     " \"version\": \"1\", \"benchmark\": \"b-v1\", \"policies\": [\n"
     "{\"definition\": \"013e242c-8828-4970-87b3-ab247555486d\", \"controls\": [\"ZZ-1\"]}]}",
     "policies/i.json:2:69: /policies/0/controls/0: there is no control 'ZZ-1' in b-v1"},
    {"policies/i.json",
     "{\"initiative\": \"/providers/Microsoft.Authorization/policySetDefinitions/x\","
     " \"version\": \"1\", \"benchmark\": \"b-v1\", \"policies\": [\n"
     "{\"definition\": \"013e242c\", \"controls\": [\"NS-1\"]}]}",
     "policies/i.json:2:16: /policies/0/definition: '013e242c' has not the form"},
    {"policies/f.json",
     "{\"policies\": [{\"definition\": \"013e242c-8828-4970-87b3-ab247555486d\",\n"
     "\"services\": [\"s\"], \"control\": \"NS-2\", \"feature\": \"F one\", \"why\": \"w\"}]}",
     "policies/f.json:2:14: /policies/0/services/0: there is no feature 'F one' under NS-2 in s"},
    {"policies/a.json", "{\"assessments\": [{\"assessment\": \"x\"}]}",
     "policies/a.json:1:18: /assessments/0: member 'definition' is missing"},
    {"plan.json",
     "{\"loops\": [], \"commands\": [{\"id\": \"a\", \"for\": \"once\", \"kind\": \"k\",\n"
     " \"az\": [\"vm\", \"delete\"]}]}",
     "plan.json:1:28: /commands/0: 'a': a plan only reads"},
    {"plan.json",
     "{\"loops\": [], \"commands\": [{\"id\": \"a\", \"for\": \"once\", \"kind\": \"k\",\n"
     " \"az\": [\"vm\", \"list\"], \"supplies\": [\"thing\", \"gone\"]}]}",
     "plan.json:2:46: /commands/0/supplies/1: no need of needs.json has the kind 'gone'"},
    {"rules/r-one.sql", HEAD("r-one", "NS-1", "F one") "-- absent: a\n" MINI_RULE,
     "rules/r-one.sql:1:1: the header has no 'tests'"},
    {"rules/r-one.sql", HEAD("r-one", "NS-1", "F one") "-- remark\n" TAIL MINI_RULE,
     "rules/r-one.sql:7:1: expected '-- key: value'"},
    {"rules/r-one.sql", HEAD("r-one", "NS-9", "F one") TAIL MINI_RULE,
     "rules/r-one.sql:5:1: feature 'F one' of s stands under NS-1, not under NS-9"},
    {"rules/r-one.sql", HEAD("r-one", "NS-1", "F none") TAIL MINI_RULE,
     "rules/r-one.sql:6:1: there is no such feature in s: 'F none'"},
    {"rules/r-one.sql", HEAD("r-one", "NS-1", "F one") "-- needs: gone\n" TAIL MINI_RULE,
     "rules/r-one.sql:7:1: no need of needs.json has the kind 'gone'"},
    {"rules/r-one.sql", HEAD("r-one", "NS-1", "F one") "-- severity: grave\n" TAIL MINI_RULE,
     "rules/r-one.sql:7:1: severity 'grave', expected high, medium or low"},
    {"rules/r-one.sql", HEAD("r-one", "NS-1", "F one") "-- observes: a.b\n" TAIL MINI_RULE,
     "rules/r-one.sql:7:1: 'a.b' is no JSON Pointer"},
    {"rules/r-two.sql", HEAD("r-2", "NS-2", "F two") TAIL MINI_RULE,
     "rules/r-two.sql:1:1: the id is 'r-2', expected the file's name: r-two"},
    {"rules/r-one.sql", HEAD("r-one", "NS-1", "F one") TAIL "SELECT record_id,\n nosuch FROM thing",
     "rules/r-one.sql:10:2: no such column: nosuch"},
    {"rules/r-one.sql",
     HEAD("r-one", "NS-1", "F one") TAIL "SELECT 1 AS record_id,\n body FROM record",
     "rules/r-one.sql:10:12: reading record is not allowed here"},
    {"rules/r-one.sql",
     HEAD("r-one", "NS-1", "F one") TAIL
     "SELECT record_id, 'pass' AS status,\n readfile('/x') AS reason,"
     " NULL AS need, NULL AS evidence FROM thing",
     "rules/r-one.sql:10:2: "},
    {"rules/r-one.sql", HEAD("r-one", "NS-1", "F one") TAIL "ATTACH '/tmp/x' AS y",
     "rules/r-one.sql:9:1: "},
    {"views/thing.sql", "SELECT record_id,\n nosuch FROM resource",
     "views/thing.sql:2:2: no such column: nosuch"},
    {"views/Thing.sql", "SELECT 1 AS a", "views/Thing.sql: a view's name"},
    {"parameter.json", "{}", "parameter.json: is not read"},
    {"rule/x.sql", "SELECT 1", "rule/x.sql: nothing reads a file of this name"},
};

START_TEST(each_kind_of_fault_has_its_place)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    const char *folder = mini_mapping("m");
    const char *fault = wrong[_i].fault;
    mini_file("m", wrong[_i].file, wrong[_i].text);
    told(folder, &out);
    if (strstr(fault, "is not read") != NULL) {
        fault = "parameter.json: nothing reads a file of this name";
    }
    ck_assert_msg(strstr(buf_str(&out), fault) != NULL, "%s: expected '%s', came '%s'",
                  wrong[_i].file, fault, buf_str(&out));
}
END_TEST

START_TEST(all_faults_are_told_at_once)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    const char *folder = mini_mapping("m");
    mini_file("m", "needs.json", "[{\"kind\": \"A\"}, 1]");
    mini_file("m", "views/thing.sql", "SELECT");
    mini_file("m", "rules/r-one.sql", "-- id: r-one\nSELECT nosuch");
    told(folder, &out);
    size_t lines = 0;
    for (const char *p = buf_str(&out); *p != '\0'; p++) {
        lines += *p == '\n';
    }
    ck_assert_msg(lines == 4 + 1 + 7 + 1, "expected 13 faults, came %zu: %s", lines, buf_str(&out));
}
END_TEST

START_TEST(what_is_not_there_cannot_be_looked_at)
{
    evpack_err err = {0};
    map_faults faults = {0};
    size_t files = 0;
    FAILS(map_check(test_path("none"), &faults, &files, &err), EVPACK_E_MAPPING,
          "there is no folder of that name");
}
END_TEST

/* A mapping that leaves a rule out without a word would test less than its author thinks. */
START_TEST(a_link_is_told)
{
    const char *folder = mini_mapping("m");
    ck_assert_int_eq(symlink("nowhere", test_path("m/rules/linked.sql")), 0);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    told(folder, &b);
    ck_assert_msg(strcmp(buf_str(&b), "rules/linked.sql: is a link or no file, and no part of the"
                                      " mapping: copy the file here\n") == 0,
                  "expected the link, came '%s'", buf_str(&b));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_built_in_mapping_has_no_fault,
                                  the_mini_mapping_has_no_fault,
                                  all_faults_are_told_at_once,
                                  what_is_not_there_cannot_be_looked_at,
                                  a_link_is_told,
                                  NULL};
    Suite *suite = test_suite("map/check", tests);
    TCase *tc = tcase_create("faults");
    tcase_add_loop_test(tc, each_kind_of_fault_has_its_place, 0,
                        (int)(sizeof wrong / sizeof wrong[0]));
    suite_add_tcase(suite, tc);
    return test_main(suite);
}
