/* report/crosswalk_table: each control's ids, framework by framework. */
#include "report/crosswalk_table.h"

#include "case.h"
#include "support.h"

#include <string.h>

START_TEST(ids_stand_under_their_framework)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DELETE FROM crosswalk; INSERT INTO crosswalk VALUES (2, 'cis-v8', 2, '4.4'),"
                " (2, 'cis-v8', 1, '12.10'), (3, 'nist', 1, 'AC-4')");
    EVPACK_AUTO(crosswalk_table) t = NULL;
    OK(crosswalk_table_load(s, &t, &err));
    ck_assert_uint_eq(crosswalk_table_count(t), 2);
    ck_assert_str_eq(crosswalk_table_name(t, 0), "cis-v8");
    ck_assert_str_eq(crosswalk_table_refs(t, 2, 0), "12.10 4.4");
    ck_assert_ptr_null(crosswalk_table_refs(t, 2, 1));
    ck_assert_str_eq(crosswalk_table_refs(t, 3, 1), "AC-4");
    ck_assert_ptr_null(crosswalk_table_refs(t, 1, 0));
    ck_assert_ptr_null(crosswalk_table_refs(t, 0, 0)); /* no control at all */
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {ids_stand_under_their_framework, NULL};
    return test_main(test_suite("report/crosswalk_table", tests));
}
