/* collect/table: looking up what is known of types and objects. */
#include "collect/table.h"

#include "support.h"

#include <string.h>

static shapes *load(void)
{
    evpack_err err = {0};
    shapes *s = NULL;
    OK(shapes_load(&s, &err));
    return s;
}

START_TEST(every_row_is_found_by_its_type)
{
    EVPACK_AUTO(shapes) s = load();
    size_t n = 0;
    for (const json *e = json_first(table_list(s, "types")); e != NULL; e = json_next(e), n++) {
        const char *type = json_get_string(e, "type");
        const table_type *found = table_find_type(s, type);
        ck_assert_msg(strcmp(found->type, type) == 0, "%s: found %s", type, found->type);
        ck_assert_str_eq(found->kind, json_get_string(e, "kind"));
        for (const char *p = type; *p != '\0'; p++) {
            ck_assert_msg(*p < 'A' || *p > 'Z', "%s: types are in lower case", type);
        }
    }
    ck_assert_uint_gt(n, 200);
}
END_TEST

START_TEST(what_is_not_known_has_the_ways_of_its_family)
{
    EVPACK_AUTO(shapes) s = load();
    static const struct {
        const char *type, *kind;
        bool nested, sub;
    } rows[] = {
        {"microsoft.cognitiveservices/accounts", "cognitive-account", true, false},
        {"microsoft.cognitiveservices/accounts/news", "arm-resource", true, false},
        {"microsoft.network/news", "arm-resource", false, true},
        {"microsoft.network/dnszones/txt", "dns-record-set", false, true},
        {"microsoft.network/dnszones", "dns-zone", false, true},
        {"some.thing/new", "arm-resource", false, false},
        {"", "arm-resource", false, false},
        {"/", "arm-resource", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const table_type *t = table_find_type(s, rows[i].type);
        ck_assert_msg(strcmp(t->kind, rows[i].kind) == 0, "%s: expected %s, came %s", rows[i].type,
                      rows[i].kind, t->kind);
        ck_assert_msg(t->nested == rows[i].nested && t->sub == rows[i].sub, "%s: not its family's",
                      rows[i].type);
    }
    char *wide = malloc(10001);
    ck_assert_ptr_nonnull(wide);
    memset(wide, '/', 10000);
    wide[10000] = '\0';
    ck_assert_str_eq(table_find_type(s, wide)->kind, "arm-resource");
    free(wide);
}
END_TEST

START_TEST(objects_are_known_by_their_members)
{
    EVPACK_AUTO(shapes) s = load();
    static const struct {
        const char *text;
        bool first;
        const char *kind; /* NULL: none */
    } rows[] = {
        {"{\"isOptedIn\":true}", false, "lockbox-tenant"},
        {"{\"isOptedIn\":true}", true, NULL},
        {"{\"keys\":[]}", false, "access-keys"},
        {"{\"keys\":{}}", false, NULL},
        {"{\"$schema\":\"x\",\"parameters\":{}}", true, "template-parameters"},
        {"{\"$schema\":\"x\",\"parameters\":{},\"id\":\"x\"}", true, NULL},
        {"{\"id\":\"x\",\"tenantId\":\"t\",\"state\":\"s\"}", false, NULL},
        {"{}", false, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        evpack_err err = {0};
        EVPACK_AUTO(json_doc) doc = NULL;
        OK(json_parse(rows[i].text, strlen(rows[i].text), false, &doc, &err));
        const json *rule = table_find_object(s, json_root(doc), rows[i].first);
        const char *kind = rule == NULL ? "none" : json_get_string(rule, "kind");
        const char *want = rows[i].kind == NULL ? "none" : rows[i].kind;
        ck_assert_msg(strcmp(kind, want) == 0, "%s: expected %s, came %s", rows[i].text, want,
                      kind);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_row_is_found_by_its_type,
                                  what_is_not_known_has_the_ways_of_its_family,
                                  objects_are_known_by_their_members, NULL};
    return test_main(test_suite("collect/table", tests));
}
