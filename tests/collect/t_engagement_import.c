/*
 * collect/engagement_import: an engagement is evidence with places, replaces the one before, and is
 * all in the case or not at all.
 */
#include "collect/engagement_import.h"

#include "case.h"
#include "collect/collect.h"
#include "collect/made.h"
#include "port/json.h"
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONTOSO TEST_SOURCE_ROOT "/fixtures/contoso/"
#define HEAD "{\"evpack_engagement\":1,\"reference\":\"R\""
enum { NOW = 1795334400 };

static evpack_status collect_it(store *s, const char *file, const char *folder, evpack_err *err)
{
    char *const paths[] = {(char *)folder};
    const collect_options options = {
        .label = "a", .collected_at = "2026-11-20T09:00:00Z", .engagement = file, .now = NOW};
    collect_totals totals;
    return collect_paths(s, paths, folder == NULL ? 0 : 1, &options, &totals, err);
}

static int64_t all_rows(store *s)
{
    return case_value(s, "SELECT (SELECT count(*) FROM evidence) + (SELECT count(*) FROM record)"
                         " + (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM content)"
                         " + (SELECT count(*) FROM engagement) + (SELECT count(*) FROM chunk)"
                         " + (SELECT count(*) FROM custody_event)");
}

static evpack_status append(void *ctx, const void *data, size_t len, evpack_err *err)
{
    buf_append(ctx, data, len);
    return buf_status(ctx, err);
}

START_TEST(records_have_their_places)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    OK(collect_it(s, CONTOSO "engagement/engagement.json", NULL, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM engaged"), 9);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM snapshot WHERE role = 'engagement' AND"
                                   " label = 'engagement' AND collected_at IS NULL"),
                     1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM subject"), 0);
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), "SELECT evidence_id, start, length, body, subject FROM engaged", &q,
                  &err));
    unsigned seen = 0;
    for (bool row = true; row; seen++) {
        OK(db_step(q, &row, &err));
        if (!row) {
            break;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf file = {0};
        OK(evidence_read(s, db_int(q, 0), append, &file, &err));
        const size_t start = (size_t)db_int(q, 1);
        const size_t len = (size_t)db_int(q, 2);
        ck_assert_uint_le(start + len, file.len);
        EVPACK_AUTO(json_doc) there = NULL;
        EVPACK_AUTO(json_doc) body = NULL;
        OK(json_parse(file.data + start, len, false, &there, &err));
        OK(json_parse(db_text(q, 3), strlen(db_text(q, 3)), false, &body, &err));
        const char *id = json_get_string(json_root(there), "id");
        id = id != NULL ? id : json_get_string(json_root(there), "reference");
        ck_assert_msg(strstr(db_text(q, 4), id) != NULL, "%s is not at the place of %s", id,
                      db_text(q, 4));
        ck_assert_uint_eq(json_count(json_root(there)), json_count(json_root(body)));
    }
    ck_assert_uint_eq(seen, 9);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE kind = 'attachment' AND"
                                   " completeness = 'whole' AND reason IS NULL AND records = 0"),
                     3);
}
END_TEST

START_TEST(what_is_wrong_leaves_the_case_as_it_was)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    OK(collect_it(s, CONTOSO "engagement/engagement.json", NULL, &err));
    const int64_t before = all_rows(s);
    static const char *const wrong[] = {
        "",
        "{",
        HEAD,
        HEAD ",\"x\":1}",
        HEAD ",\"exceptions\":[\"none.json\"]}",
        HEAD ",\"period\":{\"start\":\"2026-01-02\",\"end\":\"2026-01-01\"}}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *path = test_text_file("e/engagement.json", wrong[i]);
        FAILS(collect_it(s, path, CONTOSO "azure", &err), EVPACK_E_INPUT, "engagement.json:");
        ck_assert_int_eq(all_rows(s), before);
    }
    FAILS(collect_it(s, test_path("e/none.json"), CONTOSO "azure", &err), EVPACK_E_IO, "none.json");
    ck_assert_int_eq(all_rows(s), before);
    /* The exports are wrong, and the engagement is not. */
    FAILS(collect_it(s, CONTOSO "engagement/engagement.json", test_path("nowhere"), &err),
          EVPACK_E_IO, "nowhere");
    ck_assert_int_eq(all_rows(s), before);
}
END_TEST

