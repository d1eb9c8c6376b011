/* review/sample: the choice follows from ids and seed alone, and the case keeps all of it or none.
 */
#include "review/sample.h"

#include "case.h"
#include "port/digest.h"
#include "store/samples.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

START_TEST(strata_share_by_largest_remainder)
{
    evpack_err err = {0};
    sample_share at[] = {{"a", 1, 0}, {"b", 10, 0}, {"c", 10, 0}, {"d", 79, 0}};
    OK(sample_divide(at, 4, 10, &err));
    /* One each; 6 are divided as 0 : 9 : 9 : 78 of 96: 0.56, 0.56, 4.87. */
    const int64_t want[] = {1, 2, 1, 6};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_msg(at[i].size == want[i], "expected %lld of %s, came %lld", (long long)want[i],
                      at[i].name, (long long)at[i].size);
    }
    for (int64_t n = 4; n <= 100; n++) { /* never more than there are, and always n */
        int64_t sum = 0;
        OK(sample_divide(at, 4, n, &err));
        for (size_t i = 0; i < 4; i++) {
            ck_assert_msg(at[i].size >= 1 && at[i].size <= at[i].population,
                          "size %lld: %lld of %lld in %s", (long long)n, (long long)at[i].size,
                          (long long)at[i].population, at[i].name);
            sum += at[i].size;
        }
        ck_assert_int_eq(sum, n);
    }
}
END_TEST

typedef struct {
    char rank[DIGEST_HEX], id[UUID_TEXT];
} ranked;

static int by_rank(const void *a, const void *b)
{
    return strcmp(((const ranked *)a)->rank, ((const ranked *)b)->rank);
}

/* The population as the findings cursor tells it, ranked here. */
static size_t rank_all(store *s, const char *seed, ranked *out, size_t room)
{
    evpack_err err = {0};
    EVPACK_AUTO(findings) f = NULL;
    size_t n = 0;
    OK(findings_open_all(s, &f, &err));
    for (const finding *one = NULL;;) {
        OK(findings_next_of_all(f, &one, &err));
        if (one == NULL) {
            break;
        }
        if (one->test->control_id == NULL || strcmp(one->test->control_id, "NS-2") != 0 ||
            strcmp(one->snapshot, "2026-10") != 0) {
            continue;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        ck_assert_uint_lt(n, room);
        buf_printf(&b, "%s\n%s", seed, one->id);
        OK(digest_bytes_hex(b.data, b.len, out[n].rank, &err));
        memcpy(out[n++].id, one->id, UUID_TEXT);
    }
    qsort(out, n, sizeof *out, by_rank);
    return n;
}

static evpack_status told_item(void *ctx, const sample_item *one, evpack_err *err)
{
    (void)err;
    buf_printf(ctx, "%s;", one->finding_id);
    return EVPACK_OK;
}

static sample_options plain(void)
{
    return (sample_options){.control_id = "NS-2",
                            .snapshot = "2026-10",
                            .statuses = FINDINGS_ALL,
                            .size = 3,
                            .seed = "s",
                            .now = 1795860000};
}

START_TEST(the_smallest_ranks_are_drawn)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    ranked all[100];
    int64_t id = 0;
    const sample_options o = plain();
    const size_t n = rank_all(s, "s", all, 100);
    ck_assert_uint_gt(n, 3);
    OK(sample_draw(s, &o, &id, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    OK(samples_each_item(s, id, told_item, &got, &err));
    buf_printf(&want, "%s;%s;%s;", all[0].id, all[1].id, all[2].id);
    ck_assert_str_eq(buf_str(&got), buf_str(&want));
    ck_assert_int_eq(case_value(s, "SELECT population FROM sample"), (int64_t)n);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM custody_event"
                                   " WHERE line ->> '$.event' = 'sample'"
                                   " AND line ->> '$.detail.seed' = 's'"),
                     1);
    OK(sample_draw(s, &o, &id, &err)); /* twice in one opened case */
    ck_assert_int_eq(id, 2);
}
END_TEST

START_TEST(what_is_asked_wrongly_changes_nothing)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(store) empty = case_empty("e.db");
    sample_options wrong[8];
    for (size_t i = 0; i < 8; i++) {
        wrong[i] = plain();
    }
    wrong[0].size = 0;
    wrong[1].size = SAMPLE_SIZE_MAX + 1;
    wrong[2].seed = "";
    wrong[3].seed = "two\nlines";
    wrong[4].control_id = "XX-1";
    wrong[5].benchmark = "another";
    wrong[6].snapshot = "2020";
    wrong[7].by = "a\tb";
    int64_t id = 0;
    for (size_t i = 0; i < 8; i++) {
        ck_assert_msg(sample_draw(s, &wrong[i], &id, &err) == EVPACK_E_USAGE,
                      "expected %zu to be refused, came: %s", i, err.text);
    }
    const sample_options o = plain();
    ck_assert_int_eq(sample_draw(empty, &o, &id, &err), EVPACK_E_CASE);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM sample"), 0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM custody_event"
                                   " WHERE line ->> '$.event' = 'sample'"),
                     0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {strata_share_by_largest_remainder, the_smallest_ranks_are_drawn,
                                  what_is_asked_wrongly_changes_nothing, NULL};
    return test_main(test_suite("review/sample", tests));
}
