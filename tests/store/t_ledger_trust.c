/* store/ledger: what collection ledgers are worth, from real files through collect. */
#include "store/ledger.h"

#include "case.h"
#include "collect/collect.h"
#include "port/digest.h"
#include "support.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define SUB "11111111-2222-4333-8444-555555555501"
#define LIST                                                                                   \
    "[{\"id\":\"/subscriptions/" SUB "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/" \
    "a\",\"name\":\"a\",\"type\":\"Microsoft.KeyVault/vaults\",\"properties\":{\"x\":true}}]"
#define OTHER                                                                                  \
    "[{\"id\":\"/subscriptions/" SUB "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/" \
    "b\",\"name\":\"b\",\"type\":\"Microsoft.KeyVault/vaults\",\"properties\":{\"x\":true}}]"

static evpack_status collect_expecting(const char *expected, store **out)
{
    evpack_err err = {0};
    OK(store_open(test_path("c.db"), STORE_CREATE, out, &err));
    char path[512];
    (void)snprintf(path, sizeof path, "%s", test_path("x"));
    char *const paths[] = {path};
    const collect_options options = {
        .label = "a",
        .now = 1790000000,
        .ledgers = {.expected = &expected, .expected_count = expected == NULL ? 0 : 1}};
    collect_totals totals;
    return collect_paths(*out, paths, 1, &options, &totals, &err);
}

static store *collected(const char *expected)
{
    store *s = NULL;
    ck_assert_int_eq(collect_expecting(expected, &s), EVPACK_OK);
    return s;
}

/* Appends a line that speaks for a file with this content. */
static void add_line(buf *out, const char *file, const char *content, const char *command, int code,
                     const char *tenant)
{
    evpack_err err = {0};
    char hex[DIGEST_HEX];
    OK(digest_bytes_hex(content, strlen(content), hex, &err));
    buf_printf(out,
               "{\"evpack_collection\":1,\"plan\":\"p\",\"kind\":\"key-vault\",\"command\":\"%s\","
               "\"arguments\":[\"keyvault\",\"list\"],\"file\":\"%s\",\"sha256\":\"%s\","
               "\"start\":\"2026-01-01T00:00:00Z\",\"end\":\"2026-01-01T00:00:00Z\","
               "\"exit_code\":%d,\"tenant\":\"%s\",\"subscription\":\"" SUB "\",\"page\":0}\n",
               command, file, hex, code, tenant);
}

/* Makes a ledger of one line for x/v.json; hex gets its SHA-256. */
static void ledger_of(const char *name, const char *command, int code, const char *tenant,
                      char hex[DIGEST_HEX])
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    add_line(&text, "v.json", LIST, command, code, tenant);
    test_text_file(name, buf_str(&text));
    OK(digest_bytes_hex(text.data, text.len, hex, &err));
}

static void holds(store *s, const char *completeness, const char *says)
{
    char sql[512];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM source WHERE path = 'x/v.json' AND completeness = '%s'"
                   " AND instr(reason, '%s') > 0",
                   completeness, says);
    ck_assert_msg(case_value(s, sql) == 1, "expected x/v.json to be %s: '%s'", completeness, says);
}

static void noted(store *s, const char *code, int64_t count)
{
    char sql[200];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM ledger_note WHERE code = '%s'", code);
    int64_t got = case_value(s, sql);
    ck_assert_msg(got == count, "expected %lld notes %s, came %lld", (long long)count, code,
                  (long long)got);
}

