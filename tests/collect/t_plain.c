/* collect/plain: strings that SQLite would read otherwise than JSON means them. */
#include "collect/plain.h"

#include "base/jscan.h"
#include "support.h"

#include <string.h>

static const struct {
    const char *text, *want; /* NULL: nothing to mend */
} rows[] = {
    {"{}", NULL},
    {"{\"a\":\"b\",\"c\":[1,\"d\"]}", NULL},
    {"{\"a\":\"\\u00e9 \\n \\/ \\\" \\ud83d\\ude00\"}", NULL},
    {"{\"a\":\"\\\\u0000\"}", NULL},
    {"{\"a\":\"\\\\\",\"b\":\"x\"}", NULL},
    {"[\"\\\":\"]", NULL},
    {"{\"a\":\"Disabled\\u0000x\"}", "{\"a\":\"Disabled\\ufffdx\"}"},
    {"{\"a\":\"\\u0000\\u0000\"}", "{\"a\":\"\\ufffd\\ufffd\"}"},
    {"{\"a\":\"\\\\\\u0000\"}", "{\"a\":\"\\\\\\ufffd\"}"},
    {"{\"a\":\"\\ud800\",\"b\":\"\\uDC00x\"}", "{\"a\":\"\\ufffd\",\"b\":\"\\ufffdx\"}"},
    {"{\"a\":\"\\ud83d\\ud83d\\ude00\"}", "{\"a\":\"\\ufffd\\ud83d\\ude00\"}"},
    {"{\"\\u0070ublic\":1}", "{\"public\":1}"},
    {"{\"a\\/b\":{\"\\u00E9\":[]}}", "{\"a/b\":{\"\xc3\xa9\":[]}}"},
    {"{\"\\ud83d\\ude00\":1}", "{\"\xf0\x9f\x98\x80\":1}"},
    {"{\"a\\u0000b\":1}", "{\"a\xef\xbf\xbd"
                          "b\":1}"},
    {"{\"\\ud800\":1}", "{\"\xef\xbf\xbd\":1}"},
    {"{\"a\\\"b\\\\c\":1}", NULL},
    {"{\"\\u0022\\u005c\\u000a\":1}", "{\"\\\"\\\\\\n\":1}"},
};

START_TEST(strings_become_plain)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        bool mended = plain_text(rows[i].text, strlen(rows[i].text), &out);
        OK(buf_status(&out, &err));
        ck_assert_msg(mended == (rows[i].want != NULL), "%s: expected %s, came '%s'", rows[i].text,
                      rows[i].want == NULL ? "nothing to mend" : rows[i].want, buf_str(&out));
        ck_assert_msg(!mended || strcmp(buf_str(&out), rows[i].want) == 0,
                      "%s: expected %s, came %s", rows[i].text, rows[i].want, buf_str(&out));
        ck_assert_msg(mended || out.len == 0, "%s: expected nothing, came %s", rows[i].text,
                      buf_str(&out));
        if (mended) {
            OK(jscan_check(buf_str(&out), out.len, &err));
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {strings_become_plain, NULL};
    return test_main(test_suite("collect/plain", tests));
}
