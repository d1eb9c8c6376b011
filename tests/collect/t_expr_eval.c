/* collect/expr_eval: what is worked out, what stays symbolic, what is in error; and partial texts.
 */
#include "collect/expressions.h"

#include <string.h>

#define GROUP "/subscriptions/{subscription}/resourceGroups/{group}"

static const expression_row rows[] = {
    {"plain", "\"plain\""},
    {"[[not an expression]", "\"[not an expression]\""},
    {"[open", "\"[open\""},
    {"[", "\"[\""},
    {"", "\"\""},
    {"[[", "\"[[\""},
    {"[]", "wrong"},
    {"[ 'a' ]", "\"a\""},
    {"[5]", "5"},
    {"[-5]", "-5"},
    {"[parameters('name')]", "\"acct\""},
    {"[PARAMETERS('NAME')]", "\"acct\""},
    {"[parameters(concat('na','me'))]", "\"acct\""},
    {"[parameters('open')]", "symbolic"},
    {"[parameters('place')]", "symbolic"},
    {"[parameters('none')]", "null"},
    {"[parameters('nowhere')]", "wrong"},
    {"[parameters(1)]", "wrong"},
    {"[parameters()]", "wrong"},
    {"[parameters('secret')]", "symbolic"},
    {"[concat('x',parameters('secret'))]", "symbolic"},
    {"[parameters('secretBag').p]", "symbolic"},
    {"[parameters('hidden').p]", "symbolic"},
    {"[parameters('bag').key]", "\"v\""},
    {"[parameters('bag')['KEY']]", "\"v\""},
    {"[parameters('bag').n.a]", "1"},
    {"[parameters('bag').x]", "wrong"},
    {"[parameters('list')[1]]", "\"b\""},
    {"[parameters('list')[3]]", "wrong"},
    {"[parameters('list')[-1]]", "wrong"},
    {"[parameters('list').a]", "wrong"},
    {"[variables('joined')]", "\"acct-v\""},
    {"[variables('escaped')]", "\"[literal]\""},
    {"[variables('mixed')]", "{\"known\":1,\"place\":\"[parameters('place')]\"}"},
    {"[variables('mixed').known]", "1"},
    {"[variables('mixed').place]", "symbolic"},
    {"[variables('squares')]", "[0,1,4]"},
    {"[variables('squares')[2]]", "4"},
    {"[variables('loopA')]", "wrong"},
    {"[variables('self')]", "wrong"},
    {"[variables('bad')]", "wrong"},
    {"[variables('twin')]", "wrong"},
    {"[if(true(),'a',nonsense())]", "\"a\""},
    {"[if(equals(1,2),nonsense(),'b')]", "\"b\""},
    {"[if(parameters('open'),1,2)]", "symbolic"},
    {"[if('x',1,2)]", "wrong"},
    {"[if(true(),1)]", "wrong"},
    {"[and(true(),false())]", "false"},
    {"[and(parameters('open'),false())]", "false"},
    {"[and(parameters('open'),true())]", "symbolic"},
    {"[and(true(),true(),true())]", "true"},
    {"[and(true())]", "wrong"},
    {"[and(1,true())]", "wrong"},
    {"[or(false(),true())]", "true"},
    {"[or(parameters('open'),true())]", "true"},
    {"[or(false(),false())]", "false"},
    {"[coalesce(null(),parameters('none'),'x')]", "\"x\""},
    {"[coalesce(parameters('open'),'x')]", "symbolic"},
    {"[coalesce(null())]", "null"},
    {"[reference('x').a.b[0].c]", "symbolic"},
    {"[listKeys(resourceId('a.b/c','d'),'2021-01-01').key1]", "symbolic"},
    {"[listAnything('x','y')]", "symbolic"},
    {"[contoso.unique('x')]", "symbolic"},
    {"[uniqueString(resourceGroup().id)]", "symbolic"},
    {"[resourceGroup().nonsense()]", "wrong"},
    {"[nonsense()]", "wrong"},
    {"[nonsense]", "wrong"},
    {"[concat(nonsense(),utcNow())]", "wrong"},
    {"[concat('a',]", "wrong"},
    {"[concat('a')x]", "wrong"},
    {"[concat('a]", "wrong"},
    {"[resourceId('A.b/c','d')]", "\"" GROUP "/providers/A.b/c/d\""},
    {"[resourceId('A.b/c/e','d','f')]", "\"" GROUP "/providers/A.b/c/d/e/f\""},
    {"[resourceId('g2','A.b/c','d')]",
     "\"/subscriptions/{subscription}/resourceGroups/g2/providers/A.b/c/d\""},
    {"[resourceId('00000000-0000-0000-0000-000000000001','g2','A.b/c','d')]",
     "\"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g2/providers/A.b/c/d\""},
    {"[resourceId('A.b/c')]", "wrong"},
    {"[resourceId('A.b/c','d','e')]", "wrong"},
    {"[resourceId('x','y')]", "wrong"},
    {"[resourceId('A.b/c',parameters('open'))]", "symbolic"},
    {"[resourceId('A.b/c',1)]", "wrong"},
    {"[resourceId('Microsoft.Storage/storageAccounts/providers/roleAssignments','a',"
     "'Microsoft.Authorization','g')]",
     "\"" GROUP "/providers/Microsoft.Storage/storageAccounts/a/providers/Microsoft.Authorization/"
     "roleAssignments/g\""},
    {"[subscriptionResourceId('A.b/c','d')]",
     "\"/subscriptions/{subscription}/providers/A.b/c/d\""},
    {"[subscriptionResourceId('S','A.b/c','d')]", "\"/subscriptions/S/providers/A.b/c/d\""},
    {"[subscriptionResourceId('Microsoft.Resources/resourceGroups/','g')]",
     "\"/subscriptions/{subscription}/resourceGroups/g\""},
    {"[tenantResourceId('A.b/c','d')]", "\"/providers/A.b/c/d\""},
    {"[extensionResourceId(resourceId('A.b/c','d'),'E.f/g','h')]",
     "\"" GROUP "/providers/A.b/c/d/providers/E.f/g/h\""},
    {"[extensionResourceId('/x','E.f/g')]", "wrong"},
    {"[last(split(resourceId('A.b/c','d'),'/'))]", "\"d\""},
    {"[split(resourceId('A.b/c','d'),'/')[2]]", "\"{subscription}\""},
    {"[length(resourceId('A.b/c','d'))]", "symbolic"},
    {"[equals(resourceId('A.b/c','d'),resourceId('A.b/c','d'))]", "symbolic"},
    {"[copyIndex()]", "wrong"},
};

