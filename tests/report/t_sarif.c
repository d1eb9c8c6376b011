/* report/sarif: one result a finding, of the kind that its status is; rules and artifacts are
 * there. */
#include "report/sarif.h"

#include "case.h"
#include "port/json.h"
#include "reported.h"
#include "store/findings.h"
#include "support.h"

#include <string.h>

static const report_options options = {.at = REPORTED_AT};

static const json *run_of(json_doc *doc)
{
    return json_first(json_get(json_root(doc), "runs"));
}

static json_doc *parse(store *s, buf *text)
{
    evpack_err err = {0};
    json_doc *doc = NULL;
    reported(s, &options, REPORT_SARIF, text);
    OK(json_parse(text->data, text->len, false, &doc, &err));
    return doc;
}

static const json *nth(const json *list, double n)
{
    const json *one = json_first(list);
    for (; n > 0 && one != NULL; n--) {
        one = json_next(one);
    }
    return one;
}

static const char *kind_of(const char *status)
{
    static const char *const kinds[][2] = {
        {"pass", "pass"},     {"fail", "fail"},    {"inherited", "notApplicable"},
        {"manual", "review"}, {"unknown", "open"}, {"notapplicable", "notApplicable"},
        {"error", "open"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i][0], status) == 0) {
            return kinds[i][1];
        }
    }
    return "";
}

START_TEST(every_finding_is_a_result)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &text);
    const json *rules = json_get(json_get(json_get(run_of(doc), "tool"), "driver"), "rules");
    const json *r = json_first(json_get(run_of(doc), "results"));
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open_all(s, &f, &err));
    bool seen[FINDING_STATUSES] = {false};
    for (const finding *one = NULL;; r = json_next(r)) {
        OK(findings_next_of_all(f, &one, &err));
        if (one == NULL) {
            break;
        }
        ck_assert_ptr_nonnull(r);
        seen[one->status] = true;
        ck_assert_str_eq(json_get_string(r, "guid"), one->id); /* and in the same order */
        const bool exempt = one->status == FINDING_EXEMPT;
        const char *kind = json_get_string(r, "kind");
        ck_assert_str_eq(kind,
                         kind_of(exempt ? one->raw_status : finding_status_word(one->status)));
        ck_assert_msg((strcmp(json_get_string(r, "level"), "none") != 0) ==
                          (strcmp(kind, "fail") == 0),
                      "%s has the level %s", kind, json_get_string(r, "level"));
        ck_assert((json_get(r, "suppressions") != NULL) == exempt);
        const json *rule = nth(rules, json_number(json_get(r, "ruleIndex")));
        ck_assert_str_eq(json_get_string(rule, "id"), json_get_string(r, "ruleId"));
    }
    ck_assert_ptr_null(r);
    for (int i = 1; i < FINDING_STATUSES; i++) {
        ck_assert_msg(seen[i], "expected the case to have a finding that is %s",
                      finding_status_word(i));
    }
    const json *invocation = json_first(json_get(run_of(doc), "invocations"));
    ck_assert(!json_is_true(json_get(invocation, "executionSuccessful"))); /* one is an error */
}
END_TEST

START_TEST(a_run_without_errors_succeeded)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DELETE FROM finding WHERE status = 8");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &text);
    const json *invocation = json_first(json_get(run_of(doc), "invocations"));
    ck_assert(json_is_true(json_get(invocation, "executionSuccessful")));
}
END_TEST

START_TEST(braces_are_no_placeholders)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "UPDATE finding SET reason = 'not {0} but \"{x}\"' WHERE test_id = 19");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &text);
    ck_assert_ptr_nonnull(doc);
    reported_has(buf_str(&text), "\"text\":\"not {{0}} but \\\"{{x}}\\\"\"");
}
END_TEST

START_TEST(a_run_without_findings)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DELETE FROM finding");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &text);
    ck_assert_uint_eq(json_count(json_get(run_of(doc), "results")), 0);
    ck_assert_uint_gt(json_count(json_get(run_of(doc), "artifacts")), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_finding_is_a_result, a_run_without_errors_succeeded,
                                  braces_are_no_placeholders, a_run_without_findings, NULL};
    return test_main(test_suite("report/sarif", tests));
}
