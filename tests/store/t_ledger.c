/* store/ledger: what holds of files that are read together, from real files through collect. */
#include "store/ledger.h"

#include "case.h"
#include "collect/collect.h"
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SUB "/subscriptions/11111111-2222-4333-8444-555555555501"
#define GROUP SUB "/resourceGroups/rg"
#define VAULT(n)                                                                    \
    "{\"id\":\"" GROUP "/providers/Microsoft.KeyVault/vaults/" n "\",\"name\":\"" n \
    "\",\"type\":\"Microsoft.KeyVault/vaults\",\"properties\":{\"enableSoftDelete\":true}}"
#define BARE(n)                                                                     \
    "{\"id\":\"" GROUP "/providers/Microsoft.KeyVault/vaults/" n "\",\"name\":\"" n \
    "\",\"type\":\"Microsoft.KeyVault/vaults\",\"properties\":null}"
#define LINK(n)                                                                              \
    "https://management.azure.com" SUB "/providers/Microsoft.KeyVault/vaults?api-version=1&" \
    "$skiptoken=" n
#define PAGE(rows, link) "{\"value\":[" rows "],\"nextLink\":\"" link "\"}"
#define LAST(rows) "{\"value\":[" rows "]}"

/* Collects what stands in FOLDER of the test's folder. */
static store *collected(const char *folder, const char *period)
{
    evpack_err err = {0};
    store *s = NULL;
    OK(store_open(test_path("c.db"), STORE_CREATE, &s, &err));
    char path[512];
    (void)snprintf(path, sizeof path, "%s", test_path(folder));
    char *const paths[] = {path};
    const collect_options options = {.label = "a", .period = period, .now = 1790000000};
    collect_totals totals;
    OK(collect_paths(s, paths, 1, &options, &totals, &err));
    return s;
}

static void text_of(store *s, const char *sql, const char *key, buf *out)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), sql, &q, &err));
    OK(db_bind(q, &err, "t", key));
    bool row = false;
    OK(db_step(q, &row, &err));
    buf_clear(out);
    buf_puts(out, row ? db_text_or_empty(q, 0) : "no row");
}

static void holds(store *s, const char *path, const char *completeness, const char *says)
{
    EVPACK_AUTO_VALUE(buf_reset) buf held = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf said = {0};
    text_of(s, "SELECT completeness FROM source WHERE path = ?", path, &held);
    text_of(s, "SELECT reason FROM source WHERE path = ?", path, &said);
    ck_assert_msg(strcmp(buf_str(&held), completeness) == 0 && strstr(buf_str(&said), says) != NULL,
                  "%s: expected %s, '%s'; came %s, '%s'", path, completeness, says, buf_str(&held),
                  buf_str(&said));
}

static void noted(store *s, const char *code, int64_t count, const char *part)
{
    EVPACK_AUTO_VALUE(buf_reset) buf sql = {0};
    buf_printf(&sql, "SELECT count(*) FROM ledger_note WHERE code = '%s'", code);
    int64_t got = case_value(s, buf_str(&sql));
    ck_assert_msg(got == count, "expected %lld notes %s, came %lld", (long long)count, code,
                  (long long)got);
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    text_of(s,
            "SELECT group_concat(coalesce(subject, '') || ' ' || text || ' ' ||"
            " coalesce(command, '')) FROM ledger_note WHERE code = ?",
            code, &text);
    ck_assert_msg(strstr(buf_str(&text), part) != NULL, "%s: expected '%s' in '%s'", code, part,
                  buf_str(&text));
}

START_TEST(a_page_without_the_next_is_partial)
{
    test_text_file("x/vaults-page1.json", PAGE(VAULT("a"), LINK("2")));
    EVPACK_AUTO(store) s = collected("x", NULL);
    holds(s, "x/vaults-page1.json", "partial", "nextLink says that more pages follow");
    noted(s, "list-partial", 1, "az rest --method get --url 'https://management.azure.com");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM resource WHERE source_completeness ="
                                   " 'partial'"),
                     1);
}
END_TEST

