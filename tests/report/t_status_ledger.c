/* report/status_ledger: both forms, their bounds, and what names from outside may do. */
#include "report/status_ledger.h"

#include "case.h"
#include "port/json.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static const char rows_sql[] =
    "INSERT INTO ledger(evidence_id, document, completeness, says)"
    " SELECT id, 0, 'partial', 'a later page of the list is missing' FROM evidence;"
    "INSERT INTO ledger(evidence_id, document, completeness, says)"
    " SELECT id, -1, 'partial', 'a later page of the list is missing' FROM evidence;"
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 12)"
    "INSERT INTO ledger_note(snapshot_id, code, subject, text, evidence, command)"
    " SELECT 1, 'resource-without-detail', '/subscriptions/s/' || n || char(27), 'word ' ||"
    " replace(hex(zeroblob(30)), '00', 'word '), '[1]', 'az resource show' FROM c";

static void written(store *s, int form, unsigned shown, buf *out)
{
    evpack_err err = {0};
    FILE *f = fopen(test_path("out"), "w+e");
    ck_assert_ptr_nonnull(f);
    if (form == 0) {
        (void)fputs("{", f);
        OK(status_ledger_json(s, f, &err));
        (void)fputs("\"gaps\":[", f);
        OK(status_ledger_gaps(s, false, f, &err));
        (void)fputs("]}", f);
    } else {
        OK(status_ledger_text(s, f, shown, &(term){0}, &err));
    }
    ck_assert_int_eq(fclose(f), 0);
    buf_clear(out);
    test_read(test_path("out"), out);
}

START_TEST(the_json_has_every_document_and_note)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, rows_sql);
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    written(s, 0, 0, &text);
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(buf_str(&text), text.len, false, &doc, &err));
    const json *ledger = json_get(json_root(doc), "ledger");
    ck_assert_int_eq((int64_t)json_count(ledger), case_value(s, "SELECT count(*) FROM evidence"));
    ck_assert_str_eq(json_get_string(json_first(ledger), "completeness"), "partial");
    ck_assert_str_eq(json_get_string(json_first(ledger), "says"),
                     "a later page of the list is missing");
    ck_assert_ptr_nonnull(json_get_string(json_first(ledger), "path"));
    ck_assert(json_is_number(json_get(json_first(ledger), "records")));
    const json *notes = json_get(json_root(doc), "notes");
    ck_assert_uint_eq(json_count(notes), 12);
    ck_assert_str_eq(json_get_string(json_first(notes), "code"), "resource-without-detail");
    ck_assert_uint_eq(json_count(json_get(json_first(notes), "evidence")), 1);
    ck_assert_uint_eq(json_count(json_get(json_root(doc), "gaps")), 12);
}
END_TEST

START_TEST(the_text_is_bounded_and_narrow)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, rows_sql);
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    written(s, 1, 1, &text);
    const char *t = buf_str(&text);
    ck_assert_ptr_nonnull(strstr(t, "Completeness of the evidence\n  partial"));
    ck_assert_ptr_nonnull(strstr(t, "resource-without-detail: 12\n"));
    ck_assert_ptr_nonnull(strstr(t, "    and 11 more; 'evpack status --json' has them all\n"));
    ck_assert_ptr_nonnull(strstr(t, "\n      az "));
    ck_assert_ptr_null(memchr(t, 27, text.len));
    char want[80];
    (void)snprintf(want, sizeof want, "  and %lld more; 'evpack",
                   (long long)case_value(s, "SELECT count(*) - 1 FROM evidence"));
    ck_assert_msg(strstr(t, want) != NULL, "expected '%s' in\n%s", want, t);
    for (const char *line = t; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        ck_assert_msg(len <= 80 || strncmp(line, "      az ", 9) == 0, "expected 80 columns: %.*s",
                      (int)len, line);
        line += len + 1;
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_json_has_every_document_and_note,
                                  the_text_is_bounded_and_narrow, NULL};
    return test_main(test_suite("report/status_ledger", tests));
}
