/* report/part_detail: a control's counts are the case's, and its tests add up to them. */
#include "case.h"
#include "decided.h"
#include "report/part.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void section(store *s, buf *out)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT}, &b);
    const char *from = strstr(buf_str(&b), "For each control with findings:");
    ck_assert_ptr_nonnull(from);
    const char *to = strstr(from, "A finding is worth no more");
    ck_assert_ptr_nonnull(to);
    buf_append(out, from, (size_t)(to - from));
}

static int64_t of_control(store *s, const char *control, const char *status)
{
    char sql[200];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM finding_row WHERE control_id = '%s' AND status = '%s'",
                   control, status);
    return case_value(s, sql);
}

/* "Total" below the control's title: fail, unknown, pass, manual, other. */
static void read_total(const char *text, int64_t out[5])
{
    const char *line = strstr(text, "\nTotal");
    ck_assert_ptr_nonnull(line);
    char *p = NULL;
    line += strlen("\nTotal");
    for (int i = 0; i < 5; i++) {
        out[i] = strtoll(line, &p, 10);
        ck_assert_msg(p != line, "Total has %d numbers", i);
        line = p;
    }
}

START_TEST(counts_are_sqls)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    section(s, &b);
    const char *at = strstr(buf_str(&b), "NS-2");
    ck_assert_ptr_nonnull(at);
    int64_t total[5];
    read_total(at, total);
    const int64_t fail = of_control(s, "NS-2", "fail");
    const int64_t unknown = of_control(s, "NS-2", "unknown");
    const int64_t pass = of_control(s, "NS-2", "pass");
    const int64_t manual = of_control(s, "NS-2", "manual");
    ck_assert_int_eq(total[0], fail);
    ck_assert_int_eq(total[1], unknown);
    ck_assert_int_eq(total[2], pass);
    ck_assert_int_eq(total[3], manual);
    const int64_t all = case_value(s, "SELECT count(*) FROM finding_row WHERE control_id = 'NS-2'");
    ck_assert_int_eq(total[4], all - fail - unknown - pass - manual);
    char want[64];
    (void)snprintf(want, sizeof want, "%lld findings:", (long long)all);
    reported_has(at, want);
    reported_has(at, "ns2-public-network-access 1.0.0");
}
END_TEST

START_TEST(facts_stand_above)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "UPDATE control SET objective = 'Doors are shut.' WHERE control_id = 'NS-2'");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    section(s, &b);
    const char *at = strstr(buf_str(&b), "Doors are shut.");
    ck_assert_ptr_nonnull(at);
    reported_has(at, "Azure OpenAI 8");
    reported_has(at, "Customer: ");
    reported_has(at, "2026-10/exports/oct/");
}
END_TEST

START_TEST(who_decided_is_named)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, DECIDED_SQL);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    section(s, &b);
    reported_has(buf_str(&b), "Exception X-1 decides 1");
    reported_has(buf_str(&b), "Attestation A-1 decides 2");
}
END_TEST

/* A test with many failures leaves room for the others under its control. */
START_TEST(each_test_has_its_share)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 200, 9);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported_text(s, &(report_options){.at = REPORTED_AT, .cap = 4}, &b);
    const int64_t controls =
        case_value(s, "SELECT count(*) FROM (SELECT control_id FROM finding_row"
                      " WHERE status = 'fail' GROUP BY 1 HAVING count(*) > 4)");
    ck_assert_int_ge((int64_t)reported_count(buf_str(&b), "more findings of this control"),
                     controls);
}
END_TEST

/* A list's title stands with its first finding. */
START_TEST(no_title_stands_alone)
{
    static const char *const titles[] = {"\nFailed (", "\nUnknown ("};
    EVPACK_AUTO(store) s = case_bulk("c.db", 60, 40);
    size_t seen = 0;
    for (int64_t cap = 1; cap < 6; cap++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        reported_text(s, &(report_options){.at = REPORTED_AT, .cap = cap}, &b);
        for (char *page = strtok(b.data, "\f"); page != NULL; page = strtok(NULL, "\f")) {
            for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
                const char *title = strstr(page, titles[i]);
                if (title != NULL) {
                    reported_has(title, "SHA-256 ");
                    seen++;
                }
            }
        }
    }
    ck_assert_uint_gt(seen, 20);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {counts_are_sqls,       facts_stand_above,
                                  who_decided_is_named,  each_test_has_its_share,
                                  no_title_stands_alone, NULL};
    return test_main(test_suite("report/part_detail", tests));
}