START_TEST(a_page_that_comes_later_closes_the_list)
{
    test_text_file("x/vaults-page1.json", PAGE(VAULT("a"), LINK("2")));
    store_close(collected("x", NULL));
    test_text_file("x/vaults-page2.json", PAGE(VAULT("b"), LINK("3")));
    store *half = collected("x", NULL);
    holds(half, "x/vaults-page1.json", "partial", "a later page");
    store_close(half);
    test_text_file("x/vaults-page3.json", LAST(VAULT("c")));
    EVPACK_AUTO(store) s = collected("x", NULL);
    holds(s, "x/vaults-page1.json", "whole", "page 1 of 3");
    holds(s, "x/vaults-page2.json", "whole", "page 2 of 3");
    holds(s, "x/vaults-page3.json", "whole", "page 3 of 3");
    noted(s, "list-partial", 0, "");
}
END_TEST

/* Key Vault lists end with a link to an empty page. */
START_TEST(an_empty_page_can_be_the_last)
{
    test_text_file("x/vaults.json", PAGE(VAULT("a"), LINK("2")));
    test_text_file("x/vaults-2.json", LAST(""));
    EVPACK_AUTO(store) s = collected("x", NULL);
    holds(s, "x/vaults.json", "whole", "page 1 of 2");
}
END_TEST

START_TEST(a_lone_later_page_is_not_whole)
{
    test_text_file("x/vaults.page-0003.json", LAST(VAULT("c")));
    test_text_file("x/vaults.page-0001.json", LAST(VAULT("a")));
    test_text_file("y/vaults.page-0001.json", LAST(VAULT("d")));
    EVPACK_AUTO(store) s = collected("x", NULL);
    holds(s, "x/vaults.page-0003.json", "partial", "possibly incomplete");
    holds(s, "x/vaults.page-0001.json", "whole", "no link");
}
END_TEST

START_TEST(what_cannot_be_shown_to_follow_does_not)
{
    /* Rows of another subscription, rows that were there already, another kind, another folder. */
    test_text_file("x/a-page1.json", PAGE(VAULT("a"), LINK("2")));
    test_text_file("x/a-page2.json",
                   LAST("{\"id\":\"/subscriptions/other/resourceGroups/rg/providers/"
                        "Microsoft.KeyVault/vaults/z\",\"type\":\"Microsoft.KeyVault/vaults\","
                        "\"properties\":{\"a\":1}}"));
    test_text_file("x/b-page1.json", PAGE(VAULT("a"), LINK("2")));
    test_text_file("x/b-page2.json", LAST(VAULT("a")));
    test_text_file("x/c-page1.json", PAGE(VAULT("c"), LINK("2")));
    test_text_file("x/c-page2.json",
                   LAST("{\"id\":\"" GROUP "/providers/Microsoft.Network/virtualNetworks/v\","
                        "\"type\":\"Microsoft.Network/virtualNetworks\","
                        "\"properties\":{\"a\":1}}"));
    test_text_file("x/d-page1.json", PAGE(VAULT("d"), LINK("2")));
    test_text_file("x/other/d-page2.json", LAST(VAULT("e")));
    EVPACK_AUTO(store) s = collected("x", NULL);
    holds(s, "x/a-page1.json", "partial", "possibly incomplete");
    holds(s, "x/b-page1.json", "partial", "possibly incomplete");
    holds(s, "x/c-page1.json", "partial", "possibly incomplete");
    holds(s, "x/d-page1.json", "partial", "nor in another");
    holds(s, "x/other/d-page2.json", "partial", "possibly incomplete");
}
END_TEST

