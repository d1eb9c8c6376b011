/*
 * report/oscal: what stands once: no list is empty, no plan made up, no hash but that of the
 * package's own file, and every uuid is another. tests/report/t_ajv.sh has the schema.
 */
#include "report/oscal.h"

#include "case.h"
#include "oscal_read.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static const report_options options = {.at = REPORTED_AT};

START_TEST(no_list_is_empty)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    for (int i = 0; i < 2; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        EVPACK_AUTO(json_doc) doc = oscal_parse(s, &options, &text);
        ck_assert_msg(strstr(buf_str(&text), "[]") == NULL, "expected no empty list");
        if (i == 1) {
            ck_assert_ptr_null(json_get(oscal_result(doc), "observations"));
            ck_assert_ptr_null(json_get(oscal_result(doc), "findings"));
            reported_has(buf_str(&text), "The run made no statement about any control.");
        }
        case_sql(s, "DELETE FROM finding");
    }
}
END_TEST

static const json *plan(json_doc *doc)
{
    const json *all = oscal_document(doc);
    return oscal_linked(doc, json_get_string(json_get(all, "import-ap"), "href"));
}

START_TEST(no_plan_is_made_up)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) bare = oscal_parse(s, &options, &text);
    ck_assert_str_eq(json_get_string(plan(bare), "title"), "No assessment plan");
    const json *metadata = json_get(oscal_document(bare), "metadata");
    ck_assert_ptr_null(json_get(metadata, "parties"));
    ck_assert_str_eq(json_get_string(metadata, "last-modified"), "2026-11-28T10:00:00Z");

    reported_engagement(s);
    buf_clear(&text);
    EVPACK_AUTO(json_doc) doc = oscal_parse(s, &options, &text);
    ck_assert_str_eq(json_get_string(plan(doc), "title"),
                     "data/evidence/engagement/engagement.json");
    const json *with_parties = json_get(oscal_document(doc), "metadata");
    ck_assert_uint_eq(json_count(json_get(with_parties, "parties")), 2);
    reported_has(buf_str(&text), "\"name\":\"Client </script>\"");
    reported_has(buf_str(&text), "\"title\":\"Assessment results: R-1\"");
}
END_TEST

static bool redact_1(void *ctx, int64_t evidence_id, report_redacted *out)
{
    const int64_t *which = ctx;
    *out = (report_redacted){evidence_id != which[0],
                             "1111111111111111111111111111111111111111111111111111111111111111", 5};
    return evidence_id == which[0] || evidence_id == which[1];
}

START_TEST(hashes_are_those_of_the_packages_files)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    int64_t which[2] = {case_value(s, "SELECT min(id) FROM evidence"),
                        case_value(s, "SELECT max(id) FROM evidence")};
    const report_options some = {
        .at = REPORTED_AT, .redacted = redact_1, .redacted_ctx = which, .package_id = "p"};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = oscal_parse(s, &some, &text);
    size_t copies = 0;
    size_t withheld = 0;
    for (const json *r = json_first(oscal_resources(doc)); r != NULL; r = json_next(r)) {
        const bool other = oscal_prop_of(r, "original-sha256") != NULL;
        const json *link = json_first(json_get(r, "rlinks"));
        withheld += other && link == NULL ? 1 : 0;
        if (other && link != NULL) {
            copies++;
            ck_assert_str_eq(json_get_string(json_first(json_get(link, "hashes")), "value"),
                             "1111111111111111111111111111111111111111111111111111111111111111");
        }
    }
    ck_assert_uint_eq(copies, 1);
    ck_assert_uint_eq(withheld, 1);
}
END_TEST

START_TEST(uuids_are_unique_and_repeat)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf a = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &options, REPORT_OSCAL, &a);
    reported(s, &options, REPORT_OSCAL, &b);
    ck_assert_str_eq(buf_str(&a), buf_str(&b));
    static const char mark[] = "\"uuid\":\"";
    size_t count = 0;
    for (const char *at = strstr(buf_str(&a), mark); at != NULL; at = strstr(at + 1, mark)) {
        char one[sizeof mark + 40];
        (void)snprintf(one, sizeof one, "%.*s", (int)(sizeof mark - 1 + 36), at);
        ck_assert_msg(reported_count(buf_str(&a), one) == 1, "%s comes twice", one);
        ck_assert_msg(one[sizeof mark - 1 + 14] == '5', "%s is no version 5", one);
        count++;
    }
    ck_assert_uint_gt(count, 50);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {no_list_is_empty, no_plan_is_made_up,
                                  hashes_are_those_of_the_packages_files,
                                  uuids_are_unique_and_repeat, NULL};
    return test_main(test_suite("report/oscal", tests));
}
