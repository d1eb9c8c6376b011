/* report/island_samples: the shape that the page reads. */
#include "report/island_samples.h"

#include "case.h"
#include "port/json.h"
#include "sampled.h"
#include "support.h"

#include <string.h>

static json_doc *read_member(store *s)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_puts(&b, "{\"a\":1");
    OK(island_samples(s, &b, &err));
    buf_putc(&b, '}');
    json_doc *doc = NULL;
    OK(json_parse(buf_str(&b), b.len, false, &doc, &err));
    return doc;
}

START_TEST(the_member_has_its_shape)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, sampled_sql);
    case_sql(s, "INSERT INTO sample SELECT 2, run_id, 1, benchmark, control_id, service, statuses,"
                " 'none', seed, size, population, resources, population_sha256, method, drawn_at,"
                " drawn_by FROM sample");
    EVPACK_AUTO(json_doc) doc = read_member(s);
    const json *all = json_get(json_root(doc), "samples");
    ck_assert_uint_eq(json_count(all), 2);
    const json *one = json_first(all);
    ck_assert_str_eq(json_get_string(one, "seed"), "seed<42>");
    ck_assert_str_eq(json_get_string(one, "stratify"), "status");
    ck_assert_double_eq_tol(json_number(json_get(one, "population")), 9, 0.1);
    ck_assert_double_eq_tol(json_number(json_get(one, "size")), 2, 0.1);
    ck_assert(!json_is_true(json_get(one, "older")));
    const json *item = json_first(json_get(one, "items"));
    ck_assert_str_eq(json_get_string(item, "subject"), "/subscriptions/1/evil</script>");
    ck_assert_str_eq(json_get_string(item, "status"), "fail");
    ck_assert(json_is_null(json_get(json_next(one), "stratify")));
    ck_assert_uint_eq(json_count(json_get(json_next(one), "items")), 0);
}
END_TEST

START_TEST(items_beyond_the_cap_are_counted)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, sampled_sql);
    case_sql(s, "WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 700)"
                " INSERT INTO sample_item SELECT sample_id, n.i, finding_id, rank, stratum, status,"
                " service, tested, source, subject FROM sample_item, n WHERE ordinal = 1");
    EVPACK_AUTO(json_doc) doc = read_member(s);
    const json *one = json_first(json_get(json_root(doc), "samples"));
    ck_assert_double_eq_tol(json_number(json_get(one, "size")), 700, 0.1);
    ck_assert_uint_eq(json_count(json_get(one, "items")), ISLAND_SAMPLE_ITEMS);
}
END_TEST

START_TEST(no_sample_no_member)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(json_doc) doc = read_member(s);
    ck_assert_ptr_null(json_get(json_root(doc), "samples"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_member_has_its_shape, items_beyond_the_cap_are_counted,
                                  no_sample_no_member, NULL};
    return test_main(test_suite("report/island_samples", tests));
}
