/* report/coverage: every record is assessed, supporting, not covered or not mapped, and nothing
 * else. */
#include "report/coverage.h"

#include "case.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    coverage_row total, logs, vault, site, storage;
    char last[80], why[80];
    size_t rows;
} seen;

static evpack_status look(void *ctx, const coverage_row *row, evpack_err *err)
{
    seen *s = ctx;
    (void)err;
    ck_assert_msg(row->records ==
                      row->assessed + row->supporting + row->not_covered + row->unmapped,
                  "%s: expected the parts to add up", row->type);
    ck_assert_msg(strcmp(s->last, row->type) < 0, "expected %s before %s", s->last, row->type);
    (void)snprintf(s->last, sizeof s->last, "%s", row->type);
    coverage_add(&s->total, row);
    s->rows++;
    coverage_row *of = strcmp(row->type, "microsoft.insights/diagnosticsettings") == 0 ? &s->logs
                       : strcmp(row->type, "microsoft.keyvault/vaults") == 0           ? &s->vault
                       : strcmp(row->type, "microsoft.web/sites") == 0                 ? &s->site
                       : strcmp(row->type, "microsoft.storage/storageaccounts") == 0   ? &s->storage
                                                                                       : NULL;
    if (of != NULL) {
        coverage_add(of, row);
    }
    if (row->why != NULL) {
        (void)snprintf(s->why, sizeof s->why, "%s", row->why);
    }
    return EVPACK_OK;
}

static seen read_all(store *s, bool run)
{
    evpack_err err = {0};
    seen out = {0};
    bool there = !run;
    OK(coverage_read(s, look, &out, &there, &err));
    ck_assert_int_eq(there, run);
    return out;
}

START_TEST(without_a_run_nothing_is_said)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    seen out = read_all(s, false);
    ck_assert_uint_eq(out.rows, 0);
}
END_TEST

/* The case's mapping has no files: what has no findings and has a type is not covered. */
START_TEST(what_is_assessed_has_findings)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    seen out = read_all(s, true);
    ck_assert_int_eq(out.total.records, case_value(s, "SELECT count(*) FROM record"));
    ck_assert_int_eq(out.total.assessed,
                     case_value(s, "SELECT count(DISTINCT record_id) FROM finding_row"));
    ck_assert_int_eq(out.vault.assessed, out.vault.records);
    ck_assert_int_eq(out.site.not_covered, 2);
    ck_assert_int_eq(out.logs.not_covered, 2);
    ck_assert_int_eq(out.total.unmapped, 0);
}
END_TEST

START_TEST(the_mapping_says_what_is_supporting)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s,
             "INSERT INTO mapping_file VALUES (1, 'coverage.json', CAST('{\"supporting\":[{\"type\""
             ":\"microsoft.insights/*\",\"why\":\"w\"}],\"not_covered\":[{\"type\":"
             "\"microsoft.web/sites\",\"why\":\"No baseline here.\"}]}' AS BLOB)),"
             "(1, 'services/broken.json', CAST('{' AS BLOB)),"
             "(1, 'services/st.json', CAST('{\"slug\":\"st\",\"resource_types\":"
             "[\"Microsoft.Storage\"]}' AS BLOB));");
    seen out = read_all(s, true);
    ck_assert_int_eq(out.logs.supporting, 2);
    ck_assert_int_eq(out.site.not_covered, 2);
    ck_assert_str_eq(out.why, "No baseline here.");
    ck_assert_int_eq(out.storage.supporting, 1); /* a child of what a service covers */
    ck_assert_int_eq(out.total.records, case_value(s, "SELECT count(*) FROM record"));
}
END_TEST

/* Two exports of one resource: the record that another speaks for is assessed with it. A record
 * that came after the run is not mapped; one without a type supports. */
START_TEST(each_record_counts_once)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    seen before = read_all(s, true);
    case_sql(
        s, "INSERT INTO record(id, evidence_id, kind, subject, id_given, type, name, scope,"
           " parent, complete, normalised, pointer, start, length, body)"
           " SELECT 900, evidence_id, kind, subject, id_given, type, name, scope, parent, 0, 0,"
           " '/900', 1, 1, '{}' FROM record WHERE id = 9 UNION ALL"
           " SELECT 901, 6, 'policy-state', 'policy-state:x', NULL, NULL, NULL, NULL, NULL, 1, 0,"
           " '/901', 1, 1, '{}';"
           "INSERT INTO evidence(id, snapshot_id, content_id, path, member, kind, encoding, shape,"
           " completeness, records, reason) VALUES (77, 2, 6, 'late.json', 'late.json',"
           " 'key-vault', 'utf-8', 'array', 'unstated', 1, NULL);"
           "INSERT INTO record(id, evidence_id, kind, subject, id_given, type, name, scope,"
           " parent, complete, normalised, pointer, start, length, body)"
           " SELECT 902, 77, kind, subject, id_given, type, name, scope, parent, 1, 0, '/9', 1,"
           " 1, '{}' FROM record WHERE id = 9;");
    seen out = read_all(s, true);
    ck_assert_int_eq(out.vault.assessed, before.vault.assessed + 1);
    ck_assert_int_eq(out.vault.unmapped, 1);
    ck_assert_int_eq(out.total.supporting, before.total.supporting + 1);
    ck_assert_int_eq(out.total.records, before.total.records + 3);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {without_a_run_nothing_is_said, what_is_assessed_has_findings,
                                  the_mapping_says_what_is_supporting, each_record_counts_once,
                                  NULL};
    return test_main(test_suite("report/coverage", tests));
}
