/* store/findings_place: a finding's first place is its subject's; a record that is gone is an
 * error. */
#include "store/findings.h"

#include "case.h"
#include "support.h"

#include <string.h>

/* Reads findings until the end or the first fault. */
static evpack_status walk(store *s, evpack_err *err)
{
    EVPACK_AUTO(findings) f = NULL;
    EVPACK_TRY(findings_open(s, FINDINGS_ALL, 0, &f, err));
    const finding_test *test = NULL;
    EVPACK_TRY(findings_next_test(f, &test, err));
    while (test != NULL) {
        const finding *one = NULL;
        EVPACK_TRY(findings_next(f, &one, err));
        while (one != NULL) {
            ck_assert_uint_ge(one->place_count, 1);
            ck_assert_int_eq(strncmp(one->places[0].path, "data/evidence/", 14), 0);
            ck_assert_uint_eq(strlen(one->places[0].sha256), 64);
            EVPACK_TRY(findings_next(f, &one, err));
        }
        EVPACK_TRY(findings_next_test(f, &test, err));
    }
    return EVPACK_OK;
}

START_TEST(a_missing_record_is_an_error)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    OK(walk(s, &err));
    case_sql(s, "UPDATE finding SET evidence = '[987654]'");
    FAILS(walk(s, &err), EVPACK_E_CASE, "987654");
    case_sql(s, "UPDATE finding SET evidence = '[{\"pointer\":\"/a\"}]'");
    FAILS(walk(s, &err), EVPACK_E_CASE, "names no record");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_missing_record_is_an_error, NULL};
    return test_main(test_suite("store/findings_place", tests));
}
