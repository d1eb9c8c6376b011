/* store/drift_case: sides from a case agree with SQL over it. */
#include "case.h"
#include "drifted.h"
#include "store/drift.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

START_TEST(snapshots_are_in_the_order_of_their_exports)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    drift_snapshots all;
    OK(drift_list_snapshots(s, false, &all, &err));
    ck_assert_uint_eq(all.count, 2);
    ck_assert_str_eq(all.at[0].label, "2026-10");
    ck_assert_str_eq(all.at[1].label, "2026-11");
    case_sql(s, "INSERT INTO snapshot(label, collected_at, imported_at, tool_version)"
                " VALUES ('2025', '2025-01-01T00:00:00Z', '2026-12-02T08:00:00Z', '0.1.0');"
                "INSERT INTO snapshot(label, collected_at, imported_at, tool_version, role)"
                " VALUES ('engagement', NULL, '2026-12-02T08:00:00Z', '0.1.0', 'engagement')");
    OK(drift_list_snapshots(s, false, &all, &err));
    ck_assert_int_eq(all.total, 3);
    ck_assert_str_eq(all.at[0].label, "2025");
    OK(drift_list_snapshots(s, true, &all, &err));
    ck_assert_int_eq(all.total, 3);
    case_sql(s,
             "UPDATE run SET evidence = (SELECT min(id) - 1 FROM evidence WHERE snapshot_id = 2)");
    OK(drift_list_snapshots(s, true, &all, &err)); /* of that no finding speaks */
    ck_assert_int_eq(all.total, 2);
    ck_assert_str_eq(all.at[1].label, "2026-10");
    int64_t id = 0;
    OK(drift_find_snapshot(s, "2026-10", &id, &err));
    ck_assert_int_eq(id, 1);
    ck_assert_int_eq(drift_find_snapshot(s, "engagement", &id, &err), EVPACK_E_USAGE);
}
END_TEST

typedef struct {
    store *s;
    int64_t total[2];
} counting;

static evpack_status told_control(void *ctx, const drift_control *one, evpack_err *err)
{
    (void)err;
    counting *c = ctx;
    for (int side = 0; side < 2; side++) {
        for (int i = 1; i < FINDING_STATUSES; i++) {
            char sql[400];
            (void)snprintf(sql, sizeof sql,
                           "SELECT count(*) FROM finding_row WHERE control_id IS %s%s%s AND"
                           " snapshot = '%s' AND status_code = %d",
                           one->control_id == NULL ? "" : "'",
                           one->control_id == NULL ? "NULL" : one->control_id,
                           one->control_id == NULL ? "" : "'", side == 0 ? "2026-10" : "2026-11",
                           i);
            const int64_t want = case_value(c->s, sql);
            ck_assert_msg(one->at[side][i] == want, "%s: expected %lld %s at side %d, came %lld",
                          one->control_id == NULL ? "none" : one->control_id, (long long)want,
                          finding_status_word(i), side, (long long)one->at[side][i]);
            c->total[side] += want;
        }
    }
    return EVPACK_OK;
}

START_TEST(numbers_are_those_of_the_case)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, drifted_sql);
    EVPACK_AUTO(drift) d = NULL;
    OK(drift_of_case(s, 6, &d, &err));
    ck_assert_int_eq(drift_sides(d), 2);
    counting c = {.s = s};
    OK(drift_each_control(d, -1, told_control, &c, &err));
    ck_assert_int_eq(c.total[0] + c.total[1], case_value(s, "SELECT count(*) FROM finding_row"));
    drift_totals t;
    OK(drift_count(d, &t, &err));
    const char *pairs =
        "WITH f AS (SELECT test_id, subject_key, status_code, snapshot FROM finding_row)"
        " SELECT count(*) FROM f a JOIN f b USING (test_id, subject_key)"
        " WHERE a.snapshot = '2026-10' AND b.snapshot = '2026-11'"
        " AND a.status_code <> b.status_code";
    ck_assert_int_eq(t.changed, case_value(s, pairs));
    ck_assert_int_gt(t.changed, 0);
    ck_assert_int_eq(t.n.better, case_value(s, "SELECT count(*) FROM finding_row"
                                               " WHERE record_id = 1 AND status_code = 2"));
    ck_assert_int_eq(t.n.worse, case_value(s, "SELECT count(*) FROM finding_row"
                                              " WHERE record_id = 1 AND status_code = 1"));
    ck_assert_int_eq(t.versions, 0);
    ck_assert(!drift_other_mapping(d, 0, 1));
}
END_TEST

START_TEST(one_snapshot_is_no_comparison)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO(drift) d = NULL;
    OK(drift_of_case(s, 6, &d, &err));
    ck_assert_int_eq(drift_sides(d), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {snapshots_are_in_the_order_of_their_exports,
                                  numbers_are_those_of_the_case, one_snapshot_is_no_comparison,
                                  NULL};
    return test_main(test_suite("store/drift_case", tests));
}
