/* report/crosswalk: each id of a framework is a row, and its counts are those of its controls. */
#include "report/crosswalk.h"

#include "case.h"
#include "port/json.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

/* NS-2 and IM-1 share an id; IR-1 has no finding. */
static store *crossed(void)
{
    store *s = case_basic("c.db");
    case_sql(s, "INSERT INTO crosswalk VALUES (2, 'cis-v8', 1, '12.10'), (2, 'cis-v8', 2, '4.4'),"
                " (3, 'cis-v8', 1, '4.4'), (10, 'cis-v8', 1, '12.9'), (2, 'nist', 1, 'SC-7'),"
                " (3, 'nist', 3, 'Z9'), (3, 'nist', 1, 'AC-12'), (3, 'nist', 2, 'AC-4');");
    return s;
}

static json_doc *listed(store *s, const char *framework, buf *text)
{
    evpack_err err = {0};
    FILE *f = fopen(test_path("out"), "w+e");
    ck_assert_ptr_nonnull(f);
    OK(crosswalk_json(s, framework, f, &err));
    ck_assert_int_eq(fclose(f), 0);
    buf_clear(text);
    test_read(test_path("out"), text);
    json_doc *doc = NULL;
    OK(json_parse(buf_str(text), text->len, false, &doc, &err));
    return doc;
}

static void check_ref(store *s, const json *ref, const char *name, const char *controls)
{
    ck_assert_str_eq(json_get_string(ref, "ref"), name);
    for (const json *n = json_first(json_get(ref, "findings")); n != NULL; n = json_next(n)) {
        char sql[200];
        (void)snprintf(
            sql, sizeof sql,
            "SELECT count(*) FROM finding_row WHERE status = '%s' AND control_id IN (%s)",
            json_name(n), controls);
        ck_assert_msg(json_number(n) == (double)case_value(s, sql), "%s: expected %lld %s, came %g",
                      name, (long long)case_value(s, sql), json_name(n), json_number(n));
    }
    ck_assert_uint_eq(json_count(json_get(ref, "findings")), 8);
}

START_TEST(counts_are_those_of_the_controls)
{
    EVPACK_AUTO(store) s = crossed();
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = listed(s, "cis-v8", &text);
    const json *ref = json_first(json_get(json_root(doc), "refs"));
    ck_assert_uint_eq(json_count(json_get(json_root(doc), "refs")), 3);
    check_ref(s, ref, "4.4", "'NS-2', 'IM-1'");
    ck_assert_uint_eq(json_count(json_get(ref, "controls")), 2);
    check_ref(s, json_next(ref), "12.9", "'IR-1'");
    check_ref(s, json_next(json_next(ref)), "12.10", "'NS-2'");
    EVPACK_AUTO(json_doc) nist = listed(s, "nist", &text);
    ref = json_first(json_get(json_root(nist), "refs"));
    check_ref(s, ref, "AC-4", "'IM-1'");
    check_ref(s, json_next(ref), "AC-12", "'IM-1'");
    check_ref(s, json_next(json_next(ref)), "SC-7", "'NS-2'");
}
END_TEST

START_TEST(the_text_has_the_same_rows)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = crossed();
    FILE *f = fopen(test_path("out"), "w+e");
    ck_assert_ptr_nonnull(f);
    OK(crosswalk_text(s, "cis-v8", f, &err));
    ck_assert_int_eq(fclose(f), 0);
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    test_read(test_path("out"), &text);
    const char *line = strstr(buf_str(&text), "\n4.4 ");
    ck_assert_msg(line != NULL, "came %s", buf_str(&text));
    long long fails = -1;
    ck_assert_int_eq(sscanf(line, "\n4.4 %lld", &fails), 1);
    ck_assert_int_eq(fails, case_value(s, "SELECT count(*) FROM finding_row WHERE status = 'fail'"
                                          " AND control_id IN ('NS-2', 'IM-1')"));
    ck_assert_ptr_nonnull(strstr(line, "  NS-2 IM-1\n"));
}
END_TEST

START_TEST(controls_with_findings_have_their_ids)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = crossed();
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    OK(crosswalk_of_controls(s, &text, &err));
    ck_assert_str_eq(buf_str(&text),
                     "{\n\"NS-2\":{\"cis-v8\":[\"12.10\",\"4.4\"],\"nist\":[\"SC-7\"]},\n"
                     "\"IM-1\":{\"cis-v8\":[\"4.4\"],\"nist\":[\"AC-12\",\"AC-4\",\"Z9\"]}}");
    EVPACK_AUTO(store) t = case_empty("d.db");
    buf_clear(&text);
    OK(crosswalk_of_controls(t, &text, &err));
    ck_assert_str_eq(buf_str(&text), "{}");
}
END_TEST

START_TEST(another_name_is_refused_with_those_that_there_are)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = crossed();
    FILE *f = fopen(test_path("out"), "w+e");
    ck_assert_ptr_nonnull(f);
    FAILS(crosswalk_text(s, "cis", f, &err), EVPACK_E_USAGE, "it has cis-v8, nist");
    EVPACK_AUTO(store) t = case_empty("d.db");
    FAILS(crosswalk_json(t, "cis-v8", f, &err), EVPACK_E_USAGE, "run 'evpack map'");
    ck_assert_int_eq(fclose(f), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {counts_are_those_of_the_controls, the_text_has_the_same_rows,
                                  controls_with_findings_have_their_ids,
                                  another_name_is_refused_with_those_that_there_are, NULL};
    return test_main(test_suite("report/crosswalk", tests));
}
