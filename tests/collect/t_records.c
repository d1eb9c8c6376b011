/* collect/records: which elements become records, and what is counted of the others. */
#include "collect/records.h"

#include "case.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    store *s;
    import *into;
    shapes *table;
} fixture;

static void fixture_reset(fixture *f)
{
    import_free(f->into);
    shapes_free(f->table);
    store_close(f->s);
}

static void begin(fixture *f)
{
    evpack_err err = {0};
    f->s = case_empty("c.db");
    OK(shapes_load(&f->table, &err));
    const import_options options = {.label = "a", .now = 1790000000};
    OK(import_begin(f->s, &options, &f->into, &err));
    OK(import_file_begin(f->into, &err));
}

static void add(records *r, const char *text)
{
    evpack_err err = {0};
    const cut_element e = {.text = text,
                           .len = strlen(text),
                           .start = 3,
                           .length = strlen(text),
                           .pointer = "/0",
                           .is_object = text[0] == '{'};
    OK(records_element(r, &e, &err));
}

START_TEST(an_object_becomes_a_record_with_its_place)
{
    EVPACK_AUTO_VALUE(fixture_reset) fixture f = {0};
    begin(&f);
    EVPACK_AUTO_VALUE(records_reset) records r = {.into = f.into, .table = f.table, .shift = 3};
    add(&r, "{\"id\":\"/subscriptions/S/resourceGroups/G\",\"properties\":{\"a\":1}}");
    ck_assert_uint_eq(r.records, 1);
    ck_assert_str_eq(r.kind, "resource-group");
    ck_assert_int_eq(case_value(f.s, "SELECT start FROM record WHERE pointer = '/0'"), 6);
    ck_assert_int_eq(case_value(f.s, "SELECT count(*) FROM record WHERE subject ="
                                     " '/subscriptions/s/resourcegroups/g' AND complete"),
                     1);
}
END_TEST

START_TEST(what_is_no_record_is_counted)
{
    EVPACK_AUTO_VALUE(fixture_reset) fixture f = {0};
    begin(&f);
    EVPACK_AUTO_VALUE(records_reset) records r = {.into = f.into, .table = f.table};
    add(&r, "7");
    ck_assert_uint_eq(r.not_objects, 1);
    add(&r, "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"no\"}}");
    ck_assert_msg(r.failed && strstr(r.error, "AuthorizationFailed: no") != NULL,
                  "expected the error's code and message, came '%s'", r.error);
    add(&r, "{\"a\":1,\"a\":2}");
    ck_assert_msg(r.ambiguous && strstr(r.twice, "\"a\"") != NULL,
                  "expected the member that stands twice, came '%s'", r.twice);
    ck_assert_uint_eq(r.records, 0);
}
END_TEST

START_TEST(kinds_that_differ_are_mixed)
{
    EVPACK_AUTO_VALUE(fixture_reset) fixture f = {0};
    begin(&f);
    EVPACK_AUTO_VALUE(records_reset) records r = {.into = f.into, .table = f.table};
    add(&r, "{\"x\":1}");
    ck_assert_str_eq(r.kind, "other");
    add(&r, "{\"id\":\"/subscriptions/s/resourceGroups/g\"}");
    ck_assert_str_eq(r.kind, "mixed");
    ck_assert_uint_eq(r.summaries, 1);
    ck_assert_int_eq(case_value(f.s, "SELECT count(*) FROM record"), 2);
}
END_TEST

/* A whole document, cut as collect does it. */
static void add_document(records *r, const char *text, cut_result *result)
{
    evpack_err err = {0};
    const cut_listener listener = {records_element, r};
    EVPACK_AUTO(cut) c = NULL;
    OK(cut_new(&listener, false, &c, &err));
    OK(cut_feed(c, text, strlen(text), &err));
    OK(cut_finish(c, result, &err));
    ck_assert_msg(result->fault.what == NULL, "%s: %s", text, result->fault.what);
}

