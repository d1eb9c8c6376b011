/* store/drift: sides are filled and compared: what changed, moved, and what is not known. */
#include "store/drift.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

/* Two sides; the later lacks a and has c. */
static drift *two_sides(void)
{
    evpack_err err = {0};
    drift *d = NULL;
    OK(drift_new(&d, &err));
    for (int i = 0; i < 2; i++) {
        int side = -1;
        OK(drift_add_side(d, &(drift_side){.label = i == 0 ? "q1" : "q2", .mapping_sha256 = "aa"},
                          &side, &err));
        ck_assert_int_eq(side, i);
    }
    return d;
}

static void finding_of(drift *d, int side, const char *control, const char *subject, int status,
                       int raw)
{
    evpack_err err = {0};
    const drift_tested t = {
        .benchmark = "b", .control_id = control, .feature = "F", .source = "rule", .version = "1"};
    drift_finding f = {.status = status, .raw = raw};
    bool twice = true;
    OK(drift_add_test(d, side, &t, &f.test, &err));
    OK(drift_add_subject(d, side, &(drift_subject){.key = subject}, false, &f.subject, &err));
    OK(drift_add_finding(d, side, &f, &twice, &err));
    ck_assert(!twice);
    OK(drift_add_finding(d, side, &f, &twice, &err));
    ck_assert_msg(twice, "expected a second finding of the same to be told");
}

static evpack_status told_change(void *ctx, const drift_change *one, evpack_err *err)
{
    (void)err;
    buf_printf(ctx, "%s %s>%s %s;", one->control_id, finding_status_word(one->before),
               finding_status_word(one->after), one->subject);
    return EVPACK_OK;
}

static evpack_status told_moved(void *ctx, const drift_moved *one, evpack_err *err)
{
    (void)err;
    buf_printf(ctx, "%s;", one->subject);
    return EVPACK_OK;
}

static evpack_status told_item(void *ctx, const drift_item *one, evpack_err *err)
{
    (void)err;
    buf_printf(ctx, "%s %s %s %s;", one->change, one->name, one->before == NULL ? "-" : one->before,
               one->after == NULL ? "-" : one->after);
    return EVPACK_OK;
}

START_TEST(findings_are_matched_by_all_but_the_snapshot)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = two_sides();
    const int table[][4] = {{FINDING_FAIL, FINDING_FAIL, FINDING_PASS, FINDING_PASS},
                            {FINDING_PASS, FINDING_PASS, FINDING_FAIL, FINDING_FAIL},
                            {FINDING_PASS, FINDING_PASS, FINDING_PASS, FINDING_PASS},
                            {FINDING_FAIL, FINDING_FAIL, FINDING_EXEMPT, FINDING_FAIL},
                            {FINDING_PASS, FINDING_PASS, FINDING_UNKNOWN, FINDING_UNKNOWN}};
    for (int i = 0; i < 5; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "s%d", i);
        finding_of(d, 0, "NS-10", name, table[i][0], table[i][1]);
        finding_of(d, 1, "NS-10", name, table[i][2], table[i][3]);
    }
    finding_of(d, 0, "NS-9", "gone", FINDING_FAIL, FINDING_FAIL);
    finding_of(d, 1, "NS-9", "new", FINDING_FAIL, FINDING_FAIL);
    OK(drift_compare(d, 0, 1, &err));
    drift_totals t;
    OK(drift_count(d, &t, &err));
    ck_assert_int_eq(t.changed, 4);
    ck_assert_int_eq(t.n.better, 1);
    ck_assert_int_eq(t.n.worse, 1);
    ck_assert_int_eq(t.n.other, 2);
    ck_assert_int_eq(t.n.decided, 1);
    ck_assert_int_eq(t.n.new_fails, 0);
    ck_assert_int_eq(t.n.first_fails, 1);
    ck_assert_int_eq(t.n.fails_gone, 1);
    ck_assert_int_eq(t.n.only_before, 1);
    ck_assert_int_eq(t.n.only_after, 1);
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    OK(drift_each_change(d, &(drift_pick){0}, told_change, &b, &err));
    ck_assert_str_eq(buf_str(&b), "NS-10 pass>fail s1;NS-10 fail>pass s0;NS-10 fail>exempt s3;"
                                  "NS-10 pass>unknown s4;");
}
END_TEST

