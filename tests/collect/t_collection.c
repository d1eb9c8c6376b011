/* collect/collection: reading ledgers, hostile ones too. */
#include "collect/collect.h"

#include "base/embed.h"
#include "case.h"
#include "port/digest.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

enum { NOW = 1795334400 };

#define HEAD \
    "{\"evpack_collection\":1,\"plan\":\"locks\",\"kind\":\"resource-lock\",\"command\":\"az\""
#define TIMES ",\"start\":\"2026-11-22T08:00:00Z\",\"end\":\"2026-11-22T08:00:01Z\""
/* SHA-256 of "[]". */
#define EMPTY_LIST "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
#define SOUND                                                                                 \
    HEAD ",\"arguments\":[\"lock\",\"list\"],\"file\":\"list.json\",\"sha256\":\"" EMPTY_LIST \
         "\"" TIMES ",\"exit_code\":0}\n"
#define END                                                                               \
    "{\"evpack_collection\":1,\"plan\":\"end\",\"command\":\"az\",\"arguments\":[]" TIMES \
    ",\"exit_code\":0}\n"

static void note(void *ctx, const char *text)
{
    buf_printf(ctx, "%s\n", text);
}

/* Collects a folder x with list.json ("[]") and the ledger; what is said goes into out. */
static collect_totals read_ledger(const char *ledger, size_t len, buf *out)
{
    evpack_err err = {0};
    collect_totals totals = {0};
    (void)test_text_file("x/list.json", "[]");
    char *path = strdup(test_file("x/sub/ledger.txt", ledger, len));
    (void)test_text_file("x/sub/list.json", "[]");
    char *const paths[] = {path};
    EVPACK_AUTO(store) s = NULL;
    (void)remove(test_path("c.db"));
    OK(store_open(test_path("c.db"), STORE_CREATE, &s, &err));
    char *const folder[] = {strdup(test_path("x"))};
    const collect_options options = {
        .label = "a", .now = NOW, .ledgers = {.say = note, .ctx = out}};
    OK(collect_paths(s, folder, 1, &options, &totals, &err));
    free(folder[0]);
    free(paths[0]);
    return totals;
}

static void said(const char *ledger, const char *want)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    const collect_totals t = read_ledger(ledger, strlen(ledger), &out);
    ck_assert_uint_eq(t.ledgers.ledgers, 1);
    ck_assert_msg(strstr(buf_str(&out), want) != NULL, "expected '%s' for\n%s\ncame '%s'", want,
                  ledger, buf_str(&out));
}

START_TEST(a_sound_ledger_vouches)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    static const char text[] = SOUND END;
    const collect_totals t = read_ledger(text, strlen(text), &out);
    ck_assert_str_eq(buf_str(&out), "");
    ck_assert_uint_eq(t.ledgers.lines, 2);
    ck_assert_uint_eq(t.ledgers.vouched, 1);
    ck_assert_uint_eq(t.unrecognised, 0);
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("c.db"), STORE_READ, &s, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM source WHERE completeness = 'whole' AND"
                                   " kind = 'resource-lock' AND path = 'x/sub/list.json'"),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM source WHERE completeness = 'unstated'"
                                   " AND kind = 'empty' AND path = 'x/list.json'"),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT collected_at = '2026-11-22T08:00:01Z' FROM snapshot"),
                     1);
}
END_TEST

