/* report/reconciliation: what each said, and null where nobody said anything. */
#include "report/reconciliation.h"

#include "case.h"
#include "port/json.h"
#include "report/report.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

#define ROWS                                                                                       \
    "INSERT INTO target VALUES (1, '/subscriptions/1/x', 'x.y/z'), (2, '=cmd|a', NULL);"           \
    "INSERT INTO policy SELECT 1, max(id), 'policy-state', '/p/1', NULL, 'P', NULL, NULL, 'c',"    \
    " '[]' FROM run;"                                                                              \
    "INSERT INTO test(id, run_id, source, policy_id) SELECT 900, max(id), 'policy-state', 1"       \
    " FROM run;"                                                                                   \
    "INSERT INTO reconciled(run_id, snapshot_id, target_id, control, title, verdict, rule_status," \
    " rule_test, policy_status, policy_test, policy_at)"                                           \
    " SELECT max(id), 1, 1, 2, 'Topic <1>', 'disagree', 1, 19, 2, 900, '2026-11-01T00:00:00Z'"     \
    " FROM run UNION ALL SELECT max(id), 1, 2, NULL, '=1+1', 'policy-only', NULL, NULL, 0, 900,"   \
    " NULL FROM run UNION ALL SELECT 1, 1, 1, 2, 'OLD RUN', 'agree', 1, 19, 1, 900, NULL"

START_TEST(the_summary_counts_and_lists)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    OK(reconciliation_summary(s, &text, &err));
    reported_has(buf_str(&text), "\"disagree\":0,\"agree\":0,");
    case_sql(s, ROWS);
    buf_clear(&text);
    OK(reconciliation_summary(s, &text, &err));
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(buf_str(&text), text.len, false, &doc, &err));
    const json *root = json_root(doc);
    ck_assert_int_eq((int)json_number(json_get(root, "disagree")), 1);
    ck_assert_int_eq((int)json_number(json_get(root, "agree")), 0);
    ck_assert_int_eq((int)json_number(json_get(root, "policy-only")), 1);
    const json *list = json_get(root, "disagreements");
    ck_assert_uint_eq(json_count(list), 1);
    const json *one = json_first(list);
    ck_assert_str_eq(json_get_string(one, "topic"), "Topic <1>");
    ck_assert_str_eq(json_get_string(json_get(one, "rule"), "status"), "pass");
    ck_assert_str_eq(json_get_string(json_get(one, "policy"), "status"), "fail");
    ck_assert_str_eq(json_get_string(json_get(one, "policy"), "at"), "2026-11-01T00:00:00Z");
    ck_assert(json_is_null(json_get(one, "assessment")));
}
END_TEST

START_TEST(the_table_has_every_row_and_no_formula)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, ROWS);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &(report_options){.at = REPORTED_AT}, REPORT_RECONCILIATION, &b);
    ck_assert_uint_eq(reported_count(buf_str(&b), "\r\n"), 3);
    reported_has(buf_str(&b), "\r\ndisagree,NS-2,Topic <1>,/subscriptions/1/x,x.y/z,");
    reported_has(buf_str(&b), ",'=1+1,'=cmd|a,");
    reported_has(buf_str(&b), ",mixed,");
    ck_assert_uint_eq(reported_count(buf_str(&b), "OLD RUN"), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_summary_counts_and_lists,
                                  the_table_has_every_row_and_no_formula, NULL};
    return test_main(test_suite("report/reconciliation", tests));
}
