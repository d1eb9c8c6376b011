/* report/part_charts: pictures say their numbers, and those add up. */
#include "case.h"
#include "report/part.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t number_after(const char *text, const char *label)
{
    const char *at = strstr(text, label);
    ck_assert_msg(at != NULL, "no line '%s'", label);
    return strtoll(at + strlen(label), NULL, 10);
}

START_TEST(coverage_adds_up)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    const char *at = strstr(buf_str(&b), "Coverage: what was tested");
    ck_assert_ptr_nonnull(at);
    static const char *const labels[] = {
        "Tested: pass, fail, exempt", "Manual, open",  "Unknown", "Test went wrong",
        "Inherited from Microsoft",   "Not applicable"};
    int64_t sum = 0;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        sum += number_after(at, labels[i]);
    }
    ck_assert_int_eq(sum, case_value(s, "SELECT count(*) FROM finding_row"));
    ck_assert_int_eq(number_after(at, "Manual, open"),
                     case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'manual'"));
}
END_TEST

START_TEST(cells_hold_letters_and_numbers)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    const char *at = strstr(buf_str(&b), "A cell shows the worst status");
    ck_assert_ptr_nonnull(at);
    reported_has(at, "A Azure OpenAI");
    const char *row = strstr(at, "\nNS-2");
    ck_assert_ptr_nonnull(row);
    char want[32];
    (void)snprintf(want, sizeof want, "F%lld",
                   (long long)case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'fail'"
                                            " AND control_id = 'NS-2'"
                                            " AND service = 'azure-openai'"));
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf tight = {0};
    buf_append(&line, row, strcspn(row + 1, "\n") + 1);
    reported_squeeze(buf_str(&line), &tight);
    reported_has(buf_str(&tight), want);
}
END_TEST

/* More services than a panel has columns: further panels. */
START_TEST(many_services)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 20, 4);
    case_sql(s, "INSERT INTO service(id, mapping_id, slug, title, source, source_date, profile,"
                " subjects) WITH n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 30)"
                " SELECT 1000 + i, (SELECT mapping_id FROM run ORDER BY id DESC LIMIT 1),"
                " printf('s%02d', i), printf('Service %02d', i), '', '2024-01-01', '{}', '' FROM n;"
                "INSERT INTO test(id, run_id, source, service_id, control)"
                " SELECT 5000 + id, (SELECT max(id) FROM run), 'exception', id,"
                " (SELECT min(id) FROM control) FROM service WHERE id > 1000;"
                "INSERT INTO finding(test_id, record_id, status)"
                " SELECT id, 1, 2 FROM test WHERE id > 5000");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    reported_has(buf_str(&b), "AA Service 2");
    reported_has(buf_str(&b), "Service 30");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {coverage_adds_up, cells_hold_letters_and_numbers, many_services,
                                  NULL};
    return test_main(test_suite("report/part_charts", tests));
}
