/* report/model_scope: what the evidence covers, and true totals behind capped lists. */
#include "report/model_scope.h"

#include "case.h"
#include "store/custody.h"
#include "support.h"

#include <string.h>

START_TEST(the_basic_case)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(model) m = NULL;
    OK(model_load(s, &m, &err));
    ck_assert_uint_eq(m->snapshot_count, 2);
    ck_assert_str_eq(m->snapshots[0].collected_at, "2026-10-31T18:00:00Z");
    ck_assert_ptr_null(m->snapshots[1].collected_at);
    ck_assert_int_eq(m->snapshots[0].files, 3);
    ck_assert_int_eq(m->snapshots[0].records, 10);
    ck_assert_int_eq(m->files, 7);
    ck_assert_uint_eq(m->subscription_count, 2);
    ck_assert_str_eq(m->subscriptions[0].id, "11111111-1111-4111-8111-111111111111");
    ck_assert_ptr_null(m->subscriptions[0].name);
    ck_assert_uint_eq(m->tenant_count, 1);
    ck_assert_str_eq(m->tenants[0], "99455dbc-53f4-e37b-88c3-d8829e622c62");
    ck_assert_str_eq(m->kinds[0].kind, "cognitive-account"); /* what is assessed comes first */
    ck_assert_int_eq(m->kinds[0].assessed, 8);
    ck_assert_str_eq(m->kinds[1].kind, "key-vault");
    ck_assert_str_eq(m->completeness[0].word, "whole");
    ck_assert_uint_eq(m->gap_count, 1);
    ck_assert_int_eq(m->gaps[0].findings, 4);
    ck_assert_int_eq(m->gaps[0].subjects, 4);
    ck_assert_uint_eq(m->gaps[0].command_count, 3);
    ck_assert(m->gaps[0].more_commands);
    ck_assert_int_eq(strncmp(m->gaps[0].commands[0], "az monitor diagnostic-settings list", 35), 0);
}
END_TEST

START_TEST(names_of_subscriptions)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(
        s, "INSERT INTO record(id, evidence_id, kind, subject, id_given, type, name, scope, parent,"
           " complete, normalised, pointer, start, length, body)"
           " VALUES (500, 6, 'subscription',"
           " '/subscriptions/11111111-1111-4111-8111-111111111111', NULL, NULL, NULL, NULL,"
           " NULL, 1, 1, '/0', 0, 9, '{\"tenantId\":\"AAAAAAAA-0000-4000-8000-000000000001\","
           "\"properties\":{\"displayName\":\"Contoso \\u0022prod\\u0022\"}}');"
           "INSERT INTO subject VALUES (2,"
           " '/subscriptions/11111111-1111-4111-8111-111111111111', 500, 'subscription', 1)");
    EVPACK_AUTO(model) m = NULL;
    OK(model_load(s, &m, &err));
    ck_assert_str_eq(m->subscriptions[0].name, "Contoso \"prod\"");
    ck_assert_uint_eq(m->tenant_count, 2);
}
END_TEST

START_TEST(many_of_everything)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(
        s,
        "WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 300)"
        " INSERT INTO record(id, evidence_id, kind, subject, id_given, type, name, scope, parent,"
        " complete, normalised, pointer, start, length, body)"
        " SELECT 1000 + v, 6, 'kind-' || v, '/subscriptions/s' || v,"
        " NULL, NULL, NULL, NULL, NULL, 1, 0, '', 0, 2, '{}' FROM n;"
        "INSERT INTO subject SELECT 2, subject, id, kind, 1 FROM record WHERE id > 1000");
    OK(store_begin(s, &err));
    for (int i = 0; i < MODEL_CUSTODY + 5; i++) {
        OK(custody_add(s, &(custody_event){.event = "collect", .by = "me", .at = 1}, &err));
    }
    OK(custody_add(s, &(custody_event){.event = "package", .at = 2}, &err));
    OK(store_commit(s, &err));
    EVPACK_AUTO(model) m = NULL;
    OK(model_load(s, &m, &err));
    ck_assert_uint_eq(m->subscription_count, MODEL_SUBSCRIPTIONS);
    ck_assert_int_eq(m->subscription_total, 302);
    ck_assert_uint_eq(m->kind_count, MODEL_KINDS);
    ck_assert_int_gt(m->kind_total, 300);
    ck_assert_uint_eq(m->event_count, MODEL_CUSTODY);
    ck_assert_int_eq(m->event_total, MODEL_CUSTODY + 5); /* without the package event at the end */
    ck_assert_str_eq(m->events[0].by, "me");
    ck_assert_str_eq(m->events[0].detail, "{}");
}
END_TEST

START_TEST(pushing_grows)
{
    EVPACK_AUTO_VALUE(arena_reset) arena a = {0};
    int64_t *list = NULL;
    size_t count = 0;
    for (int64_t i = 0; i < 1000; i++) {
        int64_t *one = model_push(&a, &list, &count, sizeof *one);
        ck_assert_ptr_nonnull(one);
        ck_assert_int_eq(*one, 0);
        *one = i;
    }
    for (int64_t i = 0; i < 1000; i++) {
        ck_assert_int_eq(list[i], i);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_basic_case, names_of_subscriptions, many_of_everything,
                                  pushing_grows, NULL};
    return test_main(test_suite("report/model_scope", tests));
}
