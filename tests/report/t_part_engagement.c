/* report/part_engagement: what was decided stands in the summary, and what is left out is counted.
 */
#include "case.h"
#include "report/part.h"
#include "reported.h"
#include "support.h"

static void squeezed(store *s, int64_t cap, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT, .cap = cap, .index_cap = 100}, &b);
    reported_squeeze(buf_str(&b), out);
}

START_TEST(no_engagement_no_section)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, 5, &b);
    ck_assert_uint_eq(reported_count(buf_str(&b), "Scopeandengagement"), 0);
}
END_TEST

START_TEST(what_was_decided_is_shown_up_to_the_cap)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    reported_engagement(s);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    squeezed(s, 2, &b);
    reported_has(buf_str(&b), "Scopeandengagement");
    reported_has(buf_str(&b), "Anauditor");
    reported_has(buf_str(&b), "cmk_required=true,chosenbytheengagement");
    reported_has(buf_str(&b), "Areport:SOC2,2026-01-01to2026-06-30,filesoc.pdf");
    reported_has(buf_str(&b), "Leftoutofscope(3)");
    reported_has(buf_str(&b), "1moreareinfindings.json.");
    reported_has(buf_str(&b), "becausenobodyknowswhethernot(1)");
    reported_has(buf_str(&b), "data/evidence/engagement/engagement.json");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {no_engagement_no_section, what_was_decided_is_shown_up_to_the_cap,
                                  NULL};
    return test_main(test_suite("report/part_engagement", tests));
}
