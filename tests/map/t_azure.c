/*
 * map/azure: what Azure said becomes findings under its controls, none is dropped, and where a rule
 * speaks of the same thing both stand side by side. The golden files were read row by row.
 */
#include "map/azure.h"

#include "case.h"
#include "collect/collect.h"
#include "map/map.h"
#include "map/mini.h"
#include "store/findings.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTOSO TEST_SOURCE_ROOT "/fixtures/contoso/"
enum { NOW = 1795334400 };

static store *collected(const char *name, char *const *paths, size_t count)
{
    evpack_err err = {0};
    store *s = NULL;
    OK(store_open(test_path(name), STORE_CREATE, &s, &err));
    const collect_options options = {
        .label = "2026-11", .collected_at = "2026-11-20T09:00:00Z", .now = NOW};
    collect_totals totals = {0};
    OK(collect_paths(s, paths, count, &options, &totals, &err));
    return s;
}

static void map_it(store *s, map_totals *totals)
{
    evpack_err err = {0};
    const map_options options = {.at = NOW};
    OK(map_run(s, &options, totals, &err));
    ck_assert_uint_eq(totals->broken, 0);
}

static store *contoso(void)
{
    char *const paths[] = {(char *)CONTOSO "export", (char *)CONTOSO "azure"};
    store *s = collected("contoso.db", paths, 2);
    map_totals totals;
    map_it(s, &totals);
    return s;
}

/* A case of one file with these rows. */
static store *of_rows(const char *rows)
{
    char *const paths[] = {(char *)test_text_file("rows.json", rows)};
    store *s = collected("rows.db", paths, 1);
    map_totals totals;
    map_it(s, &totals);
    return s;
}

static void compare(store *s, const char *query, const char *golden)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf line = {0};
    test_read(query, &sql);
    test_read(golden, &want);
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), buf_str(&sql), &q, &err));
    const char *text = buf_str(&want);
    for (unsigned number = 1;; number++) {
        bool row = false;
        OK(db_step(q, &row, &err));
        if (!row) {
            ck_assert_msg(*text == '\0', "line %u: expected '%.200s', came nothing", number, text);
            return;
        }
        buf_clear(&line);
        for (int i = 0; i < db_columns(q); i++) {
            buf_puts(&line, i > 0 ? "\t" : "");
            buf_puts(&line, db_text_or_empty(q, i));
        }
        size_t len = strcspn(text, "\n");
        ck_assert_msg(len == line.len && memcmp(text, buf_str(&line), len) == 0,
                      "line %u: expected\n%.*s\ncame\n%s", number, (int)len, text, buf_str(&line));
        text += len + (text[len] == '\n');
    }
}

START_TEST(the_sample_tenant_has_the_golden_findings)
{
    EVPACK_AUTO(store) s = contoso();
    compare(s, CONTOSO "azure-findings.sql", CONTOSO "expected-azure.tsv");
    compare(s, CONTOSO "azure-reconciliation.sql", CONTOSO "expected-reconciliation.tsv");
}
END_TEST

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Ids of all findings of the newest run, sorted; each once. */
static char (*ids_of(store *s, size_t *count))[UUID_TEXT]
{
    evpack_err err = {0};
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open_all(s, &f, &err));
    char(*ids)[UUID_TEXT] =
        calloc((size_t)case_value(s, "SELECT count(*) FROM finding_row") + 1, UUID_TEXT);
    ck_assert_ptr_nonnull(ids);
    *count = 0;
    for (const finding *one = NULL;;) {
        OK(findings_next_of_all(f, &one, &err));
        if (one == NULL) {
            break;
        }
        memcpy(ids[(*count)++], one->id, UUID_TEXT);
    }
    qsort(ids, *count, UUID_TEXT, by_text);
    for (size_t i = 1; i < *count; i++) {
        ck_assert_msg(strcmp(ids[i - 1], ids[i]) != 0, "the id %s stands twice", ids[i]);
    }
    return ids;
}