START_TEST(counts_are_compared)
{
    test_text_file("x/a.json", "{\"count\":1,\"total_records\":3,\"value\":[" VAULT("a") "]}");
    test_text_file("x/b.json", "{\"count\":1,\"total_records\":1,\"value\":[" VAULT("b") "]}");
    test_text_file("x/c.json", "{\"@odata.count\":5,\"value\":[" VAULT("c") "]}");
    test_text_file("x/d.json", "{\"resultTruncated\":\"true\",\"value\":[" VAULT("d") "]}");
    test_text_file("x/e1.json",
                   "{\"total_records\":2,\"skip_token\":\"t\",\"value\":[" VAULT("e") "]}");
    test_text_file("x/e2.json", "{\"total_records\":2,\"value\":[" VAULT("f") "]}");
    test_text_file("x/o1.json", "{\"@odata.count\":2,\"nextLink\":\"" LINK(
                                    "2") "\",\"value\":[" VAULT("o") "]}");
    test_text_file("x/o2.json", "{\"value\":[" VAULT("p") "]}");
    test_text_file("x/g1.json",
                   "{\"total_records\":9,\"skip_token\":\"t\",\"value\":[" VAULT("g") "]}");
    test_text_file("x/g2.json", "{\"total_records\":9,\"value\":[" VAULT("h") "]}");
    EVPACK_AUTO(store) s = collected("x", NULL);
    holds(s, "x/a.json", "partial", "1 of the 3 rows");
    holds(s, "x/b.json", "unstated", "1 rows that it says there are; what its query left out");
    holds(s, "x/c.json", "partial", "1 of the 5 rows");
    holds(s, "x/d.json", "partial", "resultTruncated");
    holds(s, "x/e1.json", "unstated", "page 1 of 2");
    holds(s, "x/e2.json", "unstated", "page 2 of 2");
    holds(s, "x/o1.json", "whole", "page 1 of 2");
    holds(s, "x/g1.json", "partial", "2 of the 9 rows");
    holds(s, "x/g2.json", "partial", "2 of the 9 rows");
}
END_TEST

START_TEST(summaries_stay_summaries)
{
    test_text_file("x/r-page1.json", PAGE(BARE("a"), LINK("2")));
    test_text_file("x/r-page2.json", LAST(BARE("b")));
    EVPACK_AUTO(store) s = collected("x", NULL);
    holds(s, "x/r-page1.json", "summary", "page 1 of 2");
    holds(s, "x/r-page2.json", "summary", "page 2 of 2");
}
END_TEST

START_TEST(links_in_a_circle_are_partial)
{
    test_text_file("x/a.json", LAST(VAULT("z")));
    test_text_file("x/v1.json", PAGE(VAULT("a"), LINK("2")));
    test_text_file("x/v2.json", PAGE(VAULT("b"), LINK("1")));
    store_close(collected("x", NULL));
    EVPACK_AUTO(store) s = collected("x", NULL);
    case_sql(s, "DROP TRIGGER document_fixed;"
                "UPDATE document SET context = '" LINK("1") "' WHERE next LIKE '%=2';"
                                                            "UPDATE document SET context = '" LINK(
                                                                "2") "' WHERE next LIKE '%=1'");
    evpack_err err = {0};
    OK(store_begin(s, &err));
    OK(ledger_rebuild(s, 1, &err));
    OK(store_commit(s, &err));
    holds(s, "x/v1.json", "partial", "circle");
    holds(s, "x/v2.json", "partial", "circle");
    holds(s, "x/a.json", "whole", "no link");
}
END_TEST

START_TEST(the_request_that_a_page_answers_is_proof)
{
    test_text_file("x/one.json", PAGE(VAULT("a"), LINK("2")));
    test_text_file("y/two.json", LAST(VAULT("b")));
    store_close(collected("x", NULL));
    EVPACK_AUTO(store) s = collected("y", NULL);
    holds(s, "x/one.json", "partial", "nor in another");
    case_sql(s, "DROP TRIGGER document_fixed;"
                "UPDATE document SET context = '" LINK("2") "' WHERE next IS NULL");
    evpack_err err = {0};
    OK(store_begin(s, &err));
    OK(ledger_rebuild(s, 1, &err));
    holds(s, "x/one.json", "whole", "page 1 of 2");
    OK(db_exec(store_db(s),
               "UPDATE document SET next = NULL, completeness = 'failed'"
               " WHERE next IS NOT NULL",
               &err));
    OK(ledger_rebuild(s, 1, &err));
    holds(s, "y/two.json", "partial", "possibly incomplete");
}
END_TEST

static const char collection_sql[] =
    "INSERT INTO collection(snapshot_id, evidence_id, line, kind, subject, page, command, "
    "arguments,"
    " sha256, started, ended, exit_code, state, output_id)"
    " SELECT 1, e.id, e.id, 'key-vault', NULL, 0, 'az', CASE e.path"
    "   WHEN 'x/part.json' THEN '[\"keyvault\",\"list\",\"--query\",\"[?x]\"]'"
    "   ELSE '[\"keyvault\",\"list\"]' END,"
    "   CASE e.path WHEN 'x/changed.json' THEN hex(zeroblob(32)) ELSE hex(c.sha256) END,"
    "   '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', e.path = 'x/failed.json', 'vouched', e.id"
    "  FROM evidence e JOIN content c ON c.id = e.content_id WHERE e.path <> 'x/nobody.json'";

