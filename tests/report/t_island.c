/* report/island: true totals, fair shares under a cap, and a sentence about what is left out. */
#include "report/island.h"

#include "case.h"
#include "port/json.h"
#include "reported.h"
#include "support.h"

#include <string.h>

static json_doc *island(store *s, const report_options *options)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, options, REPORT_HTML, &b);
    const char *a = strstr(buf_str(&b), "id=\"data\">") + strlen("id=\"data\">");
    const char *end = strstr(a, "</script>");
    json_doc *doc = NULL;
    OK(json_parse(a, (size_t)(end - a), false, &doc, &err));
    return doc;
}

START_TEST(everything_when_it_fits)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(json_doc) doc = island(s, &(report_options){.at = REPORTED_AT});
    const json *root = json_root(doc);
    ck_assert_ptr_null(json_get(root, "left"));
    ck_assert_uint_eq(json_count(json_get(root, "findings")), 66);
    const json *totals = json_get(root, "totals");
    ck_assert_double_eq_tol(json_number(json_get(totals, "fail")), 10, 0.1);
    /* Files are said once in a run of places. */
    const json *f = json_first(json_get(root, "findings"));
    const json *place = json_first(json_first(json_get(f, "evidence")));
    ck_assert_ptr_nonnull(json_string(place));
    ck_assert(!json_is_true(json_get(root, "linked")));
    EVPACK_AUTO(json_doc)
    sealed = island(s, &(report_options){.at = REPORTED_AT, .package_id = "P-1", .signer = "CN=x"});
    ck_assert(json_is_true(json_get(json_root(sealed), "linked")));
    ck_assert_str_eq(json_get_string(json_root(sealed), "foot"), "Package P-1");
}
END_TEST

static size_t count_status(const json *list, const char *word)
{
    size_t n = 0;
    for (const json *f = json_first(list); f != NULL; f = json_next(f)) {
        n += strcmp(json_get_string(f, "status"), word) == 0 ? 1 : 0;
    }
    return n;
}

START_TEST(caps_leave_a_fair_share)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 300, 12);
    EVPACK_AUTO(json_doc) doc = island(s, &(report_options){.at = REPORTED_AT, .html_cap = 100});
    const json *root = json_root(doc);
    const json *list = json_get(root, "findings");
    size_t n = json_count(list);
    ck_assert_uint_le(n, 200);
    ck_assert_uint_gt(n, 150);
    reported_has(json_get_string(root, "left"), "findings.csv");
    ck_assert_uint_gt(count_status(list, "unknown"), 0);
    ck_assert_uint_gt(count_status(list, "pass"), 0);
    /* Every bulk test is still there, in both groups. */
    size_t tests = json_count(json_get(root, "tests"));
    for (size_t t = 0; t < tests; t++) {
        bool seen = false;
        for (const json *f = json_first(list); f != NULL; f = json_next(f)) {
            seen = seen || (size_t)json_number(json_get(f, "test")) == t;
        }
        ck_assert_msg(seen, "test %zu vanished", t);
    }
    ck_assert_double_eq_tol(json_number(json_get(json_get(root, "totals"), "fail")),
                            (double)case_value(s, "SELECT count(*) FROM finding_row"
                                                  " WHERE status = 'fail'"),
                            0.1);
}
END_TEST

START_TEST(limits)
{
    model_test tests[3] = {{.counts = {.total = 1000}}, {.counts = {.total = 10}}, {0}};
    tests[0].counts.of[FINDING_FAIL] = 1000;
    tests[1].counts.of[FINDING_FAIL] = 10;
    model m = {.tests = tests, .test_count = 3};
    m.total.of[FINDING_FAIL] = 1010;
    unsigned fail = FINDINGS_ONLY(FINDING_FAIL);
    ck_assert_int_eq(island_limit(&m, fail, 1010), 0);
    ck_assert_int_eq(island_limit(&m, fail, 100), 90);
    ck_assert_int_eq(island_limit(&m, fail, 20), 10);
    ck_assert_int_eq(island_limit(&m, fail, 1), 1);
    ck_assert_int_eq(island_limit(&m, FINDINGS_ONLY(FINDING_PASS), 1), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {everything_when_it_fits, caps_leave_a_fair_share, limits, NULL};
    return test_main(test_suite("report/island", tests));
}
