/*
 * map/azure_exempt.sql: which policy states an exemption of Azure's covers, that one which has
 * ended covers none, and that our own rules never hear of it.
 */
#include "case.h"
#include "collect/collect.h"
#include "map/mini.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

enum { NOW = 1795334400 }; /* 2026-11-22T08:00:00Z */

#define SUB "/subscriptions/11111111-1111-4111-8111-111111111111"
#define ACCOUNT SUB "/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a"
#define GROUPS "/providers/Microsoft.Management/managementGroups/"
#define ASSIGNMENT "/providers/Microsoft.Authorization/policyAssignments/p"
#define LOCAL                                               \
    "/providers/microsoft.authorization/policydefinitions/" \
    "71ef260a-8f18-47b7-abcb-62d0673d94dc"

#define STATE(assignment, word, more)                                                  \
    "{\"resourceId\":\"" ACCOUNT "\",\"policyAssignmentId\":\"" assignment ASSIGNMENT  \
    "\",\"policyDefinitionId\":\"" LOCAL "\",\"policyDefinitionReferenceId\":\"ref\"," \
    "\"timestamp\":\"2026-11-20T06:00:00Z\",\"complianceState\":\"" word "\"" more "}"
#define EXEMPTION_NAMED(name, scope, assignment, more)                                   \
    "{\"id\":\"" scope "/providers/Microsoft.Authorization/policyExemptions/" name "\"," \
    "\"name\":\"" name "\",\"type\":\"Microsoft.Authorization/policyExemptions\","       \
    "\"properties\":{\"policyAssignmentId\":\"" assignment ASSIGNMENT                    \
    "\",\"exemptionCategory\":\"Waiver\"" more "}}"
#define EXEMPTION(scope, assignment, more) EXEMPTION_NAMED("x", scope, assignment, more)
#define ENDS(t) ",\"expiresOn\":\"" t "\""
#define REFS(list) ",\"policyDefinitionReferenceIds\":[" list "]"
#define SELECT(list) ",\"resourceSelectors\":[" list "]"

/* A case of one file with these rows. The small mapping, with the words of the real one, unless the
 * rules matter: it is stored for every case. */
static store *of_rows_by(const char *rows, bool built_in)
{
    evpack_err err = {0};
    store *s = NULL;
    (void)remove(test_path("rows.db"));
    char *const paths[] = {(char *)test_text_file("rows.json", rows)};
    OK(store_open(test_path("rows.db"), STORE_CREATE, &s, &err));
    const collect_options collect = {
        .label = "a", .collected_at = "2026-11-20T09:00:00Z", .now = NOW};
    collect_totals collected = {0};
    OK(collect_paths(s, paths, 1, &collect, &collected, &err));
    map_options options = {.at = NOW};
    if (!built_in) {
        EVPACK_AUTO_VALUE(buf_reset) buf words = {0};
        test_read(TEST_SOURCE_ROOT "/mapping/reasons.json", &words);
        (void)mini_mapping("m");
        mini_file("m", "reasons.json", buf_str(&words));
        options.folder = test_path("m");
    }
    map_totals totals = {0};
    OK(map_run(s, &options, &totals, &err));
    ck_assert_uint_eq(totals.broken, 0);
    return s;
}

static store *of_rows(const char *rows)
{
    return of_rows_by(rows, false);
}

static void expect(store *s, const char *where, int64_t n, const char *about)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "SELECT count(*) FROM finding_row WHERE %s", where);
    int64_t came = case_value(s, buf_str(&sql));
    ck_assert_msg(came == n, "expected %lld findings where %s, came %lld of %s", (long long)n,
                  where, (long long)came, about);
}

typedef struct {
    const char *exemptions; /* rows, each with a comma before it */
    bool covers;
} one_case;

/* The states that say NonCompliant and Exempt, each with these exemptions. */
static void judge(const one_case *cases, size_t count, const char *assignment, const char *more)
{
    for (size_t i = 0; i < count; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf rows = {0};
        buf_printf(
            &rows,
            "[{\"resourceId\":\"" ACCOUNT "\",\"policyAssignmentId\":\"%s" ASSIGNMENT
            "\",\"policyDefinitionId\":\"" LOCAL "\",\"policyDefinitionReferenceId\":\"Ref\","
            "\"timestamp\":\"2026-11-20T06:00:00Z\",\"complianceState\":\"NonCompliant\"%s}%s]",
            assignment, more, cases[i].exemptions);
        EVPACK_AUTO(store) s = of_rows(buf_str(&rows));
        if (cases[i].covers) {
            expect(s,
                   "source = 'policy-state' AND status = 'exempt' AND raw_status = 'fail'"
                   " AND decision = 'policy-exemption' AND json_array_length(evidence) >= 1"
                   " AND reason LIKE 'Azure Policy says NonCompliant. Exempt%'",
                   1, cases[i].exemptions);
        } else {
            expect(s, "source = 'policy-state' AND status = 'fail' AND decided IS NULL", 1,
                   cases[i].exemptions);
        }
    }
}

