/* store/custody: one chain of lines, each with the SHA-256 of the one before. */
#include "store/custody.h"

#include "case.h"
#include "port/digest.h"
#include "port/json.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

enum { AT = 1795334400 };

static void add(store *s, const char *event, const char *by, const char *detail)
{
    evpack_err err = {0};
    const custody_event e = {.event = event, .by = by, .detail = detail, .at = AT};
    OK(store_begin(s, &err));
    OK(custody_add(s, &e, &err));
    OK(store_commit(s, &err));
}

/* Checks the whole log as an auditor would, and returns how many lines it has. */
static int check_chain(store *s)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s), "SELECT id, line, lower(hex(sha256)) FROM custody_event ORDER BY id",
                  &rows, &err));
    char prev[DIGEST_HEX];
    memset(prev, '0', sizeof prev - 1);
    prev[sizeof prev - 1] = '\0';
    int n = 0;
    for (bool row = true;;) {
        OK(db_step(rows, &row, &err));
        if (!row) {
            return n;
        }
        size_t len = 0;
        const char *line = db_bytes(rows, 1, &len);
        EVPACK_AUTO(json_doc) doc = NULL;
        OK(json_parse(line, len, false, &doc, &err));
        const json *root = json_root(doc);
        ck_assert_double_eq(json_number(json_get(root, "seq")), ++n);
        ck_assert_int_eq(db_int(rows, 0), n);
        ck_assert_str_eq(json_get_string(root, "at"), "2026-11-22T08:00:00Z");
        ck_assert_str_eq(json_get_string(root, "tool"), "evpack " EVPACK_VERSION);
        ck_assert_msg(json_is_object(json_get(root, "detail")), "expected an object: %s", line);
        ck_assert_msg(strcmp(json_get_string(root, "prev"), prev) == 0, "line %d: expected %s", n,
                      prev);
        ck_assert_ptr_null(memchr(line, '\n', len));
        OK(digest_bytes_hex(line, len, prev, &err));
        ck_assert_str_eq(db_text_or_empty(rows, 2), prev);
    }
}

START_TEST(lines_chain)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    ck_assert_int_eq(check_chain(s), 0);
    add(s, "collect", NULL, NULL);
    add(s, "map", "Ada", "{\"run\":1}");
    add(s, "package", "a \"quoted\"\nname\x1b \xff", "{}");
    ck_assert_int_eq(check_chain(s), 3);
}
END_TEST

START_TEST(who_is_what_was_said)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    add(s, "collect", NULL, NULL);
    add(s, "collect", "Zo\xc3\xab", NULL);
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s), "SELECT line FROM custody_event ORDER BY id", &rows, &err));
    static const char *const want[] = {"", "Zo\xc3\xab"};
    for (size_t i = 0; i < 2; i++) {
        bool row = false;
        OK(db_step(rows, &row, &err));
        EVPACK_AUTO(json_doc) doc = NULL;
        OK(json_parse(db_text(rows, 0), strlen(db_text(rows, 0)), false, &doc, &err));
        ck_assert_str_eq(json_get_string(json_root(doc), "by"), want[i]);
    }
}
END_TEST

START_TEST(why_is_what_was_said)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    const custody_event e = {.event = "map", .by = "Ada", .reason = "said \"so\"", .at = AT};
    OK(store_begin(s, &err));
    OK(custody_add(s, &e, &err));
    OK(store_commit(s, &err));
    add(s, "map", NULL, NULL);
    ck_assert_int_eq(check_chain(s), 2);
    static const char *const want[] = {
        "SELECT count(*) FROM custody_event WHERE id = 1"
        " AND instr(line, '\"by\":\"Ada\",\"reason\":\"said \\\"so\\\"\",\"tool\":') > 0",
        "SELECT count(*) FROM custody_event WHERE id = 2"
        " AND instr(line, '\"by\":\"\",\"reason\":\"\",\"tool\":') > 0"};
    for (size_t i = 0; i < 2; i++) {
        ck_assert_msg(case_value(s, want[i]) == 1, "expected a line as in %s", want[i]);
    }
}
END_TEST

START_TEST(words_are_one_line_that_shows)
{
    evpack_err err = {0};
    char longest[CUSTODY_REASON_MAX + 2];
    memset(longest, 'a', sizeof longest);
    longest[CUSTODY_REASON_MAX] = '\0';
    static const char *const good[] = {NULL, "", "Zo\xc3\xab", "a: \"b\" \\ {}",
                                       "\xe6\x97\xa5\xe6\x9c\xac"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        OK(custody_check_words(good[i], good[i], &err));
    }
    OK(custody_check_words(NULL, longest, &err));
    FAILS(custody_check_words(longest, NULL, &err), EVPACK_E_USAGE, "--by: expected one line");
    longest[CUSTODY_REASON_MAX] = 'a';
    longest[CUSTODY_REASON_MAX + 1] = '\0';
    FAILS(custody_check_words(NULL, longest, &err), EVPACK_E_USAGE, "at most 500 bytes");
    static const char *const bad[] = {"a\nb",          "\x1b[2J",  "\x7f", "\xff",
                                      "a\xe2\x80\xae", "\xc2\x85", "a\tb", "\xe2\x80\x8b"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        FAILS(custody_check_words(NULL, bad[i], &err), EVPACK_E_USAGE, "--reason");
        FAILS(custody_check_words(bad[i], NULL, &err), EVPACK_E_USAGE, "--by");
    }
}
END_TEST

START_TEST(a_line_that_was_not_committed_is_no_link)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    add(s, "collect", NULL, NULL);
    OK(store_begin(s, &err));
    const custody_event e = {.event = "map", .at = AT};
    OK(custody_add(s, &e, &err));
    store_rollback(s);
    add(s, "map", NULL, NULL);
    ck_assert_int_eq(check_chain(s), 2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {lines_chain,
                                  who_is_what_was_said,
                                  why_is_what_was_said,
                                  words_are_one_line_that_shows,
                                  a_line_that_was_not_committed_is_no_link,
                                  NULL};
    return test_main(test_suite("store/custody", tests));
}
