/* report/part_front: the cover states what was counted, and what nobody stated. */
#include "report/part.h"

#include "case.h"
#include "reported.h"
#include "support.h"

#include <string.h>

START_TEST(cover)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    const report_options options = {
        .at = REPORTED_AT, .package_id = "evpack-2026-11-28", .signer = "CN=Preparer, O=Contoso"};
    reported_text(s, &options, &b);
    const char *text = buf_str(&b);
    reported_has(text, "66 findings on 9 resources under 9 controls");
    reported_has(text, "2026-10: collected 2026-10-31 18:00:00 UTC, imported 2026-11-02");
    reported_has(text, "2026-11: collected not stated, imported 2026-11-20 09:30:00 UTC");
    reported_has(text, "99455dbc-53f4-e37b-88c3-d8829e622c62");
    reported_has(text, "22222222-2222-4222-8222-222222222222");
    reported_has(text, "Azure OpenAI: 8 resources");
    reported_has(text, "Key Vault: 1 resource\n");
    reported_has(text, "2026-11-28 10:00:00 UTC");
    reported_has(text, "CN=Preparer, O=Contoso");
    reported_has(text, "Not checked is not passed.");
    size_t pages = reported_count(text, "Package evpack-2026-11-28");
    ck_assert_uint_ge(pages, 8); /* in every foot */
}
END_TEST

START_TEST(contents_and_reading)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    const char *text = buf_str(&b);
    static const char *const sections[] = {"How to read this report",
                                           "What was assessed, and what was not",
                                           "Results by control",
                                           "Results by responsibility and by service",
                                           "Management summary",
                                           "Results at a glance",
                                           "All failures in short",
                                           "Control by control",
                                           "Completeness of the evidence",
                                           "Evidence index",
                                           "Custody",
                                           "Method and limits",
                                           "How to verify"};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        ck_assert_msg(reported_count(text, sections[i]) >= 2, "%s is not listed", sections[i]);
    }
    reported_has(text, "Not part of a sealed package");
    reported_has(text, "Microsoft operates the feature.");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {cover, contents_and_reading, NULL};
    return test_main(test_suite("report/part_front", tests));
}
