/* report/status: what it says is what the case holds, as JSON and as text. */
#include "report/status.h"

#include "base/buf.h"
#include "case.h"
#include "port/json.h"
#include "support.h"

#include <string.h>

typedef evpack_status (*tell)(store *s, FILE *out, evpack_err *err);

static evpack_status tell_text(store *s, FILE *out, evpack_err *err)
{
    return status_text(s, out, 1, err);
}

static char *told(store *s, tell how)
{
    evpack_err err = {0};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(out);
    OK(how(s, out, &err));
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

START_TEST(json_agrees_with_the_case)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_CHARS text = told(s, status_json);
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text, strlen(text), false, &doc, &err));
    const json *root = json_root(doc);
    ck_assert_uint_eq(json_count(json_get(root, "evidence")),
                      (size_t)case_value(s, "SELECT count(*) FROM evidence"));
    ck_assert_uint_eq(json_count(json_get(root, "snapshots")),
                      (size_t)case_value(s, "SELECT count(*) FROM snapshot"));
    double findings = 0;
    for (const json *f = json_first(json_get(root, "findings")); f != NULL; f = json_next(f)) {
        findings += json_number(f);
    }
    ck_assert_double_eq(findings, (double)case_value(s, "SELECT count(*) FROM finding_row"));
    double records = 0;
    for (const json *r = json_first(json_get(root, "records")); r != NULL; r = json_next(r)) {
        records += json_number(r);
    }
    ck_assert_double_eq(records, (double)case_value(s, "SELECT count(*) FROM record"));
    static const char *const names[] = {"path",     "sha256",       "size",    "kind",
                                        "encoding", "completeness", "records", "reason"};
    const json *first = json_first(json_get(root, "evidence"));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_msg(json_get(first, names[i]) != NULL, "expected '%s' in evidence", names[i]);
    }
    const json *gap = json_first(json_get(root, "gaps"));
    ck_assert_msg(json_get_string(gap, "subject") != NULL &&
                      json_get_string(gap, "needs") != NULL &&
                      json_get_string(gap, "command") != NULL,
                  "expected subject, needs and command in a gap");
}
END_TEST

START_TEST(an_empty_case_is_told_too)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO_CHARS text = told(s, status_json);
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text, strlen(text), false, &doc, &err));
    ck_assert(json_is_null(json_get(json_root(doc), "run")));
    ck_assert_uint_eq(json_count(json_get(json_root(doc), "gaps")), 0);
    EVPACK_AUTO_CHARS words = told(s, tell_text);
    ck_assert_msg(strstr(words, "run 'evpack map'") != NULL, "expected what to do next, came '%s'",
                  words);
}
END_TEST

START_TEST(text_shows_some_gaps_and_counts_the_rest)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_CHARS text = told(s, tell_text);
    ck_assert_msg(strstr(text, "Missing evidence") != NULL, "expected the gaps, came '%s'", text);
    for (const char *p = text; *p != '\0'; p++) {
        ck_assert_msg((unsigned char)*p >= 0x20 || *p == '\n', "a control character came through");
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {json_agrees_with_the_case, an_empty_case_is_told_too,
                                  text_shows_some_gaps_and_counts_the_rest, NULL};
    return test_main(test_suite("report/status", tests));
}
