/* report/part: what the parts share: clipping, bars, numbers. */
#include "report/part.h"

#include "case.h"
#include "reported.h"
#include "support.h"

#include <string.h>

static const layout_info info = {.title = "t", .subject = "s", .creator = "c", .at = 1};

static void open_part(part *p)
{
    evpack_err err = {0};
    *p = (part){.list_file = "findings.json"};
    OK(texts_load(NULL, &p->words, &err));
    OK(layout_new(&info, &p->l, &err));
}

static void close_part(part *p)
{
    texts_free(p->words);
    layout_free(p->l);
}

START_TEST(clipping_says_so)
{
    part p;
    open_part(&p);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    part_clip(&p, "short", 5, 5, &b);
    ck_assert_str_eq(buf_str(&b), "short");
    buf_clear(&b);
    part_clip(&p, "ääää", 8, 5, &b);
    ck_assert_str_eq(buf_str(&b), "ää… (4 more bytes; whole in findings.json)");
    close_part(&p);
}
END_TEST

/* What is in no findings file says only how much is cut. */
START_TEST(cutting_promises_no_file)
{
    part p;
    open_part(&p);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    part_cut(&p, "short", 5, &b);
    part_cut(&p, "ääää", 5, &b);
    ck_assert_str_eq(buf_str(&b), "shortää… (4 more bytes)");
    close_part(&p);
}
END_TEST

START_TEST(what_has_no_title_says_so)
{
    part p;
    open_part(&p);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    const char id[] = "/providers/microsoft.authorization/policydefinitions/7dbcd2bd";
    finding_test t = {.policy = 1, .rule_id = id, .source = "policy-state"};
    part_put_tested(&p, &t, &b);
    ck_assert_str_eq(buf_str(&b), "Policy 7dbcd2bd, whose title is not in the evidence");
    buf_clear(&b);
    t.rule_title = "Logs/metrics should be kept";
    part_put_tested(&p, &t, &b);
    ck_assert_str_eq(buf_str(&b), "Logs/metrics should be kept");
    close_part(&p);
}
END_TEST

START_TEST(a_previews_domain_says_so)
{
    part p;
    open_part(&p);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    model_control c = {.id = 1, .domain = "Data Protection"};
    part_put_domain(&p, &c, &b);
    buf_putc(&b, '|');
    c.benchmark = "mcsb-v2";
    c.preview = true;
    part_put_domain(&p, &c, &b);
    ck_assert_str_eq(buf_str(&b), "Data Protection|Data Protection (mcsb-v2, preview)");
    close_part(&p);
}
END_TEST

START_TEST(times)
{
    part p;
    open_part(&p);
    const char *a = part_time(&p, "2026-11-22T08:00:00Z");
    const char *b = part_time(&p, "2026-11-22T09:00:00Z");
    ck_assert_str_eq(a, "2026-11-22 08:00:00 UTC");
    ck_assert_str_eq(b, "2026-11-22 09:00:00 UTC");
    ck_assert_str_eq(part_time(&p, NULL), "not stated");
    ck_assert_str_eq(part_text(&p, "index", "title"), "Evidence index");
    close_part(&p);
}
END_TEST

/* However large a number is, it stays on one line in a narrow column. */
START_TEST(numbers_are_not_cut)
{
    part p;
    open_part(&p);
    static const int64_t numbers[] = {0, 7, 99999, 100000, 2200000};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        for (int bold = 0; bold < 2; bold++) {
            layout_begin(p.l);
            part_number(&p, (layout_area){100, 0, 0.066 * layout_width(p.l), ALIGN_RIGHT},
                        bold == 1, numbers[i]);
            layout_end(p.l, 12, 0);
        }
    }
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    reported_layout(p.l, &out);
    ck_assert_uint_eq(reported_count(buf_str(&out), "2,200,000"), 2);
    ck_assert_uint_eq(reported_count(buf_str(&out), "100,000"), 2);
    ck_assert_uint_eq(reported_count(buf_str(&out), "·"), 1);
    close_part(&p);
}
END_TEST

START_TEST(bars_take_any_counts)
{
    part p;
    open_part(&p);
    model_counts c = {.total = 1000001};
    c.of[FINDING_PASS] = 1000000;
    c.of[FINDING_FAIL] = 1;
    layout_begin(p.l);
    part_bar(&p, (pdf_box){0, 0, 100, 5}, &c);
    part_bar(&p, (pdf_box){0, 10, 100, 5}, &(model_counts){0});
    layout_end(p.l, 20, 0);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    reported_layout(p.l, &out);
    close_part(&p);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {clipping_says_so,
                                  cutting_promises_no_file,
                                  what_has_no_title_says_so,
                                  a_previews_domain_says_so,
                                  times,
                                  numbers_are_not_cut,
                                  bars_take_any_counts,
                                  NULL};
    return test_main(test_suite("report/part", tests));
}
