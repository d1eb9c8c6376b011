/*
 * collect/template: what is told of each resource, and the bounds. With EVPACK_CORPUS, every
 * template of the folder too, counted against an independent walk of the JSON; skipped without it.
 */
#include "collect/template.h"

#include "collect/arm.h"
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define SCHEMA "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
#define G "/subscriptions/{subscription}/resourceGroups/{group}/providers/"

typedef struct {
    buf lines; /* POINTER TYPE NAME ID and, when set, parent=, scope=, and flags */
    buf bodies;
    buf depends;
    template_result result;
    uint64_t bytes;
    bool quiet;
} heard;

static void heard_reset(heard *h)
{
    buf_reset(&h->lines);
    buf_reset(&h->bodies);
    buf_reset(&h->depends);
}

/* Invariants of every resource, whatever the template is. */
static void check_told(const template_resource *r)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) body = NULL;
    OK(json_parse(r->body, r->body_len, false, &body, &err));
    ck_assert_msg(json_is_object(json_root(body)), "expected an object, came %s", r->body);
    bool marked = strncmp(r->id, "/subscriptions/{", 16) == 0 || strncmp(r->id, "/{", 2) == 0;
    ck_assert_msg(marked, "expected braces in the first place of %s", r->id);
    ck_assert_msg(r->turn == -1 || r->looped, "a turn without a loop at %s", r->pointer);
    ck_assert_msg(r->name_symbolic ==
                      (strchr(r->name, '{') != NULL || strchr(r->type, '{') != NULL),
                  "%s %s: name_symbolic is %d", r->type, r->name, r->name_symbolic);
}

static evpack_status on_resource(void *ctx, const template_resource *r, evpack_err *err)
{
    (void)err;
    heard *h = ctx;
    check_told(r);
    h->bytes += r->body_len;
    if (h->quiet) {
        return EVPACK_OK;
    }
    buf_printf(&h->lines, "%s %s %s %s", r->pointer, r->type, r->name, r->id);
    if (r->parent != NULL) {
        buf_printf(&h->lines, " parent=%s", r->parent);
    }
    if (r->key != NULL) {
        buf_printf(&h->lines, " key=%s", r->key);
    }
    if (r->looped) {
        buf_printf(&h->lines, " turn=%d", r->turn);
    }
    buf_puts(&h->lines, r->deployed == TEMPLATE_NOT_DEPLOYED ? " not-deployed"
                        : r->deployed == TEMPLATE_DEPENDS    ? " depends"
                                                             : "");
    buf_puts(&h->lines, r->existing ? " existing" : "");
    buf_puts(&h->lines, r->symbolic ? " symbolic\n" : "\n");
    buf_printf(&h->bodies, "%s\n", r->body);
    for (size_t i = 0; i < r->depends_on_count; i++) {
        buf_printf(&h->depends, "%s\n", r->depends_on[i]);
    }
    return EVPACK_OK;
}

static void hear(const char *text, size_t len, heard *h)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text, len, false, &doc, &err));
    const template_listener listener = {on_resource, h};
    OK(template_read(json_root(doc), &listener, &h->result, &err));
    h->result.error = NULL; /* borrowed from doc, which ends here */
    h->result.error_code = h->result.error_message = NULL;
}

static void same_text(const char *what, const buf *got, const char *want)
{
    ck_assert_msg(strcmp(buf_str(got), want) == 0, "%s: expected\n%s\ncame\n%s", what, want,
                  buf_str(got));
}