START_TEST(whoever_vouches_is_said)
{
    char hex[DIGEST_HEX];
    test_text_file("x/v.json", LIST);
    ledger_of("x/collection.jsonl", "az", 0, "t", hex);
    store *s = collected(NULL);
    holds(s, "whole", "a ledger whose SHA-256 was not confirmed");
    noted(s, "ledger-unconfirmed", 1);
    noted(s, "ledger-confirmed", 0);
    store_close(s);
    for (char *c = hex; *c != '\0'; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
    s = collected(hex);
    holds(s, "whole", "a ledger whose SHA-256 was confirmed");
    store_close(s);
    EVPACK_AUTO(store) later = collected(NULL); /* who confirmed it once confirmed it */
    holds(later, "whole", "a ledger whose SHA-256 was confirmed");
    noted(later, "ledger-unconfirmed", 0);
    noted(later, "ledger-confirmed", 1);
    ck_assert_int_eq(case_value(later, "SELECT count(*) FROM custody_event WHERE"
                                       " line ->> '$.detail.expected[0]' IS NOT NULL AND"
                                       " line ->> '$.detail.ledgers' = 1"),
                     1);
}
END_TEST

START_TEST(another_ledger_s_hash_confirms_nothing)
{
    char hex[DIGEST_HEX];
    test_text_file("x/v.json", LIST);
    ledger_of("x/collection.jsonl", "az", 0, "t", hex);
    hex[0] = hex[0] == '0' ? '1' : '0';
    EVPACK_AUTO(store) s = NULL;
    ck_assert_int_eq(collect_expecting(hex, &s), EVPACK_E_INPUT);
}
END_TEST

/* The order of the files must not matter: one ledger comes before and one after. */
START_TEST(the_worse_of_two_ledgers_holds)
{
    char good[DIGEST_HEX];
    char bad[DIGEST_HEX];
    test_text_file("x/v.json", LIST);
    ledger_of("x/a.jsonl", "az", 1, "t", bad);
    ledger_of("x/b.jsonl", "az", 0, "t", good);
    store *s = collected(NULL);
    holds(s, "partial", "exit code 1");
    noted(s, "ledgers-disagree", 1);
    store_close(s);
    s = collected(good);
    holds(s, "whole", "was confirmed");
    noted(s, "ledgers-disagree", 1);
    store_close(s);
    EVPACK_AUTO(store) both = collected(bad);
    holds(both, "partial", "exit code 1");
}
END_TEST

START_TEST(only_az_follows_pages_by_itself)
{
    char hex[DIGEST_HEX];
    test_text_file("x/v.json", LIST);
    ledger_of("x/collection.jsonl", "curl", 0, "t", hex);
    EVPACK_AUTO(store) s = collected(hex);
    holds(s, "unstated", "nothing says");
}
END_TEST

START_TEST(a_ledger_of_another_tenant_is_noted)
{
    char hex[DIGEST_HEX];
    test_text_file("x/v.json", LIST);
    test_text_file("x/subs.json",
                   "[{\"id\":\"" SUB "\",\"tenantId\":\"T1\",\"state\":\"Enabled\",\"name\":\"s\","
                   "\"user\":{\"name\":\"u\",\"type\":\"user\"}}]");
    ledger_of("x/a.jsonl", "az", 0, "t1", hex);
    store *s = collected(NULL);
    noted(s, "ledger-of-another-tenant", 0);
    noted(s, "several-tenants", 0);
    store_close(s);
    ledger_of("x/b.jsonl", "az", 0, "t2", hex);
    EVPACK_AUTO(store) two = collected(NULL);
    noted(two, "ledger-of-another-tenant", 1);
    noted(two, "several-tenants", 1);
}
END_TEST

/* Neither what another file's hash says, nor a path out of the folder. */
START_TEST(forged_lines_vouch_for_nothing)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    test_text_file("x/v.json", LIST);
    test_text_file("x/w.json", OTHER);
    static const char *const files[] = {"../x/v.json", "/etc/passwd",        "x/../v.json",
                                        "./v.json",    "collection.jsonl",   "a//v.json",
                                        "w.json",      "collection.jsonl/v", "."};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        add_line(&text, files[i], LIST, "az", 0, "t");
    }
    add_line(&text, "v.json", OTHER, "az", 0, "t");
    test_text_file("x/collection.jsonl", buf_str(&text));
    EVPACK_AUTO(store) s = collected(NULL);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM source WHERE completeness = 'whole'"), 0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM collection WHERE state = 'vouched'"), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {whoever_vouches_is_said,
                                  another_ledger_s_hash_confirms_nothing,
                                  the_worse_of_two_ledgers_holds,
                                  only_az_follows_pages_by_itself,
                                  a_ledger_of_another_tenant_is_noted,
                                  forged_lines_vouch_for_nothing,
                                  NULL};
    return test_main(test_suite("store/ledger_trust", tests));
}