START_TEST(an_exemption_covers_its_scope_and_below)
{
    static const one_case cases[] = {
        {"," EXEMPTION(ACCOUNT, SUB, ""), true},
        {"," EXEMPTION(SUB "/resourceGroups/G", SUB, ""), true},
        {"," EXEMPTION(SUB, SUB, ""), true},
        {"," EXEMPTION(SUB "/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/b",
                       SUB, ""),
         false},
        {"," EXEMPTION(SUB "/resourceGroups/g2", SUB, ""), false},
        {"," EXEMPTION(ACCOUNT "/deployments/d", SUB, ""), false},
        {"," EXEMPTION(SUB, SUB "/resourceGroups/g", ""), false}, /* of another assignment */
        {"," EXEMPTION(GROUPS "m", SUB, ""), false}, /* nothing says that it stands above */
        {"", false},
    };
    judge(cases, sizeof cases / sizeof cases[0], SUB, "");
}
END_TEST

START_TEST(an_exemption_may_name_policies_and_resources)
{
#define BY(kind, how, list) \
    "{\"name\":\"s\",\"selectors\":[{\"kind\":\"" kind "\",\"" how "\":[" list "]}]}"
    static const one_case cases[] = {
        {"," EXEMPTION(SUB, SUB, REFS("")), true},
        {"," EXEMPTION(SUB, SUB, ",\"policyDefinitionReferenceIds\":null"), true},
        {"," EXEMPTION(SUB, SUB, REFS("\"other\",\"REF\"")), true},
        {"," EXEMPTION(SUB, SUB, REFS("\"other\"")), false},
        {"," EXEMPTION(SUB, SUB, REFS("\"x\\\"ref\"")), false},
        {"," EXEMPTION(SUB, SUB, REFS("7,null,{\"a\":\"ref\"},[\"ref\"]")), false},
        {"," EXEMPTION(SUB, SUB, ",\"policyDefinitionReferenceIds\":\"ref\""), false},
        {"," EXEMPTION(SUB, SUB, SELECT("")), true},
        {"," EXEMPTION(SUB, SUB,
                       SELECT(BY("resourceLocation", "in", "\"East US\",\"West Europe\""))),
         true},
        {"," EXEMPTION(SUB, SUB, SELECT(BY("resourceLocation", "in", "\"eastus\""))), false},
        {"," EXEMPTION(SUB, SUB, SELECT(BY("resourceLocation", "notIn", "\"eastus\""))), true},
        {"," EXEMPTION(SUB, SUB, SELECT(BY("resourceLocation", "notIn", "\"westeurope\""))), false},
        {"," EXEMPTION(
             SUB, SUB,
             SELECT(BY("resourceType", "in", "\"microsoft.cognitiveServices/Accounts\""))),
         true},
        /* All selectors of one, any of several. */
        {"," EXEMPTION(SUB, SUB,
                       SELECT(BY("resourceLocation", "in", "\"eastus\"") "," BY(
                           "resourceType", "in", "\"Microsoft.CognitiveServices/accounts\""))),
         true},
        {"," EXEMPTION(
             SUB, SUB,
             SELECT("{\"selectors\":[{\"kind\":\"resourceLocation\",\"in\":[\"westeurope\"]},"
                    "{\"kind\":\"resourceType\",\"in\":[\"x\"]}]}")),
         false},
        /* What cannot be judged covers nothing. */
        {"," EXEMPTION(SUB, SUB, SELECT(BY("userPrincipalId", "in", "\"u\""))), false},
        {"," EXEMPTION(SUB, SUB, SELECT(BY("resourceLocation", "of", "\"westeurope\""))), false},
        {"," EXEMPTION(SUB, SUB, SELECT("7")), false},
        {"," EXEMPTION(SUB, SUB, SELECT("{\"selectors\":[]}")), false},
        {"," EXEMPTION(SUB, SUB, SELECT("{\"selectors\":[7,\"x\",null]}")), false},
        {"," EXEMPTION(SUB, SUB, ",\"resourceSelectors\":7"), false},
        {"," EXEMPTION(SUB, SUB, ",\"resourceSelectors\":null"), true},
    };
    judge(cases, sizeof cases / sizeof cases[0], SUB,
          ",\"resourceLocation\":\"westeurope\",\"resourceType\":\"Microsoft.CognitiveServices/"
          "accounts\"");
}
END_TEST