START_TEST(what_is_a_template)
{
    static const struct {
        const char *text;
        template_form form;
    } rows[] = {
        {"{\"$schema\":\"" SCHEMA "\",\"contentVersion\":\"1.0.0.0\",\"resources\":[]}",
         TEMPLATE_PLAIN},
        {"{\"contentVersion\":\"1.0.0.0\",\"resources\":{}}", TEMPLATE_PLAIN},
        {"{\"$schema\":\"x/subscriptionDeploymentTemplate.json\"}", TEMPLATE_PLAIN},
        {"{\"template\":{\"contentVersion\":\"1\",\"resources\":[]}}", TEMPLATE_EXPORT},
        {"{\"properties\":{\"template\":{\"contentVersion\":\"1\",\"resources\":[]}}}",
         TEMPLATE_DEPLOYMENT},
        {"{\"resources\":[]}", TEMPLATE_NONE},
        {"{\"contentVersion\":\"1\",\"triggers\":{}}", TEMPLATE_NONE},
        {"{\"$schema\":\"x/deploymentParameters.json#\",\"contentVersion\":\"1\"}", TEMPLATE_NONE},
        {"{\"template\":{}}", TEMPLATE_NONE},
        {"[]", TEMPLATE_NONE},
        {"\"x\"", TEMPLATE_NONE},
        {"{}", TEMPLATE_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(json_doc) doc = NULL;
        OK(json_parse(rows[i].text, strlen(rows[i].text), false, &doc, &err));
        ck_assert_msg(template_is(json_root(doc)) == rows[i].form, "%s: expected %d, came %d",
                      rows[i].text, (int)rows[i].form, (int)template_is(json_root(doc)));
        heard h = {0};
        const template_listener listener = {on_resource, &h};
        if (rows[i].form == TEMPLATE_NONE) {
            FAILS(template_read(json_root(doc), &listener, &h.result, &err), EVPACK_E_USAGE,
                  "not an ARM template");
        } else {
            OK(template_read(json_root(doc), &listener, &h.result, &err));
        }
    }
}
END_TEST

/* One template's parameters, variables and resources, and what is told of it. */
static const struct {
    const char *what;
    const char *parameters, *variables, *resources;
    const char *lines;
} rows[] = {
    {"a plain one", "{}", "{}", "[{\"type\":\"A.b/c\",\"name\":\"n\",\"apiVersion\":\"1\"}]",
     "/resources/0 A.b/c n " G "A.b/c/n\n"},
    {"children in it and beside it", "{\"n\":{\"type\":\"string\",\"defaultValue\":\"acct\"}}",
     "{}",
     "[{\"type\":\"A.b/c\",\"name\":\"[parameters('n')]\",\"resources\":[{\"type\":\"d\",\"name\":"
     "\"x\",\"resources\":[{\"type\":\"e\",\"name\":\"y\"}]}]},{\"type\":\"A.b/c/d\",\"name\":"
     "\"[concat(parameters('n'),'/z')]\"}]",
     "/resources/0 A.b/c acct " G "A.b/c/acct\n"
     "/resources/0/resources/0 A.b/c/d acct/x " G "A.b/c/acct/d/x parent=" G "A.b/c/acct\n"
     "/resources/0/resources/0/resources/0 A.b/c/d/e acct/x/y " G "A.b/c/acct/d/x/e/y parent=" G
     "A.b/c/acct/d/x\n"
     "/resources/1 A.b/c/d acct/z " G "A.b/c/acct/d/z parent=" G "A.b/c/acct\n"},
    {"a child that writes the whole type and name again", "{}", "{}",
     "[{\"type\":\"A.b/c\",\"name\":\"n\",\"resources\":[{\"type\":\"a.B/c/d\",\"name\":\"n/"
     "x\"}]}]",
     "/resources/0 A.b/c n " G "A.b/c/n\n"
     "/resources/0/resources/0 a.B/c/d n/x " G "a.B/c/n/d/x parent=" G "a.B/c/n\n"},
    {"a name that only the deployment knows", "{\"n\":{\"type\":\"string\"}}", "{}",
     "[{\"type\":\"A.b/c\",\"name\":\"[parameters('n')]\"},"
     "{\"type\":\"A.b/c/d\",\"name\":\"[concat(parameters('n'), '/x')]\"},"
     "{\"type\":\"A.b/c/d\",\"name\":\"[parameters('n')]\"}]",
     "/resources/0 A.b/c {parameters('n')} " G "A.b/c/{parameters('n')} symbolic\n"
     "/resources/1 A.b/c/d {parameters('n')}/x " G "A.b/c/{parameters('n')}/d/x parent=" G
     "A.b/c/{parameters('n')} symbolic\n"
     "/resources/2 A.b/c/d {parameters('n')} " G "A.b/c/d/{parameters('n')} symbolic\n"},
    {"extension resources", "{}", "{}",
     "[{\"type\":\"Microsoft.Authorization/locks\",\"name\":\"l\",\"scope\":\"[resourceId('A.b/c',"
     "'n')]\"},{\"type\":\"Microsoft.Authorization/locks\",\"name\":\"l\",\"scope\":\"A.b/c/n\"},"
     "{\"type\":\"A.b/c/providers/locks\",\"name\":\"n/Microsoft.Authorization/l\"},"
     "{\"type\":\"A.b/c\",\"name\":\"n\",\"resources\":[{\"type\":\"providers/locks\",\"name\":"
     "\"Microsoft.Authorization/l\"}]},"
     "{\"type\":\"X.y/z\",\"name\":\"l\",\"scope\":\"/subscriptions/s/resourceGroups/g\"},"
     "{\"type\":\"X.y/z\",\"name\":\"l\",\"scope\":\"[reference('x').id]\"},"
     "{\"type\":\"X.y/z\",\"name\":\"l\",\"scope\":\"/\"}]",
     "/resources/0 Microsoft.Authorization/locks l " G "A.b/c/n/providers/"
     "Microsoft.Authorization/locks/l\n"
     "/resources/1 Microsoft.Authorization/locks l " G "A.b/c/n/providers/"
     "Microsoft.Authorization/locks/l\n"
     "/resources/2 Microsoft.Authorization/locks l " G "A.b/c/n/providers/"
     "Microsoft.Authorization/locks/l\n"
     "/resources/3 A.b/c n " G "A.b/c/n\n"
     "/resources/3/resources/0 Microsoft.Authorization/locks l " G "A.b/c/n/providers/"
     "Microsoft.Authorization/locks/l\n"
     "/resources/4 X.y/z l /subscriptions/{s}/resourceGroups/g/providers/X.y/z/l\n"
     "/resources/5 X.y/z l /{reference('x').id}/providers/X.y/z/l\n"
     "/resources/6 X.y/z l /{tenant}/providers/X.y/z/l\n"},
    {"conditions",
     "{\"yes\":{\"type\":\"bool\",\"defaultValue\":true},\"open\":{\"type\":\"bool\"}}", "{}",
     "[{\"type\":\"A.b/c\",\"name\":\"a\",\"condition\":false},"
     "{\"type\":\"A.b/c\",\"name\":\"b\",\"condition\":true},"
     "{\"type\":\"A.b/c\",\"name\":\"c\",\"condition\":\"[not(parameters('yes'))]\"},"
     "{\"type\":\"A.b/c\",\"name\":\"d\",\"condition\":\"[parameters('open')]\"},"
     "{\"type\":\"A.b/c\",\"name\":\"e\",\"condition\":\"[nonsense()]\"}]",
     "/resources/0 A.b/c a " G "A.b/c/a not-deployed\n/resources/1 A.b/c b " G "A.b/c/b\n"
     "/resources/2 A.b/c c " G "A.b/c/c not-deployed\n/resources/3 A.b/c d " G "A.b/c/d depends\n"
     "/resources/4 A.b/c e " G "A.b/c/e depends\n"},
    {"loops", "{\"open\":{\"type\":\"int\"},\"two\":{\"type\":\"int\",\"defaultValue\":2}}", "{}",
     "[{\"type\":\"A.b/c\",\"name\":\"[concat('n',copyIndex(1))]\",\"copy\":{\"name\":\"l\","
     "\"count\":\"[parameters('two')]\"}},"
     "{\"type\":\"A.b/c\",\"name\":\"[concat('m',copyIndex())]\",\"copy\":{\"name\":\"l\","
     "\"count\":\"[parameters('open')]\"}},"
     "{\"type\":\"A.b/c\",\"name\":\"z\",\"copy\":{\"name\":\"l\",\"count\":0}},"
     "{\"type\":\"A.b/c\",\"name\":\"[concat('o',copyIndex())]\",\"copy\":{\"name\":\"l\","
     "\"count\":801}},"
     "{\"type\":\"A.b/c\",\"name\":\"[guid('x',copyIndex('l'))]\",\"copy\":{\"name\":\"l\","
     "\"count\":2}}]",
     "/resources/0 A.b/c n1 " G "A.b/c/n1 turn=0\n/resources/0 A.b/c n2 " G "A.b/c/n2 turn=1\n"
     "/resources/1 A.b/c m{copyIndex()} " G "A.b/c/m{copyIndex()} turn=-1 symbolic\n"
     "/resources/2 A.b/c z " G "A.b/c/z turn=-1 not-deployed\n"
     "/resources/3 A.b/c o{copyIndex()} " G "A.b/c/o{copyIndex()} turn=-1 symbolic\n"
     "/resources/4 A.b/c {guid('x',copyIndex('l'));0} " G
     "A.b/c/{guid('x',copyIndex('l'));0} turn=0 symbolic\n"
     "/resources/4 A.b/c {guid('x',copyIndex('l'));1} " G
     "A.b/c/{guid('x',copyIndex('l'));1} turn=1 symbolic\n"},
    {"symbolic names", "{}", "{}",
     "{\"a/b~c\":{\"type\":\"A.b/c\",\"name\":\"n\"},\"old\":{\"existing\":true,\"type\":\"A.b/c\","
     "\"name\":\"o\"}}",
     "/resources/a~1b~0c A.b/c n " G "A.b/c/n key=a/b~c\n"
     "/resources/old A.b/c o " G "A.b/c/o key=old existing\n"},
    {"a deployment that sees what is around it",
     "{\"n\":{\"type\":\"string\",\"defaultValue\":\"outer\"}}", "{}",
     "[{\"type\":\"Microsoft.Resources/deployments\",\"name\":\"d\",\"condition\":false,"
     "\"resourceGroup\":\"g2\",\"properties\":{\"mode\":\"Incremental\",\"template\":{"
     "\"parameters\":{\"n\":{\"type\":\"string\",\"defaultValue\":\"inner\"}},\"resources\":[{"
     "\"type\":\"A.b/c\",\"name\":\"[parameters('n')]\"}]}}}]",
     "/resources/0 Microsoft.Resources/deployments d /subscriptions/{subscription}/resourceGroups/"
     "g2/providers/Microsoft.Resources/deployments/d not-deployed\n"
     "/resources/0/properties/template/resources/0 A.b/c outer /subscriptions/{subscription}/"
     "resourceGroups/g2/providers/A.b/c/outer not-deployed\n"},
    {"a deployment on its own", "{\"n\":{\"type\":\"string\",\"defaultValue\":\"outer\"}}", "{}",
     "[{\"type\":\"Microsoft.Resources/deployments\",\"name\":\"[concat('d',copyIndex())]\","
     "\"copy\":{\"name\":\"l\",\"count\":2},"
     "\"subscriptionId\":\"00000000-0000-0000-0000-000000000001\",\"properties\":{"
     "\"expressionEvaluationOptions\":{\"scope\":\"inner\"},"
     "\"parameters\":{\"given\":{\"value\":\"[concat(parameters('n'),copyIndex())]\"}},"
     "\"template\":{\"parameters\":{\"given\":{\"type\":\"string\"},\"n\":{\"type\":\"string\","
     "\"defaultValue\":\"inner\"},\"open\":{\"type\":\"string\"}},\"resources\":["
     "{\"type\":\"A.b/c\",\"name\":\"[concat(parameters('n'),'-',parameters('given'))]\"},"
     "{\"type\":\"A.b/c\",\"name\":\"[parameters('open')]\"}]}}}]",
     "/resources/0 Microsoft.Resources/deployments d0 /subscriptions/"
     "{00000000-0000-0000-0000-000000000001}/providers/Microsoft.Resources/deployments/d0 turn=0\n"
     "/resources/0/properties/template/resources/0 A.b/c inner-outer0 /subscriptions/"
     "{00000000-0000-0000-0000-000000000001}/providers/A.b/c/inner-outer0 turn=0\n"
     "/resources/0/properties/template/resources/1 A.b/c {1:parameters('open')} /subscriptions/"
     "{00000000-0000-0000-0000-000000000001}/providers/A.b/c/{1:parameters('open')} turn=0 "
     "symbolic\n"
     "/resources/0 Microsoft.Resources/deployments d1 /subscriptions/"
     "{00000000-0000-0000-0000-000000000001}/providers/Microsoft.Resources/deployments/d1 turn=1\n"
     "/resources/0/properties/template/resources/0 A.b/c inner-outer1 /subscriptions/"
     "{00000000-0000-0000-0000-000000000001}/providers/A.b/c/inner-outer1 turn=1\n"
     "/resources/0/properties/template/resources/1 A.b/c {2:parameters('open')} /subscriptions/"
     "{00000000-0000-0000-0000-000000000001}/providers/A.b/c/{2:parameters('open')} turn=1 "
     "symbolic\n"},
    {"odd ones", "{}", "{}",
     "[{},5,{\"type\":7,\"name\":null,\"resources\":\"x\",\"copy\":3,\"dependsOn\":\"y\"},"
     "{\"type\":\"[\",\"name\":\"[concat(]\"}]",
     "/resources/0   " G "/\n/resources/2   " G "/\n"
     "/resources/3 [ {[concat(]} " G "[/{[concat(]} symbolic\n"},
};

START_TEST(each_is_told)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_printf(&text,
                   "{\"$schema\":\"%s\",\"contentVersion\":\"1.0.0.0\",\"parameters\":%s,"
                   "\"variables\":%s,\"resources\":%s}",
                   SCHEMA, rows[i].parameters, rows[i].variables, rows[i].resources);
        EVPACK_AUTO_VALUE(heard_reset) heard h = {0};
        hear(buf_str(&text), text.len, &h);
        same_text(rows[i].what, &h.lines, rows[i].lines);
        ck_assert_msg(!h.result.limited, "%s: expected no limit to be met", rows[i].what);
    }
}
END_TEST

