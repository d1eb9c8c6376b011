/* store/gaps: one gap for each subject and kind, with a command that is safe to paste. */
#include "store/gaps.h"

#include "case.h"
#include "support.h"

#include <string.h>

START_TEST(every_unknown_with_a_need_is_in_a_gap)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    int64_t want = case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'unknown'"
                                 " AND need IS NOT NULL");
    int64_t gaps_wanted =
        case_value(s, "SELECT count(*) FROM (SELECT DISTINCT record_id, need FROM finding_row"
                      " WHERE status = 'unknown' AND need IS NOT NULL)");
    ck_assert_msg(want > 0, "expected unknown findings in the basic case");
    EVPACK_AUTO(gaps) g = NULL;
    OK(gaps_open(s, &g, &err));
    int64_t findings = 0;
    int64_t count = 0;
    gap one;
    bool more = true;
    OK(gaps_next(g, &one, &more, &err));
    while (more) {
        findings += one.findings;
        count++;
        ck_assert_str_ne(one.need, "");
        ck_assert_str_ne(one.subject, "");
        OK(gaps_next(g, &one, &more, &err));
    }
    ck_assert_msg(findings == want, "expected %lld findings in gaps, came %lld", (long long)want,
                  (long long)findings);
    ck_assert_msg(count == gaps_wanted, "expected %lld gaps, came %lld", (long long)gaps_wanted,
                  (long long)count);
}
END_TEST

START_TEST(a_case_without_a_run_has_none)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(gaps) g = NULL;
    OK(gaps_open(s, &g, &err));
    gap one;
    bool more = true;
    OK(gaps_next(g, &one, &more, &err));
    ck_assert_msg(!more, "expected no gap, came one for %s", one.subject);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_unknown_with_a_need_is_in_a_gap,
                                  a_case_without_a_run_has_none, NULL};
    return test_main(test_suite("store/gaps", tests));
}
