/* report/part_who: what the engagement states, and no more. */
#include "case.h"
#include "report/part.h"
#include "reported.h"
#include "support.h"

#include <string.h>

START_TEST(nothing_without_an_engagement)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(part_who_reset) part_who w = {0};
    part p = {.s = s};
    OK(part_who_read(&p, &w, &err));
    ck_assert(!w.there);
    ck_assert_uint_eq(w.client.len + w.auditor.len + w.reference.len + w.period.len, 0);
}
END_TEST

START_TEST(on_the_cover)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    reported_engagement(s);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    EVPACK_AUTO_VALUE(buf_reset) buf cover = {0};
    buf_append(&cover, b.data, strcspn(b.data, "\f"));
    reported_has(buf_str(&cover), "Client");
    reported_has(buf_str(&cover), "personal data");
    reported_has(buf_str(&cover), "no opinion and no certificate");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {nothing_without_an_engagement, on_the_cover, NULL};
    return test_main(test_suite("report/part_who", tests));
}
