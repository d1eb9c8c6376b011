/* report/layout_config: the built-in layout is complete. */
#include "report/layout_config.h"

#include "support.h"

#include <string.h>

START_TEST(all_there)
{
    evpack_err err = {0};
    layout_config c;
    OK(layout_config_load(NULL, &c, &err));
    ck_assert_double_eq_tol(c.width, 595.28, 0.01);
    ck_assert_double_eq_tol(c.height, 841.89, 0.01);
    ck_assert_uint_eq(c.order_count, FINDING_STATUSES - 1);
    unsigned seen = 0;
    for (size_t i = 0; i < c.order_count; i++) {
        seen |= FINDINGS_ONLY(c.order[i]);
    }
    ck_assert_uint_eq(seen, FINDINGS_ALL);
    for (int i = 0; i < LAYOUT_STYLES; i++) {
        ck_assert_double_gt(c.faces[i].leading, c.faces[i].face.size);
    }
    json_free(c.doc);
}
END_TEST

/* Bars must be told apart on a black-and-white print: neighbours in the order differ in lightness.
 */
START_TEST(statuses_differ_in_grey)
{
    evpack_err err = {0};
    layout_config c;
    OK(layout_config_load(NULL, &c, &err));
    double before = -1;
    for (size_t i = 0; i < c.order_count; i++) {
        uint32_t colour = c.statuses[c.order[i]];
        double grey =
            0.299 * (colour >> 16 & 255) + 0.587 * (colour >> 8 & 255) + 0.114 * (colour & 255);
        double step = grey > before ? grey - before : before - grey;
        ck_assert_msg(before < 0 || step > 10, "%s is as light as the status before it",
                      finding_status_word(c.order[i]));
        before = grey;
    }
    json_free(c.doc);
}
END_TEST

static const struct {
    const char *text, *want;
} bad[] = {
    {"{\"page\":{\"left\":500}}", "'page.(the room between the margins)'"},
    {"{\"page\":{\"left\":-1}}", "'page.left'"},
    {"{\"page\":{\"size\":\"a0\"}}", "'page.size'"},
    {"{\"sizes\":{\"a4\":{\"width\":1e9}}}", "'sizes.a4'"},
    {"{\"styles\":{\"body\":{\"size\":0}}}", "'styles.body'"},
    {"{\"styles\":{\"body\":{\"size\":30}}}", "'styles.body'"}, /* its leading is 13 */
    {"{\"styles\":{\"body\":{\"font\":\"serif\"}}}", "'styles.body'"},
    {"{\"colours\":{\"accent\":\"+12345\"}}", "'colours.accent'"},
    {"{\"status_colours\":{\"pass\":\"red\"}}", "'status_colours.pass'"},
    {"{\"status_order\":[\"pass\"]}", "'status_order'"},
    {"{\"logo\":{\"width\":5000}}", "'logo'"},
    {"{\"tables\":{\"meanings\":[{\"width\":0.5},{\"width\":0.6}]}}", "'tables.meanings'"},
};

/* A template's layout is held against what a page can be when it is opened, and the message names
 * its place. */
START_TEST(what_no_page_can_be)
{
    evpack_err err = {0};
    (void)test_text_file("summary.layout.json", bad[_i].text);
    const report_template_wish wish = {.dir = test_dir()};
    report_template *t = NULL;
    FAILS(report_template_open(&wish, &t, &err), EVPACK_E_INPUT, bad[_i].want);
    ck_assert_ptr_nonnull(strstr(err.text, "/summary.layout.json: "));
}
END_TEST

START_TEST(pages)
{
    static const struct {
        const char *page, *own;
        double width, height;
    } tried[] = {{NULL, "{}", 595.28, 841.89},
                 {"letter", "{}", 612, 792},
                 {NULL, "{\"page\":{\"size\":\"letter\"}}", 612, 792},
                 {"a4", "{\"page\":{\"size\":\"letter\"}}", 595.28, 841.89},
                 {"x", "{\"sizes\":{\"x\":{\"width\":700,\"height\":900}}}", 700, 900}};
    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
        evpack_err err = {0};
        layout_config c;
        (void)test_text_file("summary.layout.json", tried[i].own);
        const report_template_wish wish = {.dir = test_dir(), .page = tried[i].page};
        EVPACK_AUTO(report_template) t = NULL;
        OK(report_template_open(&wish, &t, &err));
        OK(layout_config_load(t, &c, &err));
        ck_assert_double_eq_tol(c.width, tried[i].width, 0.01);
        ck_assert_double_eq_tol(c.height, tried[i].height, 0.01);
        json_free(c.doc);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report/layout_config");
    TCase *tc = tcase_create("all");
    tcase_add_test(tc, all_there);
    tcase_add_test(tc, statuses_differ_in_grey);
    tcase_add_test(tc, pages);
    tcase_add_loop_test(tc, what_no_page_can_be, 0, sizeof bad / sizeof bad[0]);
    suite_add_tcase(suite, tc);
    return test_main(suite);
}
