/* collect/template_declared: one resource by itself, below something that is given. */
#include "collect/template_declared.h"

#include "collect/expressions.h"

#include <string.h>

typedef struct {
    const char *resource;
    const char *type, *name, *base, *id, *parent, *body;
    bool name_symbolic, symbolic;
} row;

static void is(const char *what, const row *r, const buf *got, const char *want)
{
    ck_assert_msg(strcmp(buf_str(got), want) == 0, "%s of %s: expected %s, came %s", what,
                  r->resource, want, buf_str(got));
}

static void check(const row *r, const char *around_type, const char *around_name)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) tmpl = NULL;
    EVPACK_AUTO(json_doc) resource = NULL;
    OK(json_parse(expressions_template, strlen(expressions_template), false, &tmpl, &err));
    OK(json_parse(r->resource, strlen(r->resource), false, &resource, &err));
    template_work w = {.left = TEMPLATE_OUTPUT_MAX};
    w.machine = expr_machine_new(&w.scratch);
    EVPACK_AUTO(template_scope) scope = NULL;
    OK(template_scope_new(&w.machine, json_root(tmpl), NULL, &scope, &err));
    const template_place at = {.env = {&w.machine, template_scope_expr(scope), NULL},
                               .base = "/subscriptions/{s}/resourceGroups/g",
                               .type = around_type,
                               .name = around_name};
    EVPACK_AUTO_VALUE(template_declared_reset) template_declared d = {0};
    OK(template_declared_read(&w, json_root(resource), &at, &d, &err));
    template_declared_body(&w, json_root(resource), &at, NULL, &d);
    is("type", r, &d.type, r->type);
    is("name", r, &d.name, r->name);
    is("base", r, &d.base, r->base);
    is("id", r, &d.id, r->id);
    is("parent", r, &d.parent, r->parent);
    is("body", r, &d.body, r->body);
    ck_assert_msg(d.name_symbolic == r->name_symbolic && d.symbolic == r->symbolic,
                  "%s: symbolic is %d and %d", r->resource, d.name_symbolic, d.symbolic);
    arena_reset(&w.scratch);
}

#define B "/subscriptions/{s}/resourceGroups/g"

START_TEST(one_by_itself)
{
    static const row rows[] = {
        {"{\"type\":\"A.b/"
         "c\",\"name\":\"n\",\"apiVersion\":\"1\",\"comments\":\"x\",\"kind\":\"k\","
         "\"sku\":{\"name\":\"[parameters('name')]\"},\"dependsOn\":[],\"condition\":true,"
         "\"properties\":{\"scope\":\"kept\"},\"resources\":[]}",
         "A.b/c", "n", B, B "/providers/A.b/c/n", "",
         "{\"name\":\"n\",\"type\":\"A.b/c\",\"kind\":\"k\",\"sku\":{\"name\":\"acct\"},"
         "\"properties\":{\"scope\":\"kept\"}}",
         false, false},
        {"{\"type\":\"A.b/c/d\",\"name\":\"[concat(parameters('open'),'/n')]\"}", "A.b/c/d",
         "{parameters('open')}/n", B, B "/providers/A.b/c/{parameters('open')}/d/n",
         B "/providers/A.b/c/{parameters('open')}", "{\"name\":\"n\",\"type\":\"A.b/c/d\"}", true,
         true},
        {"{\"type\":\"E.f/g\",\"name\":\"n\",\"scope\":\"[variables('openId')]\"}", "E.f/g", "n",
         "/subscriptions/{subscription}/resourceGroups/{group}/providers/A.b/c/"
         "{parameters('open')}",
         "/subscriptions/{subscription}/resourceGroups/{group}/providers/A.b/c/"
         "{parameters('open')}/providers/E.f/g/n",
         "", "{\"name\":\"n\",\"type\":\"E.f/g\"}", false, false},
        {"{}", "", "", B, B "/providers//", "", "{\"name\":\"\",\"type\":\"\"}", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check(&rows[i], NULL, NULL);
    }
}
END_TEST

START_TEST(one_in_another)
{
    static const row rows[] = {
        {"{\"type\":\"d\",\"name\":\"n\"}", "A.b/c/d", "x/n", B, B "/providers/A.b/c/x/d/n",
         B "/providers/A.b/c/x", "{\"name\":\"n\",\"type\":\"A.b/c/d\"}", false, false},
        {"{\"type\":\"providers/locks\",\"name\":\"M.a/n\"}", "M.a/locks", "n",
         B "/providers/A.b/c/x", B "/providers/A.b/c/x/providers/M.a/locks/n", "",
         "{\"name\":\"n\",\"type\":\"M.a/locks\"}", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check(&rows[i], "A.b/c", "x");
    }
}
END_TEST

START_TEST(names_are_bounded)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_puts(&text, "{\"type\":\"A.b/c\",\"name\":\"");
    for (int i = 0; i <= TEMPLATE_NAME_MAX; i++) {
        buf_puts(&text, "x");
    }
    buf_puts(&text, "\"}");
    const row r = {buf_str(&text),
                   "A.b/c",
                   "{too long}",
                   B,
                   B "/providers/A.b/c/{too long}",
                   "",
                   "{\"name\":\"{too long}\",\"type\":\"A.b/c\"}",
                   true,
                   true};
    check(&r, NULL, NULL);
}
END_TEST

START_TEST(levels_below_a_base)
{
    static const char *const rows[][2] = {
        {"{\"$schema\":\"x/deploymentTemplate.json#\"}", B},
        {"{}", B},
        {"{\"$schema\":\"x/subscriptionDeploymentTemplate.json#\"}", "/subscriptions/{s}"},
        {"{\"$schema\":\"x/tenantDeploymentTemplate.json#\"}", "/{tenant}"},
        {"{\"$schema\":\"x/managementGroupDeploymentTemplate.json\"}",
         "/{tenant}/providers/Microsoft.Management/managementGroups/{managementGroup}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(json_doc) doc = NULL;
        OK(json_parse(rows[i][0], strlen(rows[i][0]), false, &doc, &err));
        EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
        template_declared_level(json_root(doc), B, &got);
        ck_assert_msg(strcmp(buf_str(&got), rows[i][1]) == 0, "%s: expected %s, came %s",
                      rows[i][0], rows[i][1], buf_str(&got));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {one_by_itself, one_in_another, names_are_bounded,
                                  levels_below_a_base, NULL};
    return test_main(test_suite("collect/template_declared", tests));
}
