/* collect/template_scope: values given, defaults, secrets, loops, and what leads back to itself. */
#include "collect/expressions.h"

#include <string.h>

typedef struct {
    json_doc *tmpl, *given;
    arena memory;
    expr_machine machine;
    template_scope *outer, *scope;
    template_given gives;
} world;

static void world_reset(world *w)
{
    template_scope_free(w->scope);
    template_scope_free(w->outer);
    json_free(w->tmpl);
    json_free(w->given);
    arena_reset(&w->memory);
}

/* A template, and what a deployment gives it; the deployment stands in expressions_template. */
static void world_new(world *w, const char *tmpl, const char *given)
{
    evpack_err err = {0};
    *w = (world){0};
    OK(json_parse(tmpl, strlen(tmpl), false, &w->tmpl, &err));
    OK(json_parse(given, strlen(given), false, &w->given, &err));
    w->machine = expr_machine_new(&w->memory);
    static json_doc *around; /* lives as long as the test program */
    if (around == NULL) {
        OK(json_parse(expressions_template, strlen(expressions_template), false, &around, &err));
    }
    OK(template_scope_new(&w->machine, json_root(around), NULL, &w->outer, &err));
    w->gives =
        (template_given){json_root(w->given), {&w->machine, template_scope_expr(w->outer), NULL}};
    OK(template_scope_new(&w->machine, json_root(w->tmpl), &w->gives, &w->scope, &err));
}

static void is(const world *w, bool parameter, const char *name, const char *want)
{
    const expr_scope *s = template_scope_expr(w->scope);
    const expr_value *v = parameter ? s->parameter(s->ctx, name) : s->variable(s->ctx, name);
    EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
    if (v->type == EXPR_SYMBOLIC) {
        buf_puts(&got, expr_is_wrong(v) ? "wrong" : "symbolic");
    } else {
        expr_write(&got, v);
    }
    ck_assert_msg(strcmp(buf_str(&got), want) == 0, "%s: expected %s, came %s", name, want,
                  buf_str(&got));
}

START_TEST(what_is_given_comes_first)
{
    EVPACK_AUTO_VALUE(world_reset) world w;
    world_new(&w,
              "{\"parameters\":{\"a\":{\"type\":\"string\",\"defaultValue\":\"own\"},"
              "\"B\":{\"type\":\"string\"},\"c\":{\"type\":\"string\",\"defaultValue\":\"own\"},"
              "\"d\":{\"type\":\"string\"},\"e\":{\"type\":\"securestring\"},\"f\":7,"
              "\"g\":{\"type\":\"string\",\"defaultValue\":null},\"h\":{\"type\":\"array\"},"
              "\"i\":{\"type\":\"string\",\"defaultValue\":\"[concat(parameters('a'),'!')]\"}}}",
              "{\"a\":{\"value\":\"[parameters('name')]\"},\"b\":{\"value\":\"x\"},"
              "\"d\":{\"reference\":{\"secretName\":\"s\"}},\"e\":{\"value\":\"hunter2\"},"
              "\"h\":{\"value\":[\"[parameters('name')]\",\"[utcNow()]\"]},\"z\":{\"value\":1}}");
    is(&w, true, "a", "\"acct\"");
    is(&w, true, "b", "\"x\"");
    is(&w, true, "c", "\"own\"");
    is(&w, true, "d", "symbolic");
    is(&w, true, "e", "symbolic");
    is(&w, true, "f", "symbolic");
    is(&w, true, "g", "symbolic");
    is(&w, true, "h", "[\"acct\",\"[utcNow()]\"]");
    is(&w, true, "i", "\"acct!\"");
    is(&w, true, "z", "wrong");
}
END_TEST