START_TEST(a_second_map_gives_the_same_ids)
{
    EVPACK_AUTO(store) s = contoso();
    size_t count[2];
    char(*first)[UUID_TEXT] = ids_of(s, &count[0]);
    ck_assert_uint_eq(count[0], (size_t)case_value(s, "SELECT count(*) FROM finding_row"));
    map_totals totals;
    map_it(s, &totals);
    char(*second)[UUID_TEXT] = ids_of(s, &count[1]);
    ck_assert_uint_eq(count[0], count[1]);
    ck_assert_int_eq(memcmp(first, second, count[0] * UUID_TEXT), 0);
    free(first);
    free(second);
}
END_TEST

#define STATE(resource, definition, state, more)                                        \
    "{\"resourceId\":" resource ",\"policyAssignmentId\":\"/subscriptions/1/providers/" \
    "Microsoft.Authorization/policyAssignments/a\",\"policyDefinitionId\":" definition  \
    ",\"complianceState\":" state more "}"
#define THING "\"/subscriptions/1/resourceGroups/g/providers/X.Y/things/t\""
#define LOCAL                                                 \
    "\"/providers/microsoft.authorization/policydefinitions/" \
    "71ef260a-8f18-47b7-abcb-62d0673d94dc\""

/* A full row gives a finding whatever it holds; none of these is a pass or a fail. */
START_TEST(odd_rows_are_unknown)
{
    static const char *const rows[] = {
        STATE(THING, LOCAL, "null", ""),
        STATE(THING, LOCAL, "7", ""),
        STATE(THING, LOCAL, "\"\"", ""),
        STATE(THING, LOCAL, "{\"a\":\"Compliant\"}", ""),
        STATE(THING, LOCAL, "\"Compliant\"", ",\"isCompliant\":false"),
        STATE(THING, LOCAL, "\"NonCompliant\"", ",\"isCompliant\":true"),
        STATE(THING, LOCAL, "\"Compliant \"", ""),
        STATE("7", "[]", "\"Error\"", ",\"policyDefinitionGroupNames\":{\"a\":[7]}"),
        STATE("\"\"", "\"\"", "\"Unknown\"", ",\"policyDefinitionGroupNames\":[null,7,\"x\",[]]"),
        STATE("\"/a\\\"b/[\\u0001]/providers/x\"", "\"'; DROP TABLE finding; --\"",
              "\"<b>Conflict</b>\"", ",\"timestamp\":\"never\",\"policySetDefinitionId\":[1]"),
        STATE("\"/providers/providers/providers/providers\"", LOCAL, "\"NotStarted\"",
              ",\"timestamp\":17"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO(store) s = of_rows(rows[i]);
        int64_t n = case_value(s, "SELECT count(*) FROM finding_row WHERE source = 'policy-state'");
        int64_t unknown = case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'unknown'"
                                        " AND source = 'policy-state' AND reason IS NOT NULL");
        ck_assert_msg(n == 1 && unknown == 1,
                      "expected one unknown finding, came %lld (%lld) of %s", (long long)n,
                      (long long)unknown, rows[i]);
        size_t count = 0;
        free(ids_of(s, &count));
        ck_assert_int_eq(remove(test_path("rows.db")), 0);
    }
}
END_TEST

/* What has no definition or no resource of its own counts rows, or sums them up. */
START_TEST(counts_and_summaries_are_no_states)
{
    EVPACK_AUTO(store)
    s = of_rows(
        "{\"@odata.context\":\"https://x/providers/Microsoft.PolicyInsights/policyStates/"
        "$metadata#latest\",\"value\":[{\"complianceState\":\"NonCompliant\",\"numRecords\":4},"
        "{\"policyAssignmentId\":\"/a\",\"numRecords\":3},"
        "{\"results\":{\"nonCompliantResources\":4},\"policyAssignments\":[]}]}");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row"), 0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM reconciliation"), 0);
}
END_TEST

