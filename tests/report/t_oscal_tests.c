/*
 * report/oscal_tests: each test that made a finding is an activity and a task; who tested; names of
 * controls.
 */
#include "report/oscal_private.h"

#include "case.h"
#include "oscal_read.h"
#include "support.h"

#include <string.h>

static const report_options options = {.at = REPORTED_AT};

START_TEST(controls_are_tokens_with_their_benchmark)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    oscal_control(&b, "mcsb-v1", "NS-2", false);
    buf_putc(&b, ' ');
    oscal_control(&b, "mcsb-v2", "AI-1", true);
    buf_putc(&b, ' ');
    oscal_control(&b, "1 firm", "A.1 (b)", false);
    ck_assert_str_eq(buf_str(&b), "mcsb-v1_ns-2 mcsb-v2_ai-1_obj _1_firm_a.1__b_");
}
END_TEST

START_TEST(actors)
{
    ck_assert_str_eq(oscal_actor("rule"), "evpack");
    ck_assert_str_eq(oscal_actor("attestation"), "evpack");
    ck_assert_str_eq(oscal_actor("policy-state"), "Azure Policy");
    ck_assert_str_eq(oscal_actor("policy-evaluation"), "Azure Policy");
    ck_assert_str_eq(oscal_actor("defender-assessment"), "Microsoft Defender for Cloud");
    ck_assert_str_eq(oscal_actor("regulatory-compliance"), "Microsoft Defender for Cloud");
}
END_TEST

START_TEST(a_test_is_an_activity_and_a_task)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = oscal_parse(s, &options, &text);
    const json *tasks = json_get(json_get(oscal_result(doc), "local-definitions"), "tasks");
    const json *activities =
        json_get(json_get(oscal_document(doc), "local-definitions"), "activities");
    const int64_t want =
        case_value(s, "SELECT count(DISTINCT test_id) FROM finding WHERE test_id IN"
                      " (SELECT id FROM test WHERE run_id ="
                      " (SELECT max(id) FROM run))");
    ck_assert_int_eq((int64_t)json_count(tasks), want);
    ck_assert_int_eq((int64_t)json_count(activities), want);
    for (const json *t = json_first(tasks); t != NULL; t = json_next(t)) {
        const json *of = json_first(json_get(t, "associated-activities"));
        const json *a = oscal_with(activities, "uuid", json_get_string(of, "activity-uuid"));
        ck_assert_msg(a != NULL, "a task has no activity");
        ck_assert_str_eq(json_get_string(a, "title"), json_get_string(t, "title"));
        ck_assert_ptr_nonnull(oscal_prop_of(a, "source"));
    }
    /* What the findings of a test share stands there once. */
    ck_assert_msg(oscal_prop_of(json_first(json_get(oscal_result(doc), "observations")),
                                "responsibility") == NULL,
                  "expected observations without what their test says");
    reported_has(buf_str(&text),
                 "{\"name\":\"published-control-id\",\"ns\":\"" OSCAL_NS "\",\"value\":\"LT-4\"}");
}
END_TEST

START_TEST(a_test_without_findings_is_not_told)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DELETE FROM finding WHERE test_id <> 19");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = oscal_parse(s, &options, &text);
    const json *local = json_get(oscal_result(doc), "local-definitions");
    ck_assert_uint_eq(json_count(json_get(local, "tasks")), 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {controls_are_tokens_with_their_benchmark, actors,
                                  a_test_is_an_activity_and_a_task,
                                  a_test_without_findings_is_not_told, NULL};
    return test_main(test_suite("report/oscal_tests", tests));
}