static const struct {
    const char *ledger, *want;
} lines[] = {
    {SOUND, "ledger.txt:1: the ledger stops before the plan's end"},
    {SOUND "{\"x\":1}\n" END,
     "ledger.txt:2: this line cannot be read and vouches for nothing: it is"
     " not a line of a ledger of version 1"},
    {SOUND "not JSON\n" END, "ledger.txt:2: this line cannot be read"},
    {"{\"evpack_collection\":2}\n", "not a line of a ledger of version 1"},
    {"{\"evpack_collection\":\"1\"}\n", "not a line of a ledger of version 1"},
    {HEAD "}\n", "expected a command and its arguments"},
    {HEAD ",\"arguments\":[1]}\n", "expected a command and its arguments"},
    {HEAD ",\"arguments\":[],\"file\":\"a\"}\n", "expected a file below the ledger's folder"},
    {HEAD ",\"arguments\":[],\"file\":\"../list.json\",\"sha256\":\"" EMPTY_LIST "\"}\n",
     "expected a file below the ledger's folder"},
    {HEAD ",\"arguments\":[],\"file\":\"/list.json\",\"sha256\":\"" EMPTY_LIST "\"}\n",
     "expected a file below the ledger's folder"},
    {HEAD ",\"arguments\":[],\"file\":\"a//b\",\"sha256\":\"" EMPTY_LIST "\"}\n",
     "expected a file below the ledger's folder"},
    {HEAD ",\"arguments\":[],\"file\":\"list.json\",\"sha256\":\"4f53\"}\n",
     "expected a file below the ledger's folder"},
    {HEAD ",\"arguments\":[],\"start\":\"yesterday\"}\n", "expected RFC 3339 times"},
    {HEAD ",\"arguments\":[]" TIMES ",\"exit_code\":\"0\"}\n", "expected whole numbers"},
    {HEAD ",\"arguments\":[]" TIMES ",\"exit_code\":1e99}\n", "expected whole numbers"},
    {HEAD ",\"arguments\":[]" TIMES ",\"exit_code\":0,\"page\":-1}\n", "expected whole numbers"},
    {HEAD ",\"arguments\":[]" TIMES ",\"exit_code\":0,\"account\":{}}\n", "a member is no text"},
    {HEAD ",\"arguments\":[]" TIMES ",\"exit_code\":0,\"exit_code\":1}\n", "stands twice"},
    {"{\"evpack_collection\":1,\"kind\":\"A b\",\"command\":\"az\",\"arguments\":[]" TIMES
     ",\"exit_code\":0}\n",
     "its kind is not a word"},
    {HEAD ",\"arguments\":[],\"file\":\"other.json\",\"sha256\":\"" EMPTY_LIST "\"" TIMES
          ",\"exit_code\":0}\n",
     "other.json is named by the ledger, but it was not collected"},
    {HEAD
     ",\"arguments\":[],\"file\":\"list.json\",\"sha256\":\"" EMPTY_LIST "\"" TIMES
     ",\"exit_code\":1,\"error\":\"(AuthorizationFailed) The client does not have authorization"
     " to perform action 'A/b/read' over scope '/subscriptions/s' or\"}\n",
     "locks failed (exit 1): this permission is missing: A/b/read over /subscriptions/s"},
    {HEAD ",\"arguments\":[]" TIMES
          ",\"exit_code\":null,\"error\":\"not run: because\\nof this\"}\n",
     "locks failed (not run): not run: because\n"},
    {HEAD ",\"arguments\":[]" TIMES ",\"exit_code\":3,\"error\":\"red \\u001b[31m\"}\n",
     "locks failed (exit 3): red ?[31m"},
};

START_TEST(what_a_ledger_tells)
{
    said(lines[_i].ledger, lines[_i].want);
}
END_TEST

START_TEST(a_changed_file_is_not_vouched_for)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    static const char text[] =
        HEAD ",\"arguments\":[],\"file\":\"list.json\",\"sha256\":"
             "\"0000000000000000000000000000000000000000000000000000000000000000\"" TIMES
             ",\"exit_code\":0}\n" END;
    const collect_totals t = read_ledger(text, strlen(text), &out);
    ck_assert_uint_eq(t.ledgers.changed, 1);
    ck_assert_uint_eq(t.ledgers.vouched, 0);
    ck_assert_ptr_nonnull(strstr(buf_str(&out), "CHANGED: list.json"));
    evpack_err err = {0};
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("c.db"), STORE_READ, &s, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM source WHERE completeness = 'whole'"
                                   " AND kind <> 'collection-ledger'"),
                     0);
}
END_TEST

