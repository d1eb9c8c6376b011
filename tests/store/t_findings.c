/* store/findings: every finding of the newest run, once, in one order, with what was observed. */
#include "store/findings.h"

#include "case.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static const finding_test *next_test(findings *f)
{
    evpack_err err = {0};
    const finding_test *test = NULL;
    OK(findings_next_test(f, &test, &err));
    return test;
}

static const finding *next(findings *f)
{
    evpack_err err = {0};
    const finding *one = NULL;
    OK(findings_next(f, &one, &err));
    return one;
}

static int64_t count(store *s, unsigned statuses, int64_t limit)
{
    evpack_err err = {0};
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open(s, statuses, limit, &f, &err));
    int64_t n = 0;
    for (const finding_test *test = next_test(f); test != NULL; test = next_test(f)) {
        for (const finding *one = next(f); one != NULL; one = next(f)) {
            ck_assert_ptr_eq(one->test, test);
            ck_assert(statuses & FINDINGS_ONLY(one->status));
            n++;
        }
    }
    return n;
}

START_TEST(all_and_only_the_newest_run)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    ck_assert_int_eq(count(s, FINDINGS_ALL, 0), case_value(s, "SELECT count(*) FROM finding_row"));
    for (int status = 1; status < FINDING_STATUSES; status++) {
        char sql[128];
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM finding_row WHERE status = '%s'",
                       finding_status_word(status));
        ck_assert_msg(case_value(s, sql) > 0, "the basic case has no %s",
                      finding_status_word(status));
        ck_assert_int_eq(count(s, FINDINGS_ONLY(status), 0), case_value(s, sql));
    }
    ck_assert_int_eq(count(s, FINDINGS_ALL, 2), 18);
}
END_TEST

START_TEST(an_empty_case_has_none)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    ck_assert_int_eq(count(s, FINDINGS_ALL, 0), 0);
}
END_TEST

/* The first finding of a control and a subject name. */
static const finding *seek(findings *f, const char *control, const char *feature, const char *name)
{
    for (const finding_test *test = next_test(f); test != NULL; test = next_test(f)) {
        if (strcmp(test->control_id, control) != 0 ||
            strncmp(test->feature, feature, strlen(feature)) != 0) {
            continue;
        }
        for (const finding *one = next(f); one != NULL; one = next(f)) {
            if (strcmp(one->subject_name, name) == 0) {
                return one;
            }
        }
    }
    ck_abort_msg("no finding of %s for %s", control, name);
    return NULL;
}

static void value_is(const finding_value *v, const char *pointer, const char *want)
{
    ck_assert_str_eq(v->pointer, pointer);
    if (want == NULL) {
        ck_assert_ptr_null(v->value.text);
        return;
    }
    ck_assert_msg(v->value.len == strlen(want) && memcmp(v->value.text, want, v->value.len) == 0,
                  "%s: expected %s, came %.*s", pointer, want, (int)v->value.len, v->value.text);
}

START_TEST(observed_values_are_the_evidences_own)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open(s, FINDINGS_ALL, 0, &f, &err));
    const finding *one = seek(f, "NS-2", "Disable", "contoso-openai-prod");
    ck_assert_str_eq(one->test->rule_id, "ns2-public-network-access");
    ck_assert_str_eq(one->snapshot, "2026-10");
    ck_assert_str_eq(one->collected_at, "2026-10-31T18:00:00Z");
    ck_assert_str_eq(one->subscription, "11111111-1111-4111-8111-111111111111");
    ck_assert_uint_eq(one->value_count, 2);
    value_is(&one->values[0], "/0/properties/publicNetworkAccess", "\"Disabled\"");
    value_is(&one->values[1], "/0/properties/networkAcls/defaultAction", "\"Deny\"");
    ck_assert_uint_eq(one->place_count, 1);
    ck_assert_str_eq(one->places[0].path,
                     "data/evidence/2026-10/exports/oct/cognitive%20accounts.json");
    ck_assert_str_eq(one->places[0].original, "exports/oct/cognitive accounts.json");
    ck_assert_str_eq(one->places[0].pointer, "/0");
    ck_assert_uint_eq(one->places[0].length, 880);
    ck_assert_uint_eq(strlen(one->places[0].sha256), 64);
    ck_assert_ptr_null(one->test->published_control_id);

    /* A normalised record: the raw object is flat, and digits are kept. */
    EVPACK_AUTO(findings) g = NULL;
    OK(findings_open(s, FINDINGS_ALL, 0, &g, &err));
    one = seek(g, "BR-1", "Purge", "kv-contoso");
    ck_assert(one->values[0].normalised);
    value_is(&one->values[0], "/0/enablePurgeProtection", "true");
    value_is(&one->values[1], "/0/softDeleteRetentionInDays", "90.50");
    ck_assert_ptr_null(one->collected_at);
}
END_TEST