START_TEST(secrets)
{
    EVPACK_AUTO_VALUE(world_reset) world w;
    world_new(
        &w,
        "{\"definitions\":{\"pw\":{\"type\":\"secureString\"},\"plain\":{\"type\":\"string\"},"
        "\"round\":{\"type\":\"object\",\"properties\":{\"again\":{\"$ref\":"
        "\"#/definitions/round\"}}}},\"parameters\":{"
        "\"a\":{\"type\":\"SecureString\"},\"b\":{\"type\":\"secureobject\"},"
        "\"c\":{\"$ref\":\"#/definitions/pw\"},\"d\":{\"$ref\":\"#/definitions/plain\"},"
        "\"e\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"x\":"
        "{\"type\":\"securestring\"}}}},\"f\":{\"type\":\"object\",\"additionalProperties\":"
        "{\"$ref\":\"#/definitions/pw\"}},\"g\":{\"type\":\"array\",\"prefixItems\":"
        "[{\"type\":\"securestring\"}]},\"h\":{\"$ref\":\"#/definitions/nowhere\"},"
        "\"i\":{\"$ref\":\"https://elsewhere\"},\"j\":{\"$ref\":\"#/definitions/round\"},"
        "\"k\":{\"type\":\"object\",\"defaultValue\":{\"type\":\"securestring\"},"
        "\"metadata\":{\"type\":\"securestring\"}}}}",
        "{}");
    static const char *const secure[] = {"a", "B", "c", "e", "f", "g", "h", "i", "j"};
    static const char *const plain[] = {"d", "k", "nowhere"};
    for (size_t i = 0; i < sizeof secure / sizeof secure[0]; i++) {
        ck_assert_msg(template_scope_is_secure(w.scope, secure[i]), "expected %s to be secure",
                      secure[i]);
    }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        ck_assert_msg(!template_scope_is_secure(w.scope, plain[i]), "expected %s to be plain",
                      plain[i]);
    }
    is(&w, true, "k", "{\"type\":\"securestring\"}");
}
END_TEST

START_TEST(loops_of_variables)
{
    EVPACK_AUTO_VALUE(world_reset) world w;
    world_new(&w,
              "{\"parameters\":{\"n\":{\"type\":\"int\",\"defaultValue\":2},\"open\":{\"type\":"
              "\"int\"}},\"variables\":{\"copy\":["
              "{\"name\":\"top\",\"count\":\"[parameters('n')]\",\"input\":{\"i\":"
              "\"[copyIndex('top',1)]\"}},"
              "{\"name\":\"none\",\"count\":0,\"input\":1},"
              "{\"name\":\"many\",\"count\":801,\"input\":1},"
              "{\"name\":\"half\",\"count\":1.5,\"input\":1},"
              "{\"name\":\"open\",\"count\":\"[parameters('open')]\",\"input\":1}],"
              "\"inside\":{\"x\":1,\"copy\":[{\"name\":\"list\",\"count\":2,\"input\":"
              "\"[copyIndex('list')]\"},{\"name\":\"open\",\"count\":\"[parameters('open')]\","
              "\"input\":1}]},\"noLoop\":{\"copy\":[1]}}}",
              "{}");
    is(&w, false, "top", "[{\"i\":1},{\"i\":2}]");
    is(&w, false, "none", "[]");
    is(&w, false, "many", "symbolic");
    is(&w, false, "half", "symbolic");
    is(&w, false, "open", "symbolic");
    is(&w, false, "inside",
       "{\"x\":1,\"list\":[0,1],\"open\":{\"name\":\"open\",\"count\":\"[parameters('open')]\","
       "\"input\":1}}");
    is(&w, false, "noLoop", "{\"copy\":[1]}");
}
END_TEST

START_TEST(what_leads_back_to_itself)
{
    EVPACK_AUTO_VALUE(world_reset) world w;
    world_new(&w,
              "{\"parameters\":{\"p\":{\"type\":\"string\",\"defaultValue\":"
              "\"[parameters('P')]\"}},\"variables\":{"
              "\"a\":\"[concat('x',variables('b'))]\",\"b\":\"[variables('A')]\","
              "\"lazy\":\"[if(true(),1,variables('lazy'))]\"}}",
              "{}");
    is(&w, true, "p", "wrong");
    is(&w, false, "a", "wrong");
    is(&w, false, "b", "wrong");
    is(&w, false, "lazy", "1");
    ck_assert_msg(w.machine.depth == 0 && !w.machine.limited, "expected no limit to be met");
}
END_TEST

START_TEST(a_long_chain_is_bounded)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_puts(&text, "{\"variables\":{\"v0\":\"x\"");
    enum { LONG = 5000 };
    for (int i = 1; i < LONG; i++) {
        buf_printf(&text, ",\"v%d\":\"[concat(variables('v%d'))]\"", i, i - 1);
    }
    buf_puts(&text, "}}");
    EVPACK_AUTO_VALUE(world_reset) world w;
    world_new(&w, buf_str(&text), "{}");
    is(&w, false, "v4999", "symbolic");
    ck_assert_msg(w.machine.limited && w.machine.depth == 0, "expected the limit of depth");
    is(&w, false, "v100", "\"x\"");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {what_is_given_comes_first, secrets,
                                  loops_of_variables,        what_leads_back_to_itself,
                                  a_long_chain_is_bounded,   NULL};
    return test_main(test_suite("collect/template_scope", tests));
}
