/* store/samples: what is added is told, stays, and is marked when the case was mapped again. */
#include "store/samples.h"

#include "case.h"
#include "support.h"

#include <string.h>

static const unsigned char digest_of[DIGEST_SIZE] = {1, 2, 3};

static evpack_status told(void *ctx, const sample_row *row, evpack_err *err)
{
    (void)err;
    buf_printf(ctx, "%lld %s %s %s %lld/%lld %d %d%s;", (long long)row->id, row->control_id,
               row->service == NULL ? "-" : row->service, row->label, (long long)row->items,
               (long long)row->population, memcmp(row->population_sha256, digest_of, 32) == 0,
               samples_all_statuses(row), row->older ? " older" : "");
    return EVPACK_OK;
}

static evpack_status told_stratum(void *ctx, const sample_stratum *one, evpack_err *err)
{
    (void)err;
    buf_printf(ctx, "%s %lld of %lld;", one->name, (long long)one->size,
               (long long)one->population);
    return EVPACK_OK;
}

static evpack_status told_item(void *ctx, const sample_item *one, evpack_err *err)
{
    (void)err;
    buf_printf(ctx, "%lld %s %s %s %s %s;", (long long)one->ordinal, one->finding_id, one->status,
               one->tested, one->subject, one->service == NULL ? "-" : one->service);
    return EVPACK_OK;
}

START_TEST(a_sample_stays_as_it_was_drawn)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    const sample_row row = {.run = case_value(s, "SELECT max(id) FROM run"),
                            .snapshot = 1,
                            .benchmark = "mcsb-v1",
                            .control_id = "NS-2",
                            .statuses = "pass,fail",
                            .strata = "none",
                            .seed = "7",
                            .method = "m",
                            .size = 1,
                            .population = 9,
                            .resources = 4,
                            .population_sha256 = digest_of,
                            .drawn_at = "2026-11-28T10:00:00Z",
                            .drawn_by = ""};
    int64_t id = 0;
    int64_t count = 0;
    OK(store_begin(s, &err));
    OK(samples_add(s, &row, &id, &err));
    OK(samples_add_stratum(s, id, 1, &(sample_stratum){"all", 9, 1}, &err));
    const sample_item item = {.ordinal = 1,
                              .finding_id = "f",
                              .rank = digest_of,
                              .stratum = "all",
                              .status = "pass",
                              .tested = "T",
                              .source = "rule",
                              .subject = "s"};
    OK(samples_add_item(s, id, &item, &err));
    OK(store_commit(s, &err));
    OK(samples_count(s, &count, &err));
    ck_assert_int_eq(count, 1);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    OK(samples_each(s, told, &b, &err));
    ck_assert_str_eq(buf_str(&b), "1 NS-2 - 2026-10 1/9 1 0;");
    buf_clear(&b);
    OK(samples_each_stratum(s, id, told_stratum, &b, &err));
    OK(samples_each_item(s, id, told_item, &b, &err));
    ck_assert_str_eq(buf_str(&b), "all 1 of 9;1 f pass T s -;");
    case_sql(s, "INSERT INTO run(mapping_id, evaluated_at, tool_version, evidence)"
                " SELECT mapping_id, evaluated_at, tool_version, evidence FROM run LIMIT 1");
    buf_clear(&b);
    OK(samples_each(s, told, &b, &err));
    ck_assert_str_eq(buf_str(&b), "1 NS-2 - 2026-10 1/9 1 0 older;");
    static const char *const refused[] = {
        "DELETE FROM sample",
        "UPDATE sample SET seed = 'x'",
        "DELETE FROM sample_stratum",
        "UPDATE sample_stratum SET size = 2",
        "DELETE FROM sample_item",
        "UPDATE sample_item SET status = 'fail'",
        "INSERT OR REPLACE INTO sample SELECT * FROM sample",
        "INSERT OR REPLACE INTO sample_stratum SELECT * FROM sample_stratum",
        "INSERT OR REPLACE INTO sample_item SELECT * FROM sample_item"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        ck_assert_msg(db_exec(store_db(s), refused[i], &err) != EVPACK_OK,
                      "expected the case to refuse: %s", refused[i]);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_sample_stays_as_it_was_drawn, NULL};
    return test_main(test_suite("store/samples", tests));
}