START_TEST(schemas_tell_the_level)
{
    static const char *const levels[][2] = {
        {"subscriptionDeploymentTemplate", "/subscriptions/{subscription}/providers/A.b/c/n"},
        {"managementGroupDeploymentTemplate",
         "/{tenant}/providers/Microsoft.Management/managementGroups/{managementGroup}/providers/"
         "A.b/c/n"},
        {"tenantDeploymentTemplate", "/{tenant}/providers/A.b/c/n"},
        {"deploymentTemplate", G "A.b/c/n"},
    };
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_printf(&text,
                   "{\"$schema\":\"https://x/2019-08-01/%s.json#\",\"resources\":[{\"type\":"
                   "\"A.b/c\",\"name\":\"n\"}]}",
                   levels[i][0]);
        EVPACK_AUTO_VALUE(heard_reset) heard h = {0};
        hear(buf_str(&text), text.len, &h);
        EVPACK_AUTO_VALUE(buf_reset) buf want = {0};
        buf_printf(&want, "/resources/0 A.b/c n %s\n", levels[i][1]);
        same_text(levels[i][0], &h.lines, buf_str(&want));
    }
}
END_TEST

START_TEST(a_group_of_its_own_template)
{
    static const char text[] =
        "{\"$schema\":\"https://x/2018-05-01/subscriptionDeploymentTemplate.json#\",\"resources\":["
        "{\"type\":\"Microsoft.Resources/resourceGroups\",\"name\":\"rg\"},"
        "{\"type\":\"Microsoft.Resources/deployments\",\"name\":\"d\",\"resourceGroup\":\"rg\","
        "\"dependsOn\":[\"[resourceId('Microsoft.Resources/resourceGroups/','rg')]\",\"other\","
        "\"[concat('x',utcNow())]\"],"
        "\"properties\":{\"templateLink\":{\"uri\":\"https://x/y.json\"}}}]}";
    EVPACK_AUTO_VALUE(heard_reset) heard h = {0};
    hear(text, strlen(text), &h);
    same_text("lines", &h.lines,
              "/resources/0 Microsoft.Resources/resourceGroups rg "
              "/subscriptions/{subscription}/resourceGroups/rg\n"
              "/resources/1 Microsoft.Resources/deployments d /subscriptions/{subscription}/"
              "resourceGroups/rg/providers/Microsoft.Resources/deployments/d\n");
    same_text("depends on", &h.depends,
              "/subscriptions/{subscription}/resourceGroups/rg\nother\nx{utcNow()}\n");
    ck_assert_msg(h.result.linked == 1, "expected one template elsewhere");
}
END_TEST

