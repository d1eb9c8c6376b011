/* report/part_sign: blank fields on one page of their own. */
#include "case.h"
#include "report/part.h"
#include "reported.h"
#include "support.h"

#include <string.h>

START_TEST(fields_on_one_page)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    const char *found = NULL;
    for (char *page = strtok(b.data, "\f"); page != NULL; page = strtok(NULL, "\f")) {
        found = strstr(page, "Nothing is filled in here") != NULL ? page : found;
    }
    ck_assert_ptr_nonnull(found);
    reported_has(found, "Prepared by");
    reported_has(found, "Reviewed by");
    reported_has(found, "Management's assertion");
    reported_has(found, "For management");
    ck_assert_uint_eq(reported_count(found, "Signature"), 3);
    reported_has(found, "A name on this page is a statement by that person.");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {fields_on_one_page, NULL};
    return test_main(test_suite("report/part_sign", tests));
}
