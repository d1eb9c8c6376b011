/* report/layout_config: the built-in layout is complete. */
#include "report/layout_config.h"

#include "support.h"

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

int main(void)
{
    const TTest *const tests[] = {all_there, statuses_differ_in_grey, NULL};
    return test_main(test_suite("report/layout_config", tests));
}