START_TEST(an_export_says_that_it_is_partial)
{
    static const char text[] =
        "{\"template\":{\"contentVersion\":\"1\",\"resources\":[{\"type\":\"A.b/"
        "c\",\"name\":\"n\"}]}"
        ",\"error\":{\"code\":\"ExportTemplateCompletedWithErrors\",\"message\":\"some\"}}";
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text, strlen(text), false, &doc, &err));
    EVPACK_AUTO_VALUE(heard_reset) heard h = {0};
    const template_listener listener = {on_resource, &h};
    OK(template_read(json_root(doc), &listener, &h.result, &err));
    same_text("lines", &h.lines, "/template/resources/0 A.b/c n " G "A.b/c/n\n");
    ck_assert_msg(h.result.form == TEMPLATE_EXPORT && h.result.error != NULL, "expected the error");
    ck_assert_str_eq(h.result.error_code, "ExportTemplateCompletedWithErrors");
    ck_assert_str_eq(h.result.error_message, "some");
}
END_TEST

START_TEST(a_request_gives_values)
{
    static const char text[] =
        "{\"properties\":{\"mode\":\"Incremental\",\"parameters\":{\"n\":{\"value\":\"given\"}},"
        "\"template\":{\"contentVersion\":\"1\",\"parameters\":{\"n\":{\"type\":\"string\"}},"
        "\"resources\":[{\"type\":\"A.b/c\",\"name\":\"[parameters('n')]\"}]}}}";
    EVPACK_AUTO_VALUE(heard_reset) heard h = {0};
    hear(text, strlen(text), &h);
    same_text("lines", &h.lines, "/properties/template/resources/0 A.b/c given " G "A.b/c/given\n");
}
END_TEST