/* The newest of several rows speaks, and names the others; two of one moment leave it open. */
START_TEST(the_newest_row_speaks)
{
    static const char *const times[][3] = {
        {"2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "fail"},
        {"2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "pass"},
        {"2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00+00:00", "unknown"},
        {"2026-01-01T01:00:00+02:00", "2025-12-31T23:30:00Z", "pass"}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf rows = {0};
        buf_printf(&rows, "[%s,\"timestamp\":\"%s\"},%s,\"timestamp\":\"%s\"}]",
                   "{\"resourceId\":" THING
                   ",\"policyAssignmentId\":\"/a\",\"policyDefinitionId\":" LOCAL
                   ",\"complianceState\":\"NonCompliant\"",
                   times[i][0],
                   "{\"resourceId\":" THING ",\"policyAssignmentId\":\"/A/\","
                   "\"policyDefinitionId\":" LOCAL ",\"complianceState\":\"Compliant\"",
                   times[i][1]);
        EVPACK_AUTO(store) s = of_rows(buf_str(&rows));
        EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
        buf_printf(&sql,
                   "SELECT count(*) FROM finding_row WHERE status = '%s'"
                   " AND json_array_length(evidence) = 1",
                   times[i][2]);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row"), 1);
        ck_assert_msg(case_value(s, buf_str(&sql)) == 1, "row %zu: expected one %s", i,
                      times[i][2]);
        ck_assert_int_eq(remove(test_path("rows.db")), 0);
    }
}
END_TEST

#define INITIATIVE                                                                                 \
    "{\"id\":\"/providers/Microsoft.Authorization/policySetDefinitions/1f3afdf9-d0c9-4c3d-847f-"   \
    "89da613e70a8\",\"type\":\"Microsoft.Authorization/policySetDefinitions\",\"name\":\"1\","     \
    "\"properties\":{\"metadata\":{\"version\":\"99.1.0\"},\"policyDefinitions\":["                \
    "{\"policyDefinitionId\":\"/providers/Microsoft.Authorization/policyDefinitions/71ef260a-8f18" \
    "-47b7-abcb-62d0673d94dc\",\"policyDefinitionReferenceId\":\"R\",\"groupNames\":"              \
    "[\"Azure_Security_Benchmark_v3.0_IM-2\",\"Azure_Security_Benchmark_v3.0_PA-7\"]}]}}"
#define IN_INITIATIVE                                                                       \
    ",\"policySetDefinitionId\":\"/providers/microsoft.authorization/policysetdefinitions/" \
    "1f3afdf9-d0c9-4c3d-847f-89da613e70a8\",\"policyDefinitionReferenceId\":\"r\","         \
    "\"policyDefinitionGroupNames\":[\"azure_security_benchmark_v3.0_dp-1\"]"

START_TEST(the_snapshots_own_initiative_wins)
{
    static const char row[] = STATE(THING, LOCAL, "\"Compliant\"", IN_INITIATIVE);
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_printf(&text, "[" INITIATIVE ",%s]", row);
    EVPACK_AUTO(store) s = of_rows(buf_str(&text));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE control_id IN"
                                   " ('IM-2', 'PA-7') AND instr(claim, '99.1.0') > 0"),
                     2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row"), 2);
    ck_assert_int_eq(remove(test_path("rows.db")), 0);
    /* Without it, the groups that the row names; without those, the mapping. */
    EVPACK_AUTO(store) alone = of_rows(row);
    ck_assert_int_eq(
        case_value(alone, "SELECT count(*) FROM finding_row WHERE control_id = 'DP-1'"), 1);
    ck_assert_int_eq(remove(test_path("rows.db")), 0);
    EVPACK_AUTO(store) bare = of_rows(STATE(THING, LOCAL, "\"Compliant\"", ""));
    ck_assert_int_eq(case_value(bare, "SELECT count(*) FROM finding_row WHERE control_id = 'IM-1'"
                                      " AND instr(claim, 'mcsb-v1.json') > 0"),
                     1);
}
END_TEST

#define IN_V2                                                                               \
    ",\"policySetDefinitionId\":\"/providers/microsoft.authorization/policysetdefinitions/" \
    "e3ec7e09-768c-4b64-882c-fcada3772047\",\"policyDefinitionGroupNames\":"                \
    "[\"azure_security_benchmark_v3.0_dp-1\"]"
#define ONLY_IN_V2                                            \
    "\"/providers/Microsoft.Authorization/policyDefinitions/" \
    "051cba44-2429-45b9-9649-46cec11c7119\""

/* Both benchmarks name their groups alike: the initiative tells whose it is. */
START_TEST(a_preview_has_its_own_controls)
{
    static const struct {
        const char *row, *where;
    } rows[] = {
        {STATE(THING, LOCAL, "\"Compliant\"", IN_V2),
         "benchmark = 'mcsb-v2' AND control_id = 'DP-1'"},
        {STATE(THING, LOCAL, "\"Compliant\"", IN_INITIATIVE),
         "benchmark = 'mcsb-v1' AND control_id = 'DP-1'"},
        {STATE(THING, LOCAL, "\"Compliant\"", ""), "benchmark = 'mcsb-v1' AND control_id = 'IM-1'"},
        {STATE(THING, ONLY_IN_V2, "\"Compliant\"", ""),
         "benchmark = 'mcsb-v2' AND control_id = 'DP-5' AND instr(claim, 'mcsb-v2.json') > 0"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO(store) s = of_rows(rows[i].row);
        EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
        buf_printf(&sql, "SELECT count(*) FROM finding_row WHERE %s", rows[i].where);
        ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row"), 1);
        ck_assert_msg(case_value(s, buf_str(&sql)) == 1, "expected one finding with %s",
                      rows[i].where);
        ck_assert_int_eq(remove(test_path("rows.db")), 0);
    }
}
END_TEST

#define HTTPS_ONLY                                            \
    "\"/providers/Microsoft.Authorization/policyDefinitions/" \
    "404c3081-a854-4457-ae30-26a93ef643f9\""
#define STORAGE                                                                       \
    "/subscriptions/11111111-2222-4333-8444-555555555501/resourcegroups/g/providers/" \
    "microsoft.storage/storageaccounts/a"

/* Where a feature of the first benchmark is tested, too, the control stays the preview's. */
START_TEST(a_previews_control_stays_beside_a_feature)
{
    EVPACK_AUTO(store)
    s = of_rows(STATE("\"" STORAGE "\"", HTTPS_ONLY, "\"NonCompliant\"",
                      ",\"policySetDefinitionId\":"
                      "\"/providers/microsoft.authorization/policysetdefinitions/"
                      "e3ec7e09-768c-4b64-882c-fcada3772047\",\"policyDefinitionGroupNames\":"
                      "[\"azure_security_benchmark_v3.0_dp-3\"]"));
    ck_assert_int_eq(
        case_value(s, "SELECT count(*) FROM finding_row WHERE benchmark = 'mcsb-v2'"
                      " AND control_id = 'DP-3' AND feature = 'Data in Transit Encryption'"),
        1);
}
END_TEST

#define OWN_SET                                            \
    "/subscriptions/11111111-2222-4333-8444-555555555501/" \
    "providers/Microsoft.Authorization/policySetDefinitions/own"
#define OWN_INITIATIVE                                                                          \
    "{\"id\":\"" OWN_SET "\",\"name\":\"own\",\"type\":\"Microsoft.Authorization/"              \
    "policySetDefinitions\",\"properties\":{\"policyType\":\"Custom\",\"policyDefinitions\":[{" \
    "\"policyDefinitionReferenceId\":\"R\",\"policyDefinitionId\":" LOCAL                       \
    ",\"groupNames\":[\"Azure_Security_Benchmark_v3.0_GS-1\"]},{"                               \
    "\"policyDefinitionReferenceId\":\"Q\",\"policyDefinitionId\":" HTTPS_ONLY "}]}}"

/* Anybody may write an initiative that names the benchmark's groups: it speaks for the states that
 * name it, where it names a control, and for no others that the benchmark itself claims. */
START_TEST(a_custom_initiative_speaks_for_its_own_states)
{
    static const struct {
        const char *row, *where;
    } rows[] = {
        {STATE(THING, LOCAL, "\"Compliant\"", ""),
         "control_id = 'IM-1' AND instr(claim, 'mcsb-v1.json') > 0"},
        {STATE(THING, LOCAL, "\"Compliant\"", ",\"policySetDefinitionId\":\"" OWN_SET "\""),
         "control_id = 'GS-1' AND instr(claim, 'version not stated') > 0"},
        {STATE(THING, HTTPS_ONLY, "\"Compliant\"", ",\"policySetDefinitionId\":\"" OWN_SET "\""),
         "control_id = 'DP-3' AND instr(claim, 'mcsb-v1.json') > 0"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_printf(&text, "[" OWN_INITIATIVE ",%s]", rows[i].row);
        EVPACK_AUTO(store) s = of_rows(buf_str(&text));
        EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
        buf_printf(&sql, "SELECT count(*) FROM finding_row WHERE source = 'policy-state' AND %s",
                   rows[i].where);
        ck_assert_msg(case_value(s, buf_str(&sql)) == 1, "expected one finding with %s",
                      rows[i].where);
        ck_assert_int_eq(remove(test_path("rows.db")), 0);
    }
}
END_TEST

/* Two assignments of one policy that differ: the one that failed is shown, with its own date. */
START_TEST(a_disagreement_has_the_date_of_what_is_shown)
{
    EVPACK_AUTO(store)
    s = of_rows(
        "[{\"resourceId\":" THING ",\"policyAssignmentId\":\"/subscriptions/1/providers/"
        "Microsoft.Authorization/policyAssignments/one\",\"policyDefinitionId\":" LOCAL
        ",\"complianceState\":\"NonCompliant\",\"timestamp\":\"2024-01-01T00:00:00Z\"}," STATE(
            THING, LOCAL, "\"Compliant\"", ",\"timestamp\":\"2026-01-01T00:00:00Z\"") "]");
    ck_assert_int_eq(
        case_value(s, "SELECT count(*) FROM reconciliation WHERE verdict = 'disagree'"
                      " AND policy_status = 'mixed' AND policy_at = '2024-01-01T00:00:00Z'"),
        1);
}
END_TEST

/* A group of an older benchmark has the same letters, and is not the same control. */
START_TEST(an_older_benchmarks_group_is_no_control)
{
    EVPACK_AUTO(store)
    s = of_rows(STATE(THING, "\"/providers/x/p\"", "\"Compliant\"",
                      ",\"policyDefinitionGroupNames\":[\"azure_security_benchmark_v2.0_ns-2\"]"));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM finding_row WHERE control_id IS NULL"
                                   " AND responsibility IS NULL AND status = 'pass'"),
                     1);
}
END_TEST

/* Every row that is a state rests in a finding: as its record, or among its evidence. */
/* What Azure says of a subscription as such, its standards included, is the subscription's: left
 * out with it, and then listed; kept where only a part of it is left out. */
START_TEST(a_subscription_out_of_scope_has_no_findings_and_is_listed)
{
#define SUBSCRIPTION "/subscriptions/a1a1a1a1-0000-4000-8000-0000000000a1"
    static const struct {
        const char *scope;
        bool out;
    } tries[] = {
        {"\"include\":[{\"subscription\":\"ffffffff-0000-4000-8000-0000000000ff\"}]", true},
        {"\"exclude\":[{\"subscription\":\"a1a1a1a1-0000-4000-8000-0000000000a1\"}]", true},
        {"\"include\":[{\"resource_group\":\"" SUBSCRIPTION "/resourceGroups/rg-ai-prod\"}]", true},
        {"\"exclude\":[{\"resource_group\":\"" SUBSCRIPTION "/resourceGroups/rg-ai-prod\"}]",
         false}};
    char *const paths[] = {(char *)CONTOSO "export/tenant/subscriptions.json",
                           (char *)CONTOSO "azure"};
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        evpack_err err = {0};
        char text[400];
        (void)snprintf(text, sizeof text,
                       "{\"evpack_engagement\":1,\"reference\":\"R\",\"scope\":{%s}}",
                       tries[i].scope);
        char name[20];
        (void)snprintf(name, sizeof name, "scope%zu.db", i);
        EVPACK_AUTO(store) s = collected(name, paths, 2);
        const collect_options options = {.label = "2026-11",
                                         .engagement = test_text_file("e/engagement.json", text),
                                         .now = NOW};
        collect_totals totals = {0};
        OK(collect_paths(s, NULL, 0, &options, &totals, &err));
        map_totals counts;
        map_it(s, &counts);
        const int64_t found =
            case_value(s, "SELECT count(*) FROM finding f JOIN record r ON r.id = f.record_id"
                          " WHERE coalesce(r.scope, r.subject) = '" SUBSCRIPTION "'"
                          " OR r.subject GLOB '" SUBSCRIPTION "/providers/microsoft.security/*'");
        const int64_t listed =
            case_value(s, "SELECT count(*) FROM scoped_out o JOIN record r ON r.id = o.record_id"
                          " WHERE r.subject = '" SUBSCRIPTION "'");
        ck_assert_msg((found == 0) == tries[i].out && listed == (tries[i].out ? 1 : 0),
                      "%s: expected %s, came %lld findings, listed %lld times", tries[i].scope,
                      tries[i].out ? "no findings, listed once" : "findings", (long long)found,
                      (long long)listed);
    }
#undef SUBSCRIPTION
}
END_TEST

