/* report/pdf_report: a sound PDF by an independent judge, bounded whatever the case holds. */
#include "report/pdf_report.h"

#include "case.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(qpdf_finds_no_fault)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &(report_options){.at = REPORTED_AT}, REPORT_PDF, &b);
    const char *path = test_file("x.pdf", b.data, b.len);
    char command[1200];
    (void)snprintf(command, sizeof command, "qpdf --check '%s' >/dev/null 2>&1", path);
    ck_assert_int_eq(system(command), 0); /* NOLINT(cert-env33-c): a fixed command */
    ck_assert_ptr_null(strstr(buf_str(&b), "/JavaScript"));
}
END_TEST

START_TEST(pages_are_bounded)
{
    EVPACK_AUTO(store) few = case_bulk("few.db", 100, 9);
    EVPACK_AUTO(store) many = case_bulk("many.db", 5000, 9);
    EVPACK_AUTO_VALUE(buf_reset) buf a = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    const report_options options = {.at = REPORTED_AT, .cap = 5};
    reported_text(few, &options, &a);
    reported_text(many, &options, &b);
    size_t few_pages = reported_count(buf_str(&a), "\f");
    size_t many_pages = reported_count(buf_str(&b), "\f");
    ck_assert_msg(many_pages <= few_pages + 2, "%zu pages became %zu", few_pages, many_pages);
}
END_TEST

START_TEST(the_list_that_exists_is_named)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 50, 3);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    report_options options = {.at = REPORTED_AT, .cap = 1};
    options.formats = REPORT_BIT(REPORT_PDF) | REPORT_BIT(REPORT_CSV);
    reported_text(s, &options, &b);
    reported_has(buf_str(&b), "are in findings.csv.");
    options.formats = REPORT_BIT(REPORT_PDF);
    buf_clear(&b);
    reported_text(s, &options, &b);
    reported_has(buf_str(&b), "are in findings.json (evpack report --format json).");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {qpdf_finds_no_fault, pages_are_bounded,
                                  the_list_that_exists_is_named, NULL};
    return test_main(test_suite("report/pdf_report", tests));
}
