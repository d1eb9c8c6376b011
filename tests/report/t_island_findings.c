/* report/island_findings: columns that agree with findings.json, fair shares under a cap. */
#include "report/island_findings.h"

#include "case.h"
#include "paged.h"
#include "reported.h"
#include "support.h"

#include <string.h>

/* What the blocks hold, summed. */
typedef struct {
    size_t findings, blocks;
    size_t status[FINDING_STATUSES];
    bool test[400];
} sums;

static const json *at(const json *list, size_t n)
{
    const json *e = json_first(list);
    while (e != NULL && n > 0) {
        e = json_next(e);
        n--;
    }
    return e;
}

static void sum_up(const char *page, size_t tests, sums *out)
{
    int64_t subjects = 0;
    int64_t reasons = 0;
    for (size_t n = 0;; n++) {
        EVPACK_AUTO(json_doc) rows = paged_block(page, "class=\"rows\"", n);
        EVPACK_AUTO(json_doc) more = paged_block(page, "class=\"more\"", n);
        ck_assert_msg((rows == NULL) == (more == NULL), "expected rows and details in pairs");
        if (rows == NULL) {
            out->blocks = n;
            return;
        }
        const json *r = json_root(rows);
        const size_t count = (size_t)json_number(json_get(r, "n"));
        ck_assert_uint_gt(count, 0);
        ck_assert_uint_eq(json_count(json_root(more)), count);
        ck_assert_uint_eq(strlen(json_get_string(r, "id")), 32 * count);
        subjects += (int64_t)json_count(json_get(r, "subjects"));
        reasons += (int64_t)json_count(json_get(r, "reasons"));
        const char *const columns[] = {"test", "status", "subject", "reason"};
        const double below[] = {(double)tests, FINDING_STATUSES, (double)subjects, (double)reasons};
        for (size_t c = 0; c < 4; c++) {
            const json *column = json_get(r, columns[c]);
            ck_assert_uint_eq(json_count(column), count);
            for (const json *e = json_first(column); e != NULL; e = json_next(e)) {
                ck_assert_msg(json_number(e) < below[c] && json_number(e) >= (c == 3 ? -1 : 0),
                              "the column %s names what is not there", columns[c]);
                out->status[c == 1 ? (size_t)json_number(e) : 0]++;
                out->test[c == 0 ? (size_t)json_number(e) : 399] = true;
            }
        }
        out->findings += count;
    }
}

START_TEST(columns_agree_with_the_case)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf page = {0};
    paged(s, &(report_options){.at = REPORTED_AT}, &page);
    EVPACK_AUTO(json_doc) data = paged_block(buf_str(&page), "id=\"data\"", 0);
    sums all = {0};
    sum_up(buf_str(&page), json_count(json_get(json_root(data), "tests")), &all);
    ck_assert_uint_eq(all.findings, 66);
    for (int k = 1; k < FINDING_STATUSES; k++) {
        EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
        buf_printf(&sql, "SELECT count(*) FROM finding_row WHERE status_code = %d", k);
        ck_assert_msg((int64_t)all.status[k] == case_value(s, buf_str(&sql)),
                      "expected as many findings of the status %s as the case has, came %zu",
                      finding_status_word(k), all.status[k]);
    }
}
END_TEST

START_TEST(the_first_finding_is_the_cursors)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf page = {0};
    paged(s, &(report_options){.at = REPORTED_AT}, &page);
    EVPACK_AUTO(json_doc) rows = paged_block(buf_str(&page), "class=\"rows\"", 0);
    EVPACK_AUTO(json_doc) more = paged_block(buf_str(&page), "class=\"more\"", 0);
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open(s, ISLAND_ATTENTION, 0, &f, &err));
    const finding_test *t = NULL;
    const finding *one = NULL;
    OK(findings_next_test(f, &t, &err));
    OK(findings_next(f, &one, &err));
    while (one == NULL) {
        OK(findings_next_test(f, &t, &err));
        OK(findings_next(f, &one, &err));
    }
    const json *r = json_root(rows);
    char id[33] = {0};
    for (size_t k = 0, n = 0; one->id[k] != '\0'; k++) {
        if (one->id[k] != '-') {
            id[n++] = one->id[k];
        }
    }
    ck_assert_int_eq(strncmp(json_get_string(r, "id"), id, 32), 0);
    const json *reason = at(json_get(r, "reasons"), 0);
    ck_assert_str_eq(json_string(reason), one->reason != NULL ? one->reason : t->reason);
    const json *place = json_first(json_get(json_first(json_root(more)), "evidence"));
    ck_assert_str_eq(json_string(json_first(place)), one->places[0].path);
    ck_assert_str_eq(json_get_string(json_first(json_root(more)), "snapshot"), one->snapshot);
}
END_TEST

START_TEST(caps_leave_a_fair_share)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 300, 12);
    EVPACK_AUTO_VALUE(buf_reset) buf page = {0};
    paged(s, &(report_options){.at = REPORTED_AT, .html_cap = 100}, &page);
    EVPACK_AUTO(json_doc) data = paged_block(buf_str(&page), "id=\"data\"", 0);
    const size_t tests = json_count(json_get(json_root(data), "tests"));
    sums all = {0};
    sum_up(buf_str(&page), tests, &all);
    ck_assert_uint_le(all.findings, 200);
    ck_assert_uint_gt(all.findings, 150);
    ck_assert_uint_gt(all.status[FINDING_UNKNOWN], 0);
    ck_assert_uint_gt(all.status[FINDING_PASS], 0);
    for (size_t t = 0; t < tests; t++) {
        ck_assert_msg(all.test[t], "expected test %zu to keep a share, it vanished", t);
    }
}
END_TEST

START_TEST(many_findings_come_in_blocks)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 300, 12);
    EVPACK_AUTO_VALUE(buf_reset) buf page = {0};
    paged(s, &(report_options){.at = REPORTED_AT}, &page);
    EVPACK_AUTO(json_doc) data = paged_block(buf_str(&page), "id=\"data\"", 0);
    sums all = {0};
    sum_up(buf_str(&page), json_count(json_get(json_root(data), "tests")), &all);
    ck_assert_int_eq((int64_t)all.findings, case_value(s, "SELECT count(*) FROM finding_row"));
    ck_assert_uint_gt(all.blocks, 5);
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
    const TTest *const tests[] = {columns_agree_with_the_case,
                                  the_first_finding_is_the_cursors,
                                  caps_leave_a_fair_share,
                                  many_findings_come_in_blocks,
                                  limits,
                                  NULL};
    return test_main(test_suite("report/island_findings", tests));
}
