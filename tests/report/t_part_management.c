/* report/part_management: one page, whose numbers are the case's. */
#include "case.h"
#include "report/part.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

/* The page that begins with the section's title. */
static void page_of(store *s, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    for (char *page = strtok(b.data, "\f"); page != NULL; page = strtok(NULL, "\f")) {
        if (strstr(page, "What came out") != NULL) {
            buf_puts(out, page);
        }
    }
}

static int64_t of_status(store *s, const char *status)
{
    char sql[100];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM finding_row WHERE status = '%s'", status);
    return case_value(s, sql);
}

START_TEST(one_page_with_the_cases_numbers)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf page = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf tight = {0};
    page_of(s, &page);
    reported_has(buf_str(&page), "Management summary");
    reported_has(buf_str(&page), "This page repeats"); /* the last line, on the same page */
    reported_squeeze(buf_str(&page), &tight);
    char want[160];
    (void)snprintf(want, sizeof want, "%lldfindingsweremade",
                   (long long)case_value(s, "SELECT count(*) FROM finding_row"));
    reported_has(buf_str(&tight), want);
    const int64_t decided = of_status(s, "pass") + of_status(s, "fail") + of_status(s, "exempt");
    (void)snprintf(want, sizeof want, "%lldaredecided:%lldpass,%lldfail,and%lldexempt,",
                   (long long)decided, (long long)of_status(s, "pass"),
                   (long long)of_status(s, "fail"), (long long)of_status(s, "exempt"));
    reported_has(buf_str(&tight), want);
    (void)snprintf(want, sizeof want, "Theother%lldarenotdecidedhere.",
                   (long long)(case_value(s, "SELECT count(*) FROM finding_row") - decided));
    reported_has(buf_str(&tight), want);
    (void)snprintf(want, sizeof want, "theevidencedoesnotdecideit:%lld.",
                   (long long)of_status(s, "unknown"));
    reported_has(buf_str(&tight), want);
    (void)snprintf(want, sizeof want, "Forwantofevidence,%lldfindings",
                   (long long)case_value(s,
                                         "SELECT count(*) FROM finding_row WHERE status = 'unknown'"
                                         " AND need IS NOT NULL"));
    reported_has(buf_str(&tight), want);
    reported_has(buf_str(&tight), "Noengagementwasgiven");
}
END_TEST

START_TEST(who_and_for_whom)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    reported_engagement(s);
    EVPACK_AUTO_VALUE(buf_reset) buf page = {0};
    page_of(s, &page);
    reported_has(buf_str(&page), "Client: ");
    ck_assert_ptr_null(strstr(buf_str(&page), "No engagement was given"));
}
END_TEST

/* However many controls fail, it stays one page. */
START_TEST(stays_one_page)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 300, 60);
    EVPACK_AUTO_VALUE(buf_reset) buf page = {0};
    page_of(s, &page);
    const int64_t failed = case_value(s, "SELECT count(DISTINCT control_id) FROM finding_row"
                                         " WHERE status = 'fail'");
    ck_assert_int_gt(failed, 8);
    reported_has(buf_str(&page), "more control");
    reported_has(buf_str(&page), "This page repeats");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {one_page_with_the_cases_numbers, who_and_for_whom, stays_one_page,
                                  NULL};
    return test_main(test_suite("report/part_management", tests));
}
