/* report/part_reconciled: verdicts are counted, disagreements shown, and what is left out is said.
 */
#include "case.h"
#include "report/part.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static void squeezed(store *s, int64_t cap, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT, .cap = cap}, &b);
    reported_squeeze(buf_str(&b), out);
}

START_TEST(no_state_no_section)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, 0, &b);
    ck_assert_uint_eq(reported_count(buf_str(&b), "besidetherules"), 0);
}
END_TEST

START_TEST(disagreements_are_shown_up_to_the_cap)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "INSERT INTO target VALUES (1, '/subscriptions/1/evil<b>', 'x.y/z');"
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7)"
                " INSERT INTO reconciled(run_id, snapshot_id, target_id, control, title, verdict,"
                " rule_status, policy_status, policy_at) SELECT (SELECT max(id) FROM run), 1, 1, 2,"
                " 'Topic ' || i, 'disagree', 1, 2, '2026-11-01T00:00:00Z' FROM n");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, 5, &b);
    reported_has(buf_str(&b), "besidetherules");
    reported_has(buf_str(&b), "Topic5");
    ck_assert_uint_eq(reported_count(buf_str(&b), "Topic6"), 0);
    reported_has(buf_str(&b), "2moredisagreementsareinreconciliation.csv.");
    reported_has(buf_str(&b), "2026-11-01");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {no_state_no_section, disagreements_are_shown_up_to_the_cap, NULL};
    return test_main(test_suite("report/part_reconciled", tests));
}