/* Every record's bytes, read from the text by its place. */
static void check_places(store *s, const char *text, const char *wanted)
{
    evpack_err err = {0};
    EVPACK_AUTO(db_stmt) rows = NULL;
    OK(db_prepare(store_db(s),
                  "SELECT pointer, start, length, kind, coalesce(parent, '-') FROM record"
                  " ORDER BY id",
                  &rows, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf log = {0};
    for (bool row = true;;) {
        OK(db_step(rows, &row, &err));
        if (!row) {
            break;
        }
        const char *at = text + db_int(rows, 1);
        buf_printf(&log, "%s %s %s %.14s..%c\n", db_text(rows, 0), db_text(rows, 3),
                   db_text(rows, 4), at, at[db_int(rows, 2) - 1]);
    }
    db_reset(rows);
    ck_assert_msg(strcmp(buf_str(&log), wanted) == 0, "%s\nexpected\n%scame\n%s", text, wanted,
                  buf_str(&log));
}

#define VAULT "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v"
#define VAULT_LOW "/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/v"

START_TEST(nested_resources_are_records_of_their_own)
{
    EVPACK_AUTO_VALUE(fixture_reset) fixture f = {0};
    begin(&f);
    EVPACK_AUTO_VALUE(records_reset) records r = {.into = f.into, .table = f.table};
    cut_result c;
    const char *text = "[\r\n  { \"ResourceId\" : \"" VAULT "\", \"Properties\": {\"a\": 1},\r\n"
                       "    \"resources\": [ {\"ResourceId\": \"" VAULT "/keys/k\",\r\n"
                       "      \"Properties\": {\"b\": 1} }, { \"ResourceId\": \"" VAULT
                       "/providers/microsoft.insights/diagnosticSettings/d\", \"ResourceType\":"
                       " \"microsoft.keyvault/vaults\", \"ExtensionResourceType\":"
                       " \"microsoft.insights/diagnosticSettings\", \"Properties\": {\"l\": []}},"
                       " 7, {\"name\": \"x\"} ] } ]";
    add_document(&r, text, &c);
    check_places(f.s, text,
                 "/0 key-vault - { \"ResourceId\"..}\n"
                 "/0/resources/0 key-vault-key " VAULT_LOW " {\"ResourceId\":..}\n"
                 "/0/resources/1 diagnostic-setting - { \"ResourceId\"..}\n"
                 "/0/resources/3 other " VAULT_LOW " {\"name\": \"x\"} ..}\n");
    ck_assert_uint_eq(r.not_objects, 1);
    ck_assert_uint_eq(r.mismatched, 0);
    ck_assert_int_eq(case_value(f.s, "SELECT count(*) FROM record WHERE normalised"), 3);
    ck_assert_int_eq(case_value(f.s, "SELECT count(*) FROM record WHERE scope = '" VAULT_LOW "'"),
                     1);
}
END_TEST

START_TEST(answers_in_a_wrapper_are_cut_as_documents_are)
{
    EVPACK_AUTO_VALUE(fixture_reset) fixture f = {0};
    begin(&f);
    EVPACK_AUTO_VALUE(records_reset) records r = {.into = f.into, .table = f.table};
    cut_result c;
    const char *text =
        "{ \"url\": \"https://x/y\", \"status_code\" : 200 , \"body\": { \"value\" : [\n"
        " { \"id\": \"" VAULT "\", \"properties\": { \"a\": 1 } } ,\n"
        " {\"isOptedIn\":true} ], \"nextLink\": \"more\" } }";
    add_document(&r, text, &c);
    check_places(f.s, text,
                 "/body/value/0 key-vault - { \"id\": \"/subs..}\n"
                 "/body/value/1 lockbox-tenant - {\"isOptedIn\":t..}\n");
    ck_assert_str_eq(buf_str(&r.context), "https://x/y");
    ck_assert_int_eq(r.inner.shape, CUT_PAGE);
    ck_assert_str_eq(r.inner.envelope, "{\"value\":[],\"nextLink\":\"more\"}");
    ck_assert(!r.failed);
}
END_TEST

START_TEST(an_answer_in_a_string_has_the_place_of_the_string)
{
    EVPACK_AUTO_VALUE(fixture_reset) fixture f = {0};
    begin(&f);
    EVPACK_AUTO_VALUE(records_reset) records r = {.into = f.into, .table = f.table};
    cut_result c;
    const char *text =
        "{\"statusCode\":\"200\", \"body\": \"[{\\\"isOptedIn\\\":true},{\\\"x\\\":1}]\"}";
    add_document(&r, text, &c);
    check_places(
        f.s, text,
        "/body lockbox-tenant - \"[{\\\"isOptedIn..\"\n/body other - \"[{\\\"isOptedIn..\"\n");
    ck_assert_int_eq(case_value(f.s, "SELECT count(*) FROM record WHERE normalised"), 2);
    ck_assert_int_eq(
        case_value(f.s, "SELECT count(*) FROM record WHERE body = '{\"isOptedIn\":true}'"), 1);
}
END_TEST

START_TEST(a_refused_answer_is_a_failed_collection)
{
    static const struct {
        const char *text, *error;
        uint64_t records;
    } rows[] = {
        {"{\"responses\":[{\"httpStatusCode\":403,\"content\":{\"error\":{\"code\":\"A\","
         "\"message\":"
         "\"m\"}}},{\"httpStatusCode\":200,\"content\":{\"isOptedIn\":true}}]}",
         "A: m", 1},
        {"{\"status\":404,\"body\":\"<html>\"}", "HTTP 404: <html>", 0},
        {"{\"status\":500,\"body\":null}", "HTTP 500: no message", 0},
        {"{\"status\":403,\"body\":{\"isOptedIn\":true}}", "HTTP 403: no message", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(fixture_reset) fixture f = {0};
        begin(&f);
        EVPACK_AUTO_VALUE(records_reset) records r = {.into = f.into, .table = f.table};
        cut_result c;
        add_document(&r, rows[i].text, &c);
        ck_assert_msg(r.failed && strstr(r.error, rows[i].error) != NULL, "%s: came '%s'",
                      rows[i].text, r.error);
        ck_assert_uint_eq(r.records, rows[i].records);
        (void)remove(test_path("c.db"));
    }
}
END_TEST

START_TEST(a_table_has_rows_when_its_columns_are_known)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(fixture_reset) fixture f = {0};
    begin(&f);
    EVPACK_AUTO_VALUE(records_reset) records r = {.into = f.into, .table = f.table};
    cut_result c;
    const char *text =
        "{\"count\":3,\"data\":{\"rows\":[ [ \"" VAULT "\", {\"a\":1.50} ], [1], [\"" VAULT
        "2\", null ] ],\"columns\":[{\"name\":\"id\"},{\"name\":\"properties\"}]}}";
    add_document(&r, text, &c);
    ck_assert_msg(r.records == 0 && r.not_objects == 0, "expected rows to wait for their columns");
    ck_assert_int_eq(c.list, CUT_ROWS);
    static const char envelope[] =
        "{\"data\":{\"rows\":[],\"columns\":[{\"name\":\"id\"},{\"name\":\"properties\"}]}}";
    OK(records_columns(&r, envelope, strlen(envelope), &err));
    add_document(&r, text, &c);
    check_places(f.s, text,
                 "/data/rows/0 key-vault - [ \"/subscripti..]\n"
                 "/data/rows/2 key-vault - [\"/subscriptio..]\n");
    ck_assert_uint_eq(r.not_objects, 1);
    ck_assert_int_eq(case_value(f.s,
                                "SELECT count(*) FROM record WHERE complete AND normalised"
                                " AND body = '{\"id\":\"" VAULT "\",\"properties\":{\"a\":1.50}}'"),
                     1);
    ck_assert_int_eq(case_value(f.s, "SELECT count(*) FROM record WHERE NOT complete"), 1);
}
END_TEST

START_TEST(what_a_template_declares_is_never_complete)
{
    EVPACK_AUTO_VALUE(fixture_reset) fixture f = {0};
    begin(&f);
    EVPACK_AUTO_VALUE(records_reset) records r = {.into = f.into, .table = f.table};
    cut_result c;
    const char *text =
        "{ \"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/"
        "deploymentTemplate.json#\", \"contentVersion\": \"1\", \"resources\": [\n"
        " {\"type\": \"Microsoft.KeyVault/vaults\", \"apiVersion\": \"2023-07-01\", \"name\": "
        "\"v\","
        " \"properties\": {\"a\": 1}}, {\"type\": \"Microsoft.KeyVault/vaults\", \"apiVersion\":"
        " \"2023-07-01\", \"name\": \"w\", \"properties\": {}} ] }";
    add_document(&r, text, &c);
    ck_assert(r.template);
    ck_assert_str_eq(r.kind, "template");
    ck_assert_int_eq(case_value(f.s, "SELECT count(*) FROM record WHERE kind = 'template-resource'"
                                     " AND NOT complete AND type = 'microsoft.keyvault/vaults'"),
                     2);
    ck_assert_int_eq(case_value(f.s, "SELECT count(DISTINCT subject) FROM record"), 2);
    ck_assert_int_eq(case_value(f.s, "SELECT count(*) FROM record WHERE pointer = '/resources/1'"),
                     1);
    ck_assert_int_eq(case_value(f.s, "SELECT count(*) FROM record WHERE subject LIKE '/%'"), 0);
}
END_TEST

START_TEST(remarks_say_what_was_met)
{
    EVPACK_AUTO_VALUE(fixture_reset) fixture f = {0};
    begin(&f);
    EVPACK_AUTO_VALUE(records_reset) records r = {.into = f.into, .table = f.table};
    EVPACK_AUTO_VALUE(buf_reset) buf remarks = {0};
    records_remarks(&r, &remarks);
    ck_assert_str_eq(buf_str(&remarks), "");
    add(&r, "{\"id\":\"" VAULT "\",\"type\":\"A.B/c\",\"properties\":{\"x\":\"@{y=1}\"}}");
    records_remarks(&r, &remarks);
    ck_assert_str_eq(buf_str(&remarks),
                     "1 of its records name a type that is not the one of their id (A.B/c in place"
                     " of microsoft.keyvault/vaults); ConvertTo-Json cut 1 of its records short:"
                     " export again with -Depth");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {an_object_becomes_a_record_with_its_place,
                                  what_is_no_record_is_counted,
                                  kinds_that_differ_are_mixed,
                                  nested_resources_are_records_of_their_own,
                                  answers_in_a_wrapper_are_cut_as_documents_are,
                                  an_answer_in_a_string_has_the_place_of_the_string,
                                  a_refused_answer_is_a_failed_collection,
                                  a_table_has_rows_when_its_columns_are_known,
                                  what_a_template_declares_is_never_complete,
                                  remarks_say_what_was_met,
                                  NULL};
    return test_main(test_suite("collect/records", tests));
}
