/* collect/template_names: what is declared, and what of it is missing. */
#include "collect/template_names.h"

#include "support.h"

#include <string.h>
#include <strings.h>

static const char text[] =
    "{\"contentVersion\":\"1\",\"parameters\":{\"open\":{\"type\":\"string\"}},\"resources\":["
    "{\"type\":\"A.b/c\",\"name\":\"there\"},{\"type\":\"A.b/c\",\"name\":\"gone\"},"
    "{\"type\":\"A.b/c\",\"name\":\"[parameters('open')]\"},"
    "{\"type\":\"A.b/c\",\"name\":\"never\",\"condition\":false},"
    "{\"type\":\"A.b/c\",\"name\":\"perhaps\",\"condition\":\"[parameters('open')]\"},"
    "{\"type\":\"A.b/c\",\"name\":\"before\",\"existing\":true},"
    "{\"type\":\"A.b/"
    "c\",\"name\":\"[concat('l',copyIndex())]\",\"copy\":{\"name\":\"l\",\"count\":2}},"
    "{\"type\":\"A.b/c\",\"name\":\"unrolled\",\"copy\":{\"name\":\"l\",\"count\":"
    "\"[parameters('open')]\"}},"
    "{\"type\":\"A.b/c\",\"name\":\"there\",\"resources\":[{\"type\":\"d\",\"name\":\"child\"}]}]}";

static bool has(void *ctx, const char *type, const char *name)
{
    (void)ctx;
    return strcasecmp(type, "a.b/C") == 0 && strcmp(name, "there") == 0;
}

static evpack_status on_missing(void *ctx, const template_name *one, evpack_err *err)
{
    buf_printf(ctx, "%s %s\n", one->type, one->name);
    return buf_status(ctx, err);
}

START_TEST(only_what_is_certain_is_missing)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text, strlen(text), false, &doc, &err));
    EVPACK_AUTO(template_names) names = NULL;
    OK(template_names_new(&names, &err));
    OK(template_names_read(names, json_root(doc), &err));
    EVPACK_AUTO_VALUE(buf_reset) buf all = {0};
    for (size_t i = 0; i < template_names_count(names); i++) {
        template_name one = template_names_at(names, i);
        buf_printf(&all, "%s %s%s\n", one.type, one.name, one.certain ? "" : " ?");
    }
    ck_assert_str_eq(buf_str(&all),
                     "A.b/c there\nA.b/c gone\nA.b/c {parameters('open')} ?\n"
                     "A.b/c never ?\nA.b/c perhaps ?\nA.b/c before ?\nA.b/c l0\n"
                     "A.b/c l1\nA.b/c unrolled ?\nA.b/c there\nA.b/c/d there/child\n");
    EVPACK_AUTO_VALUE(buf_reset) buf missing = {0};
    const template_names_check check = {has, on_missing, &missing};
    OK(template_names_missing(names, &check, &err));
    ck_assert_str_eq(buf_str(&missing), "A.b/c gone\nA.b/c l0\nA.b/c l1\nA.b/c/d there/child\n");
}
END_TEST

START_TEST(what_is_no_template_is_refused)
{
    evpack_err err = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse("{}", 2, false, &doc, &err));
    EVPACK_AUTO(template_names) names = NULL;
    OK(template_names_new(&names, &err));
    FAILS(template_names_read(names, json_root(doc), &err), EVPACK_E_USAGE, "not an ARM template");
    ck_assert_msg(template_names_count(names) == 0, "expected nothing");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {only_what_is_certain_is_missing, what_is_no_template_is_refused,
                                  NULL};
    return test_main(test_suite("collect/template_names", tests));
}