START_TEST(counts)
{
    static const char text[] =
        "{\"contentVersion\":\"1\",\"resources\":[{\"type\":\"A.b/"
        "c\",\"name\":\"n\",\"properties\":{"
        "\"a\":\"[concat('x','y')]\",\"b\":\"[utcNow()]\",\"c\":\"[nonsense()]\",\"d\":\"[(]\"}},"
        "null]}";
    EVPACK_AUTO_VALUE(heard_reset) heard h = {0};
    hear(text, strlen(text), &h);
    same_text(
        "body", &h.bodies,
        "{\"name\":\"n\",\"type\":\"A.b/c\",\"properties\":{\"a\":\"xy\",\"b\":\"[utcNow()]\","
        "\"c\":\"[nonsense()]\",\"d\":\"[(]\"}}\n");
    ck_assert_msg(h.result.expressions == 4 && h.result.symbolic == 1 && h.result.wrong == 2,
                  "expected 4, 1 and 2, came %llu, %llu and %llu",
                  (unsigned long long)h.result.expressions, (unsigned long long)h.result.symbolic,
                  (unsigned long long)h.result.wrong);
    ck_assert_msg(h.result.not_read == 1, "expected one element that is no object");
}
END_TEST

static evpack_status refuse(void *ctx, const template_resource *r, evpack_err *err)
{
    (void)ctx;
    return evpack_fail(err, EVPACK_E_IO, "no room for %s", r->name);
}

