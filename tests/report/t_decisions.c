/* report/decisions: what became of each exception, attestation and exemption, in every format. */
#include "report/decisions.h"

#include "case.h"
#include "decided.h"
#include "port/json.h"
#include "report/model.h"
#include "report/report.h"
#include "report/status.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const report_options options = {.at = REPORTED_AT};

static store *decided(void)
{
    store *s = case_basic("c.db");
    case_sql(s, DECIDED_SQL);
    return s;
}

START_TEST(they_are_counted_and_listed)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = decided();
    decision_counts c;
    OK(decisions_count(s, &c, &err));
    ck_assert_int_eq(c.total, 4);
    ck_assert_int_eq(c.of[DECISION_EXCEPTION][DECISION_EXPIRED], 1);
    ck_assert_int_eq(c.of[DECISION_EXCEPTION][DECISION_IN_FORCE], 1);
    ck_assert_int_eq(c.of[DECISION_EXEMPTION][DECISION_UNMATCHED], 1);
    ck_assert_int_eq(c.of[DECISION_ATTESTATION][DECISION_IN_FORCE], 1);
    ck_assert_int_eq(c.attested[FINDING_PASS], 1);
    ck_assert_int_eq(c.attested[FINDING_FAIL], 1);
    ck_assert_int_eq(c.attested[FINDING_MANUAL], 0); /* that one is about an attestation */
    ck_assert_int_eq(c.excused, 1);
    ck_assert_int_eq(c.exempted, 0);
    static const char *const order[] = {"X-2", "X-1", "/subscriptions/1/providers/e/waiver", "A-1"};
    EVPACK_AUTO(decisions) d = NULL;
    OK(decisions_open(s, (1U << DECISIONS) - 1, &d, &err));
    const decision_row *row = NULL;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        OK(decisions_next(d, &row, &err));
        ck_assert_ptr_nonnull(row);
        ck_assert_str_eq(row->key, order[i]);
    }
    ck_assert_str_eq(row->who, "Rev Iewer (CISO)");
    ck_assert_ptr_null(row->until);
    ck_assert_int_eq(row->decided, 2);
    ck_assert_str_eq(row->pointer, "/attestations/0");
    OK(decisions_next(d, &row, &err));
    ck_assert_ptr_null(row);
}
END_TEST

START_TEST(an_exempt_state_counts_as_azures)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = decided();
    case_sql(s,
             "INSERT INTO policy SELECT 1, max(id), 'policy-state', '/p/1', NULL, 'P', NULL, NULL,"
             " 'c', '[]' FROM run;"
             "INSERT INTO test(id, run_id, source, policy_id) SELECT 900, max(id),"
             " 'policy-state', 1 FROM run;"
             "INSERT INTO finding(test_id, record_id, status, raw, decided) VALUES"
             " (900, 1, 7, 6, NULL), (900, 2, 7, 2, 904), (900, 3, 7, 2, 901), (900, 4, 2, NULL,"
             " NULL)");
    decision_counts c;
    OK(decisions_count(s, &c, &err));
    ck_assert_int_eq(c.exempted, 2);
}
END_TEST

START_TEST(the_table_has_every_row_and_no_formula)
{
    EVPACK_AUTO(store) s = decided();
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &options, REPORT_DECISIONS, &b);
    ck_assert_uint_eq(reported_count(buf_str(&b), "\r\n"), 5);
    reported_has(buf_str(&b),
                 "\r\nexception,X-2,expired,resource /r,rule r,'=cmd|x,,,,2025-01-01,"
                 "2026-01-01,,2,0,It ended (2026-01-01) and decides nothing.,engagement,"
                 "x.json,/exceptions/1\r\n");
    ck_assert_uint_eq(reported_count(buf_str(&b), "OLD RUN"), 0);
    EVPACK_AUTO(store) none = case_basic("none.db");
    buf_clear(&b);
    reported(none, &options, REPORT_DECISIONS, &b);
    ck_assert_uint_eq(reported_count(buf_str(&b), "\r\n"), 1);
}
END_TEST

static const json *with_status(const json *list, const char *source, const char *status)
{
    const json *f = json_first(list);
    while (f != NULL && (strcmp(json_get_string(f, "source"), source) != 0 ||
                         strcmp(json_get_string(f, "status"), status) != 0)) {
        f = json_next(f);
    }
    ck_assert_msg(f != NULL, "expected a finding of source %s with status %s", source, status);
    return f;
}

