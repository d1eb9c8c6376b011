/* report/status: every file of the case is in the answer, and both forms say the same. */
#include "report/status.h"

#include "base/text.h"
#include "case.h"
#include "port/json.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static void as_json(store *s, buf *out)
{
    evpack_err err = {0};
    FILE *f = fopen(test_path("out"), "w+e");
    ck_assert_ptr_nonnull(f);
    OK(status_json(s, f, &err));
    ck_assert_int_eq(fclose(f), 0);
    buf_clear(out);
    test_read(test_path("out"), out);
}

static void as_text(store *s, unsigned shown, buf *out)
{
    evpack_err err = {0};
    FILE *f = fopen(test_path("out"), "w+e");
    ck_assert_ptr_nonnull(f);
    OK(status_text(s, f, shown, &(term){0}, &err));
    ck_assert_int_eq(fclose(f), 0);
    buf_clear(out);
    test_read(test_path("out"), out);
}

static json_doc *parsed(const buf *text)
{
    evpack_err err = {0};
    json_doc *doc = NULL;
    OK(json_parse(buf_str(text), text->len, false, &doc, &err));
    return doc;
}

static double sum(const json *object)
{
    double n = 0;
    for (const json *m = json_first(object); m != NULL; m = json_next(m)) {
        n += json_number(m);
    }
    return n;
}

START_TEST(the_json_has_the_names_of_the_design)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    as_json(s, &text);
    EVPACK_AUTO(json_doc) doc = parsed(&text);
    const json *root = json_root(doc);
    ck_assert_str_eq(json_get_string(json_get(root, "evpack"), "version"), EVPACK_VERSION);
    static const char *const arrays[] = {"snapshots", "evidence", "gaps"};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_msg(json_is_array(json_get(root, arrays[i])), "expected the array %s", arrays[i]);
    }
    const json *evidence = json_get(root, "evidence");
    ck_assert_int_eq((int64_t)json_count(evidence), case_value(s, "SELECT count(*) FROM evidence"));
    static const char *const members[] = {"path",     "sha256",       "size",    "kind",
                                          "encoding", "completeness", "records", "reason"};
    for (const json *e = json_first(evidence); e != NULL; e = json_next(e)) {
        for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
            ck_assert_msg(json_get(e, members[i]) != NULL, "expected the member %s", members[i]);
        }
        ck_assert_uint_eq(strlen(json_get_string(e, "sha256")), 64);
        ck_assert(json_is_number(json_get(e, "size")) && json_is_number(json_get(e, "records")));
    }
    ck_assert_double_eq(sum(json_get(root, "records")),
                        (double)case_value(s, "SELECT count(*) FROM record"));
    ck_assert_double_eq(sum(json_get(root, "findings")),
                        (double)case_value(s, "SELECT count(*) FROM finding_row"));
    for (const json *g = json_first(json_get(root, "gaps")); g != NULL; g = json_next(g)) {
        ck_assert(json_get_string(g, "subject") != NULL && json_get_string(g, "needs") != NULL &&
                  json_get_string(g, "command") != NULL);
    }
}
END_TEST

START_TEST(an_empty_case_has_an_answer)
{
    EVPACK_AUTO(store) s = case_empty("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    as_json(s, &text);
    EVPACK_AUTO(json_doc) doc = parsed(&text);
    ck_assert_uint_eq(json_count(json_get(json_root(doc), "evidence")), 0);
    ck_assert_uint_eq(json_count(json_get(json_root(doc), "findings")), 0);
    ck_assert(json_is_null(json_get(json_root(doc), "run")));
    as_text(s, 20, &text);
    ck_assert_msg(strstr(buf_str(&text), "No findings yet: run 'evpack map'.") != NULL, "came %s",
                  buf_str(&text));
}
END_TEST

START_TEST(both_forms_say_the_same)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    as_text(s, 1000, &text);
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s),
                  "SELECT path FROM evidence UNION ALL SELECT label FROM snapshot"
                  " UNION ALL SELECT DISTINCT status FROM finding_row",
                  &rows, &err));
    for (bool row = true;;) {
        OK(db_step(rows, &row, &err));
        if (!row) {
            break;
        }
        ck_assert_msg(strstr(buf_str(&text), db_text(rows, 0)) != NULL, "expected %s in\n%s",
                      db_text(rows, 0), buf_str(&text));
    }
}
END_TEST

START_TEST(gaps_are_capped_and_counted)
{
    EVPACK_AUTO(store) s = case_bulk("c.db", 40, 6);
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    as_json(s, &text);
    EVPACK_AUTO(json_doc) doc = parsed(&text);
    size_t all = json_count(json_get(json_root(doc), "gaps"));
    ck_assert_uint_gt(all, 3);
    as_text(s, 3, &text);
    char want[100];
    (void)snprintf(want, sizeof want, "  and %zu more; 'evpack status --json' has them all\n",
                   all - 3);
    ck_assert_msg(strstr(buf_str(&text), want) != NULL, "expected '%s' in\n%s", want,
                  buf_str(&text));
    as_text(s, (unsigned)all, &text);
    ck_assert_msg(strstr(buf_str(&text), " more; ") == NULL, "came %s", buf_str(&text));
}
END_TEST

/* A path steers no terminal, and breaks no JSON. */
START_TEST(names_from_outside_are_harmless)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "INSERT INTO content VALUES (901, unhex32(901), 0);"
                "INSERT INTO evidence(id, snapshot_id, content_id, path, member, kind, encoding,"
                " shape, completeness, records, reason) SELECT 901, min(id), 901, char(27) || "
                "'[31m' || char(0x202e) ||"
                " char(0x9b) || '\"' || char(10) || CAST(x'ff' AS TEXT), 'x901', 'other', 'utf-8',"
                " 'none', 'unstated', 0, 'why' || char(27) FROM snapshot");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    as_json(s, &text);
    EVPACK_AUTO(json_doc) doc = parsed(&text);
    as_text(s, 20, &text);
    ck_assert_ptr_null(memchr(buf_str(&text), 27, text.len));
    ck_assert_ptr_null(strstr(buf_str(&text), "\xe2\x80\xae"));
    ck_assert_ptr_null(strstr(buf_str(&text), "\xc2\x9b"));
    ck_assert_uint_eq(text_utf8_check(buf_str(&text), text.len), text.len);
}
END_TEST

START_TEST(what_cannot_be_written_is_an_error)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_bulk("c.db", 2000, 6);
    FILE *full = fopen("/dev/full", "we");
    ck_assert_ptr_nonnull(full);
    FAILS(status_json(s, full, &err), EVPACK_E_IO, "cannot be written");
    (void)fclose(full);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_json_has_the_names_of_the_design,
                                  an_empty_case_has_an_answer,
                                  both_forms_say_the_same,
                                  gaps_are_capped_and_counted,
                                  names_from_outside_are_harmless,
                                  what_cannot_be_written_is_an_error,
                                  NULL};
    return test_main(test_suite("report/status", tests));
}