START_TEST(named_evidence_is_resolved)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open(s, FINDINGS_ALL, 0, &f, &err));
    const finding *one = seek(f, "LT-3", "Azure Resource Logs", "contoso-openai-dev");
    ck_assert_str_eq(one->test->published_control_id, "LT-4");
    ck_assert_uint_eq(one->place_count, 2);
    ck_assert_str_eq(one->places[1].pointer, "/value/1");
    ck_assert_uint_eq(one->value_count, 1);
    ck_assert_uint_eq(one->values[0].place, 1);
    value_is(&one->values[0], "/value/1/logs/0/category", "\"Audit\"");
    EVPACK_AUTO(findings) g = NULL;
    OK(findings_open(s, FINDINGS_ALL, 0, &g, &err));
    one = seek(g, "LT-3", "Azure Resource Logs", "contoso-openai-prod");
    ck_assert_uint_eq(one->place_count, 2); /* the record is named twice and listed once */
    value_is(&one->values[0], "/value/0/logs/0/enabled", "true");
}
END_TEST

START_TEST(ids_tell_findings_apart_and_survive_a_new_run)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open(s, FINDINGS_ALL, 0, &f, &err));
    char id[UUID_TEXT];
    memcpy(id, seek(f, "NS-2", "Disable", "contoso-openai-prod")->id, sizeof id);
    ck_assert_int_eq(id[14], '5');
    const finding *november = NULL;
    do {
        OK(findings_next(f, &november, &err));
    } while (strcmp(november->subject_name, "contoso-openai-prod") != 0);
    ck_assert_str_eq(november->snapshot, "2026-11");
    ck_assert_str_ne(november->id, id);

    case_sql(s, "INSERT INTO run(id, mapping_id, evaluated_at, tool_version, evidence) VALUES (3, "
                "1, '2026-12-01T00:00:00Z', '0.1.0', 7);"
                "INSERT INTO test(id, run_id, feature_id, rule_id, source, reason) SELECT 100 + "
                "id, 3, feature_id, rule_id, source, 'new' FROM test"
                " WHERE run_id = 2;"
                "INSERT INTO finding(test_id, record_id, status, reason, need, evidence) SELECT "
                "100 + test_id, record_id, 8, 'new', NULL, NULL"
                "  FROM finding WHERE test_id > 10;");
    EVPACK_AUTO(findings) g = NULL;
    OK(findings_open(s, FINDINGS_ALL, 0, &g, &err));
    const finding *again = seek(g, "NS-2", "Disable", "contoso-openai-prod");
    ck_assert_str_eq(again->id, id);
    ck_assert_str_eq(again->reason, "new");
    ck_assert_str_eq(again->test->evaluated_at, "2026-12-01T00:00:00Z");
}
END_TEST

START_TEST(exempt_keeps_its_raw_status)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open(s, FINDINGS_ONLY(FINDING_EXEMPT), 0, &f, &err));
    const finding *one = seek(f, "LT-3", "Azure", "größe-αβγ-жук");
    ck_assert_str_eq(one->raw_status, "fail");
    ck_assert_str_eq(finding_status_word(one->status), "exempt");
}
END_TEST

START_TEST(evidence_that_names_nothing_is_an_error)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    static const struct {
        const char *evidence, *part;
    } bad[] = {{"[999]", "names the record 999"}, {"[{}]", "names no record"}, {"[1", "evidence"}};
    for (size_t i = 0; i < 3; i++) {
        char sql[256];
        (void)snprintf(sql, sizeof sql, "UPDATE finding SET evidence = '%s' WHERE test_id = 19",
                       bad[i].evidence);
        case_sql(s, sql);
        EVPACK_AUTO(findings) f = NULL;
        OK(findings_open(s, FINDINGS_ALL, 0, &f, &err));
        const finding_test *test = NULL;
        do {
            OK(findings_next_test(f, &test, &err));
        } while (strcmp(test->control_id, "BR-1") != 0);
        const finding *one = NULL;
        evpack_status status = findings_next(f, &one, &err);
        ck_assert_int_ne(status, EVPACK_OK);
        ck_assert_msg(strstr(err.text, bad[i].part) != NULL, "came '%s'", err.text);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {all_and_only_the_newest_run,
                                  an_empty_case_has_none,
                                  observed_values_are_the_evidences_own,
                                  named_evidence_is_resolved,
                                  ids_tell_findings_apart_and_survive_a_new_run,
                                  exempt_keeps_its_raw_status,
                                  evidence_that_names_nothing_is_an_error,
                                  NULL};
    return test_main(test_suite("store/findings", tests));
}
