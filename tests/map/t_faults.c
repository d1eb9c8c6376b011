/* map/faults: places, and each fault once. */
#include "map/faults.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

static const char sql[] = "-- id: x\n/* a\n secret */ SELECT a,\n  Secret FROM nosuch -- secret\n";

static const struct {
    int at;
    const char *message;
    unsigned line, column;
} places[] = {{25, "", 3, 12},
              {-1, "reading secret is not allowed here", 4, 3},
              {-1, "no such table: nosuch", 4, 15},
              {-1, "the statement took too many steps", 3, 12},
              {-1, "", 3, 12}};

START_TEST(sql_has_places)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const fault_place p = faults_sql_place("x.sql", sql, places[i].at, places[i].message);
        ck_assert_msg(p.line == places[i].line && p.column == places[i].column,
                      "%s: expected %u:%u, came %u:%u", places[i].message, places[i].line,
                      places[i].column, p.line, p.column);
    }
}
END_TEST

START_TEST(a_fault_is_kept_once_and_not_without_end)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(faults_reset) map_faults f = {0};
    char text[20];
    for (int i = 0; i < 2 * FAULTS_MAX; i++) {
        (void)snprintf(text, sizeof text, "%d", i / 2 % (FAULTS_MAX + 1));
        OK(faults_add(&f, (fault_place){"b", 2, 1}, text, &err));
    }
    ck_assert_uint_eq(f.count, FAULTS_MAX);
    ck_assert(!f.more);
    OK(faults_add(&f, (fault_place){"a", 1, 1}, "new", &err));
    ck_assert(f.more && faults_of(&f, "a") == NULL);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    faults_say(faults_of(&f, "b"), &out);
    ck_assert_str_eq(buf_str(&out), "b:2:1: 0");
}
END_TEST

START_TEST(json_faults_name_line_and_column)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    char path[] = "a.json";
    char text[] = "{\n \"a\": }";
    const mapping_file file = {path, text, strlen(text)};
    FAILS(faults_parse(&file, &doc, &err), EVPACK_E_MAPPING, "a.json:2:7: is not JSON: ");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {sql_has_places, a_fault_is_kept_once_and_not_without_end,
                                  json_faults_name_line_and_column, NULL};
    return test_main(test_suite("map/faults", tests));
}
