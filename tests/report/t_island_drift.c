/* report/island_drift: the shape that the page reads, with true numbers. */
#include "report/island_drift.h"

#include "case.h"
#include "drifted.h"
#include "port/json.h"
#include "support.h"

#include <string.h>

static json_doc *read_member(store *s)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_puts(&b, "{\"a\":1");
    OK(island_drift(s, &b, &err));
    buf_putc(&b, '}');
    json_doc *doc = NULL;
    OK(json_parse(buf_str(&b), b.len, false, &doc, &err));
    return doc;
}

START_TEST(the_member_has_its_shape)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, drifted_sql);
    EVPACK_AUTO(json_doc) doc = read_member(s);
    const json *d = json_get(json_root(doc), "drift");
    ck_assert_uint_eq(json_count(json_get(d, "snapshots")), 2);
    const json *control = json_first(json_get(d, "controls"));
    ck_assert_uint_eq(json_count(json_get(control, "at")), 2);
    ck_assert_ptr_nonnull(json_get_string(control, "change"));
    ck_assert_uint_eq(json_count(json_get(d, "changes")),
                      (size_t)json_number(json_get(d, "change_count")));
    const json *change = json_first(json_get(d, "changes"));
    ck_assert_str_eq(json_get_string(change, "before"), "2026-10");
    ck_assert_str_eq(json_get_string(change, "after"), "2026-11");
    ck_assert_ptr_nonnull(json_get_string(change, "from"));
    static const char *const lists[] = {"appeared", "first_seen", "gone", "not_seen", "evidence"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf name = {0};
        buf_printf(&name, "%s_count", lists[i]);
        ck_assert_uint_eq(json_count(json_get(d, lists[i])),
                          (size_t)json_number(json_get(d, buf_str(&name))));
    }
    ck_assert_uint_eq(json_count(json_get(d, "gone")), 0);
    ck_assert_uint_gt(json_count(json_get(d, "not_seen")), 0);
}
END_TEST

START_TEST(one_snapshot_no_member)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(json_doc) doc = read_member(s);
    ck_assert_ptr_null(json_get(json_root(doc), "drift"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_member_has_its_shape, one_snapshot_no_member, NULL};
    return test_main(test_suite("report/island_drift", tests));
}
