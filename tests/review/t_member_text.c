/* review/member_text: members as they are written, without white space; what is no such object is
 * refused. */
#include "review/member_text.h"

#include "support.h"

#include <string.h>

START_TEST(members)
{
    static const char text[] =
        " {\"a\" : 1.00 , \"b\":{ \"a\": [1, 2 ] }, \"c\":\"x y\",\"d\":null}";
    static const char *const want[][2] = {
        {"a", "1.00"}, {"b", "{\"a\":[1,2]}"}, {"c", "\"x y\""}, {"d", "null"}};
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(member_texts_reset) member_texts m = {0};
    OK(member_texts_read(text, strlen(text), &m, &err));
    ck_assert_uint_eq(m.count, 4);
    for (size_t i = 0; i < 4; i++) {
        const member_text *one = member_texts_find(&m, want[i][0]);
        ck_assert_ptr_nonnull(one);
        ck_assert_uint_eq(one->len, strlen(want[i][1]));
        ck_assert_int_eq(memcmp(one->text, want[i][1], one->len), 0);
    }
    ck_assert_ptr_null(member_texts_find(&m, "e"));
}
END_TEST

START_TEST(others)
{
    static const char *const bad[][2] = {{"[1]", "expected a JSON object"},
                                         {"{\"a\":1", "expected a JSON object"},
                                         {"", "expected a JSON object"},
                                         {"{\"a\":1,\"a\":2}", "two members \"a\""}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO_VALUE(member_texts_reset) member_texts m = {0};
        FAILS(member_texts_read(bad[i][0], strlen(bad[i][0]), &m, &err), EVPACK_E_INPUT, bad[i][1]);
    }
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf many = {0};
    for (int i = 0; i <= MEMBER_TEXTS_MAX; i++) {
        buf_printf(&many, "%s\"%d\":0", i == 0 ? "{" : ",", i);
    }
    buf_putc(&many, '}');
    EVPACK_AUTO_VALUE(member_texts_reset) member_texts m = {0};
    FAILS(member_texts_read(buf_str(&many), many.len, &m, &err), EVPACK_E_INPUT, "more than 64");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {members, others, NULL};
    return test_main(test_suite("review/member_text", tests));
}
