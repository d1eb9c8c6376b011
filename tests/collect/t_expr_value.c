/* collect/expr_value: values from JSON and back, equality, and the budget. */
#include "collect/expr_value.h"

#include "support.h"

#include <string.h>

static const expr_value *from(expr_machine *m, const char *text)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text, strlen(text), false, &doc, &err));
    return expr_from_json(m, json_root(doc)); /* a copy: it outlives the document */
}

START_TEST(json_comes_back)
{
    static const char *const rows[] = {"null",
                                       "true",
                                       "0",
                                       "-1",
                                       "0.1",
                                       "1e+22",
                                       "1.5",
                                       "\"a\\\"\\n\"",
                                       "[]",
                                       "{}",
                                       "{\"a\":[1,{\"b\":null}],\"c\":\"\"}",
                                       "9007199254740992",
                                       "0.30000000000000004"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(arena_reset) arena memory = {0};
        expr_machine m = expr_machine_new(&memory);
        EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
        const expr_value *v = from(&m, rows[i]);
        expr_write(&got, v);
        ck_assert_msg(strcmp(buf_str(&got), rows[i]) == 0, "expected %s, came %s", rows[i],
                      buf_str(&got));
        ck_assert_msg(!v->open, "%s: nothing in it is open", rows[i]);
    }
}
END_TEST

START_TEST(equality)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"1", "1.0", true},
        {"1", "\"1\"", false},
        {"\"a\"", "\"A\"", false},
        {"[1,2]", "[1,2]", true},
        {"[1,2]", "[2,1]", false},
        {"{\"a\":1}", "{\"A\":1}", true},
        {"{\"a\":1}", "{}", false},
        {"{\"a\":1}", "{\"a\":2}", false},
        {"null", "null", true},
        {"true", "false", false},
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true},
    };
    EVPACK_AUTO_VALUE(arena_reset) arena memory = {0};
    expr_machine m = expr_machine_new(&memory);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(expr_same(&m, from(&m, rows[i].a), from(&m, rows[i].b)) == rows[i].same,
                      "%s and %s: expected %d", rows[i].a, rows[i].b, rows[i].same);
    }
}
END_TEST

START_TEST(a_value_that_shares_itself_is_bounded)
{
    EVPACK_AUTO_VALUE(arena_reset) arena memory = {0};
    expr_machine m = expr_machine_new(&memory);
    const expr_value *v = expr_string(&m, "x", 1, false);
    unsigned doublings = 0;
    while (v->type != EXPR_SYMBOLIC && doublings < 64) {
        const expr_value **two = expr_alloc(&m, 2 * sizeof *two);
        ck_assert_msg(two != NULL, "expected memory for two pointers");
        two[0] = two[1] = v;
        v = expr_array(&m, two, 2);
        doublings++;
    }
    ck_assert_msg(doublings < 22 && m.limited, "expected a limit before 2^22 parts, came 2^%u",
                  doublings);
}
END_TEST

START_TEST(the_budget_ends)
{
    EVPACK_AUTO_VALUE(arena_reset) arena memory = {0};
    expr_machine m = expr_machine_new(&memory);
    ck_assert_msg(expr_spend(&m, EXPR_WORK_MAX) && !m.limited, "expected all work to be there");
    ck_assert_msg(!expr_spend(&m, 1) && m.limited, "expected no work to be left");
    m.limited = false;
    m.bytes = 10;
    const expr_value *v = expr_string(&m, "0123456789", 10, false);
    ck_assert_msg(v->type == EXPR_SYMBOLIC && m.limited, "expected no bytes to be left");
}
END_TEST

START_TEST(what_is_open_shows)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse("\"[utcNow()]\"", 12, false, &doc, &err));
    EVPACK_AUTO_VALUE(arena_reset) arena memory = {0};
    expr_machine m = expr_machine_new(&memory);
    const expr_value *items[] = {expr_bool(true), expr_written(&m, json_root(doc), false)};
    const char *names[] = {"a", "B"};
    const expr_value *v = expr_object(&m, names, items, 2);
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    expr_write(&got, v);
    ck_assert_str_eq(buf_str(&got), "{\"a\":true,\"B\":\"[utcNow()]\"}");
    ck_assert_msg(v->open, "expected it to be open");
    ck_assert_msg(expr_member(&m, v, "b") == items[1], "expected B by b");
    ck_assert_msg(expr_member(&m, v, "c") == NULL, "expected no c");
    ck_assert_msg(expr_is_wrong(expr_wrong()) && !expr_is_wrong(expr_symbolic()), "the two differ");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        json_comes_back, equality,           a_value_that_shares_itself_is_bounded,
        the_budget_ends, what_is_open_shows, NULL};
    return test_main(test_suite("collect/expr_value", tests));
}