START_TEST(a_listener_may_stop)
{
    static const char text[] =
        "{\"contentVersion\":\"1\",\"resources\":[{\"type\":\"A.b/c\",\"name\":\"n\"}]}";
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text, strlen(text), false, &doc, &err));
    const template_listener listener = {refuse, NULL};
    template_result result;
    FAILS(template_read(json_root(doc), &listener, &result, &err), EVPACK_E_IO, "no room for n");
}
END_TEST

/* Loops in deployments in loops: eight hundred times eight hundred times eight hundred. */
START_TEST(loops_in_loops_are_bounded)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    enum { LEVELS = 6 };
    for (int i = 0; i < LEVELS; i++) {
        buf_puts(&text,
                 "{\"contentVersion\":\"1\",\"resources\":[{\"type\":"
                 "\"Microsoft.Resources/deployments\",\"name\":\"[concat('n',copyIndex())]\","
                 "\"copy\":{\"name\":\"l\",\"count\":20},\"properties\":{\"template\":");
    }
    buf_puts(&text, "{\"resources\":[{\"type\":\"A.b/c\",\"name\":\"x\"}]}");
    for (int i = 0; i < LEVELS; i++) {
        buf_puts(&text, "}}]}");
    }
    EVPACK_AUTO_VALUE(heard_reset) heard h = {.quiet = true};
    hear(buf_str(&text), text.len, &h);
    ck_assert_msg(h.result.limited && h.result.unexpanded > 0, "expected loops to be left");
    ck_assert_msg(h.result.resources <= 2U * TEMPLATE_EXPANDED_MAX, "came %llu resources",
                  (unsigned long long)h.result.resources);
}
END_TEST

