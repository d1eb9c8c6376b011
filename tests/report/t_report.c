/* report/report: one door; the same case gives the same bytes everywhere. */
#include "report/report.h"

#include "case.h"
#include "reported.h"
#include "support.h"

#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <time.h>

START_TEST(names)
{
    ck_assert_str_eq(report_name(REPORT_PDF), "summary.pdf");
    ck_assert_str_eq(report_name(REPORT_HTML), "report.html");
    ck_assert_str_eq(report_name(REPORT_JSON), "findings.json");
    ck_assert_str_eq(report_name(REPORT_CSV), "findings.csv");
    ck_assert_str_eq(report_name(REPORT_INDEX), "evidence-index.csv");
    ck_assert_str_eq(report_name(REPORT_CUSTODY), "custody-log.jsonl");
    ck_assert_str_eq(report_name(REPORT_RECONCILIATION), "reconciliation.csv");
    ck_assert_str_eq(report_name(REPORT_DECISIONS), "decisions.csv");
    ck_assert_str_eq(report_name(REPORT_OSCAL), "oscal-assessment-results.json");
    ck_assert_str_eq(report_name(REPORT_SARIF), "findings.sarif");
    ck_assert_str_eq(report_name(REPORT_SCHEMA), "findings.schema.json");
    char name[REPORT_NAME];
    ck_assert_str_eq(report_part_name(REPORT_CSV, 1, name), "findings.csv");
    ck_assert_str_eq(report_part_name(REPORT_CSV, 12, name), "findings-12.csv");
    ck_assert_str_eq(report_part_name(REPORT_DECISIONS, 2, name), "decisions-2.csv");
}
END_TEST

START_TEST(a_case_must_be_mapped)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    const report_options options = {.at = REPORTED_AT};
    EVPACK_AUTO_FD fd = open(test_path("out"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    for (int format = 0; format < REPORT_FORMATS; format++) {
        if (format == REPORT_INDEX || format == REPORT_CUSTODY || format == REPORT_SCHEMA) {
            OK(report_write(s, &options, (report_format)format, 1, fd, &err));
        } else {
            FAILS(report_write(s, &options, (report_format)format, 1, -1, &err), EVPACK_E_CASE,
                  "run 'evpack map'");
        }
    }
}
END_TEST

static void set_place(const char *zone, const char *locale)
{
    ck_assert_int_eq(setenv("TZ", zone, 1), 0);
    ck_assert_int_eq(setenv("LC_ALL", locale, 1), 0);
    (void)setlocale(LC_ALL, "");
    tzset();
}

START_TEST(bytes_repeat_in_any_zone_and_locale)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    const report_options options = {.at = REPORTED_AT, .package_id = "p", .signer = "CN=s"};
    for (int format = 0; format < REPORT_FORMATS; format++) {
        EVPACK_AUTO_VALUE(buf_reset) buf a = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        set_place("UTC", "C");
        reported(s, &options, (report_format)format, &a);
        set_place("Pacific/Kiritimati", "C.UTF-8");
        reported(s, &options, (report_format)format, &b);
        ck_assert_msg(a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0),
                      "%s does not repeat", report_name((report_format)format));
    }
}
END_TEST

/* Reading a report must not change the case. */
START_TEST(a_case_open_for_reading_is_enough)
{
    evpack_err err = {0};
    store_close(case_basic("c.db"));
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("c.db"), STORE_READ, &s, &err));
    for (int format = 0; format < REPORT_FORMATS; format++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        reported(s, &(report_options){.at = REPORTED_AT}, (report_format)format, &b);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {names, a_case_must_be_mapped, bytes_repeat_in_any_zone_and_locale,
                                  a_case_open_for_reading_is_enough, NULL};
    return test_main(test_suite("report/report", tests));
}