START_TEST(every_state_of_the_corpus_has_a_finding)
{
    const char *corpus = getenv("EVPACK_CORPUS");
    if (corpus == NULL || *corpus == '\0') {
        (void)fprintf(stderr, "skipped: EVPACK_CORPUS names no folder\n");
        return;
    }
    static const char *const folders[] = {"policy-states", "security-assessments",
                                          "security-regulatory-compliance", "policy-definitions"};
    buf paths[4] = {{0}, {0}, {0}, {0}};
    char *all[4];
    for (int i = 0; i < 4; i++) {
        buf_printf(&paths[i], "%s/%s", corpus, folders[i]);
        all[i] = (char *)buf_str(&paths[i]);
    }
    EVPACK_AUTO(store) s = collected("corpus.db", all, 4);
    map_totals totals;
    map_it(s, &totals);
    for (int i = 0; i < 4; i++) {
        buf_reset(&paths[i]);
    }
    ck_assert_int_ge(case_value(s, "SELECT count(*) FROM finding_row"), 700);
    ck_assert_int_eq(
        case_value(s, "SELECT count(*) FROM record WHERE kind = 'policy-state' AND"
                      " id NOT IN (SELECT record_id FROM finding) AND id NOT IN (SELECT j.value"
                      " FROM finding f JOIN json_each(f.evidence) j WHERE f.evidence IS NOT NULL)"),
        0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM subject WHERE kind ="
                                   " 'defender-assessment' AND record_id NOT IN"
                                   " (SELECT record_id FROM finding)"),
                     0);
    size_t count = 0;
    free(ids_of(s, &count));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_sample_tenant_has_the_golden_findings,
                                  a_second_map_gives_the_same_ids,
                                  odd_rows_are_unknown,
                                  counts_and_summaries_are_no_states,
                                  the_newest_row_speaks,
                                  the_snapshots_own_initiative_wins,
                                  a_previews_control_stays_beside_a_feature,
                                  a_custom_initiative_speaks_for_its_own_states,
                                  a_disagreement_has_the_date_of_what_is_shown,
                                  a_preview_has_its_own_controls,
                                  an_older_benchmarks_group_is_no_control,
                                  a_subscription_out_of_scope_has_no_findings_and_is_listed,
                                  every_state_of_the_corpus_has_a_finding,
                                  NULL};
    return test_main(test_suite("map/azure", tests));
}
