/* collect/shape_error: errors that were saved as results, in the ways that services write them. */
#include "collect/shape.h"

#include "support.h"

#include <string.h>

static const struct {
    const char *text, *code, *message; /* code "-": no error */
} errors[] = {
    {"{\"error\":{\"code\":\"A\",\"message\":\"m\"}}", "A", "m"},
    {"{\"error\":{\"code\":\"A\",\"message\":\"m\",\"details\":[{}],\"innererror\":{}}}", "A", "m"},
    {"{\"error\":{\"code\":\"A\"}}", "A", NULL},
    {"{\"error\":{}}", NULL, NULL},
    {"{\"Error\":{\"Code\":\"A\",\"Message\":\"m\"}}", "A", "m"},
    {"{\"odata.error\":{\"code\":\"A\",\"message\":{\"lang\":\"en\",\"value\":\"m\"}}}", "A", "m"},
    {"{\"code\":\"A\",\"message\":\"m\"}", "A", "m"},
    {"{\"code\":\"A\",\"message\":null}", "A", NULL},
    {"{\"Code\":\"A\",\"Message\":\"m\",\"Target\":null,\"Details\":[{\"x\":1}],\"Innererror\":"
     "null}",
     "A", "m"},
    {"{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS50173\",\"error_codes\":[50173]}",
     "invalid_grant", "AADSTS50173"},
    {"{\"error\":\"a string alone\"}", "a string alone", NULL},
    {"{\"error\":\"one\",\"of\":\"two\"}", "-", NULL},
    {"{\"error\":{\"code\":\"A\"},\"correlation\":{\"operation\":\"x\"},\"time\":\"t\"}", "A",
     NULL},
    {"{\"value\":[],\"error\":{\"code\":\"A\"}}", "-", NULL},
    {"{\"statusCode\":401,\"message\":\"Access denied\"}", NULL, "Access denied"},
    {"{\"statusCode\":200,\"message\":\"fine\"}", "-", NULL},
    {"{\"Message\":\"Authorization has been denied\"}", NULL, "Authorization has been denied"},
    {"{\"message\":\"m\",\"x\":1}", "-", NULL},
    {"{\"id\":\"/subscriptions/s\",\"error\":{\"code\":\"A\"}}", "-", NULL},
    {"{\"template\":{\"resources\":[]},\"error\":{\"code\":\"A\"}}", "-", NULL},
    {"{\"id\":\"x\",\"code\":\"A\",\"message\":\"m\"}", "-", NULL},
    {"{\"name\":\"x\",\"code\":\"A\",\"message\":\"m\"}", "-", NULL},
    {"{\"code\":1,\"message\":\"m\"}", "-", NULL},
    {"{}", "-", NULL},
};

static void is(const char *text, const char *got, const char *want)
{
    got = got == NULL ? "none" : got;
    want = want == NULL ? "none" : want;
    ck_assert_msg(strcmp(got, want) == 0, "%s: expected '%s', came '%s'", text, want, got);
}

START_TEST(errors_saved_as_results_are_seen)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(json_doc) doc = NULL;
        OK(json_parse(errors[i].text, strlen(errors[i].text), false, &doc, &err));
        const char *code = NULL;
        const char *message = NULL;
        bool is_error = shape_is_error(json_root(doc), &code, &message);
        bool want = errors[i].code == NULL || strcmp(errors[i].code, "-") != 0;
        ck_assert_msg(is_error == want, "%s: expected %s", errors[i].text,
                      want ? "an error" : "no error");
        if (want) {
            is(errors[i].text, code, errors[i].code);
            is(errors[i].text, message, errors[i].message);
        }
    }
}
END_TEST

START_TEST(an_error_beside_a_result_is_seen_too)
{
    evpack_err err = {0};
    static const char text[] =
        "{\"template\":{},\"error\":{\"code\":\"Partial\",\"message\":\"m\"}}";
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text, strlen(text), false, &doc, &err));
    const char *code = NULL;
    const char *message = NULL;
    ck_assert(!shape_is_error(json_root(doc), &code, &message));
    ck_assert(shape_has_error(json_root(doc), &code, &message));
    ck_assert_str_eq(code, "Partial");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {errors_saved_as_results_are_seen,
                                  an_error_beside_a_result_is_seen_too, NULL};
    return test_main(test_suite("collect/shape_error", tests));
}
