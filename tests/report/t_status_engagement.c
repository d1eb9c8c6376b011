/* report/status_engagement: both forms, and records that add up. */
#include "report/status_engagement.h"

#include "case.h"
#include "port/json.h"
#include "report/status.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

START_TEST(without_one_only_json_speaks)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    OK(status_engagement_text(s, 5, &(term){0}, &b, &err));
    ck_assert_str_eq(buf_str(&b), "");
    OK(status_engagement_json(s, &b, &err));
    reported_has(buf_str(&b), "\"engagement\":null,\"parameters\":[");
    reported_has(buf_str(&b), "\"scoped_out\":[],\"scope_open\":[],");
}
END_TEST

START_TEST(the_text_shows_some_and_counts_the_rest)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    reported_engagement(s);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    OK(status_engagement_text(s, 2, &(term){0}, &b, &err));
    reported_has(buf_str(&b), "Engagement\n  Reference          R-1\n");
    reported_has(buf_str(&b), "Left out of scope\n");
    reported_has(buf_str(&b), "  and 1 more; 'evpack status --json' has them all\n");
    reported_has(buf_str(&b), "In scope, because nobody knows whether not\n");
    /* A name that turns the line's direction is shown as what it is. */
    ck_assert_uint_eq(reported_count(buf_str(&b), "\xe2\x80\xae"), 0);
}
END_TEST

START_TEST(records_add_up)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    reported_engagement(s);
    FILE *f = fopen(test_path("out"), "w+e");
    ck_assert_ptr_nonnull(f);
    OK(status_json(s, f, &err));
    ck_assert_int_eq(fclose(f), 0);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    test_read(test_path("out"), &b);
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(buf_str(&b), b.len, false, &doc, &err));
    const json *c = json_get(json_root(doc), "coverage");
    static const char *const parts[] = {"assessed", "supporting", "not_covered", "scoped_out",
                                        "unmapped"};
    double sum = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        sum += json_number(json_get(c, parts[i]));
    }
    ck_assert_int_eq((int)sum, (int)json_number(json_get(c, "records")));
    ck_assert_int_ge((int)json_number(json_get(c, "scoped_out")), 1);
    double records = 0;
    for (const json *t = json_first(json_get(json_root(doc), "records")); t != NULL;
         t = json_next(t)) {
        records += json_number(t);
    }
    ck_assert_int_eq((int)sum, (int)records);
    ck_assert_uint_eq(json_count(json_get(json_root(doc), "snapshots")), 2);
    reported_has(buf_str(&b), "\"path\":\"engagement.json\"");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {without_one_only_json_speaks,
                                  the_text_shows_some_and_counts_the_rest, records_add_up, NULL};
    return test_main(test_suite("report/status_engagement", tests));
}
