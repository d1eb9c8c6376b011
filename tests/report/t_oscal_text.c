/* report/oscal_text: each spelling is valid for its type, whatever comes in. */
#include "report/oscal_text.h"

#include "port/json.h"
#include "support.h"

#include <string.h>

static const struct {
    const char *in, *prose, *string;
} spelled[] = {
    {"plain text, with (marks).", "plain text, with (marks).", "plain text, with (marks)."},
    {"a_b _c_ d_", "a_b \\_c\\_ d\\_", "a_b _c_ d_"}, /* emphasis begins at a word's end */
    {"*b* `c` ~d~ ^e^", "\\*b\\* \\`c\\` \\~d\\~ \\^e\\^", "*b* `c` ~d~ ^e^"},
    {"[x](y) <b> &lt; {{p}}", "\\[x\\](y) \\<b\\> \\&lt; \\{\\{p\\}\\}", "[x](y) <b> &lt; {{p}}"},
    {"back\\slash \"q\"", "back\\\\slash \"q\"", "back\\slash \"q\""},
    {"two\r\nlines\tand", "two  lines and",
     "two\xe2\x9f\xa8U+000D\xe2\x9f\xa9\xe2\x9f\xa8U+000A\xe2\x9f\xa9lines\xe2\x9f\xa8U+0009"
     "\xe2\x9f\xa9"
     "and"},
    {"\xe2\x80\xae", "\xe2\x9f\xa8U+202E\xe2\x9f\xa9", "\xe2\x9f\xa8U+202E\xe2\x9f\xa9"},
    {"\xff",
     "\xe2\x9f\xa8"
     "0xFF"
     "\xe2\x9f\xa9",
     "\xe2\x9f\xa8"
     "0xFF"
     "\xe2\x9f\xa9"},
    {"gr\xc3\xb6\xc3\x9f"
     "e",
     "gr\xc3\xb6\xc3\x9f"
     "e",
     "gr\xc3\xb6\xc3\x9f"
     "e"},
    {" x ", " x ",
     "\xe2\x9f\xa8U+0020\xe2\x9f\xa9x\xe2\x9f\xa8U+0020\xe2\x9f\xa9"}, /* no space at an end */
    {"", "-", "-"},
    {NULL, "-", "-"}};

static void same(const buf *b, const char *want)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    ck_assert_msg(json_parse(buf_str(b), b->len, true, &doc, &err) == EVPACK_OK,
                  "expected JSON, came %s", buf_str(b));
    ck_assert_str_eq(json_string(json_root(doc)), want);
}

START_TEST(prose_and_strings)
{
    for (size_t i = 0; i < sizeof spelled / sizeof spelled[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        oscal_line(&b, spelled[i].in);
        same(&b, spelled[i].prose);
        buf_clear(&b);
        oscal_string(&b, spelled[i].in);
        same(&b, spelled[i].string);
    }
}
END_TEST

START_TEST(a_line_of_white_space_is_not_empty)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    oscal_line(&b, " \n\t ");
    same(&b, "-");
}
END_TEST

START_TEST(properties_and_their_commas)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_putc(&b, '[');
    oscal_prop(&b, "none", NULL);
    oscal_prop(&b, "empty", "");
    oscal_prop(&b, "a", "1");
    oscal_prop(&b, "b", "\"");
    buf_putc(&b, ']');
    ck_assert_str_eq(buf_str(&b), "[{\"name\":\"a\",\"ns\":\"" OSCAL_NS "\",\"value\":\"1\"},"
                                  "{\"name\":\"b\",\"ns\":\"" OSCAL_NS "\",\"value\":\"\\\"\"}]");
}
END_TEST

static const struct {
    const char *in, *token;
} tokens[] = {{"NS-2", "ns-2"}, {"mcsb-v1", "mcsb-v1"}, {"1.2", "_1.2"}, {"a b/c", "a_b_c"},
              {"", "_"},        {"\xc3\xa9", "___"},    {"-x", "_-x"}};

START_TEST(tokens_are_tokens)
{
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
        oscal_token(&b, tokens[i].in);
        ck_assert_str_eq(buf_str(&b), tokens[i].token);
    }
}
END_TEST

START_TEST(paths_are_uris)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    oscal_href(&b, "data/evidence/2026-11/a b~c3@(x),+=1.json");
    ck_assert_str_eq(buf_str(&b), "evidence/2026-11/a%20b~c3%40%28x%29%2C%2B%3D1.json");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {prose_and_strings,
                                  a_line_of_white_space_is_not_empty,
                                  properties_and_their_commas,
                                  tokens_are_tokens,
                                  paths_are_uris,
                                  NULL};
    return test_main(test_suite("report/oscal_text", tests));
}
