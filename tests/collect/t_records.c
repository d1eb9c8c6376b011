/* collect/records: which elements become records, and what is counted of the others. */
#include "collect/records.h"

#include "case.h"
#include "support.h"

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

START_TEST(kinds_that_differ_are_mixed_and_can_be_forgotten)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(fixture_reset) fixture f = {0};
    begin(&f);
    EVPACK_AUTO_VALUE(records_reset) records r = {.into = f.into, .table = f.table};
    add(&r, "{\"x\":1}");
    ck_assert_str_eq(r.kind, "other");
    add(&r, "{\"id\":\"/subscriptions/s/resourceGroups/g\"}");
    ck_assert_str_eq(r.kind, "mixed");
    ck_assert_uint_eq(r.summaries, 1);
    OK(records_forget(&r, &err));
    ck_assert_uint_eq(r.records, 0);
    ck_assert_ptr_null(r.kind);
    ck_assert_int_eq(case_value(f.s, "SELECT count(*) FROM record"), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {an_object_becomes_a_record_with_its_place,
                                  what_is_no_record_is_counted,
                                  kinds_that_differ_are_mixed_and_can_be_forgotten, NULL};
    return test_main(test_suite("collect/records", tests));
}
