/* report/part_failures: a row for each test that has failures; rows add up to all failures. */
#include "case.h"
#include "report/part.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The section's text. */
static void section(store *s, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    const char *from = strstr(buf_str(&b), "Each row is a test that has failures");
    ck_assert_ptr_nonnull(from);
    const char *to = strstr(from, "For each control with findings:");
    ck_assert_ptr_nonnull(to);
    buf_append(out, from, (size_t)(to - from));
}

/* The numbers that stand at the end of lines which name a severity. */
static int64_t sum_of_rows(const char *text)
{
    static const char *const words[] = {" high ", " medium ", " low ", " not rated "};
    int64_t sum = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        for (const char *p = strstr(text, words[i]); p != NULL; p = strstr(p + 1, words[i])) {
            sum += strtoll(p + strlen(words[i]), NULL, 10);
        }
    }
    return sum;
}

START_TEST(rows_add_up)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    section(s, &b);
    const int64_t fails = case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'fail'");
    ck_assert_int_eq(sum_of_rows(buf_str(&b)), fails);
    reported_has(buf_str(&b), "rule ns2-public-network-access");
}
END_TEST

START_TEST(many_are_counted)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 200, 9);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    section(s, &b);
    const int64_t fails = case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'fail'");
    ck_assert_int_eq(sum_of_rows(buf_str(&b)), fails);
    reported_has(buf_str(&b), " more");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {rows_add_up, many_are_counted, NULL};
    return test_main(test_suite("report/part_failures", tests));
}
