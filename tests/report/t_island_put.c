/* report/island_put: members with the right commas, and nothing that ends a block. */
#include "report/island_put.h"

#include "support.h"

#include <string.h>

START_TEST(members)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_putc(&b, '{');
    island_member(&b, "a", NULL);
    island_member(&b, "b", "x\"y");
    island_number(&b, "c", -3);
    island_name(&b, "d");
    island_string(&b, "");
    buf_putc(&b, '}');
    ck_assert_str_eq(buf_str(&b), "{\"b\":\"x\\\"y\",\"c\":-3,\"d\":\"\"}");
}
END_TEST

START_TEST(blocks_hold_no_markup)
{
    report_out out = {.fd = -1};
    const report_options options = {.html_cap = 7};
    const island_source source = {.options = &options, .out = &out};
    EVPACK_AUTO_VALUE(island_reset) island i = {.from = &source};
    island_block(&i, "class", "rows");
    island_string(&i.b, "<!--</script><script>");
    island_flush(&i, &i.b);
    island_block_end(&i);
    ck_assert_uint_eq(i.b.len, 0);
    ck_assert_str_eq(buf_str(&out.b), "<script type=\"application/json\" class=\"rows\">"
                                      "\"\\u003c!--\\u003c/script>\\u003cscript>\"</script>\n");
    ck_assert_int_eq(island_list(&i), 7);
    report_out_reset(&out);
}
END_TEST

START_TEST(lists_are_capped)
{
    const report_options options = {.html_cap = 20000};
    const island_source source = {.options = &options};
    const island i = {.from = &source};
    ck_assert_int_eq(island_list(&i), ISLAND_LIST);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {members, blocks_hold_no_markup, lists_are_capped, NULL};
    return test_main(test_suite("report/island_put", tests));
}