/* Each variable is the one before it twice; and a list that does so. */
START_TEST(doubling_is_bounded)
{
    static const char *const forms[] = {"[concat(variables('v%d'),variables('v%d'))]",
                                        "[createArray(variables('v%d'),variables('v%d'))]"};
    for (size_t f = 0; f < 2; f++) {
        EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
        buf_puts(&text, "{\"contentVersion\":\"1\",\"variables\":{\"v0\":\"0123456789\"");
        for (int i = 1; i < 100; i++) {
            buf_printf(&text, ",\"v%d\":\"", i);
            buf_printf(&text,
                       f == 0 ? "[concat(variables('v%d'),variables('v%d'))]"
                              : "[createArray(variables('v%d'),variables('v%d'))]",
                       i - 1, i - 1);
            buf_puts(&text, "\"");
        }
        buf_puts(&text, "},\"resources\":[{\"type\":\"A.b/c\",\"name\":\"n\",\"properties\":[\"\"");
        for (int i = 0; i < 2000; i++) {
            buf_puts(&text, ",\"[variables('v16')]\",\"[variables('v99')]\"");
        }
        buf_puts(&text, "]}]}");
        EVPACK_AUTO_VALUE(heard_reset) heard h = {.quiet = true};
        hear(buf_str(&text), text.len, &h);
        ck_assert_msg(h.result.limited, "%s: expected a limit to be met", forms[f]);
        ck_assert_msg(h.bytes <= 2U * TEMPLATE_OUTPUT_MAX + text.len, "%s: came %llu bytes",
                      forms[f], (unsigned long long)h.bytes);
    }
}
END_TEST

START_TEST(deep_ones_are_bounded)
{
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    buf_puts(&text, "{\"contentVersion\":\"1\",\"resources\":[{\"type\":\"A.b/c\",\"name\":\"n\"");
    enum { DEEP = 100 };
    for (int i = 0; i < DEEP; i++) {
        buf_puts(&text, ",\"resources\":[{\"type\":\"d\",\"name\":\"x\"");
    }
    for (int i = 0; i < DEEP; i++) {
        buf_puts(&text, "}]");
    }
    buf_puts(&text, "}]}");
    EVPACK_AUTO_VALUE(heard_reset) heard h = {.quiet = true};
    hear(buf_str(&text), text.len, &h);
    ck_assert_msg(h.result.resources == TEMPLATE_DEPTH_MAX && h.result.not_read == 1,
                  "expected %d and 1, came %llu and %llu", TEMPLATE_DEPTH_MAX,
                  (unsigned long long)h.result.resources, (unsigned long long)h.result.not_read);
}
END_TEST