/* A line that is too long is passed over, the next one counts; what is told is bounded. */
START_TEST(lines_and_messages_are_bounded)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    buf_puts(&text, HEAD ",\"note\":\"");
    for (int i = 0; i < 70000; i++) {
        buf_putc(&text, 'x');
    }
    buf_puts(&text, "\"}\n" SOUND);
    for (int i = 0; i < 300; i++) {
        buf_puts(&text, "{}\n");
    }
    buf_puts(&text, END);
    const collect_totals t = read_ledger(buf_str(&text), text.len, &out);
    ck_assert_uint_eq(t.ledgers.vouched, 1);
    ck_assert_uint_eq(t.ledgers.unread, 301);
    ck_assert_ptr_nonnull(strstr(buf_str(&out), "ledger.txt:1: this line cannot be read and vouches"
                                                " for nothing: it is longer than 64 KiB"));
    size_t told = 0;
    for (const char *p = buf_str(&out); *p != '\0'; p++) {
        told += *p == '\n';
    }
    ck_assert_uint_eq(told, COLLECTION_TOLD_MAX + 1);
    ck_assert_ptr_nonnull(strstr(buf_str(&out), "and more"));
}
END_TEST

START_TEST(an_expected_ledger_must_be_there)
{
    evpack_err err = {0};
    collect_totals totals = {0};
    char sha[DIGEST_HEX];
    OK(digest_bytes_hex(END, strlen(END), sha, &err));
    const char *const other[] = {sha, EMPTY_LIST};
    char *const folder[] = {strdup(test_text_file("y/ledger", END))};
    EVPACK_AUTO(store) s = NULL;
    OK(store_open(test_path("c.db"), STORE_CREATE, &s, &err));
    collect_options options = {
        .label = "a", .now = NOW, .ledgers = {.expected = other, .expected_count = 2}};
    FAILS(collect_paths(s, folder, 1, &options, &totals, &err), EVPACK_E_INPUT,
          "no ledger with the SHA-256 " EMPTY_LIST);
    ck_assert_int_eq(db_in_transaction(store_db(s)), 0);
    store_close(EVPACK_MOVE(s));
    OK(store_open(test_path("c.db"), STORE_CREATE, &s, &err));
    options.ledgers.expected_count = 1;
    OK(collect_paths(s, folder, 1, &options, &totals, &err));
    free(folder[0]);
}
END_TEST

static const struct {
    const char *error, *want;
} permissions[] = {
    {"Forbidden({\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"The client 'c' with "
     "object id"
     " 'o' does not have authorization to perform action 'M/a/read' over scope '/s/x' or the scope "
     "is"
     " invalid.\"}})",
     "M/a/read over /s/x"},
    {"Caller is not authorized to perform action on resource.\nCaller: x\nAction: 'M/keys/read'\n"
     "Resource: '/s/kv'\n",
     "M/keys/read over /s/kv"},
    {"You cannot perform the requested operation, required scopes are missing in the token.",
     "a Microsoft Graph scope that the signed-in account has not been granted"},
    {"The user does not have keys get permission on key vault 'kv;location=x'",
     "keys get on the key vault kv;location=x"},
    {"AuthorizationFailed", "an authorization that az does not name"},
    {"does not have authorization to perform action '' over scope ''", NULL},
    {"ResourceNotFound", NULL},
};

START_TEST(a_missing_permission_is_named)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    const embed_file *file = embed_find("src/collect/collection.json");
    OK(json_parse((const char *)file->data, file->len, false, &doc, &err));
    bool found =
        collection_permission(json_get(json_root(doc), "permissions"), permissions[_i].error, &out);
    ck_assert_msg(found == (permissions[_i].want != NULL), "%s: came '%s'", permissions[_i].error,
                  buf_str(&out));
    if (found) {
        ck_assert_str_eq(buf_str(&out), permissions[_i].want);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("collect/collection");
    TCase *tcase = tcase_create("all");
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, a_sound_ledger_vouches);
    tcase_add_loop_test(tcase, what_a_ledger_tells, 0, (int)(sizeof lines / sizeof lines[0]));
    tcase_add_test(tcase, a_changed_file_is_not_vouched_for);
    tcase_add_test(tcase, lines_and_messages_are_bounded);
    tcase_add_test(tcase, an_expected_ledger_must_be_there);
    tcase_add_loop_test(tcase, a_missing_permission_is_named, 0,
                        (int)(sizeof permissions / sizeof permissions[0]));
    return test_main(suite);
}
