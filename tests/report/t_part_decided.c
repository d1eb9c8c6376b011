/* report/part_decided: every exception and attestation stands in the summary, or is counted there.
 */
#include "case.h"
#include "decided.h"
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

START_TEST(without_any_there_is_no_section)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, 0, &b);
    ck_assert_uint_eq(reported_count(buf_str(&b), "Failuresthatsomebodyapproved"), 0);
    ck_assert_uint_eq(reported_count(buf_str(&b), "Byattestation"), 0);
    ck_assert_uint_eq(reported_count(buf_str(&b), "byattestation"), 0);
}
END_TEST

START_TEST(what_wants_a_look_comes_first)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    int64_t passed = case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'pass'");
    case_sql(s, DECIDED_SQL);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, 0, &b);
    const char *text = strstr(buf_str(&b), "Failuresthatsomebodyapproved");
    ck_assert_ptr_nonnull(text);
    reported_has(text, "exemptbyanexceptionoftheengagement:1;");
    reported_has(text, "Byattestation1passand1fail");
    const char *ended = strstr(text, "X-2");
    const char *holds = strstr(text, "X-1");
    ck_assert_ptr_nonnull(ended);
    ck_assert_ptr_nonnull(holds);
    ck_assert(ended < holds);
    reported_has(text, "Approvedby:AnnApprover");
    reported_has(text, "Because<b>of</b>it."); /* text, whatever it looks like */
    reported_has(text, "waiver");
    reported_has(text, "Reviewer:RevIewer(CISO)");
    reported_has(text, "Until:noendstated");
    /* The cover tells passes by test from those by attestation. */
    EVPACK_AUTO_VALUE(buf_reset) buf cover = {0};
    buf_printf(&cover, "Of%lldfindingsthatpass,%lldpassbytestand1byattestation",
               (long long)passed + 1, (long long)passed);
    reported_has(buf_str(&b), buf_str(&cover));
}
END_TEST

/* Exempt and attested findings in full say what they were before. */
START_TEST(the_raw_status_is_seen)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, DECIDED_SQL);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, 0, &b);
    reported_has(buf_str(&b), "Exempt·rawstatus:Fail");
    reported_has(buf_str(&b), "rawstatus:Manual");
    reported_has(buf_str(&b), "ByattestationofRevIewer(CISO)on2026-11-01.");
    reported_has(buf_str(&b), "Exceptionsandexemptionsthemselves");
    reported_has(buf_str(&b), "Attestationsthemselves");
    reported_has(buf_str(&b), "Lookateachinthesections");
}
END_TEST

START_TEST(the_rest_is_counted)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, DECIDED_SQL);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, 1, &b);
    reported_has(buf_str(&b), "2moreareindecisions.csv.");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {without_any_there_is_no_section, what_wants_a_look_comes_first,
                                  the_raw_status_is_seen, the_rest_is_counted, NULL};
    return test_main(test_suite("report/part_decided", tests));
}
