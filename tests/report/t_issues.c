/* report/issues: what is listed is what the file in the case says, row by row. */
#include "report/issues.h"

#include "case.h"
#include "port/json.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

typedef evpack_status (*writer)(const store *s, FILE *out, evpack_err *err);

static void written(store *s, writer write, buf *out)
{
    evpack_err err = {0};
    FILE *f = fopen(test_path("out"), "w+e");
    ck_assert_ptr_nonnull(f);
    OK(write(s, f, &err));
    ck_assert_int_eq(fclose(f), 0);
    buf_clear(out);
    test_read(test_path("out"), out);
}

static const char two_rules[] =
    "INSERT INTO mapping_file VALUES (1, 'baseline-resolutions.json', CAST('{\"about\":\"Faults.\","
    "\"rules\":[{\"id\":\"one\",\"text\":\"The first rule.\"},{\"id\":\"two\",\"text\":\"The second"
    " rule.\"}],\"rows\":[{\"rule\":\"one\",\"service\":\"key-vault\",\"source_rows\":[3,4],"
    "\"feature\":\"F\",\"published\":[\"this\",\"that\"],\"used\":\"this\"},{\"rule\":\"two\","
    "\"service\":\"batch\",\"source_rows\":[],\"feature\":\"G\",\"published\":[\"x\\u202ey\"],"
    "\"used\":\"x\"},{\"rule\":\"one\",\"service\":\"storage\",\"source_rows\":[7],\"feature\":"
    "\"H\",\"published\":[\"p\"],\"used\":\"q\"}]}' AS BLOB));";

START_TEST(a_case_without_them_says_so)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    written(s, issues_text, &out);
    ck_assert_msg(strstr(buf_str(&out), "run 'evpack map'") != NULL, "came %s", buf_str(&out));
    written(s, issues_json, &out);
    ck_assert_msg(strstr(buf_str(&out), "\"baseline_issues\":null}") != NULL, "came %s",
                  buf_str(&out));
    evpack_err err = {0};
    buf_clear(&out);
    OK(issues_summary(s, &out, &err));
    ck_assert_str_eq(buf_str(&out), "[]");
}
END_TEST

START_TEST(every_row_is_listed_below_its_rule)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, two_rules);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    written(s, issues_text, &out);
    ck_assert_str_eq(buf_str(&out), "Faults.\n\n"
                                    "one (2): The first rule.\n"
                                    "  key-vault, F (rows 3, 4)\n"
                                    "      published: this | that\n"
                                    "      used:      this\n"
                                    "  storage, H (row 7)\n"
                                    "      published: p\n"
                                    "      used:      q\n\n"
                                    "two (1): The second rule.\n"
                                    "  batch, G\n"
                                    "      published: x\u27e8U+202E\u27e9y\n"
                                    "      used:      x\n\n");
}
END_TEST

START_TEST(the_json_is_the_files_own)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, two_rules);
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    written(s, issues_json, &out);
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(buf_str(&out), out.len, false, &doc, &err));
    const json *issues = json_get(json_root(doc), "baseline_issues");
    ck_assert_uint_eq(json_count(json_get(issues, "rules")), 2);
    ck_assert_uint_eq(json_count(json_get(issues, "rows")), 3);
    buf_clear(&out);
    OK(issues_summary(s, &out, &err));
    ck_assert_str_eq(buf_str(&out), "[{\"rule\":\"one\",\"text\":\"The first rule.\",\"rows\":2},"
                                    "{\"rule\":\"two\",\"text\":\"The second rule.\",\"rows\":1}]");
}
END_TEST

/* Anybody's mapping: other forms are passed over, and what is no JSON is named. */
START_TEST(an_odd_file_does_no_harm)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "INSERT INTO mapping_file VALUES (1, 'baseline-resolutions.json',"
                " CAST('{\"rules\":[1,{\"id\":\"one\"},{\"id\":\"two\",\"text\":\"T\"}],\"rows\":"
                "[{},5,{\"rule\":\"two\",\"published\":7}]}' AS BLOB));");
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    written(s, issues_text, &out);
    ck_assert_msg(strstr(buf_str(&out), "two (1): T") != NULL, "came %s", buf_str(&out));
    EVPACK_AUTO(store) t = case_basic("d.db");
    case_sql(t, "INSERT INTO mapping_file VALUES (1, 'baseline-resolutions.json',"
                " CAST('{\"rules\"' AS BLOB));");
    buf_clear(&out);
    ck_assert_int_ne(issues_summary(t, &out, &err), EVPACK_OK);
    ck_assert_msg(strstr(err.text, "baseline-resolutions.json") != NULL, "came %s", err.text);
}
END_TEST

START_TEST(what_cannot_be_written_is_no_success)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    FILE *full = fopen("/dev/full", "we");
    if (full == NULL) {
        return;
    }
    (void)setvbuf(full, NULL, _IONBF, 0);
    FAILS(issues_json(s, full, &err), EVPACK_E_IO, "cannot be written");
    (void)fclose(full);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_case_without_them_says_so,
                                  every_row_is_listed_below_its_rule,
                                  the_json_is_the_files_own,
                                  an_odd_file_does_no_harm,
                                  what_cannot_be_written_is_no_success,
                                  NULL};
    return test_main(test_suite("report/issues", tests));
}
