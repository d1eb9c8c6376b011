/* collect/unwrap: which objects hold answers, and where. */
#include "collect/unwrap.h"

#include "support.h"

#include <string.h>

static evpack_status on_answer(void *ctx, const unwrap_answer *a, evpack_err *err)
{
    (void)err;
    buf *log = ctx;
    buf_printf(log, "%s=%.*s/%ld/%s%s;", a->pointer, a->text == NULL ? 4 : (int)a->len,
               a->text == NULL ? "none" : a->text, a->status, a->url == NULL ? "-" : a->url,
               a->string == NULL ? "" : "/string");
    return EVPACK_OK;
}

static const struct {
    const char *text, *answers; /* "": it is no wrapper */
} rows[] = {
    {"{\"parameters\":{},\"responses\":{\"200\":{\"body\":{\"a\":1}},\"201\":{\"body\":{}}}}",
     "/responses/200/body={\"a\":1}/200/-;"},
    {"{\"parameters\":{},\"responses\":{\"404\":{\"body\":{\"x\":1}},\"201\":{\"body\":[]}}}",
     "/responses/201/body=[]/201/-;"},
    {"{\"parameters\":{},\"responses\":{\"202\":{\"headers\":{}},\"default\":{\"body\":1}}}", ""},
    {"{\"responses\":[{\"httpStatusCode\":200,\"content\":{\"v\":1}},{\"httpStatusCode\":403,"
     "\"content\":"
     "{}}]}",
     "/responses/0/content={\"v\":1}/200/-;/responses/1/content={}/403/-;"},
    {"{\"responses\":[{\"status\":204}]}", "/responses/0/=none/204/-;"},
    {"{\"status_code\":200,\"url\":\"https://x\",\"body\":[1]}", "/body=[1]/200/https://x;"},
    {"{\"statusCode\":\"404\",\"body\":\"{}\"}", "/body=\"{}\"/404/-/string;"},
    {"{\"request\":{\"url\":\"u\"},\"response\":{\"status\":200,\"content\":{\"mimeType\":\"j\","
     "\"text\":\"[]\"}}}",
     "/response/content/text=\"[]\"/200/u/string;"},
    {"{\"log\":{\"entries\":[{\"request\":{\"url\":\"u\"},\"response\":{\"status\":200,\"body\":{}}"
     "},{}]}}",
     "/log/entries/0/response/body={}/200/u;"},
    /* what could be a resource, or anything else */
    {"{\"id\":\"x\",\"status_code\":200,\"body\":{}}", ""},
    {"{\"properties\":{},\"status\":200,\"body\":{}}", ""},
    {"{\"status\":\"Succeeded\",\"content\":{}}", ""},
    {"{\"status\":7,\"body\":{}}", ""},
    {"{\"body\":{}}", ""},
    {"{\"responses\":{}}", ""},
    {"{\"responses\":[]}", ""},
    {"{\"responses\":[1]}", ""},
    {"{\"log\":{\"entries\":7}}", ""},
    {"{\"response\":1}", ""},
    {"{\"b\\u006fdy\":{},\"status\":200}", "/=none/200/-;"},
    {"{}", ""},
};

START_TEST(answers_are_told_with_their_places)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(json_doc) doc = NULL;
        const char *text = rows[i].text;
        OK(json_parse(text, strlen(text), false, &doc, &err));
        EVPACK_AUTO_VALUE(buf_reset) buf log = {0};
        const unwrap_listener listener = {on_answer, &log};
        size_t count = 0;
        OK(unwrap_walk(text, strlen(text), json_root(doc), &listener, &count, &err));
        ck_assert_msg(strcmp(buf_str(&log), rows[i].answers) == 0, "%s\nexpected %s\ncame     %s",
                      text, rows[i].answers, buf_str(&log));
        ck_assert_msg((count > 0) == (rows[i].answers[0] != '\0'), "%s: %zu answers", text, count);
    }
}
END_TEST

static evpack_status refuse(void *ctx, const unwrap_answer *a, evpack_err *err)
{
    (void)ctx;
    return evpack_fail(err, EVPACK_E_IO, "not %s", a->pointer);
}

START_TEST(a_listener_can_stop_it)
{
    evpack_err err = {0};
    static const char text[] = "{\"status\":200,\"body\":{}}";
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text, strlen(text), false, &doc, &err));
    const unwrap_listener listener = {refuse, NULL};
    size_t count = 0;
    FAILS(unwrap_walk(text, strlen(text), json_root(doc), &listener, &count, &err), EVPACK_E_IO,
          "not /body");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {answers_are_told_with_their_places, a_listener_can_stop_it, NULL};
    return test_main(test_suite("collect/unwrap", tests));
}
