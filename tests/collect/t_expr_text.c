/* collect/expr_text: functions over texts, as documented. */
#include "collect/expressions.h"

#include "collect/expr_functions.h"

#include <string.h>

static const expression_row rows[] = {
    {"[concat('a','b')]", "\"ab\""},
    {"[concat('a', 1, -2)]", "\"a1-2\""},
    {"[CONCAT('a')]", "\"a\""},
    {"[concat()]", "wrong"},
    {"[concat(createArray('a'),createArray('b',1))]", "[\"a\",\"b\",1]"},
    {"[concat(createArray('a'),'b')]", "wrong"},
    {"[concat('a',createArray('b'))]", "wrong"},
    {"[concat('a',true())]", "symbolic"},
    {"[concat('a',utcNow())]", "symbolic"},
    {"[concat('it''s')]", "\"it's\""},
    {"[format('{0}/{1}','a','b')]", "\"a/b\""},
    {"[format('{1}{0}{1}','a',7)]", "\"7a7\""},
    {"[format('{{{0}}}','a')]", "\"{a}\""},
    {"[format('{{0}}','a')]", "\"{0}\""},
    {"[format('plain')]", "\"plain\""},
    {"[format('{0:N2}',1)]", "symbolic"},
    {"[format('{0,5}',1)]", "symbolic"},
    {"[format('{1}','a')]", "symbolic"},
    {"[format('{',1)]", "symbolic"},
    {"[format('}',1)]", "symbolic"},
    {"[format('{}',1)]", "symbolic"},
    {"[format('{99999999999}',1)]", "symbolic"},
    {"[format('{0}',parameters('bag'))]", "symbolic"},
    {"[format(1)]", "wrong"},
    {"[toLower('AbZ')]", "\"abz\""},
    {"[toUpper('abz@[')]", "\"ABZ@[\""},
    {"[toLower('\xc3\x89')]", "symbolic"},
    {"[toLower(1)]", "wrong"},
    {"[substring('abcdef',2)]", "\"cdef\""},
    {"[substring('abcdef',2,3)]", "\"cde\""},
    {"[substring('abc',3)]", "\"\""},
    {"[substring('abc',0,0)]", "\"\""},
    {"[substring('abc',4)]", "wrong"},
    {"[substring('abc',1,3)]", "wrong"},
    {"[substring('abc',-1)]", "wrong"},
    {"[substring('\xc3\x89xx',1,1)]", "symbolic"},
    {"[replace('a-b-c','-','')]", "\"abc\""},
    {"[replace('aaa','aa','b')]", "\"ba\""},
    {"[replace('abc','','x')]", "wrong"},
    {"[split('a/b//c','/')]", "[\"a\",\"b\",\"\",\"c\"]"},
    {"[split('a;b,c',createArray(';',','))]", "[\"a\",\"b\",\"c\"]"},
    {"[split('abc','/')]", "[\"abc\"]"},
    {"[split('','/')]", "[\"\"]"},
    {"[split('abc','')]", "wrong"},
    {"[join(createArray('a','b',3),', ')]", "\"a, b, 3\""},
    {"[join(createArray(),',')]", "\"\""},
    {"[join('a',',')]", "wrong"},
    {"[join(variables('half'),',')]", "symbolic"},
    {"[trim('  a b\t')]", "\"a b\""},
    {"[startsWith('AbC','ab')]", "true"},
    {"[startsWith('a','ab')]", "false"},
    {"[endsWith('AbC','bc')]", "true"},
    {"[indexOf('abcABC','ca')]", "2"},
    {"[indexOf('abc','x')]", "-1"},
    {"[padLeft(7,3,'0')]", "\"007\""},
    {"[padLeft('abc',2)]", "\"abc\""},
    {"[padLeft('a',99999999)]", "wrong"},
    {"[string(5)]", "\"5\""},
    {"[string(createArray('a',1))]", "\"[\\\"a\\\",1]\""},
    {"[string(true())]", "symbolic"},
    {"[int('42')]", "42"},
    {"[int('-42')]", "-42"},
    {"[int(7)]", "7"},
    {"[int('')]", "wrong"},
    {"[int('4x')]", "wrong"},
    {"[int('-')]", "wrong"},
    {"[int('99999999999999999999')]", "symbolic"},
    {"[bool('True')]", "true"},
    {"[bool(0)]", "false"},
    {"[bool('x')]", "wrong"},
    {"[json('null')]", "null"},
    {"[json('{\"a\":[1,\"x\"]}').A[1]]", "\"x\""},
    {"[json('{')]", "wrong"},
};

START_TEST(texts)
{
    expressions_check(rows, sizeof rows / sizeof rows[0], NULL);
}
END_TEST

START_TEST(a_text_that_would_grow_too_long_stays)
{
    EVPACK_AUTO_VALUE(arena_reset) arena memory = {0};
    expr_machine m = expr_machine_new(&memory);
    EVPACK_AUTO_VALUE(buf_reset) buf many = {0};
    for (int i = 0; i < 2000; i++) {
        buf_puts(&many, "a");
    }
    const expr_value *args[] = {expr_string(&m, many.data, many.len, false),
                                expr_string(&m, "a", 1, false),
                                expr_string(&m, many.data, many.len, false)};
    const expr_value *v = expr_text_function("replace")->call(&m, args, 3);
    ck_assert_msg(v->type == EXPR_SYMBOLIC && m.limited,
                  "expected four million bytes to be too many");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {texts, a_text_that_would_grow_too_long_stays, NULL};
    return test_main(test_suite("collect/expr_text", tests));
}