START_TEST(expressions)
{
    expressions_check(rows, sizeof rows / sizeof rows[0], NULL);
}
END_TEST

START_TEST(loops)
{
    static const expression_row turns[] = {
        {"[copyIndex()]", "2"},
        {"[copyIndex(5)]", "7"},
        {"[copyIndex('outer',1)]", "2"},
        {"[copyIndex('ports')]", "9"},
        {"[copyIndex('unknown')]", "symbolic"},
        {"[copyIndex('nowhere')]", "wrong"},
        {"[copyIndex('a',1,2)]", "wrong"},
        {"[copyIndex(1,2)]", "wrong"},
        {"[parameters('list')[copyIndex()]]", "\"b\""},
        {"[format('d-{0}', copyIndex())]", "\"d-2\""},
    };
    const expr_loop unknown = {"unknown", false, true, 0, NULL};
    const expr_loop outer = {"outer", true, false, 1, &unknown};
    const expr_loop inner = {"inner", true, false, 2, &outer};
    const expr_loop ports = {"ports", true, true, 9, &inner};
    expressions_check(turns, sizeof turns / sizeof turns[0], &ports);
}
END_TEST

START_TEST(what_is_known_of_a_text)
{
    static const struct {
        const char *text, *want;
    } partial[] = {
        {"[concat(parameters('name'),'/x')]", "acct/x"},
        {"[concat(parameters('open'), '/x')]", "{parameters('open')}/x"},
        {"[format('{0}/{1}',parameters('name'),uniqueString('a/b'))]",
         "acct/{uniqueString('a%2Fb')}"},
        {"[format('{0:X}',parameters('open'))]", "{format('%7B0:X%7D',parameters('open'))}"},
        {"[toLower( concat('A', utcNow()) )]", "{toLower(concat('A',utcNow()))}"},
        {"[resourceId('A.b/c',parameters('open'))]", GROUP "/providers/A.b/c/{parameters('open')}"},
        {"[concat('a', concat('b', utcNow()), 1)]", "ab{utcNow()}1"},
        {"[concat('a b', nonsense('c d'))]", "a b{nonsense('c d')}"},
        {"[variables('openId')]", GROUP "/providers/A.b/c/{parameters('open')}"},
        {"[variables('half')]", "{variables('half')}"},
        {"[variables('circle')]", "{variables('circle')}"},
        {"[concat()]", "{concat()}"},
        {"[guid('x', copyIndex())]", "{guid('x',copyIndex());4}"},
    };
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(expressions_template, strlen(expressions_template), false, &doc, &err));
    EVPACK_AUTO_VALUE(arena_reset) arena memory = {0};
    expr_machine machine = expr_machine_new(&memory);
    EVPACK_AUTO(template_scope) scope = NULL;
    OK(template_scope_new(&machine, json_root(doc), NULL, &scope, &err));
    const expr_loop loop = {"l", true, false, 4, NULL};
    const expr_env env = {&machine, template_scope_expr(scope), &loop};
    for (size_t i = 0; i < sizeof partial / sizeof partial[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
        bool known = expr_partial(&env, expression_parse(&machine, partial[i].text), &got);
        ck_assert_msg(strcmp(buf_str(&got), partial[i].want) == 0, "%s: expected %s, came %s",
                      partial[i].text, partial[i].want, buf_str(&got));
        ck_assert_msg(known == (strchr(partial[i].want, '{') == NULL), "%s: known is %d",
                      partial[i].text, known);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {expressions, loops, what_is_known_of_a_text, NULL};
    return test_main(test_suite("collect/expr_eval", tests));
}
