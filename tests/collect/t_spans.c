/* collect/spans: the children of a minified value are its text, piece by piece. */
#include "collect/spans.h"

#include "support.h"

#include <string.h>

static const struct {
    const char *text, *want; /* want: [key]value; for each child */
} rows[] = {
    {"{}", ""},
    {"[]", ""},
    {"{\"a\":1}", "[a]1;"},
    {"{\"a\":1,\"b\":[1,{\"c\":2}],\"d\":{\"e\":\"x,y\"}}",
     "[a]1;[b][1,{\"c\":2}];[d]{\"e\":\"x,y\"};"},
    {"[1,\"a\",[],{},null]", "1;\"a\";[];{};null;"},
    {"[\"a:b\",\"c\"]", "\"a:b\";\"c\";"},
    {"{\"a\\\"b\":\"c\\\\\",\"d\":\"]}\"}", "[a\\\"b]\"c\\\\\";[d]\"]}\";"},
    {"{\"\":\"\"}", "[]\"\";"},
    {"{\"a\":1,\"a\":2}", "[a]1;[a]2;"},
    {"{\"n\":-1.50e+10,\"m\":12345678901234567890}", "[n]-1.50e+10;[m]12345678901234567890;"},
    /* not containers */
    {"", ""},
    {"\"", ""},
    {"12", ""},
    {"\"{\\\"a\\\":1}\"", ""},
};

static void walk_all(const char *text, size_t len, buf *out)
{
    span_walk walk = span_begin(text, len);
    for (span s; span_next(&walk, &s);) {
        ck_assert_msg(s.value >= text && s.value + s.value_len <= text + len, "left '%.*s'",
                      (int)len, text);
        if (s.key != NULL) {
            ck_assert(s.key > text && s.key + s.key_len < text + len);
            buf_printf(out, "[%.*s]", (int)s.key_len, s.key);
        }
        buf_printf(out, "%.*s;", (int)s.value_len, s.value);
    }
}

START_TEST(children_are_whole)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
        walk_all(rows[i].text, strlen(rows[i].text), &got);
        ck_assert_msg(strcmp(buf_str(&got), rows[i].want) == 0, "%s: expected %s, came %s",
                      rows[i].text, rows[i].want, buf_str(&got));
    }
}
END_TEST

START_TEST(keys_are_compared_whole)
{
    span_walk walk = span_begin("{\"name\":1}", 10);
    span s;
    ck_assert(span_next(&walk, &s));
    ck_assert(span_key_is(&s, "name") && !span_key_is(&s, "nam") && !span_key_is(&s, "names"));
    ck_assert(!span_key_is(&s, "Name"));
    walk = span_begin("[1]", 3);
    ck_assert(span_next(&walk, &s));
    ck_assert(!span_key_is(&s, "") && !span_key_is(&s, "name"));
}
END_TEST

/* Texts that should never come: the walk stays inside and ends (asan watches the bounds). */
START_TEST(broken_text_is_not_left)
{
    const char *whole = "{\"a\\\"\":[1,\"x\\\\\",{\"b\":\"]\"}],\"c\":{\"d\":null}}";
    for (size_t len = 0; len <= strlen(whole); len++) {
        for (size_t from = 0; from < len; from++) {
            char *copy = malloc(len - from);
            ck_assert_ptr_nonnull(copy);
            memcpy(copy, whole + from, len - from);
            EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
            walk_all(copy, len - from, &got);
            free(copy);
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {children_are_whole, keys_are_compared_whole,
                                  broken_text_is_not_left, NULL};
    return test_main(test_suite("collect/spans", tests));
}