START_TEST(findings_say_what_decided_them)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = decided();
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &options, REPORT_JSON, &b);
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(buf_str(&b), b.len, false, &doc, &err));
    const json *list = json_get(json_root(doc), "findings");
    ck_assert_int_eq((int64_t)json_count(list), case_value(s, "SELECT count(*) FROM finding_row"));
    const json *pass = with_status(list, "attestation", "pass");
    ck_assert_str_eq(json_get_string(pass, "raw_status"), "manual");
    ck_assert_str_eq(json_get_string(pass, "decision"), "attestation");
    ck_assert_str_eq(json_get_string(pass, "decided_by"), "attestation:A-1");
    ck_assert_str_eq(json_get_string(pass, "feature"), "Service Principals");
    const json *evidence = json_get(pass, "evidence");
    ck_assert_uint_eq(json_count(evidence), 3);
    const json *file = json_next(json_next(json_first(evidence)));
    ck_assert_str_eq(json_get_string(file, "path"), "data/evidence/engagement/minutes.pdf");
    ck_assert_str_eq(json_get_string(file, "pointer"), "");
    ck_assert_int_eq((int)json_number(json_get(file, "length")), 23);
    const json *about = with_status(list, "exception", "fail");
    ck_assert_str_eq(json_get_string(about, "subject"), "exception:X-2");
    ck_assert_str_eq(json_get_string(about, "control_id"), "NS-2");
    ck_assert(json_is_null(json_get(about, "feature")));
    ck_assert(json_is_null(json_get(about, "responsibility")));
    ck_assert_ptr_null(json_get(about, "decided_by"));
    ck_assert_uint_eq(reported_count(buf_str(&b), "\"decided_by\":\"exception:X-1\""), 1);
    reported_has(buf_str(&b), "\"status\":\"exempt\",\"raw_status\":\"fail\",\"decision\":"
                              "\"exception\",\"decided_by\":\"exception:X-1\"");
    buf_clear(&b);
    reported(s, &options, REPORT_CSV, &b);
    reported_has(buf_str(&b), ",pass,manual,");
    reported_has(buf_str(&b), ",attestation,attestation:A-1,");
    reported_has(buf_str(&b), ",exempt,fail,");
}
END_TEST

START_TEST(the_page_lists_them)
{
    EVPACK_AUTO(store) s = decided();
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    reported(s, &options, REPORT_HTML, &b);
    reported_has(buf_str(&b), "\"decided\":{\"excused\":1,\"exempted\":0,\"attested\":{\"pass\":1,"
                              "\"fail\":1,");
    reported_has(buf_str(&b), "\"total\":4,\"rows\":[");
    reported_has(buf_str(&b), "\"raw\":\"manual\",\"decided\":\"attestation:A-1\"");
    reported_has(buf_str(&b), "\"feature\":\"Exceptions and exemptions themselves\"");
    ck_assert_uint_eq(reported_count(buf_str(&b), "<b>of</b>"), 0);
    EVPACK_AUTO(store) none = case_basic("none.db");
    buf_clear(&b);
    reported(none, &options, REPORT_HTML, &b);
    ck_assert_uint_eq(reported_count(buf_str(&b), "\"excused\":"), 0);
}
END_TEST

static void status_of(store *s, bool as_json, buf *out)
{
    evpack_err err = {0};
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(f);
    OK(as_json ? status_json(s, f, &err) : status_text(s, f, 5, &(term){0}, &err));
    ck_assert_int_eq(fclose(f), 0);
    buf_append(out, text, len);
    free(text);
}

START_TEST(status_tells_of_them)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = decided();
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    status_of(s, true, &b);
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(buf_str(&b), b.len, false, &doc, &err));
    const json *d = json_get(json_root(doc), "decisions");
    ck_assert_int_eq((int)json_number(json_get(json_get(d, "exception"), "expired")), 1);
    ck_assert_int_eq((int)json_number(json_get(json_get(d, "attested"), "pass")), 1);
    ck_assert_int_eq((int)json_number(json_get(d, "excused")), 1);
    ck_assert_uint_eq(json_count(json_get(d, "list")), 4);
    buf_clear(&b);
    status_of(s, false, &b);
    reported_has(buf_str(&b), "Exceptions, exemptions and attestations\n");
    reported_has(buf_str(&b), "  pass                    1  by attestation\n");
    reported_has(buf_str(&b), "  exempt                  1  by exception\n");
    reported_has(buf_str(&b), "  exception X-2: expired, decides 0\n    It ended");
    reported_has(buf_str(&b), "  2 in force\n");
    EVPACK_AUTO(store) none = case_basic("none.db");
    buf_clear(&b);
    status_of(none, false, &b);
    ck_assert_uint_eq(reported_count(buf_str(&b), "attestation"), 0);
}
END_TEST

/* A resource is counted once, however its features were answered. */
START_TEST(resources_are_counted_as_before)
{
    static const char sql[] = "SELECT count(DISTINCT record_id) FROM finding_row"
                              " WHERE service = 'azure-openai'";
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    int64_t resources = case_value(s, sql);
    case_sql(s, DECIDED_SQL
             ";"
             "DELETE FROM finding WHERE test_id IN (SELECT id FROM test WHERE feature_id IS NOT"
             " NULL AND feature_id <> 5 AND feature_id < 9)");
    EVPACK_AUTO(model) m = NULL;
    OK(model_load(s, &m, &err));
    for (size_t i = 0; i < m->service_count; i++) {
        if (strcmp(m->services[i].slug, "azure-openai") == 0) {
            ck_assert_int_eq(m->services[i].resources, resources);
        }
    }
    ck_assert_int_eq(m->decided.total, 4);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {they_are_counted_and_listed,
                                  an_exempt_state_counts_as_azures,
                                  the_table_has_every_row_and_no_formula,
                                  findings_say_what_decided_them,
                                  the_page_lists_them,
                                  status_tells_of_them,
                                  resources_are_counted_as_before,
                                  NULL};
    return test_main(test_suite("report/decisions", tests));
}
