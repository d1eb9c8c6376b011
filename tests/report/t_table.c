/* report/table: columns from data, heads on every page, rows whole. */
#include "report/table.h"

#include "reported.h"
#include "support.h"

#include <string.h>

static const layout_info info = {.title = "t", .subject = "s", .creator = "c", .at = 1};

START_TEST(heads_and_rows)
{
    evpack_err err = {0};
    EVPACK_AUTO(layout) l = NULL;
    EVPACK_AUTO(texts) words = NULL;
    OK(layout_new(&info, &l, &err));
    OK(texts_load(NULL, &words, &err));
    table t;
    OK(table_open(l, "completeness", &t, &err));
    ck_assert_uint_eq(t.count, 4);
    table_head(&t, words, "assessed.completeness_columns");
    for (int i = 0; i < 120; i++) {
        const char *const cells[] = {"ROW", "1", NULL,
                                     "a meaning that is long enough to wrap over "
                                     "more lines than one, and then some more"};
        table_put(&t, cells);
    }
    size_t pages = layout_page(l) + 1;
    ck_assert_uint_ge(pages, 3);
    table_end(&t);
    OK(texts_status(words, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    reported_layout(l, &out);
    ck_assert_uint_eq(reported_count(buf_str(&out), "Completeness"), pages);
    ck_assert_uint_eq(reported_count(buf_str(&out), "ROW"), 120);
}
END_TEST

START_TEST(every_table_fits_its_page_and_its_heads)
{
    static const struct {
        const char *name, *heads;
    } tables[] = {{"snapshots", "assessed.snapshot_columns"},
                  {"scope", "assessed.scope_columns"},
                  {"services", "assessed.service_columns"},
                  {"population", "assessed.population_columns"},
                  {"completeness", "assessed.completeness_columns"},
                  {"controls", "controls.columns"},
                  {"controls", "breakdown.responsibility_columns"},
                  {"controls", "breakdown.service_columns"},
                  {"index", "index.columns"},
                  {"custody", "custody.columns"}};
    evpack_err err = {0};
    EVPACK_AUTO(layout) l = NULL;
    EVPACK_AUTO(texts) words = NULL;
    OK(layout_new(&info, &l, &err));
    OK(texts_load(NULL, &words, &err));
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        table t;
        OK(table_open(l, tables[i].name, &t, &err));
        const layout_area *last = &t.at[t.count - 1];
        ck_assert_double_le(last->x + last->width, layout_width(l) + 0.01);
        ck_assert_uint_eq(json_count(texts_node(words, tables[i].heads)), t.count);
    }
    table t;
    FAILS(table_open(l, "no such table", &t, &err), EVPACK_E_INTERNAL, "no such table");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {heads_and_rows, every_table_fits_its_page_and_its_heads, NULL};
    return test_main(test_suite("report/table", tests));
}
