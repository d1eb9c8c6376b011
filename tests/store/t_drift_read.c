/* store/drift_read: what is told of a control, in which order, and that ids are those of findings.
 */
#include "case.h"
#include "drifted.h"
#include "store/drift.h"
#include "support.h"

#include <string.h>

START_TEST(a_control_is_judged_by_what_its_tests_said)
{
    static const struct {
        drift_numbers n;
        const char *word;
    } table[] = {{{.better = 1}, "better"},
                 {{.worse = 1}, "worse"},
                 {{.new_fails = 2}, "worse"},
                 {{.better = 1, .new_fails = 1}, "mixed"},
                 {{.other = 1}, "other"},
                 {{.first_fails = 1}, "other"},
                 {{.better = 1, .first_fails = 1}, "better"},
                 {{.fails_gone = 1}, "other"},
                 {{.only_before = 5, .only_after = 7}, "same"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        ck_assert_str_eq(drift_verdict_word(drift_judge(&table[i].n)), table[i].word);
    }
}
END_TEST

static evpack_status told_control(void *ctx, const drift_control *one, evpack_err *err)
{
    (void)err;
    int64_t n = 0;
    for (int i = 0; i < FINDING_STATUSES; i++) {
        n += one->at[0][i];
    }
    buf_printf(ctx, "%s %lld;", one->control_id == NULL ? "-" : one->control_id, (long long)n);
    return EVPACK_OK;
}

START_TEST(controls_come_in_their_order)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = NULL;
    OK(drift_new(&d, &err));
    static const char *const names[] = {"NS-10", NULL, "NS-2", "AM-1"};
    int side = 0;
    OK(drift_add_side(d, &(drift_side){.label = "s"}, &side, &err));
    for (size_t i = 0; i < 4; i++) {
        drift_finding f = {.status = FINDING_PASS, .raw = FINDING_PASS};
        bool twice = false;
        const drift_tested t = {
            .benchmark = names[i] == NULL ? NULL : "b", .control_id = names[i], .source = "rule"};
        OK(drift_add_test(d, 0, &t, &f.test, &err));
        OK(drift_add_subject(d, 0, &(drift_subject){.key = "s"}, true, &f.subject, &err));
        OK(drift_add_finding(d, 0, &f, &twice, &err));
    }
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    OK(drift_each_control(d, -1, told_control, &b, &err));
    ck_assert_str_eq(buf_str(&b), "AM-1 1;NS-2 1;NS-10 1;- 1;");
}
END_TEST

static evpack_status stop(void *ctx, const drift_control *one, evpack_err *err)
{
    (void)one;
    ++*(int *)ctx;
    return evpack_fail(err, EVPACK_E_IO, "enough");
}

typedef struct {
    buf before, after;
    int n;
} ids;

static evpack_status told_change(void *ctx, const drift_change *one, evpack_err *err)
{
    (void)err;
    ids *all = ctx;
    buf_printf(&all->before, "%s;", one->before_id);
    buf_printf(&all->after, "%s;", one->after_id);
    all->n++;
    return EVPACK_OK;
}

START_TEST(ids_are_those_of_the_findings)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, drifted_sql);
    EVPACK_AUTO(drift) d = NULL;
    EVPACK_AUTO(findings) f = NULL;
    OK(drift_of_case(s, 2, &d, &err));
    ids all = {0};
    OK(drift_each_change(d, &(drift_pick){0}, told_change, &all, &err));
    ck_assert_msg(all.n > 0, "expected findings that changed in the basic case");
    OK(findings_open_all(s, &f, &err));
    int met = 0;
    for (const finding *one = NULL;;) {
        OK(findings_next_of_all(f, &one, &err));
        if (one == NULL) {
            break;
        }
        const char *in = strcmp(one->snapshot, drift_side_at(d, 0)->label) == 0
                             ? buf_str(&all.before)
                             : buf_str(&all.after);
        met += strstr(in, one->id) != NULL;
    }
    ck_assert_msg(met == 2 * all.n, "expected %d ids among the findings, met %d", 2 * all.n, met);
    int told = 0;
    ck_assert_int_eq(drift_each_control(d, -1, stop, &told, &err), EVPACK_E_IO);
    ck_assert_int_eq(told, 1);
    ids some = {0};
    OK(drift_each_change(d, &(drift_pick){.limit = 1}, told_change, &some, &err));
    ck_assert_int_eq(some.n, 1);
    ids none = {0};
    OK(drift_each_change(d, &(drift_pick){.control_id = "XX-1"}, told_change, &none, &err));
    ck_assert_int_eq(none.n, 0);
    buf_reset(&all.before);
    buf_reset(&all.after);
    buf_reset(&some.before);
    buf_reset(&some.after);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_control_is_judged_by_what_its_tests_said,
                                  controls_come_in_their_order, ids_are_those_of_the_findings,
                                  NULL};
    return test_main(test_suite("store/drift_read", tests));
}