START_TEST(only_a_whole_list_says_that_a_resource_is_gone)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = two_sides();
    static const struct {
        const char *key, *kind, *parent;
    } all[] = {{"/subscriptions/1/resourcegroups/g/a", "account", NULL},
               {"/subscriptions/2/resourcegroups/g/a", "account", NULL},
               {"/subscriptions/1/resourcegroups/g/v", "vault", NULL},
               {"/subscriptions/10/x", "account", NULL},
               {"/p/child", "deployment", "/p"},
               {"/q/child", "deployment", "/q"},
               {"user:1", "user", NULL}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        int64_t id = 0;
        OK(drift_add_subject(
            d, 0, &(drift_subject){.key = all[i].key, .kind = all[i].kind, .parent = all[i].parent},
            true, &id, &err));
    }
    finding_of(d, 0, "NS-1", all[0].key, FINDING_FAIL, FINDING_FAIL);
    finding_of(d, 0, "NS-1", all[1].key, FINDING_FAIL, FINDING_FAIL);
    OK(drift_add_list(d, 1, "account", "/subscriptions/1", &err));
    OK(drift_add_list(d, 0, "account", "/subscriptions/2", &err)); /* of the other side */
    OK(drift_add_list(d, 1, "deployment", "/p", &err));
    OK(drift_add_list(d, 1, "user", "", &err));
    OK(drift_compare(d, 0, 1, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf gone = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf unseen = {0};
    OK(drift_each_moved(d, DRIFT_GONE, 0, told_moved, &gone, &err));
    OK(drift_each_moved(d, DRIFT_NOT_SEEN, 0, told_moved, &unseen, &err));
    ck_assert_str_eq(buf_str(&gone), "/p/child;/subscriptions/1/resourcegroups/g/a;user:1;");
    ck_assert_str_eq(buf_str(&unseen), "/q/child;/subscriptions/1/resourcegroups/g/v;"
                                       "/subscriptions/10/x;/subscriptions/2/resourcegroups/g/a;");
    buf_clear(&gone);
    OK(drift_compare(d, 1, 0, &err)); /* the other way round they appear */
    OK(drift_each_moved(d, DRIFT_APPEARED, 0, told_moved, &gone, &err));
    drift_totals t;
    OK(drift_count(d, &t, &err));
    ck_assert_int_eq(t.n.new_fails, 1); /* what only came into sight may have failed before */
    ck_assert_int_eq(t.n.first_fails, 1);
    ck_assert_str_eq(buf_str(&gone), "/p/child;/subscriptions/1/resourcegroups/g/a;user:1;");
}
END_TEST

START_TEST(files_are_compared_without_a_folder_of_another_name)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = two_sides();
    OK(drift_add_file(d, 0, "old/a.json", "11", &err));
    OK(drift_add_file(d, 0, "old/b.json", "22", &err));
    OK(drift_add_file(d, 0, "old/b.json", "21", &err));
    OK(drift_add_file(d, 0, "old/c.json", "33", &err));
    OK(drift_add_file(d, 1, "new/a.json", "11", &err));
    OK(drift_add_file(d, 1, "new/b.json", "22", &err));
    OK(drift_add_file(d, 1, "new/d.json", "44", &err));
    OK(drift_add_decision(d, 0, "exception", "E1", "x", &err));
    OK(drift_add_decision(d, 1, "exception", "E1", "y", &err));
    OK(drift_compare(d, 0, 1, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    OK(drift_each_file(d, 0, told_item, &b, &err));
    ck_assert_str_eq(buf_str(&b), "changed b.json 21 22 22;not there c.json 33 -;new d.json - 44;");
    buf_clear(&b);
    OK(drift_each_decision(d, 0, told_item, &b, &err));
    ck_assert_str_eq(buf_str(&b), "changed E1 - -;");
}
END_TEST

START_TEST(one_folder_of_several_is_not_left_out)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = two_sides();
    OK(drift_add_file(d, 0, "x/a.json", "11", &err));
    OK(drift_add_file(d, 1, "x/a.json", "11", &err));
    OK(drift_add_file(d, 1, "y/a.json", "11", &err));
    OK(drift_compare(d, 0, 1, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    OK(drift_each_file(d, 0, told_item, &b, &err));
    ck_assert_str_eq(buf_str(&b), "new y/a.json - 11;");
}
END_TEST

static evpack_status told_ids(void *ctx, const drift_change *one, evpack_err *err)
{
    (void)err;
    buf_printf(ctx, "%s %s;", one->before_id, one->after_id);
    return EVPACK_OK;
}

/* The id that the finding of such a subject has at the later side. */
static void put_later_id(const char *key, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = two_sides();
    EVPACK_AUTO_VALUE(buf_reset) buf both = {0};
    finding_of(d, 0, "NS-1", key, FINDING_PASS, FINDING_PASS);
    finding_of(d, 1, "NS-1", key, FINDING_FAIL, FINDING_FAIL);
    OK(drift_compare(d, 0, 1, &err));
    OK(drift_each_change(d, &(drift_pick){0}, told_ids, &both, &err));
    buf_puts(out, strchr(buf_str(&both), ' '));
}

/* Names of what has no id are made of its file's path. */
START_TEST(the_same_place_is_the_same_subject)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = two_sides();
    static const struct {
        int side;
        const char *key, *path, *pointer;
        int status;
    } all[] = {
        {0, "k:1", "old/a.json", "/0", FINDING_PASS}, {1, "k:2", "new/a.json", "/0", FINDING_FAIL},
        {0, "k:3", "old/a.json", "/1", FINDING_FAIL}, {1, "k:4", "new/a.json", "/1", FINDING_FAIL},
        {0, "k:5", "old/b.json", "/0", FINDING_FAIL}, /* another file */
        {1, "k:6", "new/c.json", "/0", FINDING_FAIL}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        int64_t id = 0;
        const drift_place at = {"k", all[i].path, all[i].pointer};
        OK(drift_add_subject(d, all[i].side, &(drift_subject){.key = all[i].key, .kind = "k"}, true,
                             &id, &err));
        OK(drift_add_nameless(d, all[i].side, all[i].key, &at, &err));
        OK(drift_add_file(d, all[i].side, all[i].path, "11", &err));
        finding_of(d, all[i].side, "NS-1", all[i].key, all[i].status, all[i].status);
    }
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    bool there = false;
    OK(drift_find_given(d, 1, "k:2", &b, &there, &err)); /* leaves no table locked */
    ck_assert(there);
    ck_assert_str_eq(buf_str(&b), "k:2");
    OK(drift_compare(d, 0, 1, &err));
    buf_clear(&b);
    OK(drift_each_change(d, &(drift_pick){0}, told_change, &b, &err));
    ck_assert_str_eq(buf_str(&b), "NS-1 pass>fail k:1;");
    buf_clear(&b);
    EVPACK_AUTO_VALUE(buf_reset) buf later = {0};
    OK(drift_each_change(d, &(drift_pick){0}, told_ids, &b, &err));
    put_later_id("k:2", &later);
    ck_assert_str_eq(strchr(buf_str(&b), ' '), buf_str(&later));
    drift_totals t;
    OK(drift_count(d, &t, &err));
    ck_assert_int_eq(t.changed, 1);
    ck_assert_int_eq(t.n.only_before, 1);
    ck_assert_int_eq(t.n.only_after, 1);
    ck_assert_int_eq(t.moved[DRIFT_NOT_SEEN], 1);
    ck_assert_int_eq(t.moved[DRIFT_FIRST_SEEN], 1);
}
END_TEST

START_TEST(bounds_are_kept)
{
    evpack_err err = {0};
    EVPACK_AUTO(drift) d = NULL;
    OK(drift_new(&d, &err));
    int side = 0;
    for (int i = 0; i < DRIFT_SIDES; i++) {
        OK(drift_add_side(d, &(drift_side){.label = "s"}, &side, &err));
    }
    ck_assert_int_eq(drift_add_side(d, &(drift_side){.label = "s"}, &side, &err), EVPACK_E_LIMIT);
    ck_assert_msg(drift_other_mapping(d, 0, 1), "expected an unknown mapping to count as another");
    OK(drift_set_run(d, 0, "t", "aa", &err));
    OK(drift_set_run(d, 1, "t", "aa", &err));
    ck_assert(!drift_other_mapping(d, 0, 1));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {findings_are_matched_by_all_but_the_snapshot,
                                  only_a_whole_list_says_that_a_resource_is_gone,
                                  files_are_compared_without_a_folder_of_another_name,
                                  one_folder_of_several_is_not_left_out,
                                  the_same_place_is_the_same_subject,
                                  bounds_are_kept,
                                  NULL};
    return test_main(test_suite("store/drift", tests));
}
