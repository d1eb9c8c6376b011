/* map/headers: what is missing is "", what is wrong is told, and the id is the file's if need be.
 */
#include "map/headers.h"

#include "support.h"

#include <string.h>

START_TEST(a_faulty_header_says_what_it_can)
{
    evpack_err err = {0};
    char path[] = "rules/some-rule.sql";
    char text[] = "-- version: 1\n-- version: 2\n--   goes on\n-- feature: F\n--   two\nSELECT 1";
    const mapping_file file = {path, text, strlen(text)};
    EVPACK_AUTO_VALUE(faults_reset) map_faults faults = {0};
    EVPACK_AUTO_VALUE(rule_reset) rule r = {0};
    OK(headers_read(&file, &faults, &r, &err));
    ck_assert_str_eq(r.version, "1");
    ck_assert_str_eq(r.feature, "F two");
    ck_assert_str_eq(r.title, "");
    ck_assert_uint_eq(rule_line(&r, "feature"), 4);
    ck_assert_uint_eq(rule_line(&r, "title"), 0);
    EVPACK_AUTO_VALUE(buf_reset) buf id = {0};
    headers_id(&r, &id);
    ck_assert_str_eq(buf_str(&id), "some-rule");
    ck_assert(headers_is_file(&file));
    /* version twice; id, title, service, control, tests and absent are not there */
    ck_assert_uint_eq(faults.count, 7);
    ck_assert_uint_eq(faults.at[0].line, 2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_faulty_header_says_what_it_can, NULL};
    return test_main(test_suite("map/headers", tests));
}
