/* report/engagement: what the run went by, in JSON and in lines, and what it leaves out. */
#include "report/engagement.h"

#include "case.h"
#include "port/json.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static evpack_status note(void *ctx, const char *label, const char *value, evpack_err *err)
{
    buf_printf(ctx, "%s|%s\n", label == NULL ? "" : label, value);
    return buf_status(ctx, err);
}

static void facts(store *s, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(texts) words = NULL;
    OK(texts_load(NULL, &words, &err));
    OK(engagement_facts(s, words, note, out, &err));
    OK(texts_status(words, &err));
}

START_TEST(without_one_nothing_is_said)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    OK(engagement_json(s, &b, &err));
    OK(engagement_left_json(s, false, 0, &b, &err));
    facts(s, &b);
    ck_assert_str_eq(buf_str(&b), "null[]");
}
END_TEST

/* A newer one that nobody mapped with is not shown. */
START_TEST(the_one_of_the_run_is_told)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    reported_engagement(s);
    case_sql(s, "INSERT INTO engagement VALUES (2, '2026-11-21T10:00:00Z', 1)");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    OK(engagement_json(s, &b, &err));
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(buf_str(&b), b.len, false, &doc, &err));
    const json *root = json_root(doc);
    ck_assert_str_eq(json_get_string(root, "reference"), "R-1");
    ck_assert_str_eq(json_get_string(root, "path"), "engagement.json");
    ck_assert_uint_eq(strlen(json_get_string(root, "sha256")), 64);
    ck_assert(json_is_null(json_get(root, "title")));
    ck_assert_str_eq(json_get_string(json_get(root, "period"), "end"), "2026-12-31");
    ck_assert_uint_eq(json_count(json_get(json_get(root, "scope"), "exclude")), 2);
    ck_assert_int_eq((int)json_number(json_get(root, "scoped_out")), 3);
}
END_TEST

START_TEST(lines_are_for_people)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    reported_engagement(s);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    facts(s, &b);
    static const char want[] =
        "Reference|R-1\nClient|Client </script>\nAuditor|An auditor\n"
        "Period|2026-01-01 to 2026-12-31\nLeft out|Tag env = lab: no data\n"
        "|Subscription 22222222-2222-4222-8222-222222222222\n"
        "Parameters|cmk_required = true, chosen by the engagement\n"
        "|limit = (empty), the mapping's default\n"
        "Provider's reports|A report: SOC 2, 2026-01-01 to 2026-06-30, file soc.pdf\n"
        "Decisions|0 exceptions, 0 attestations\nFile|engagement.json, SHA-256 ";
    ck_assert_msg(strncmp(buf_str(&b), want, sizeof want - 1) == 0, "expected\n%s\ncame\n%s", want,
                  buf_str(&b));
}
END_TEST

START_TEST(parameters_say_who_chose_them)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    reported_engagement(s);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    OK(engagement_parameters_json(s, &b, &err));
    ck_assert_str_eq(buf_str(&b),
                     "[{\"name\":\"cmk_required\",\"value\":\"true\",\"chosen_by\":\"engagement\"},"
                     "{\"name\":\"limit\",\"value\":\"\",\"chosen_by\":\"mapping\"}]");
}
END_TEST

START_TEST(what_is_left_out_is_listed_up_to_a_bound)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    reported_engagement(s);
    int64_t n = 0;
    OK(engagement_left_count(s, false, &n, &err));
    ck_assert_int_eq(n, 3);
    OK(engagement_left_count(s, true, &n, &err));
    ck_assert_int_eq(n, 1);
    for (int64_t most = 0; most < 5; most++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        OK(engagement_left_json(s, false, most, &b, &err));
        EVPACK_AUTO(json_doc) doc = NULL;
        OK(json_parse(buf_str(&b), b.len, false, &doc, &err));
        ck_assert_uint_eq(json_count(json_root(doc)), most == 0 || most > 3 ? 3 : (size_t)most);
    }
    EVPACK_AUTO(engagement_left) l = NULL;
    const engagement_left_row *row = NULL;
    OK(engagement_left_open(s, true, &l, &err));
    OK(engagement_left_next(l, &row, &err));
    ck_assert_str_eq(row->why, "Nobody knows its tags.");
    ck_assert_str_eq(row->type, "microsoft.keyvault/vaults");
    ck_assert_str_eq(row->snapshot, "2026-11");
    OK(engagement_left_next(l, &row, &err));
    ck_assert_ptr_null(row);
}
END_TEST

/* Nothing of the engagement is a state of the tenant. */
START_TEST(it_is_no_snapshot_of_the_tenant)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    reported_engagement(s);
    EVPACK_AUTO_VALUE(buf_reset) buf json_text = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf page = {0};
    reported(s, &(report_options){.at = REPORTED_AT, .html_cap = 100}, REPORT_HTML, &page);
    reported(s, &(report_options){.at = REPORTED_AT}, REPORT_JSON, &json_text);
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(buf_str(&json_text), json_text.len, false, &doc, &err));
    const json *root = json_root(doc);
    ck_assert_str_eq(json_get_string(json_get(json_get(root, "run"), "engagement"), "client"),
                     "Client </script>");
    ck_assert_uint_eq(json_count(json_get(root, "scoped_out")), 3);
    ck_assert_uint_eq(json_count(json_get(root, "scope_open")), 1);
    for (const json *f = json_first(json_get(root, "findings")); f != NULL; f = json_next(f)) {
        ck_assert_str_ne(json_get_string(f, "snapshot"), "engagement");
    }
    reported_has(buf_str(&page), "\"engagement\":{\"facts\":[[\"Reference\",[\"R-1\"],0]");
    reported_has(buf_str(&page), "\"left_total\":3,\"open_total\":1");
    ck_assert_uint_eq(reported_count(buf_str(&page), "Client </script>"), 0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM source WHERE path = 'engagement.json'"),
                     0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM exported WHERE kind = 'engagement'"), 0);
}
END_TEST

static evpack_status gather(void *ctx, const char *label, const char *value, evpack_err *err)
{
    buf_printf(ctx, "%s=%s;", label, value);
    return buf_status(ctx, err);
}

START_TEST(a_package_names_it)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf none = {0};
    OK(engagement_bag(s, gather, &none, &err));
    ck_assert_str_eq(buf_str(&none), "");
    reported_engagement(s);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    OK(engagement_bag(s, gather, &b, &err));
    reported_has(buf_str(&b), "Evpack-Engagement=data/evidence/engagement/engagement.json;"
                              "Evpack-Engagement-Reference=");
    reported_has(buf_str(&b), "Evpack-Period=2026-01-01/2026-12-31;");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {without_one_nothing_is_said,
                                  the_one_of_the_run_is_told,
                                  lines_are_for_people,
                                  parameters_say_who_chose_them,
                                  what_is_left_out_is_listed_up_to_a_bound,
                                  it_is_no_snapshot_of_the_tenant,
                                  a_package_names_it,
                                  NULL};
    return test_main(test_suite("report/engagement", tests));
}
