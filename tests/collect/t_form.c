/* collect/form: what a schema asks for, and where a value fails it. */
#include "collect/form.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

/* "" when the text has the form of mapping/schema/NAME.schema.json, else "POINTER: what". */
static const char *fault_of(const char *name, const char *text)
{
    static char out[900];
    evpack_err err = {0};
    char path[100];
    (void)snprintf(path, sizeof path, "mapping/schema/%s.schema.json", name);
    EVPACK_AUTO(form) f = NULL;
    OK(form_load(path, &f, &err));
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text, strlen(text), false, &doc, &err));
    form_fault fault;
    bool good = false;
    OK(form_check(f, json_root(doc), &good, &fault, &err));
    (void)snprintf(out, sizeof out, "%s: %s", fault.pointer, fault.text);
    if (good) {
        ck_assert_str_eq(out, ": ");
        return "";
    }
    return out;
}

START_TEST(pointers_are_escaped)
{
    ck_assert_str_eq(fault_of("engagement", "{\"evpack_engagement\":1,\"reference\":\"A\","
                                            "\"parameters\":{\"a/b~c\":null}}"),
                     "/parameters/a~1b~0c: expected a string: a parameter's value");
}
END_TEST

START_TEST(the_alternative_that_is_meant_says_what_is_wrong)
{
    ck_assert_str_eq(fault_of("engagement", "{\"evpack_engagement\":1,\"reference\":\"A\","
                                            "\"scope\":{\"include\":[{\"subscription\":7}]}}"),
                     "/scope/include/0/subscription: expected a subscription's id, a GUID");
    ck_assert_str_eq(
        fault_of("engagement", "{\"evpack_engagement\":1,\"reference\":\"A\","
                               "\"scope\":{\"include\":[\"x\"]}}"),
        "/scope/include/0: expected an object with one of subscription, resource_group, resource,"
        " or tag and value");
}
END_TEST

START_TEST(names_that_are_long_or_odd_do_no_harm)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_puts(&b, "{\"evpack_engagement\":1,\"reference\":\"A\",\"");
    for (int i = 0; i < 1000; i++) {
        buf_puts(&b, "\xc3\xa9/");
    }
    buf_puts(&b, "\":{}}");
    const char *said = fault_of("engagement", buf_str(&b));
    ck_assert_msg(strncmp(said, ": the member \"\xc3\xa9/", 17) == 0, "came '%s'", said);
    ck_assert_str_eq(fault_of("engagement", "{\"evpack_engagement\":1,\"reference\":\"A\",\"\":1}"),
                     "/: the member \"\" is not known here");
}
END_TEST

START_TEST(an_unknown_schema_is_a_fault_of_the_program)
{
    evpack_err err = {0};
    EVPACK_AUTO(form) f = NULL;
    FAILS(form_load("mapping/schema/none.schema.json", &f, &err), EVPACK_E_INTERNAL,
          "not built in");
    OK(form_load("mapping/coverage.json", &f, &err)); /* JSON, and no schema */
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse("{}", 2, false, &doc, &err));
    form_fault fault;
    bool good = false;
    FAILS(form_check(f, json_root(doc), &good, &fault, &err), EVPACK_E_INTERNAL, "keyword about");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        pointers_are_escaped, the_alternative_that_is_meant_says_what_is_wrong,
        names_that_are_long_or_odd_do_no_harm, an_unknown_schema_is_a_fault_of_the_program, NULL};
    return test_main(test_suite("collect/form", tests));
}
