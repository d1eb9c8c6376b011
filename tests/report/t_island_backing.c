/* report/island_backing: what the findings rest on, with true totals where a list is cut. */
#include "report/island_backing.h"

#include "case.h"
#include "paged.h"
#include "reported.h"
#include "support.h"

static const json *member(const json_doc *doc, const char *list, const char *name)
{
    return json_get(json_get(json_root(doc), list), name);
}

static void check_total(const json_doc *doc, store *s, const char *list, const char *sql)
{
    ck_assert_msg((int64_t)json_number(member(doc, list, "total")) == case_value(s, sql),
                  "expected the total of %s to be the case's", list);
}

START_TEST(totals_are_the_cases)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(json_doc) doc = paged_data(s, &(report_options){.at = REPORTED_AT});
    check_total(doc, s, "files", "SELECT count(*) FROM evidence");
    check_total(doc, s, "notes", "SELECT count(*) FROM ledger_note");
    check_total(doc, s, "custody", "SELECT count(*) FROM custody_sealed");
    ck_assert_int_eq((int64_t)json_count(member(doc, "files", "rows")),
                     case_value(s, "SELECT count(*) FROM evidence"));
    ck_assert_int_eq((int64_t)json_number(member(doc, "gaps", "findings")),
                     case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'unknown' AND"
                                   " need IS NOT NULL"));
    ck_assert_uint_eq(json_count(member(doc, "gaps", "rows")),
                      (size_t)json_number(member(doc, "gaps", "total")));
    ck_assert_ptr_null(json_get(json_root(doc), "redacted"));
}
END_TEST

START_TEST(lists_are_cut_and_say_so)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(json_doc)
    doc = paged_data(s, &(report_options){.at = REPORTED_AT, .html_cap = 1, .index_cap = 1});
    ck_assert_uint_eq(json_count(member(doc, "gaps", "rows")), 1);
    ck_assert_double_gt(json_number(member(doc, "gaps", "total")), 1);
    ck_assert_uint_eq(json_count(member(doc, "files", "rows")), 1);
    check_total(doc, s, "files", "SELECT count(*) FROM evidence");
}
END_TEST

static bool changed(void *ctx, int64_t evidence_id, report_redacted *out)
{
    (void)ctx;
    *out = (report_redacted){.withheld = evidence_id == 2, .sha256 = "abc", .size = 1};
    return evidence_id <= 2;
}

START_TEST(redactions_are_counted_beyond_the_list)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    const report_options options = {
        .at = REPORTED_AT, .index_cap = 1, .package_id = "P-1", .redacted = changed};
    EVPACK_AUTO(json_doc) doc = paged_data(s, &options);
    ck_assert_double_eq_tol(json_number(member(doc, "redacted", "files")), 1, 0.1);
    ck_assert_double_eq_tol(json_number(member(doc, "redacted", "withheld")), 1, 0.1);
    ck_assert_uint_eq(json_count(json_get(json_root(doc), "withheld")), 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {totals_are_the_cases, lists_are_cut_and_say_so,
                                  redactions_are_counted_beyond_the_list, NULL};
    return test_main(test_suite("report/island_backing", tests));
}
