/* collect/template_body: what is written of a resource. */
#include "collect/template_body.h"

#include "collect/expressions.h"

#include <string.h>

typedef struct {
    const char *what, *value, *want;
    bool symbolic;
} row;

static void check(const row *r, size_t left, const char *inner)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) tmpl = NULL;
    EVPACK_AUTO(json_doc) value = NULL;
    EVPACK_AUTO(json_doc) inner_doc = NULL;
    OK(json_parse(expressions_template, strlen(expressions_template), false, &tmpl, &err));
    OK(json_parse(r->value, strlen(r->value), false, &value, &err));
    EVPACK_AUTO_VALUE(arena_reset) arena memory = {0};
    expr_machine machine = expr_machine_new(&memory);
    EVPACK_AUTO(template_scope) scope = NULL;
    EVPACK_AUTO(template_scope) inner_scope = NULL;
    OK(template_scope_new(&machine, json_root(tmpl), NULL, &scope, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    const expr_env env = {&machine, template_scope_expr(scope), NULL};
    template_body b = {env, &memory, &left, false, &got};
    if (inner == NULL) {
        template_body_value(&b, json_root(value));
    } else {
        OK(json_parse(inner, strlen(inner), false, &inner_doc, &err));
        OK(template_scope_new(&machine, json_root(inner_doc), NULL, &inner_scope, &err));
        template_body_deployment(&b, json_root(value), inner_scope);
    }
    ck_assert_msg(strcmp(buf_str(&got), r->want) == 0, "%s: expected\n%s\ncame\n%s", r->what,
                  r->want, buf_str(&got));
    ck_assert_msg(b.symbolic == r->symbolic, "%s: symbolic is %d", r->what, b.symbolic);
}

START_TEST(values)
{
    static const row rows[] = {
        {"what has no expression", "{\"a\":[1,0.5,true,null,\"x\\\"y\"],\"b\":{}}",
         "{\"a\":[1,0.5,true,null,\"x\\\"y\"],\"b\":{}}", false},
        {"an expression of each sort",
         "{\"s\":\"[parameters('name')]\",\"n\":\"[parameters('count')]\",\"o\":"
         "\"[parameters('bag')]\",\"u\":\"[null()]\"}",
         "{\"s\":\"acct\",\"n\":3,\"o\":{\"Key\":\"v\",\"n\":{\"a\":1}},\"u\":null}", false},
        {"an escaped one", "[\"[[x]\",\"[[x\"]", "[\"[x]\",\"[[x\"]", false},
        {"a symbolic one", "{\"k\":\"[listKeys('x','y')]\"}", "{\"k\":\"[listKeys('x','y')]\"}",
         true},
        {"one in error", "{\"k\":\"[nonsense(]\"}", "{\"k\":\"[nonsense(]\"}", true},
        {"one that is known in part", "{\"k\":\"[variables('mixed')]\"}",
         "{\"k\":{\"known\":1,\"place\":\"[parameters('place')]\"}}", true},
        {"an id", "\"[resourceId('A.b/c','d')]\"",
         "\"/subscriptions/{subscription}/resourceGroups/{group}/providers/A.b/c/d\"", true},
        {"a secret", "[\"[parameters('secret')]\",\"[concat('x',parameters('secret'))]\"]",
         "[\"[parameters('secret')]\",\"[concat('x',parameters('secret'))]\"]", true},
        {"a name that is an expression", "{\"[parameters('name')]\":{},\"[utcNow()]\":1,\"[(]\":2}",
         "{\"acct\":{},\"[utcNow()]\":1,\"[(]\":2}", true},
        {"a loop over a property",
         "{\"copy\":[{\"name\":\"list\",\"count\":2,\"input\":{\"n\":\"[copyIndex('list')]\"}}],"
         "\"z\":1}",
         "{\"z\":1,\"list\":[{\"n\":0},{\"n\":1}]}", false},
        {"a loop of unknown length",
         "{\"copy\":[{\"name\":\"list\",\"count\":\"[parameters('open')]\",\"input\":1}]}",
         "{\"list\":{\"name\":\"list\",\"count\":\"[parameters('open')]\",\"input\":1}}", true},
        {"a property that is called copy", "{\"copy\":[{\"name\":\"x\"}]}",
         "{\"copy\":[{\"name\":\"x\"}]}", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check(&rows[i], 1 << 20, NULL);
    }
}
END_TEST

START_TEST(the_budget_ends)
{
    static const row rows[] = {
        {"a value", "[\"[parameters('name')]\",\"[parameters('name')]\"]",
         "[\"acct\",\"[parameters('name')]\"]", true},
        {"a loop", "{\"copy\":[{\"name\":\"l\",\"count\":800,\"input\":1}]}",
         "{\"l\":{\"name\":\"l\",\"count\":800,\"input\":1}}", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check(&rows[i], 6, NULL);
    }
}
END_TEST

START_TEST(deployments)
{
    static const char inner[] =
        "{\"parameters\":{\"pw\":{\"type\":\"securestring\"},\"n\":{\"type\":"
        "\"string\"}},\"resources\":[]}";
    static const row rows[] = {
        {"no template, no secret",
         "{\"mode\":\"Incremental\",\"template\":{\"resources\":[1]},\"parameters\":{\"n\":{"
         "\"value\":"
         "\"[parameters('name')]\"},\"PW\":{\"value\":\"hunter2\"}}}",
         "{\"mode\":\"Incremental\",\"parameters\":{\"n\":{\"value\":\"acct\"},\"PW\":{\"value\":"
         "\"[parameters('PW')]\"}}}",
         true},
        {"a secret in a vault is only named",
         "{\"parameters\":{\"pw\":{\"reference\":{\"secretName\":\"s\"}}}}",
         "{\"parameters\":{\"pw\":{\"reference\":{\"secretName\":\"s\"}}}}", false},
        {"an expression for a secret may hold it",
         "{\"parameters\":{\"pw\":{\"value\":\"[concat('hunter','2')]\"}}}",
         "{\"parameters\":{\"pw\":{\"value\":\"[parameters('pw')]\"}}}", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check(&rows[i], 1 << 20, inner);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {values, the_budget_ends, deployments, NULL};
    return test_main(test_suite("collect/template_body", tests));
}
