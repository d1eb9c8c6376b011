/* report/island: true totals, the texts, and a sentence about what is left out. */
#include "report/island.h"

#include "case.h"
#include "paged.h"
#include "reported.h"
#include "support.h"

START_TEST(everything_when_it_fits)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(json_doc) doc = paged_data(s, &(report_options){.at = REPORTED_AT});
    const json *root = json_root(doc);
    ck_assert_ptr_null(json_get(root, "left"));
    const json *totals = json_get(root, "totals");
    ck_assert_double_eq_tol(json_number(json_get(totals, "fail")), 10, 0.1);
    ck_assert(!json_is_true(json_get(root, "linked")));
    EVPACK_AUTO(json_doc)
    sealed =
        paged_data(s, &(report_options){.at = REPORTED_AT, .package_id = "P-1", .signer = "CN=x"});
    ck_assert(json_is_true(json_get(json_root(sealed), "linked")));
    ck_assert_str_eq(json_get_string(json_root(sealed), "foot"), "Package P-1");
}
END_TEST

/* The heat map and the charts are sums of these. */
START_TEST(tests_add_up_to_the_totals)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 300, 12);
    EVPACK_AUTO(json_doc) doc = paged_data(s, &(report_options){.at = REPORTED_AT, .html_cap = 10});
    const json *root = json_root(doc);
    double of[FINDING_STATUSES] = {0};
    for (const json *t = json_first(json_get(root, "tests")); t != NULL; t = json_next(t)) {
        size_t k = 0;
        for (const json *n = json_first(json_get(t, "n")); n != NULL; n = json_next(n)) {
            of[k++] += json_number(n);
        }
        ck_assert_uint_eq(k, FINDING_STATUSES);
    }
    for (int k = 1; k < FINDING_STATUSES; k++) {
        const char *word = finding_status_word(k);
        ck_assert_msg(of[k] == json_number(json_get(json_get(root, "totals"), word)),
                      "expected the tests' %s to add up to the total, came %.0f", word, of[k]);
    }
}
END_TEST

START_TEST(what_is_left_out_is_said)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 300, 12);
    EVPACK_AUTO(json_doc)
    doc = paged_data(s, &(report_options){.at = REPORTED_AT, .html_cap = 100});
    const json *root = json_root(doc);
    reported_has(json_get_string(root, "left"), "findings.csv");
    ck_assert_double_eq_tol(json_number(json_get(json_get(root, "totals"), "fail")),
                            (double)case_value(s, "SELECT count(*) FROM finding_row"
                                                  " WHERE status = 'fail'"),
                            0.1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {everything_when_it_fits, tests_add_up_to_the_totals,
                                  what_is_left_out_is_said, NULL};
    return test_main(test_suite("report/island", tests));
}
