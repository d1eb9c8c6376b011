/* report/sections: a firm's order holds, and nothing that is needed is left out. */
#include "report/sections.h"

#include "support.h"

#include <string.h>

static const section_name known[] = {{"cover", true}, {"charts", false}, {"limits", true}};
enum { KNOWN = sizeof known / sizeof known[0] };

static evpack_status order_of(const char *text, size_t order[KNOWN], size_t *count, evpack_err *err)
{
    EVPACK_AUTO(json_doc) doc = NULL;
    EVPACK_TRY(json_parse(text, strlen(text), false, &doc, err));
    return sections_order(json_root(doc), known, KNOWN, order, count, err);
}

START_TEST(an_order_holds)
{
    size_t order[KNOWN];
    size_t count = 0;
    evpack_err err = {0};
    ck_assert_int_eq(order_of("[\"cover\",\"limits\",\"charts\"]", order, &count, &err), EVPACK_OK);
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(order[0], 0);
    ck_assert_uint_eq(order[1], 2);
    ck_assert_uint_eq(order[2], 1);
    ck_assert_int_eq(order_of("[\"cover\",\"limits\"]", order, &count, &err), EVPACK_OK);
    ck_assert_uint_eq(count, 2);
}
END_TEST

START_TEST(faults_are_named)
{
    static const struct {
        const char *text, *says;
    } faults[] = {
        {"[\"cover\",\"chart\",\"limits\"]", "'chart' is unknown"},
        {"[\"cover\",\"limits\",\"cover\"]", "'cover' is there twice"},
        {"[\"cover\",\"charts\"]", "'limits' may not be left out"},
        {"[\"limits\",\"cover\"]", "'cover' must be the first"},
        {"[\"cover\",7]", "is not a text"},
        {"[]", "'cover' may not be left out"},
        {"{}", "'cover' may not be left out"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        size_t order[KNOWN];
        size_t count = 0;
        evpack_err err = {0};
        ck_assert_int_eq(order_of(faults[i].text, order, &count, &err), EVPACK_E_INPUT);
        ck_assert_msg(strstr(err.text, faults[i].says) != NULL, "%s: expected '%s', got '%s'",
                      faults[i].text, faults[i].says, err.text);
        ck_assert_msg(strstr(err.text, "sections are cover, charts, limits") != NULL,
                      "%s: the names are missing: '%s'", faults[i].text, err.text);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {an_order_holds, faults_are_named, NULL};
    return test_main(test_suite("report/sections", tests));
}
