/* report/json: findings.json is strict, whole, and in the shape that the design fixes. */
#include "report/json.h"

#include "case.h"
#include "port/json.h"
#include "reported.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static const report_options options = {.at = REPORTED_AT};

static json_doc *parse(store *s, buf *text)
{
    evpack_err err = {0};
    json_doc *doc = NULL;
    reported(s, &options, REPORT_JSON, text);
    OK(json_parse(text->data, text->len, false, &doc, &err));
    return doc;
}

/* What design.md lists for a finding, and what kind of value it is: s string, n string or null,
 * a array. */
static const struct {
    const char *key;
    char kind;
} keys[] = {{"id", 's'},           {"benchmark", 's'},
            {"control_id", 's'},   {"published_control_id", 'n'},
            {"service", 's'},      {"feature", 's'},
            {"rule_id", 'n'},      {"rule_version", 'n'},
            {"subject", 's'},      {"subject_type", 'n'},
            {"subscription", 'n'}, {"responsibility", 's'},
            {"status", 's'},       {"raw_status", 's'},
            {"severity", 'n'},     {"reason", 'n'},
            {"observed", 'a'},     {"evidence", 'a'},
            {"source", 's'},       {"snapshot", 's'},
            {"collected_at", 'n'}, {"evaluated_at", 's'}};

static void check_shape(const json *f)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const json *v = json_get(f, keys[i].key);
        bool good = keys[i].kind == 's'   ? json_is_string(v)
                    : keys[i].kind == 'n' ? json_is_string(v) || json_is_null(v)
                                          : json_is_array(v);
        ck_assert_msg(good, "%s is not what it should be", keys[i].key);
    }
    ck_assert_uint_ge(json_count(json_get(f, "evidence")), 1);
    for (const json *e = json_first(json_get(f, "evidence")); e != NULL; e = json_next(e)) {
        ck_assert_uint_eq(strlen(json_get_string(e, "sha256")), 64);
        ck_assert_ptr_nonnull(json_get_string(e, "path"));
        ck_assert_ptr_nonnull(json_get_string(e, "pointer"));
        ck_assert(json_is_number(json_get(e, "offset")) && json_is_number(json_get(e, "length")));
    }
    for (const json *o = json_first(json_get(f, "observed")); o != NULL; o = json_next(o)) {
        ck_assert_ptr_nonnull(json_get_string(o, "pointer"));
        ck_assert_ptr_nonnull(json_get(o, "value"));
        ck_assert(!json_is_true(json_get(o, "absent")) || json_is_null(json_get(o, "value")));
    }
}

START_TEST(shape_and_totals)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &text);
    const json *root = json_root(doc);
    ck_assert_ptr_nonnull(json_get_string(json_get(root, "evpack"), "version"));
    ck_assert_str_eq(json_get_string(json_get(root, "run"), "evaluated_at"),
                     "2026-11-22T08:00:00Z");
    ck_assert_uint_eq(strlen(json_get_string(json_get(root, "run"), "mapping_sha256")), 64);
    int64_t by_status[FINDING_STATUSES] = {0};
    for (const json *f = json_first(json_get(root, "findings")); f != NULL; f = json_next(f)) {
        check_shape(f);
        for (int i = 1; i < FINDING_STATUSES; i++) {
            by_status[i] +=
                strcmp(finding_status_word(i), json_get_string(f, "status")) == 0 ? 1 : 0;
        }
    }
    for (int i = 1; i < FINDING_STATUSES; i++) {
        char sql[96];
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM finding_row WHERE status_code = %d",
                       i);
        ck_assert_int_eq(by_status[i], case_value(s, sql));
    }
}
END_TEST

START_TEST(ids_are_unique)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &text);
    const json *all = json_get(json_root(doc), "findings");
    for (const json *a = json_first(all); a != NULL; a = json_next(a)) {
        for (const json *b = json_next(a); b != NULL; b = json_next(b)) {
            ck_assert_str_ne(json_get_string(a, "id"), json_get_string(b, "id"));
        }
    }
}
END_TEST

START_TEST(observed_keeps_digits_and_places)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &text);
    reported_has(buf_str(&text), "{\"pointer\":\"/0/softDeleteRetentionInDays\",\"value\":90.50,"
                                 "\"normalised\":true}");
    reported_has(buf_str(&text), "\"value\":null,\"absent\":true}");
    reported_has(buf_str(&text), "{\"pointer\":\"/value/1/logs/0/category\",\"value\":\"Audit\","
                                 "\"normalised\":true,\"evidence\":1}");
    reported_has(buf_str(&text), "\"published_control_id\":\"LT-4\"");
    ck_assert_ptr_null(strstr(buf_str(&text), "OLD RUN"));
}
END_TEST

START_TEST(hostile_names_stay_inside_strings)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "UPDATE finding SET reason = char(34, 10, 0x2028, 0x1f600) || '\\' || x'ff'"
                " WHERE test_id = 19");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &text);
    bool seen = false;
    for (const json *f = json_first(json_get(json_root(doc), "findings")); f != NULL;
         f = json_next(f)) {
        const char *reason = json_get_string(f, "reason");
        seen = seen || (reason != NULL &&
                        strcmp(reason, "\"\n\xe2\x80\xa8\xf0\x9f\x98\x80\\\xef\xbf\xbd") == 0);
    }
    ck_assert(seen);
}
END_TEST

START_TEST(a_run_without_findings)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    case_sql(s, "DELETE FROM finding");
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    EVPACK_AUTO(json_doc) doc = parse(s, &text);
    ck_assert_uint_eq(json_count(json_get(json_root(doc), "findings")), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {shape_and_totals,
                                  ids_are_unique,
                                  observed_keeps_digits_and_places,
                                  hostile_names_stay_inside_strings,
                                  a_run_without_findings,
                                  NULL};
    return test_main(test_suite("report/json", tests));
}
