/* report/model: totals are what SQL counts, and every table adds up to them. */
#include "report/model.h"

#include "case.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static void check_totals(store *s, const model *m)
{
    char sql[256];
    model_counts sum = {0};
    for (int i = 1; i < FINDING_STATUSES; i++) {
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM finding_row WHERE status_code = %d",
                       i);
        ck_assert_int_eq(m->total.of[i], case_value(s, sql));
        for (size_t k = 0; k < m->control_count; k++) {
            (void)snprintf(sql, sizeof sql,
                           "SELECT count(*) FROM finding_row WHERE status_code = %d"
                           " AND control_id = '%s'",
                           i, m->controls[k].control_id);
            ck_assert_int_eq(m->controls[k].counts.of[i], case_value(s, sql));
            sum.of[i] += m->controls[k].counts.of[i];
        }
        int64_t by_service = 0;
        int64_t by_responsibility = 0;
        for (size_t k = 0; k < m->service_count; k++) {
            by_service += m->services[k].counts.of[i];
        }
        for (int k = 1; k < MODEL_RESPONSIBILITIES; k++) {
            by_responsibility += m->by_responsibility[k].of[i];
        }
        ck_assert_int_eq(sum.of[i], m->total.of[i]);
        ck_assert_int_eq(by_service, m->total.of[i]);
        ck_assert_int_eq(by_responsibility, m->total.of[i]);
        sum.total += sum.of[i];
    }
    ck_assert_int_eq(sum.total, m->total.total);
    ck_assert_int_eq(m->resources,
                     case_value(s, "SELECT count(DISTINCT record_id) FROM finding_row"));
}

START_TEST(totals)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(model) m = NULL;
    OK(model_load(s, &m, &err));
    check_totals(s, m);
    ck_assert_str_eq(m->evaluated_at, "2026-11-22T08:00:00Z");
    ck_assert_str_eq(m->mapping_origin, "built-in");
    ck_assert_uint_eq(m->control_count, 9);
    ck_assert_uint_eq(m->untested_count, 1);
    ck_assert_str_eq(m->untested[0], "IR-1");
    ck_assert_str_eq(m->controls[0].control_id, "NS-1");
    for (size_t i = 0; i < m->control_count; i++) {
        bool lt3 = strcmp(m->controls[i].control_id, "LT-3") == 0;
        ck_assert((m->controls[i].published != NULL) == lt3);
    }
    ck_assert_int_eq(m->services[0].resources, 8);
    ck_assert_int_eq(m->services[0].features, 8);
    ck_assert_int_eq(m->services[1].resources, 1);
    const model_control *c = model_find_control(m, m->tests[0].control);
    ck_assert_ptr_nonnull(c);
    ck_assert_ptr_eq(model_find_test(m, m->tests[3].id), &m->tests[3]);
    ck_assert_ptr_null(model_find_test(m, 12345));
    ck_assert_ptr_null(model_find_control(m, 12345));
}
END_TEST

START_TEST(totals_of_many)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_bulk("c.db", 700, 23);
    EVPACK_AUTO(model) m = NULL;
    OK(model_load(s, &m, &err));
    check_totals(s, m);
    ck_assert_int_eq(m->total.total, 700 * 23 + 66);
}
END_TEST

START_TEST(no_run_is_refused)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(model) m = NULL;
    FAILS(model_load(s, &m, &err), EVPACK_E_CASE, "no map run");
}
END_TEST

START_TEST(words)
{
    ck_assert_str_eq(model_responsibility_word(2), "microsoft");
    ck_assert_str_eq(model_responsibility_word(0), "");
    ck_assert_str_eq(model_responsibility_word(9), "");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {totals, totals_of_many, no_run_is_refused, words, NULL};
    return test_main(test_suite("report/model", tests));
}