START_TEST(an_exemption_ends_at_the_second)
{
    static const one_case cases[] = {
        {"," EXEMPTION(SUB, SUB, ENDS("2026-11-22T08:00:00Z")), false},
        {"," EXEMPTION(SUB, SUB, ENDS("2026-11-22T08:00:01Z")), true},
        {"," EXEMPTION(SUB, SUB, ENDS("2026-11-22T08:00:00.0000000Z")), false},
        {"," EXEMPTION(SUB, SUB, ENDS("2026-11-22T10:00:01.5+02:00")), true},
        {"," EXEMPTION(SUB, SUB, ENDS("2026-11-22")), true},
        {"," EXEMPTION(SUB, SUB, ",\"expiresOn\":null"), true},
        {"," EXEMPTION(SUB, SUB, ENDS("")), false},
        {"," EXEMPTION(SUB, SUB, ENDS("never")), false},
        {"," EXEMPTION(SUB, SUB, ENDS("now")), false},
        {"," EXEMPTION(SUB, SUB, ",\"expiresOn\":9999999"), false},
        {"," EXEMPTION(SUB, SUB, ",\"expiresOn\":{}"), false},
        /* One in force beside one that has ended. */
        {"," EXEMPTION_NAMED("x", SUB, SUB, ENDS("2026-01-01T00:00:00Z")) "," EXEMPTION_NAMED(
             "y", ACCOUNT, SUB, ENDS("2027-01-01T00:00:00Z")),
         true},
    };
    judge(cases, sizeof cases / sizeof cases[0], SUB, "");
}
END_TEST

START_TEST(management_groups_stand_above_where_something_says_so)
{
    static const one_case by_state[] = {
        {"," EXEMPTION(GROUPS "Inner", SUB, ""), true},
        {"," EXEMPTION(GROUPS "Outer", SUB, ""), true},
        {"," EXEMPTION(GROUPS "Out", SUB, ""), false},
        {"," EXEMPTION(GROUPS "Inner,Outer", SUB, ""), false},
    };
    judge(by_state, sizeof by_state / sizeof by_state[0], SUB,
          ",\"managementGroupIds\":\"inner, Outer\"");
    static const one_case by_assignment[] = {
        {"," EXEMPTION(GROUPS "Top", GROUPS "top", ""), true},
        {"," EXEMPTION(GROUPS "Other", GROUPS "top", ""), false},
        {"," EXEMPTION(SUB, GROUPS "top", ""), true},
    };
    judge(by_assignment, sizeof by_assignment / sizeof by_assignment[0], GROUPS "top", "");
#define GROUP(name, more)                          \
    "{\"id\":\"" GROUPS name "\",\"name\":\"" name \
    "\",\"type\":\"Microsoft.Management/managementGroups\",\"properties\":{" more "}}"
#define CHILD(id, more) "{\"id\":\"" id "\",\"type\":\"t\",\"name\":\"n\"" more "}"
    static const one_case by_groups[] = {
        {"," GROUP("m", "\"children\":[" CHILD(SUB, "") "]") "," EXEMPTION(GROUPS "m", SUB, ""),
         true},
        {"," GROUP("m", "\"children\":[" CHILD(
                            GROUPS "k", ",\"children\":[" CHILD(
                                            SUB, "") "]") "]") "," EXEMPTION(GROUPS "m", SUB, ""),
         true},
        {"," GROUP("m", "\"children\":[" CHILD(
                            GROUPS "k", ",\"children\":[" CHILD(
                                            SUB, "") "]") "]") "," EXEMPTION(GROUPS "k", SUB, ""),
         true},
        /* In two records, one by its children, one by its parent, and in a ring. */
        {"," GROUP("k", "\"details\":{\"parent\":{\"id\":\"" GROUPS "M\"}},\"children\":[" CHILD(
                            SUB, "") "]") "," GROUP("m",
                                                    "\"details\":{\"parent\":{\"id\":\"" GROUPS
                                                    "k\"}}") "," EXEMPTION(GROUPS "m", SUB, ""),
         true},
        {"," GROUP("m", "\"children\":[" CHILD("/subscriptions/2", "") "]") "," EXEMPTION(
             GROUPS "m", SUB, ""),
         false},
        {"," GROUP("m", "\"children\":[7,{\"id\":7},{\"children\":[" CHILD(
                            SUB, "") "]}]") "," EXEMPTION(GROUPS "m", SUB, ""),
         false},
    };
    judge(by_groups, sizeof by_groups / sizeof by_groups[0], SUB, "");
}
END_TEST

