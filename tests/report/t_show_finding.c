/* report/show_finding: everything that a finding rests on is said, in both forms. */
#include "report/show_finding.h"

#include "case.h"
#include "reported.h"
#include "support.h"

#include "port/json.h"

#include <stdio.h>
#include <string.h>

static const char raw[] = "[\n{\n  \"identity\": {\n    \"tenantId\": \"99455dbc\"\n  }\n}\n]\n";

/* basic.sql, and a file whose bytes are there, with one record. */
static store *with_bytes(void)
{
    store *s = case_basic("c.db");
    char sql[1200];
    size_t len = strlen(raw);
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO chunk(content_id, start, bytes) VALUES (800, 0, CAST('%s' AS BLOB));"
        "INSERT INTO content VALUES (800, unhex32(800), %zu);"
        "INSERT INTO record(id, evidence_id, kind, subject, complete, normalised,"
        " pointer, start, length, body) VALUES (801, 800, 'cognitive-account', '/x', 1,"
        " 0, '/0', 2, %zu, '{}');"
        "INSERT INTO evidence(id, snapshot_id, content_id, path, member, kind, encoding,"
        " shape, completeness, records, secrets) VALUES (800, 1, 800, 'raw.json',"
        " 'raw.json', 'cognitive-account', 'utf-8', 'array', 'whole', 1, 0)",
        raw, len, len - 5);
    case_sql(s, sql);
    return s;
}

/* The first finding of that status with a rule. */
static void with_finding(store *s, int status, void (*each)(store *s, const finding *f))
{
    evpack_err err = {0};
    EVPACK_AUTO(findings) f = NULL;
    OK(findings_open(s, FINDINGS_ONLY(status), 0, &f, &err));
    const finding_test *test = NULL;
    OK(findings_next_test(f, &test, &err));
    for (; test != NULL;) {
        const finding *one = NULL;
        OK(findings_next(f, &one, &err));
        if (one != NULL && test->rule_id != NULL && test->policy == 0) {
            each(s, one);
            return;
        }
        OK(findings_next_test(f, &test, &err));
    }
    ck_abort_msg("expected a finding of status %d with a rule", status);
}

static void check_text(store *s, const finding *f)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf flat = {0};
    show_options o = {.sql = false};
    OK(show_finding_text(s, f, &o, &out, &err));
    reported_squeeze(buf_str(&out), &flat);
    const char *const parts[] = {f->id,
                                 f->test->control_id,
                                 f->test->service,
                                 f->test->responsibility,
                                 f->test->source,
                                 finding_status_word(f->status),
                                 f->snapshot,
                                 f->test->evaluated_at,
                                 f->test->rule_id,
                                 f->test->rule_version,
                                 f->places[0].sha256,
                                 f->places[0].path,
                                 "Theevidence",
                                 "--sqlshowsit"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        reported_has(buf_str(&flat), parts[i]);
    }
    ck_assert_ptr_null(strstr(buf_str(&flat), "SELECT"));
    buf_clear(&out);
    o.sql = true;
    OK(show_finding_text(s, f, &o, &out, &err));
    reported_has(buf_str(&out), "SELECT");
}

START_TEST(the_text_says_all)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    with_finding(s, FINDING_FAIL, check_text);
    with_finding(s, FINDING_PASS, check_text);
    with_finding(s, FINDING_UNKNOWN, check_text);
}
END_TEST

static void check_json(store *s, const finding *f)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    buf_putc(&out, '{');
    OK(show_finding_json(s, f, &out, &err));
    buf_putc(&out, '}');
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(buf_str(&out), out.len, true, &doc, &err));
    const json *root = json_root(doc);
    ck_assert_str_eq(json_string(json_get(json_get(root, "finding"), "id")), f->id);
    ck_assert_str_eq(json_string(json_get(json_get(root, "control"), "id")), f->test->control_id);
    ck_assert_str_eq(json_string(json_get(json_get(root, "rule"), "id")), f->test->rule_id);
    ck_assert_ptr_nonnull(strstr(json_string(json_get(json_get(root, "rule"), "sql")), "SELECT"));
    ck_assert_ptr_nonnull(json_get(root, "excerpt"));
    ck_assert_str_eq(json_string(json_get(json_get(root, "excerpt"), "why")),
                     "an older evpack collected the file and did not look for secrets in it");
}

START_TEST(so_does_the_json)
{
    EVPACK_AUTO(store) s = case_basic("c.db");
    with_finding(s, FINDING_FAIL, check_json);
}
END_TEST

/* The same finding, but that its record is in the file with bytes. */
static void check_excerpt(store *s, const finding *given)
{
    evpack_err err = {0};
    ck_assert_uint_gt(given->value_count, 0);
    finding_place place = {.record_id = 801,
                           .sha256 = "",
                           .path = "data/evidence/x/raw.json",
                           .original = "raw.json",
                           .pointer = "/0",
                           .start = 2,
                           .length = sizeof raw - 6};
    finding_value value = {.pointer = "/0/identity/tenantId", .value = {"\"9\"", 3}};
    finding f = *given;
    f.places = &place;
    f.place_count = 1;
    f.values = &value;
    f.value_count = 1;
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    show_options o = {0};
    OK(show_finding_text(s, &f, &o, &out, &err));
    reported_has(buf_str(&out), "The evidence, raw.json\n");
    EVPACK_AUTO_VALUE(buf_reset) buf bytes = {0};
    buf_printf(&bytes, "bytes 2 to %zu, at /0\n", (size_t)place.length + 1);
    reported_has(buf_str(&out), buf_str(&bytes));
    reported_has(buf_str(&out), "\n  |   \"identity\": {\n  >     \"tenantId\": \"99455dbc\"\n");
    buf_clear(&out);
    value.pointer = "/0/identity/type";
    value.value = (jptr_value){0};
    OK(show_finding_text(s, &f, &o, &out, &err));
    reported_has(buf_str(&out), "/0/identity/type is not there; marked is what would hold it");
}

START_TEST(the_excerpt_marks_the_value)
{
    EVPACK_AUTO(store) s = with_bytes();
    with_finding(s, FINDING_FAIL, check_excerpt);
}
END_TEST

START_TEST(lines_and_labels)
{
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    const term t = {0};
    show_line(&t, "nothing", NULL, &out);
    ck_assert_uint_eq(out.len, 0);
    show_line(&t, "label", "one\ntwo\033", &out);
    ck_assert_str_eq(buf_str(&out), "  label           one\n                  two⟨U+001B⟩\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_text_says_all, so_does_the_json, the_excerpt_marks_the_value,
                                  lines_and_labels, NULL};
    return test_main(test_suite("report/show_finding", tests));
}