/* What goes away between reading and writing: the import breaks off. */
START_TEST(an_import_that_breaks_off_leaves_nothing)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    (void)test_text_file("e/report.pdf", "%PDF");
    const char *path = test_text_file(
        "e/engagement.json", HEAD ",\"assurance\":[{\"id\":\"A\",\"name\":\"n\",\"standard\":\"s\","
                                  "\"period\":{\"start\":\"2026-01-01\",\"end\":\"2026-01-02\"},"
                                  "\"file\":\"report.pdf\"}]}");
    EVPACK_AUTO(engagement) g = NULL;
    OK(engagement_read(path, &g, &err));
    ck_assert_int_eq(unlink(test_path("e/report.pdf")), 0);
    const int64_t before = all_rows(s);
    const engagement_options options = {.now = NOW};
    FAILS(engagement_import(s, g, &options, &err), EVPACK_E_IO, "report.pdf");
    store_rollback(s);
    ck_assert_int_eq(all_rows(s), before);
    (void)test_text_file("e/report.pdf", "%PDF");
    OK(engagement_import(s, g, &options, &err));
    OK(store_commit(s, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM engagement_file"), 2);
}
END_TEST

START_TEST(a_later_engagement_replaces_and_both_stay)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    (void)test_text_file("e/x.json", "{\"evpack_exceptions\":1,\"exceptions\":[]}");
    OK(collect_it(s, test_text_file("e/engagement.json", HEAD ",\"exceptions\":[\"x.json\"]}"),
                  NULL, &err));
    OK(collect_it(s, test_text_file("e/engagement.json", HEAD ",\"title\":\"Later\"}"), NULL,
                  &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM engagement"), 2);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence"), 3);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM engaged WHERE name = 'Later'"), 1);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM engaged"), 1);
    ck_assert_int_eq(
        case_value(s, "SELECT count(*) FROM custody_event v, engagement g, evidence e, content c"
                      " WHERE g.id = 1 AND e.id = g.evidence_id AND c.id = e.content_id AND"
                      " json_extract(v.line, '$.detail.replaces') = lower(hex(c.sha256))"),
        1);
    /* The first again: no file is new, and it holds again. */
    OK(collect_it(s, test_text_file("e/engagement.json", HEAD ",\"exceptions\":[\"x.json\"]}"),
                  NULL, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence"), 3);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM engaged WHERE name = 'Later'"), 0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM engagement_file WHERE engagement_id = 3"),
                     2);
}
END_TEST

static void named(store *s, const char *path, const char *sql, const char *member)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), sql, &q, &err));
    bool row = false;
    OK(db_step(q, &row, &err));
    ck_assert_msg(row && strcmp(db_text_or_empty(q, 0), member) == 0,
                  "%s: expected the name %s in a package, came '%s'", path, member,
                  row ? db_text_or_empty(q, 0) : "no row");
}

#define MEMBER_OF(path)                                                                    \
    "SELECT e.member FROM engagement_file f JOIN evidence e ON e.id = f.evidence_id WHERE" \
    " f.engagement_id = (SELECT max(id) FROM engagement) AND e.path = '" path "'"

/* Who unpacks a package and collects engagement.json from it gets the engagement that held. */
START_TEST(plain_names_are_those_of_the_engagement_that_holds)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    static const char with_list[] = HEAD ",\"exceptions\":[\"d\\u00e9.json\"]}";
    (void)test_text_file("e/d\xc3\xa9.json", "{\"evpack_exceptions\":1,\"exceptions\":[]}");
    OK(collect_it(s, test_text_file("e/engagement.json", with_list), NULL, &err));
    named(s, "the first", MEMBER_OF("engagement.json"), "engagement.json");
    /* The second has a file of its own where the first had a list, and a folder of that name. */
    (void)test_text_file("f/d~c3~a9.json/x.json", "{\"evpack_exceptions\":1,\"exceptions\":[]}");
    ck_assert_int_eq(rename(test_path("f/d~c3~a9.json"), test_path("f/d\xc3\xa9.json")), 0);
    OK(collect_it(
        s, test_text_file("f/engagement.json", HEAD ",\"exceptions\":[\"d\\u00e9.json/x.json\"]}"),
        NULL, &err));
    named(s, "the second", MEMBER_OF("engagement.json"), "engagement.json");
    named(s, "its list", MEMBER_OF("d\xc3\xa9.json/x.json"), "d~c3~a9.json/x.json");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE member GLOB '*~~*'"), 2);
    /* The first again: the names are its own again. */
    OK(collect_it(s, test_text_file("e/engagement.json", with_list), NULL, &err));
    named(s, "the first again", MEMBER_OF("engagement.json"), "engagement.json");
    named(s, "its list", MEMBER_OF("d\xc3\xa9.json"), "d~c3~a9.json");
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM evidence WHERE member GLOB '*~~*'"), 2);
}
END_TEST