START_TEST(only_a_vouched_array_is_whole)
{
    test_text_file("x/good.json", "[" VAULT("a") "]");
    test_text_file("x/empty.json", "[ ]");
    test_text_file("x/part.json", "[" VAULT("b") "]");
    test_text_file("x/changed.json", "[" VAULT("c") "]");
    test_text_file("x/failed.json", "[" VAULT("d") "]");
    test_text_file("x/nobody.json", "[" VAULT("e") "]");
    EVPACK_AUTO(store) s = collected("x", NULL);
    holds(s, "x/good.json", "unstated", "nothing says");
    noted(s, "list-unstated", 1, "6 lists");
    case_sql(s, collection_sql);
    evpack_err err = {0};
    OK(store_begin(s, &err));
    OK(ledger_rebuild(s, 1, &err));
    holds(s, "x/good.json", "whole", "az follows the pages");
    holds(s, "x/empty.json", "whole", "az follows the pages");
    holds(s, "x/part.json", "partial", "(--query)");
    holds(s, "x/changed.json", "unstated", "nothing says");
    holds(s, "x/failed.json", "partial", "exit code 1");
    holds(s, "x/nobody.json", "unstated", "nothing says");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM answer WHERE kind = 'key-vault' AND"
                                   " completeness = 'whole'"),
                     2);
}
END_TEST

START_TEST(resource_lists_and_details_are_compared)
{
    test_text_file("x/list.json", "[" BARE("a") "," BARE("b") "]");
    test_text_file("x/detail.json", LAST(VAULT("a") "," VAULT("c")));
    test_text_file("x/subs.json",
                   "[{\"id\":\"11111111-2222-4333-8444-555555555501\",\"tenantId\":\"t\","
                   "\"state\":\"Enabled\",\"name\":\"used\"},"
                   "{\"id\":\"11111111-2222-4333-8444-555555555502\",\"tenantId\":\"t\","
                   "\"state\":\"Enabled\",\"name\":\"dark\"}]");
    EVPACK_AUTO(store) s = collected("x", NULL);
    noted(s, "resource-without-detail", 1, "vaults/b' -o json");
    noted(s, "detail-not-listed", 1, "vaults/c");
    noted(s, "subscription-without-exports", 1, "dark");
}
END_TEST

START_TEST(exports_that_disagree_are_noted)
{
#define DATED(n, day, on)                                                                         \
    "{\"id\":\"" GROUP "/providers/Microsoft.KeyVault/vaults/" n                                  \
    "\",\"type\":\"Microsoft.KeyVault/vaults\",\"systemData\":{\"lastModifiedAt\":\"2026-01-" day \
    "T00:00:00Z\"},\"properties\":{\"enableSoftDelete\":" on "}}"
    test_text_file("x/a.json", LAST(DATED("v", "01", "true") "," VAULT("w") "," VAULT("u")));
    test_text_file("x/b.json", LAST(DATED("V", "02", "false")));
    test_text_file("x/c.json", "[" BARE("w") "]");
    test_text_file("x/d.json", VAULT("u"));
    EVPACK_AUTO(store) s = collected("x", NULL);
    noted(s, "exports-disagree", 1, "/properties/enableSoftDelete; the newer one is x/b.json");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM dispute"), 1);
}
END_TEST

START_TEST(one_name_with_two_contents_is_noted)
{
    test_text_file("x/a.json", LAST(VAULT("a")));
    store_close(collected("x", NULL));
    test_text_file("x/a.json", LAST(VAULT("b")));
    EVPACK_AUTO(store) s = collected("x", NULL);
    noted(s, "bytes-differ", 1, "x/a.json: 2 files");
}
END_TEST

