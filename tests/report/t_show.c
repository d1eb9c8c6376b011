/* report/show: what is named is found, or near ones are named; lists are whole or counted. */
#include "report/show.h"

#include "case.h"
#include "reported.h"
#include "support.h"

#include "port/json.h"

#include <stdio.h>
#include <string.h>

static evpack_status show(store *s, show_options o, buf *out, evpack_err *err)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(f);
    evpack_status status = show_write(s, &o, f, err);
    (void)fclose(f);
    store_rollback(s);
    buf_clear(out);
    buf_append(out, text, len);
    free(text);
    return status;
}

static void shows(store *s, const char *what, const char *want)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    OK(show(s, (show_options){.what = what}, &out, &err));
    reported_has(buf_str(&out), want);
}

static void refuses(store *s, const char *what, const char *want)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    evpack_status status = show(s, (show_options){.what = what}, &out, &err);
    ck_assert_msg(status == EVPACK_E_USAGE, "%s: expected a usage error, came %d", what, status);
    ck_assert_msg(strstr(err.text, want) != NULL, "%s: expected '%s', came '%s'", what, want,
                  err.text);
    ck_assert_uint_eq(out.len, 0);
}

#define VAULT                                                                            \
    "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/RG-1/providers/" \
    "Microsoft.KeyVault/vaults/kv-contoso"

START_TEST(what_is_named)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    shows(s, "NS-2", "NS-2  ");
    shows(s, "mcsb-v1:ns-2", "NS-2  ");
    shows(s, VAULT, "\nkv-contoso\n" + 1);
    shows(s, VAULT "/", "kv-contoso\n");
    shows(s, "KV-contoso", "  id              " VAULT "\n");
    refuses(s, "NS-77", "near are: NS-1, NS-2");
    refuses(s, "kv-contos", "near are: kv-contoso");
    refuses(s, "contoso-openai-prod", "several resources have the name");
    refuses(s, "nothing at all is like this", "findings.csv");
    refuses(s, "0123f", "6 characters or more");
    refuses(s, "0123456789abcdef", "there is no control, resource or finding");
    refuses(s, "", "expected a control");
    EVPACK_AUTO(store) none = case_empty("none.db");
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    ck_assert_int_eq(show(none, (show_options){.what = "NS-2"}, &out, &err), EVPACK_E_CASE);
    ck_assert_ptr_nonnull(strstr(err.text, "evpack map"));
}
END_TEST

/* The counts, the list and what is left out agree with the case, however much is asked for. */
static void adds_up(store *s, const char *what, bool all, const char *sql)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    OK(show(s, (show_options){.what = what, .json = true, .all = all}, &out, &err));
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(buf_str(&out), out.len, true, &doc, &err));
    int64_t counted = 0;
    for (const json *n = json_first(json_get(json_root(doc), "counts")); n != NULL;
         n = json_next(n)) {
        counted += (int64_t)json_number(n);
    }
    const int64_t listed = (int64_t)json_count(json_get(json_root(doc), "findings"));
    const int64_t more = (int64_t)json_number(json_get(json_root(doc), "more"));
    const int64_t want = case_value(s, sql);
    ck_assert_msg(counted == want && listed + more == want,
                  "%s: expected %lld findings, came %lld counted, %lld listed", what,
                  (long long)want, (long long)counted, (long long)listed);
    ck_assert_int_eq(listed, all || want < SHOW_CAP ? want : SHOW_CAP);
}

START_TEST(lists_add_up)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 30, 20);
    static const char ns1[] =
        "SELECT count(*) FROM finding_row WHERE control_id = 'NS-1' AND benchmark = 'mcsb-v1'"
        " AND run_id = (SELECT max(id) FROM run)";
    ck_assert_int_gt(case_value(s, ns1), SHOW_CAP);
    adds_up(s, "NS-1", false, ns1);
    adds_up(s, "NS-1", true, ns1);
    static const char account[] = "SELECT count(*) FROM finding f JOIN test t ON t.id = f.test_id"
                                  " WHERE t.run_id = (SELECT max(id) FROM run) AND record_id ="
                                  " (SELECT id FROM record WHERE name = 'acct-7')";
    ck_assert_int_ge(case_value(s, account), SHOW_CAP);
    adds_up(s, "acct-7", false, account);
    adds_up(s, "acct-7", true, account);
}
END_TEST

/* Failed ones come before others, and each is shown with the id that show takes. */
START_TEST(a_list_leads_to_its_findings)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_bulk("c.db", 30, 20);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    OK(show(s, (show_options){.what = "acct-7", .all = true}, &out, &err));
    const char *fail = strstr(buf_str(&out), "\n  fail");
    const char *pass = strstr(buf_str(&out), "\n  pass");
    ck_assert_msg(fail != NULL && pass != NULL && fail < pass, "expected failed ones first in\n%s",
                  buf_str(&out));
    char id[9];
    ck_assert_int_eq(sscanf(fail, "\n  fail %8s", id), 1);
    shows(s, id, "\n  status          fail\n");
    id[6] = '\0';
    shows(s, id, "FAIL  ");
}
END_TEST

/* Names in evidence never reach a terminal as they are, and never break a line. */
START_TEST(hostile_names_are_visible)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    case_sql(s,
             "INSERT INTO record(id, evidence_id, kind, subject, id_given, type, name, complete,"
             " normalised, pointer, start, length, body) VALUES (500, 1, 'cognitive-account',"
             " '/x' || char(27) || '[2J', '/X' || char(27) || '[2J' || char(10) || 'forged',"
             " 'microsoft.x/y', 'esc' || char(27) || '[2J', 1, 0, '', 0, 1, '{}');"
             "INSERT INTO subject VALUES (1, '/x' || char(27) || '[2J', 500, 'cognitive-account',"
             " 1);"
             "INSERT INTO finding SELECT t.id, 500, 2, 'because' || char(27) || '[31m', NULL,"
             " NULL, NULL, NULL, NULL, NULL, NULL FROM test t WHERE t.run_id ="
             " (SELECT max(id) FROM run) AND t.source = 'rule' LIMIT 1");
    static const char *const whats[] = {"NS-1", "NS-2", "NS-3", "IM-1", "DP-4", "esc\033[2J"};
    size_t seen = 0;
    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++) {
        const show_options o = {.what = whats[i], .all = true, .look = {.width = 80}};
        if (show(s, o, &out, &err) == EVPACK_OK) {
            seen += strstr(buf_str(&out), "⟨U+001B⟩[2J") != NULL;
            ck_assert_msg(strchr(buf_str(&out), '\033') == NULL, "expected no escape in\n%s",
                          buf_str(&out));
        }
    }
    ck_assert_msg(seen > 0, "expected the name to be shown somewhere");
    refuses(s, "\033[2Jnothing", "there is no");
    ck_assert_ptr_null(strchr(err.text, '\033'));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {what_is_named, lists_add_up, a_list_leads_to_its_findings,
                                  hostile_names_are_visible, NULL};
    return test_main(test_suite("report/show", tests));
}
