/* store/findings_test: what a test is called, and its part of a finding's id. */
#include "store/findings_private.h"

#include "support.h"

START_TEST(an_id_is_an_array_of_strings)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    findings_id_part(&b, "a");
    findings_id_part(&b, NULL);
    findings_id_part(&b, "q\"");
    ck_assert_str_eq(buf_str(&b), "[\"a\",null,\"q\\\"\"");
}
END_TEST

START_TEST(a_test_is_called_by_who_made_it)
{
    finding_test t = {.feature = "Feature", .rule_title = "Title", .rule_id = "key"};
    ck_assert_str_eq(finding_tested(&t), "Feature");
    t.policy = 1;
    ck_assert_str_eq(finding_tested(&t), "Title");
    t.rule_title = NULL;
    ck_assert_str_eq(finding_tested(&t), "key");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {an_id_is_an_array_of_strings, a_test_is_called_by_who_made_it,
                                  NULL};
    return test_main(test_suite("store/findings_test", tests));
}