/* Independent of the code: every object of a "resources" list, in templates within it too. */
static unsigned count_in(const json *resources)
{
    unsigned n = 0;
    for (const json *r = json_first(resources); r != NULL; r = json_next(r)) {
        const json *type = json_get(r, "type");
        bool deployment = json_is_string(type) &&
                          strcasecmp(json_string(type), "Microsoft.Resources/deployments") == 0;
        const json *inner = json_get(json_get(json_get(r, "properties"), "template"), "resources");
        n += 1 + count_in(json_get(r, "resources")) + (deployment ? count_in(inner) : 0);
    }
    return n;
}

static unsigned read_corpus_file(const char *path, const char *name)
{
    evpack_err err = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf text = {0};
    test_read(path, &text);
    EVPACK_AUTO(json_doc) doc = NULL;
    if (json_parse(buf_str(&text), text.len, false, &doc, &err) != EVPACK_OK ||
        template_is(json_root(doc)) == TEMPLATE_NONE) {
        return 0;
    }
    EVPACK_AUTO_VALUE(heard_reset) heard h = {0};
    const template_listener listener = {on_resource, &h};
    OK(template_read(json_root(doc), &listener, &h.result, &err));
    const json *tmpl = json_get(json_root(doc), "template");
    unsigned want = count_in(json_get(tmpl == NULL ? json_root(doc) : tmpl, "resources"));
    (void)printf("%s: %llu resources, %llu expressions, %llu symbolic, %llu wrong\n%s%s%s", name,
                 (unsigned long long)h.result.resources, (unsigned long long)h.result.expressions,
                 (unsigned long long)h.result.symbolic, (unsigned long long)h.result.wrong,
                 buf_str(&h.lines), getenv("EVPACK_BODIES") == NULL ? "" : buf_str(&h.bodies),
                 h.result.error == NULL ? "" : "partial\n");
    ck_assert_msg(h.result.resources == want, "%s: expected %u resources, came %llu", name, want,
                  (unsigned long long)h.result.resources);
    ck_assert_msg(!h.result.limited, "%s: expected no limit to be met", name);
    return 1;
}

START_TEST(real_templates)
{
    const char *root = getenv("EVPACK_CORPUS");
    if (root == NULL || root[0] == '\0') {
        (void)printf("skipped: EVPACK_CORPUS does not name a folder of real exports\n");
        return;
    }
    static const char *const folders[] = {"group-exports", "arm-templates", "odd-real",
                                          "deployments",   "odd-variants",  "policy-definitions"};
    unsigned templates = 0;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char path[2048];
        (void)snprintf(path, sizeof path, "%s/%s", root, folders[i]);
        DIR *dir = opendir(path);
        ck_assert_msg(dir != NULL, "expected a folder %s", path);
        for (struct dirent *e; (e = readdir(dir)) != NULL;) {
            if (e->d_name[0] != '.') {
                (void)snprintf(path, sizeof path, "%s/%s/%s", root, folders[i], e->d_name);
                templates += read_corpus_file(path, e->d_name);
            }
        }
        (void)closedir(dir);
    }
    (void)printf("%u templates\n", templates);
    (void)fflush(stdout);
    ck_assert_msg(templates >= 12, "expected at least 12 templates, came %u", templates);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {what_is_a_template,
                                  each_is_told,
                                  schemas_tell_the_level,
                                  a_group_of_its_own_template,
                                  an_export_says_that_it_is_partial,
                                  a_request_gives_values,
                                  counts,
                                  a_listener_may_stop,
                                  loops_in_loops_are_bounded,
                                  doubling_is_bounded,
                                  deep_ones_are_bounded,
                                  real_templates,
                                  NULL};
    return test_main(test_suite("collect/template", tests));
}