START_TEST(failures_and_inherited_assignments_are_noted)
{
    test_text_file("x/error.json",
                   "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"no\"}}");
    test_text_file("x/policy.json",
                   "[{\"id\":\"" SUB "/providers/Microsoft.Authorization/policyAssignments/p\","
                   "\"type\":\"Microsoft.Authorization/policyAssignments\",\"scope\":\"" SUB
                   "\",\"policyDefinitionId\":\"/p\"}]");
    EVPACK_AUTO(store) s = collected("x", NULL);
    noted(s, "export-failed", 1, "AuthorizationFailed");
    noted(s, "inherited-left-out", 1, "--disable-scope-strict-match");
}
END_TEST

START_TEST(a_period_dates_the_exports)
{
    test_text_file("x/a.json", LAST(VAULT("a")));
    store *s = collected("x", "2026-02-01/2026-02-28");
    noted(s, "undated", 1, "one file cannot be placed");
    case_sql(s, "UPDATE snapshot SET collected_at = '2026-01-31T23:59:59Z'");
    store_close(s);
    s = collected("x", NULL); /* the period stays */
    noted(s, "before-period", 1, "one file exported before");
    noted(s, "undated", 0, "");
    store_close(s);
    s = collected("x", "2026-01-01/2026-01-31");
    noted(s, "before-period", 0, "");
    noted(s, "after-period", 0, "");
    store_close(s);
    s = collected("x", "2025-01-01T00:00:00Z/2026-01-31T23:59:58Z");
    noted(s, "after-period", 1, "the newest at 2026-01-31T23:59:59Z");
    store_close(s);
    static const char *const bad[] = {"2026-02-01", "2026-02-01/2026-01-01", "x/y", "/", ""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(store) c = NULL;
        OK(store_open(test_path("c.db"), STORE_WRITE, &c, &err));
        FAILS(ledger_set_period(c, 1, bad[i], &err), EVPACK_E_USAGE, "is not a period");
    }
}
END_TEST

/* Each is whole, and any number of others may have stood beside them. */
START_TEST(objects_in_one_file_are_no_whole_list)
{
    test_text_file("x/lines.json", VAULT("a") "\n" VAULT("b") "\n");
    EVPACK_AUTO(store) s = collected("x", NULL);
    holds(s, "x/lines.json", "unstated", "several documents; nothing says whether they are all");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM ledger WHERE document >= 0 AND"
                                   " completeness = 'whole' AND says = 'one object'"),
                     2);
}
END_TEST

#define LEDGER_LINE(plan, exit, error)                                                            \
    "{\"evpack_collection\":1,\"plan\":\"" plan "\",\"command\":\"az\",\"arguments\":[\"x\"],"    \
    "\"start\":\"2026-01-01T00:00:00Z\",\"end\":\"2026-01-01T00:00:00Z\",\"exit_code\":" exit "," \
    "\"error\":" error "}\n"

START_TEST(a_ledger_of_commands_says_how_far_it_goes)
{
    test_text_file("x/collection.jsonl",
                   LEDGER_LINE("a", "0", "null") LEDGER_LINE("end", "0", "null"));
    test_text_file("y/collection.jsonl", LEDGER_LINE("a", "1", "\"denied\""));
    test_text_file("z/collection.jsonl",
                   LEDGER_LINE("a", "0", "null") "{}\n" LEDGER_LINE("end", "0", "null"));
    store_close(collected("x", NULL));
    store_close(collected("y", NULL));
    EVPACK_AUTO(store) s = collected("z", NULL);
    holds(s, "x/collection.jsonl", "whole", "a ledger of 2 commands of an export");
    holds(s, "y/collection.jsonl", "unstated",
          "a ledger of 1 command of an export; it stops before");
    holds(s, "z/collection.jsonl", "unstated", "1 of its lines could not be read");
    noted(s, "command-failed", 1, "denied");
    noted(s, "export-failed", 0, "");
}
END_TEST

#define TEMPLATE(resources)                                                                     \
    "{\"$schema\":\"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate." \
    "json#\",\"contentVersion\":\"1.0.0.0\",\"resources\":[" resources "]}"
#define DECLARED(type, name) \
    "{\"type\":\"" type "\",\"apiVersion\":\"1\",\"name\":\"" name "\",\"properties\":{\"a\":1}}"
#define ACCOUNTS "Microsoft.CognitiveServices/accounts"

