/* map/reasons: each name has its text, and where there is none its name. */
#include "map/reasons.h"

#include "case.h"
#include "support.h"

START_TEST(a_reason_that_is_not_there_is_its_name)
{
    static const char *const names[] = {"one", "two"};
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    case_sql(s, "CREATE TEMP TABLE a_text(name TEXT PRIMARY KEY, text TEXT)");
    static const char reasons[] = "{\"one\":\"the first\"}";
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(reasons, strlen(reasons), false, &doc, &err));
    OK(reasons_put(store_db(s), "a_text", json_root(doc), names, 2, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM a_text WHERE (name, text) IN"
                                   " (VALUES ('one', 'the first'), ('two', 'two'))"),
                     2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_reason_that_is_not_there_is_its_name, NULL};
    return test_main(test_suite("map/reasons", tests));
}
