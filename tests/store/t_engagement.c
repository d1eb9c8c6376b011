/* store/engagement: rows are appended, never changed, and the newest holds. */
#include "store/engagement.h"

#include "case.h"
#include "support.h"

#include <string.h>

static int64_t add(store *s, int64_t evidence)
{
    evpack_err err = {0};
    int64_t id = 0;
    OK(store_begin(s, &err));
    OK(engagement_add(s, evidence, 1795334400, &id, &err));
    OK(engagement_add_file(s, id, 2, "assurance", &err));
    OK(engagement_add_file(s, id, 2, "assurance", &err));
    OK(store_commit(s, &err));
    return id;
}

START_TEST(the_newest_holds)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    engagement_held held;
    OK(engagement_find(s, &held, &err));
    ck_assert_int_eq(held.id, 0);
    ck_assert_str_eq(held.sha256, "");
    const int64_t first = add(s, 1);
    const int64_t second = add(s, 1);
    ck_assert_int_gt(second, first);
    OK(engagement_find(s, &held, &err));
    ck_assert_int_eq(held.id, second);
    ck_assert_uint_eq(strlen(held.sha256), 64);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM engagement_file"), 4);
}
END_TEST

START_TEST(what_is_no_role_is_refused)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    const int64_t id = add(s, 1);
    OK(store_begin(s, &err));
    ck_assert_int_ne(engagement_add_file(s, id, 1, "other", &err), EVPACK_OK);
    store_rollback(s);
}
END_TEST

START_TEST(rows_stay)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    (void)add(s, 1);
    static const char *const tries[] = {"DELETE FROM engagement",
                                        "UPDATE engagement SET imported_at = ''",
                                        "DELETE FROM engagement_file",
                                        "UPDATE engagement_file SET role = 'attested'",
                                        "INSERT OR REPLACE INTO engagement VALUES (1, '', 2)",
                                        "UPDATE snapshot SET role = 'engagement'"};
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        ck_assert_msg(db_exec(store_db(s), tries[i], &err) != EVPACK_OK, "%s: expected a refusal",
                      tries[i]);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_newest_holds, what_is_no_role_is_refused, rows_stay, NULL};
    return test_main(test_suite("store/engagement", tests));
}
