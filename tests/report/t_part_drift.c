/* report/part_drift: how controls stood, what changed, and what the cap leaves out. */
#include "case.h"
#include "drifted.h"
#include "report/part.h"
#include "reported.h"
#include "support.h"

#include <string.h>

static void squeezed(store *s, int64_t cap, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT, .cap = cap}, &b);
    reported_squeeze(buf_str(&b), out);
}

START_TEST(changes_are_shown_up_to_the_cap)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, drifted_sql);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, 2, &b);
    reported_has(buf_str(&b), "Changebetweensnapshots");
    reported_has(buf_str(&b), "2026-10");
    reported_has(buf_str(&b), "failtopass");
    reported_has(buf_str(&b), "Findingsthatchanged:");
    reported_has(buf_str(&b), "more:evpackdiff--all");
    /* Nothing in the basic case vouches for a list. */
    reported_has(buf_str(&b), "Resourcesnotseenanymore:");
    ck_assert_uint_eq(reported_count(buf_str(&b), "Resourcesgone:"), 0);
}
END_TEST

START_TEST(one_snapshot_no_section)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s,
             "DROP TRIGGER snapshot_fixed; UPDATE snapshot SET role = 'engagement' WHERE id = 2");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, 0, &b);
    ck_assert_uint_eq(reported_count(buf_str(&b), "Changebetweensnapshots"), 0);
}
END_TEST

START_TEST(earlier_snapshots_are_counted)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7)"
                " INSERT INTO snapshot(label, collected_at, imported_at, tool_version)"
                " SELECT 'old-' || i, '2020-01-0' || i || 'T00:00:00Z', '2026-12-02T08:00:00Z',"
                " '0.1.0' FROM n");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, 0, &b);
    reported_has(buf_str(&b), "3earliersnapshotsareinthecase");
    reported_has(buf_str(&b), "old-4");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {changes_are_shown_up_to_the_cap, one_snapshot_no_section,
                                  earlier_snapshots_are_counted, NULL};
    return test_main(test_suite("report/part_drift", tests));
}
