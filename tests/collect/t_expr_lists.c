/* collect/expr_lists: functions over arrays, objects, numbers and truths, as documented. */
#include "collect/expressions.h"

static const expression_row rows[] = {
    {"[length('abc')]", "3"},
    {"[length('\xf0\x9f\x98\x80')]", "2"},
    {"[length(parameters('list'))]", "3"},
    {"[length(parameters('bag'))]", "2"},
    {"[length(variables('half'))]", "2"},
    {"[length(1)]", "wrong"},
    {"[empty('')]", "true"},
    {"[empty(createArray())]", "true"},
    {"[empty(null())]", "true"},
    {"[empty(parameters('bag'))]", "false"},
    {"[empty(parameters('open'))]", "symbolic"},
    {"[empty(1)]", "wrong"},
    {"[first(parameters('list'))]", "\"a\""},
    {"[last('xyz')]", "\"z\""},
    {"[last(variables('half'))]", "symbolic"},
    {"[first(variables('half'))]", "\"a\""},
    {"[first(createArray())]", "symbolic"},
    {"[skip(parameters('list'),1)]", "[\"b\",\"b\"]"},
    {"[skip('abc',9)]", "\"\""},
    {"[take('abc',2)]", "\"ab\""},
    {"[take(createArray(1,2),-1)]", "[]"},
    {"[contains('abc','bc')]", "true"},
    {"[contains('abc','BC')]", "false"},
    {"[contains(parameters('bag'),'KEY')]", "true"},
    {"[contains(parameters('list'),'b')]", "true"},
    {"[contains(parameters('list'),'c')]", "false"},
    {"[contains(createArray(createArray(1)),createArray(1))]", "true"},
    {"[contains(variables('half'),'a')]", "symbolic"},
    {"[contains(variables('mixed'),'place')]", "true"},
    {"[contains(1,1)]", "wrong"},
    {"[array('a')]", "[\"a\"]"},
    {"[array(createArray(1))]", "[1]"},
    {"[createArray()]", "[]"},
    {"[createObject('a',1,'b',createArray(true()))]", "{\"a\":1,\"b\":[true]}"},
    {"[createObject()]", "{}"},
    {"[createObject('a')]", "wrong"},
    {"[createObject(1,2)]", "wrong"},
    {"[union(createArray(1,2),createArray(2,3))]", "[1,2,3]"},
    {"[union(createObject('a',1,'n',createObject('x',1)),createObject('A',2,'n',createObject('y',2)"
     "))]",
     "{\"a\":2,\"n\":{\"x\":1,\"y\":2}}"},
    {"[union(createArray(1),createObject())]", "wrong"},
    {"[union(variables('mixed'),createObject('a',1))]", "symbolic"},
    {"[equals('a','a')]", "true"},
    {"[equals('a','A')]", "false"},
    {"[equals(1,'1')]", "false"},
    {"[equals(createObject('a',1,'b',2),createObject('b',2,'a',1))]", "true"},
    {"[equals(createArray(1,2),createArray(2,1))]", "false"},
    {"[equals(null(),null())]", "true"},
    {"[equals(parameters('open'),'x')]", "symbolic"},
    {"[not(false())]", "true"},
    {"[not('x')]", "wrong"},
    {"[less(1,2)]", "true"},
    {"[lessOrEquals(2,2)]", "true"},
    {"[greater(1,2)]", "false"},
    {"[greaterOrEquals(2,2)]", "true"},
    {"[greater('a','b')]", "symbolic"},
    {"[greater('a',1)]", "wrong"},
    {"[add(1,2)]", "3"},
    {"[sub(1,2)]", "-1"},
    {"[mul(-3,4)]", "-12"},
    {"[div(-7,2)]", "-3"},
    {"[mod(-7,2)]", "-1"},
    {"[div(1,0)]", "wrong"},
    {"[mod(1,0)]", "wrong"},
    {"[mul(9007199254740991,2)]", "symbolic"},
    {"[range(2,3)]", "[2,3,4]"},
    {"[range(0,10001)]", "wrong"},
    {"[null()]", "null"},
    {"[true()]", "true"},
    {"[false(1)]", "wrong"},
};

START_TEST(lists)
{
    expressions_check(rows, sizeof rows / sizeof rows[0], NULL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {lists, NULL};
    return test_main(test_suite("collect/expr_lists", tests));
}