/* What Azure itself calls exempt. */
START_TEST(an_exempt_state_lasts_as_long_as_its_exemption)
{
    static const struct {
        const char *rows, *where;
    } cases[] = {
        {"[" STATE(SUB, "Exempt", "") "]",
         "status = 'exempt' AND raw_status = 'unknown' AND decided IS NULL"},
        {"[" STATE(SUB, "Exempt", "") "," EXEMPTION(SUB, SUB, ENDS("2027-01-01T00:00:00Z")) "]",
         "status = 'exempt' AND raw_status = 'unknown' AND decided IS NOT NULL"},
        {"[" STATE(SUB, "Exempt", "") "," EXEMPTION(SUB, SUB, ENDS("2026-11-21T00:00:00Z")) "]",
         "status = 'unknown' AND raw_status = 'unknown' AND decided IS NULL AND reason LIKE"
         " '%ended%2026-11-21%' AND json_array_length(evidence) = 1"},
        {"[" STATE(SUB, "Exempt", "") "," EXEMPTION(SUB, SUB, ENDS("soon")) "]",
         "status = 'unknown' AND decided IS NULL"},
        /* Selectors that cannot be judged: Azure did. */
        {"[" STATE(SUB, "Exempt", "") "," EXEMPTION(SUB, SUB, SELECT("7")) "]",
         "status = 'exempt' AND decided IS NOT NULL"},
        {"[" STATE(SUB, "Exempt", "") "," EXEMPTION_NAMED(
             "x", SUB, SUB,
             ENDS(
                 "2026-01-01")) "," EXEMPTION_NAMED("y", SUB, SUB,
                                                    ENDS(
                                                        "2027-01-01")) "," EXEMPTION_NAMED("z", SUB,
                                                                                           SUB,
                                                                                           ENDS(
                                                                                               "202"
                                                                                               "8-"
                                                                                               "01-"
                                                                                               "0"
                                                                                               "1")) "]",
         "status = 'exempt' AND decided_by LIKE '%/z' AND json_array_length(evidence) = 3"},
        {"[" STATE(SUB, "Compliant", "") "," EXEMPTION(SUB, SUB, "") "]",
         "status = 'pass' AND decided IS NULL"},
        {"[" STATE(SUB, "Conflict", "") "," EXEMPTION(SUB, SUB, "") "]",
         "status = 'unknown' AND decided IS NULL"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO(store) s = of_rows(cases[i].rows);
        EVPACK_AUTO_VALUE(buf_reset) buf where = {0};
        buf_printf(&where, "source = 'policy-state' AND %s", cases[i].where);
        expect(s, buf_str(&where), 1, cases[i].rows);
    }
}
END_TEST

START_TEST(an_exemption_that_has_ended_is_a_finding)
{
    static const struct {
        const char *rows, *status, *state;
    } cases[] = {
        {"[" STATE(SUB, "NonCompliant", "") "," EXEMPTION(SUB, SUB, ENDS("2026-01-01")) "]", "fail",
         "expired"},
        {"[" STATE(SUB, "Exempt", "") "," EXEMPTION(SUB, SUB, ENDS("2026-01-01")) "]", "fail",
         "expired"},
        {"[" STATE(SUB, "Compliant", "") "," EXEMPTION(SUB, SUB, ENDS("2026-01-01")) "]", "manual",
         "expired"},
        {"[" EXEMPTION(SUB, SUB, ENDS("2026-01-01")) "]", "manual", "expired"},
        {"[" EXEMPTION(SUB, SUB, ENDS("x")) "]", "manual", "unreadable"},
        {"[{\"id\":\"" SUB "/providers/Microsoft.Authorization/policyExemptions/x\",\"name\":\"x\","
         "\"type\":\"Microsoft.Authorization/policyExemptions\",\"properties\":"
         "{\"policyAssignmentId\":7}}]",
         "manual", "unreadable"},
        {"[" EXEMPTION(SUB, SUB, ENDS("2027-01-01")) "]", NULL, "unmatched"},
        {"[" STATE(SUB, "NonCompliant", "") "," EXEMPTION(SUB, SUB, ENDS("2027-01-01")) "]", NULL,
         "in-force"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVPACK_AUTO(store) s = of_rows(cases[i].rows);
        EVPACK_AUTO_VALUE(buf_reset) buf where = {0};
        buf_printf(&where,
                   "source = 'exception' AND status = '%s' AND control_id IS NULL AND"
                   " responsibility IS NULL AND subject = '" SUB
                   "/providers/Microsoft.Authorization/policyExemptions/x'",
                   cases[i].status == NULL ? "" : cases[i].status);
        expect(s, buf_str(&where), cases[i].status == NULL ? 0 : 1, cases[i].rows);
        expect(s, "source = 'exception'", cases[i].status == NULL ? 0 : 1, cases[i].rows);
        EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
        buf_printf(&sql, "SELECT count(*) FROM decisions WHERE kind = 'exemption' AND state = '%s'",
                   cases[i].state);
        ck_assert_msg(case_value(s, buf_str(&sql)) == 1, "expected it %s of %s", cases[i].state,
                      cases[i].rows);
    }
}
END_TEST

/* The same policy as a rule of ours: the rule's finding stays what it is, and so does what both are
 * compared by. An approved exception excuses both, and the exemption is still seen. */
START_TEST(our_own_rule_does_not_hear_of_it)
{
    static const char rows[] =
        "[{\"id\":\"" ACCOUNT "\",\"name\":\"a\",\"type\":\"Microsoft.CognitiveServices/accounts\","
        "\"kind\":\"OpenAI\",\"location\":\"westeurope\",\"properties\":"
        "{\"disableLocalAuth\":false}}," STATE(SUB, "NonCompliant", "") "," EXEMPTION(SUB, SUB,
                                                                                      "") "]";
    EVPACK_AUTO(store) s = of_rows_by(rows, true);
    expect(s, "rule_id = 'local-authentication' AND status = 'fail' AND source = 'rule'", 1, rows);
    expect(s, "source = 'policy-state' AND status = 'exempt' AND raw_status = 'fail'", 1, rows);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM reconciliation WHERE verdict = 'agree'"
                                   " AND rule_status = 'fail' AND policy_status = 'fail'"),
                     1);
    evpack_err err = {0};
    (void)test_text_file("e/x.json",
                         "{\"evpack_exceptions\":1,\"exceptions\":[{\"id\":\"X1\",\"scope\":"
                         "{\"resource\":\"" ACCOUNT "\"},\"control\":\"IM-1\",\"owner\":\"O\","
                         "\"approver\":\"A\",\"reason\":\"R.\",\"granted\":\"2026-01-01\","
                         "\"expires\":\"2027-01-01\"}]}");
    const collect_options collect = {
        .label = "a",
        .now = NOW,
        .engagement = test_text_file("e/e.json", "{\"evpack_engagement\":1,\"reference\":\"E\","
                                                 "\"exceptions\":[\"x.json\"]}")};
    collect_totals collected = {0};
    OK(collect_paths(s, NULL, 0, &collect, &collected, &err));
    const map_options options = {.at = NOW};
    map_totals totals = {0};
    OK(map_run(s, &options, &totals, &err));
    expect(s,
           "status = 'exempt' AND raw_status = 'fail' AND decided_by = 'exception:X1'"
           " AND source = 'rule'",
           1, rows);
    expect(s,
           "status = 'exempt' AND raw_status = 'fail' AND decided_by = 'exception:X1'"
           " AND source = 'policy-state' AND reason LIKE '%category Waiver%exception X1%'"
           " AND json_array_length(evidence) = 2",
           1, rows);
    expect(s, "source = 'exception'", 0, rows);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {an_exemption_covers_its_scope_and_below,
                                  an_exemption_may_name_policies_and_resources,
                                  an_exemption_ends_at_the_second,
                                  management_groups_stand_above_where_something_says_so,
                                  an_exempt_state_lasts_as_long_as_its_exemption,
                                  an_exemption_that_has_ended_is_a_finding,
                                  our_own_rule_does_not_hear_of_it,
                                  NULL};
    return test_main(test_suite("map/azure_exempt", tests));
}