START_TEST(what_templates_declare_is_looked_for)
{
    test_text_file(
        "x/template.json",
        TEMPLATE(DECLARED("Microsoft.KeyVault/vaults", "A") "," DECLARED(
            "Microsoft.KeyVault/vaults",
            "b") "," DECLARED("Microsoft.KeyVault/vaults",
                              "gone") "," DECLARED("Microsoft.KeyVault/vaults",
                                                   "[uniqueString(resourceGroup()."
                                                   "id)]") "," DECLARED(ACCOUNTS "/deployment"
                                                                                 "s",
                                                                        "one/gpt") "," DECLARED(ACCOUNTS
                                                                                                "/d"
                                                                                                "ep"
                                                                                                "lo"
                                                                                                "ym"
                                                                                                "en"
                                                                                                "t"
                                                                                                "s",
                                                                                                "tw"
                                                                                                "o/"
                                                                                                "gp"
                                                                                                "t")));
    test_text_file("x/again.json", TEMPLATE(DECLARED("Microsoft.KeyVault/vaults", "gone")));
    test_text_file("x/vaults.json", LAST(VAULT("a")));
    test_text_file("x/list.json", "[" BARE("b") "]");
    test_text_file("x/deployment.json",
                   "{\"id\":\"" GROUP "/providers/" ACCOUNTS
                   "/one/deployments/gpt\",\"name\":\"gpt\",\"type\":\"" ACCOUNTS
                   "/deployments\",\"properties\":{\"model\":{}}}");
    EVPACK_AUTO(store) s = collected("x", NULL);
    noted(s, "template-not-exported", 2, "vaults gone");
    noted(s, "template-not-exported", 2, "two/gpt");
    noted(s, "template-name-open", 1, "1 resource that it declares has a name");
}
END_TEST

START_TEST(documents_of_one_file_are_a_chain)
{
    test_text_file("x/odd\xc3\xa9 name.json", LAST(VAULT("a")));
    EVPACK_AUTO(store) s = collected("x", NULL);
    case_sql(s,
             "DROP TRIGGER document_fixed;"
             "UPDATE document SET completeness = 'partial', next = 'https://h/x?$skiptoken=2',"
             " reason = 'nextLink says that more pages follow; they " LEDGER_MORE "';"
             "INSERT INTO document(evidence_id, ordinal, start, length, kind, shape, completeness,"
             " records) VALUES (1, 1, 1, 1, 'empty', 'page', 'whole', 0)");
    evpack_err err = {0};
    OK(store_begin(s, &err));
    OK(ledger_rebuild(s, 1, &err));
    holds(s, "x/odd\xc3\xa9 name.json", "whole", "document 1 of 2: page 1 of 2");
}
END_TEST

/* A migrated case has evidence without documents. */
START_TEST(evidence_without_documents_keeps_its_word)
{
    test_text_file("x/a.json", LAST(VAULT("a")));
    EVPACK_AUTO(store) s = collected("x", NULL);
    case_sql(s, "DROP TRIGGER document_keep; DELETE FROM document; DELETE FROM ledger");
    holds(s, "x/a.json", "whole", "no row" + 6);
    evpack_err err = {0};
    OK(store_begin(s, &err));
    OK(ledger_rebuild(s, 1, &err));
    holds(s, "x/a.json", "whole", "no link");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_page_without_the_next_is_partial,
                                  a_page_that_comes_later_closes_the_list,
                                  an_empty_page_can_be_the_last,
                                  a_lone_later_page_is_not_whole,
                                  what_cannot_be_shown_to_follow_does_not,
                                  counts_are_compared,
                                  summaries_stay_summaries,
                                  links_in_a_circle_are_partial,
                                  the_request_that_a_page_answers_is_proof,
                                  only_a_vouched_array_is_whole,
                                  resource_lists_and_details_are_compared,
                                  exports_that_disagree_are_noted,
                                  one_name_with_two_contents_is_noted,
                                  failures_and_inherited_assignments_are_noted,
                                  a_period_dates_the_exports,
                                  objects_in_one_file_are_no_whole_list,
                                  a_ledger_of_commands_says_how_far_it_goes,
                                  what_templates_declare_is_looked_for,
                                  documents_of_one_file_are_a_chain,
                                  evidence_without_documents_keeps_its_word,
                                  NULL};
    return test_main(test_suite("store/ledger", tests));
}
