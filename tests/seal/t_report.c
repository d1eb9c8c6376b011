/* seal/report: the verdict follows from the reasons; hostile texts and too many reasons. */
#include "seal/report.h"

#include "support.h"

#include <string.h>

START_TEST(verdicts)
{
    evpack_err err = {0};
    seal_report r = {0};
    report_decide(&r, EVPACK_OK, &err);
    ck_assert_int_eq(r.verdict, SEAL_VERIFIED);

    r = (seal_report){0};
    report_decide(&r, EVPACK_E_NO, &err); /* no reason was found, yet the checks stopped */
    ck_assert_int_eq(r.verdict, SEAL_UNDECIDED);

    r = (seal_report){0};
    (void)evpack_fail(&err, EVPACK_E_IO, "the disk is gone");
    report_decide(&r, EVPACK_E_IO, &err);
    ck_assert_int_eq(r.verdict, SEAL_UNDECIDED);
    ck_assert_str_eq(r.reasons[0].code, "could-not-check");
    ck_assert_str_eq(r.reasons[0].text, "the disk is gone");

    r = (seal_report){0};
    ck_assert_int_eq(report_no(&r, SEAL_FILE_CHANGED, "%s", "x"), EVPACK_E_NO);
    report_decide(&r, EVPACK_E_IO, &err); /* a clear no stays one */
    ck_assert_int_eq(r.verdict, SEAL_NOT_VERIFIED);
    ck_assert_uint_eq(r.reason_count, 2);

    r = (seal_report){0};
    for (int i = 0; i < SEAL_REASONS_MAX + 3; i++) {
        (void)report_no(&r, SEAL_FILE_CHANGED, "file %d", i);
    }
    ck_assert_uint_eq(r.reason_count, SEAL_REASONS_MAX);
    ck_assert_uint_eq(r.reasons_more, 3); /* those without room are not hushed up */

    r = (seal_report){0};
    (void)report_signature(&r, CMS_REVOCATION_UNKNOWN, "P.zip", &err);
    report_decide(&r, EVPACK_E_NO, &err);
    ck_assert_int_eq(r.verdict, SEAL_UNDECIDED);
    ck_assert_str_eq(r.reasons[0].code, "revocation-unknown");

    r = (seal_report){0};
    (void)report_signature(&r, CMS_MISMATCH, "P.zip", &err);
    report_decide(&r, EVPACK_E_NO, &err);
    ck_assert_int_eq(r.verdict, SEAL_NOT_VERIFIED);
    ck_assert_str_eq(r.reasons[0].text, "P.zip: the disk is gone");
}
END_TEST

START_TEST(input_errors_are_reasons_and_others_are_not)
{
    evpack_err err = {0};
    seal_report r = {0};
    (void)evpack_fail(&err, EVPACK_E_INPUT, "line 3: what is this");
    ck_assert_int_eq(report_input(&r, EVPACK_E_INPUT, SEAL_MANIFEST, "m.txt", &err), EVPACK_E_NO);
    ck_assert_str_eq(r.reasons[0].text, "m.txt: line 3: what is this");
    ck_assert_int_eq(report_input(&r, EVPACK_E_LIMIT, SEAL_MANIFEST, "", &err), EVPACK_E_NO);
    ck_assert_str_eq(r.reasons[1].text, "line 3: what is this");
    ck_assert_int_eq(report_input(&r, EVPACK_OK, SEAL_MANIFEST, "", &err), EVPACK_OK);
    ck_assert_int_eq(report_input(&r, EVPACK_E_MEMORY, SEAL_MANIFEST, "", &err), EVPACK_E_MEMORY);
    ck_assert_int_eq(report_input(&r, EVPACK_E_NO, SEAL_MANIFEST, "", &err), EVPACK_E_NO);
    ck_assert_uint_eq(r.reason_count, 2);
}
END_TEST

START_TEST(bounded_and_printable)
{
    static char name[5000];
    memset(name, 'n', sizeof name - 1);
    seal_report r = {0};
    for (size_t i = 0; i < 3 * SEAL_REASONS_MAX; i++) {
        (void)report_no(&r, SEAL_FILE_UNLISTED, "\x1b[31m%s", name);
        report_not_covered(&r, "%s", name);
    }
    ck_assert_uint_eq(r.reason_count, SEAL_REASONS_MAX);
    ck_assert_uint_eq(r.not_covered_count, SEAL_NOT_COVERED_MAX);
    ck_assert_int_eq(r.reasons[0].text[0], '?');
    ck_assert_uint_lt(strlen(r.reasons[0].text), sizeof r.reasons[0].text);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {verdicts, input_errors_are_reasons_and_others_are_not,
                                  bounded_and_printable, NULL};
    return test_main(test_suite("seal/report", tests));
}