/* A package has safe names for files; the engagement in it still says the original ones. */
START_TEST(an_unpacked_engagement_finds_its_files)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    (void)test_text_file("p/d~c3~a9.json", "{\"evpack_exceptions\":1,\"exceptions\":[]}");
    OK(collect_it(s,
                  test_text_file("p/engagement.json", HEAD ",\"exceptions\":[\"d\\u00e9.json\"]}"),
                  NULL, &err));
    named(s, "the list", MEMBER_OF("d\xc3\xa9.json"), "d~c3~a9.json");
}
END_TEST

START_TEST(bytes_that_were_an_attachment_are_no_list)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    (void)test_text_file("e/x.json", "{\"evpack_exceptions\":1,\"exceptions\":[]}");
    (void)test_text_file(
        "e/y.json", "{\"evpack_attestations\":1,\"attestations\":[{\"id\":\"A\",\"scope\":{\"tag\":"
                    "\"a\",\"value\":\"b\"},\"control\":\"NS-1\",\"reviewer\":{\"name\":\"n\"},"
                    "\"reviewed_at\":\"2026-05-01\",\"looked_at\":\"l\",\"conclusion\":\"pass\","
                    "\"evidence\":[\"x.json\"]}]}");
    OK(collect_it(s, test_text_file("e/engagement.json", HEAD ",\"attestations\":[\"y.json\"]}"),
                  NULL, &err));
    const int64_t before = all_rows(s);
    FAILS(collect_it(s, test_text_file("e/engagement.json", HEAD ",\"exceptions\":[\"x.json\"]}"),
                     NULL, &err),
          EVPACK_E_INPUT, "give it another name");
    ck_assert_int_eq(all_rows(s), before);
}
END_TEST

/* Only --engagement decides: a folder that holds one is an export like any other. */
START_TEST(an_engagement_among_exports_decides_nothing)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    OK(collect_it(s, NULL, CONTOSO "engagement", &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM engagement"), 0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM engaged"), 0);
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM snapshot WHERE role <> 'tenant'"), 0);
    OK(collect_it(s, CONTOSO "engagement/engagement.json", NULL, &err));
    ck_assert_int_eq(case_value(s, "SELECT count(*) FROM engaged"), 9);
}
END_TEST

START_TEST(its_label_is_its_own)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    char *const paths[] = {(char *)CONTOSO "azure"};
    const collect_options options = {.label = "Engagement", .now = NOW};
    collect_totals totals;
    FAILS(collect_paths(s, paths, 1, &options, &totals, &err), EVPACK_E_USAGE,
          "is that of the engagement's files");
    case_sql(s, "INSERT INTO snapshot(label, imported_at, tool_version) VALUES"
                " ('engagement', '2026-01-01T00:00:00Z', '0.0.9')");
    FAILS(collect_it(s, CONTOSO "engagement/engagement.json", NULL, &err), EVPACK_E_USAGE,
          "needs a case of its own");
}
END_TEST

START_TEST(a_secret_in_it_is_found)
{
    evpack_err err = {0};
    EVPACK_AUTO(store) s = case_empty("c.db");
    const char *key = made_key(7);
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_printf(&text,
               HEAD ",\"title\":\"DefaultEndpointsProtocol=https;AccountName=x;AccountKey=%s;"
                    "EndpointSuffix=core.windows.net\"}",
               key);
    OK(collect_it(s, test_text_file("e/engagement.json", buf_str(&text)), NULL, &err));
    ck_assert_int_ge(case_value(s, "SELECT count(*) FROM secret"), 1);
    EVPACK_AUTO(db_stmt) q = NULL;
    OK(db_prepare(store_db(s), "SELECT count(*) FROM record WHERE instr(body, ?) > 0", &q, &err));
    OK(db_bind(q, &err, "t", key));
    bool row = false;
    OK(db_step(q, &row, &err));
    ck_assert_int_eq(db_int(q, 0), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {records_have_their_places,
                                  what_is_wrong_leaves_the_case_as_it_was,
                                  an_import_that_breaks_off_leaves_nothing,
                                  a_later_engagement_replaces_and_both_stay,
                                  plain_names_are_those_of_the_engagement_that_holds,
                                  an_unpacked_engagement_finds_its_files,
                                  bytes_that_were_an_attachment_are_no_list,
                                  an_engagement_among_exports_decides_nothing,
                                  its_label_is_its_own,
                                  a_secret_in_it_is_found,
                                  NULL};
    return test_main(test_suite("collect/engagement_import", tests));
}
