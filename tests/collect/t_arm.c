/* collect/arm: one id in many spellings, and what it says of type, parent and scope. */
#include "collect/arm.h"

#include "support.h"

#include <string.h>

static const struct {
    const char *id, *canonical, *type, *parent, *scope;
} rows[] = {
    {"/subscriptions/S/resourceGroups/G/providers/Microsoft.CognitiveServices/accounts/A",
     "/subscriptions/s/resourcegroups/g/providers/microsoft.cognitiveservices/accounts/a",
     "microsoft.cognitiveservices/accounts", "", "/subscriptions/s/resourcegroups/g"},
    {"subscriptions/s//RESOURCEGROUPS/g/providers/Microsoft.CognitiveServices/accounts/a/",
     "/subscriptions/s/resourcegroups/g/providers/microsoft.cognitiveservices/accounts/a",
     "microsoft.cognitiveservices/accounts", "", "/subscriptions/s/resourcegroups/g"},
    {"/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a/"
     "deployments/d",
     "/subscriptions/s/resourcegroups/g/providers/microsoft.cognitiveservices/accounts/a/"
     "deployments/d",
     "microsoft.cognitiveservices/accounts/deployments",
     "/subscriptions/s/resourcegroups/g/providers/microsoft.cognitiveservices/accounts/a",
     "/subscriptions/s/resourcegroups/g"},
    {"/subscriptions/s/resourcegroups/g/providers/x.y/z/n/providers/microsoft.insights/"
     "diagnosticSettings/d",
     "/subscriptions/s/resourcegroups/g/providers/x.y/z/n/providers/microsoft.insights/"
     "diagnosticsettings/d",
     "microsoft.insights/diagnosticsettings", "",
     "/subscriptions/s/resourcegroups/g/providers/x.y/z/n"},
    {"subscriptions/s/providers/microsoft.insights/diagnosticSettings/d",
     "/subscriptions/s/providers/microsoft.insights/diagnosticsettings/d",
     "microsoft.insights/diagnosticsettings", "", "/subscriptions/s"},
    {"/providers/Microsoft.Authorization/roleAssignments/r",
     "/providers/microsoft.authorization/roleassignments/r",
     "microsoft.authorization/roleassignments", "", "/"},
    {"/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Authorization/"
     "policyAssignments/p",
     "/providers/microsoft.management/managementgroups/m/providers/microsoft.authorization/"
     "policyassignments/p",
     "microsoft.authorization/policyassignments", "",
     "/providers/microsoft.management/managementgroups/m"},
    {"/subscriptions/S", "/subscriptions/s", "microsoft.resources/subscriptions", "", ""},
    {"/subscriptions/s/resourceGroups/G", "/subscriptions/s/resourcegroups/g",
     "microsoft.resources/resourcegroups", "", ""},
    /* az account list-locations: no subscription */
    {"/subscriptions/s/locations/westeurope", "/subscriptions/s/locations/westeurope", "", "", ""},
    {"/subscriptions/s/resourceGroups/g/x/y", "/subscriptions/s/resourcegroups/g/x/y", "", "", ""},
    {"/subscriptions/s/tagNames/resourcegroups/", "/subscriptions/s/tagnames/resourcegroups", "",
     "", ""},
    {"/", "/", "", "", ""},
    {"///", "/", "", "", ""},
    /* Only ASCII letters have a lower case here. */
    {"/subscriptions/\xc3\x89", "/subscriptions/\xc3\x89", "microsoft.resources/subscriptions", "",
     ""},
    /* odd ones keep inside the text */
    {"/subscriptions/s/providers/", "/subscriptions/s/providers", "", "", ""},
    {"/subscriptions/s/providers/x", "/subscriptions/s/providers/x", "x", "", "/subscriptions/s"},
    {"/subscriptions/s/providers/x/y", "/subscriptions/s/providers/x/y", "x/y", "",
     "/subscriptions/s"},
    {"/subscriptions/s/providers/x/y/n/z", "/subscriptions/s/providers/x/y/n/z", "x/y/z", "",
     "/subscriptions/s"},
};

static void is(const char *what, const char *id, const buf *got, const char *want)
{
    ck_assert_msg(strcmp(buf_str(got), want) == 0, "%s of %s: expected '%s', came '%s'", what, id,
                  want, buf_str(got));
}

START_TEST(ids_tell_type_parent_and_scope)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buf c = {0};
        buf type = {0};
        buf parent = {0};
        buf scope = {0};
        arm_canonical(rows[i].id, &c);
        is("canonical", rows[i].id, &c, rows[i].canonical);
        arm_type(buf_str(&c), &type);
        is("type", rows[i].id, &type, rows[i].type);
        arm_parent(buf_str(&c), &parent);
        is("parent", rows[i].id, &parent, rows[i].parent);
        arm_scope(buf_str(&c), &scope);
        is("scope", rows[i].id, &scope, rows[i].scope);
        buf again = {0};
        arm_canonical(buf_str(&c), &again);
        is("canonical of the canonical", rows[i].id, &again, rows[i].canonical);
        buf_reset(&c);
        buf_reset(&type);
        buf_reset(&parent);
        buf_reset(&scope);
        buf_reset(&again);
    }
}
END_TEST

START_TEST(escapes_in_ids_are_undone_where_they_can_be)
{
    static const struct {
        const char *id, *canonical;
    } ids[] = {
        {"/subscriptions/S/resourceGroups/my%20group", "/subscriptions/s/resourcegroups/my group"},
        {"/subscriptions/s/x%2Fy", "/subscriptions/s/x%2fy"},
        {"%2Fsubscriptions%2FS%2FresourceGroups%2FG", "/subscriptions/s/resourcegroups/g"},
        {"/subscriptions/s/%E9", "/subscriptions/s/%e9"},
        {"/subscriptions/s/100%", "/subscriptions/s/100%"},
        {"/subscriptions/s/%4%31", "/subscriptions/s/%4%31"},
        {"/subscriptions/s/%2541", "/subscriptions/s/%2541"},
        {"/subscriptions/s/%00", "/subscriptions/s/%00"},
    };
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf once = {0};
        EVPACK_AUTO_VALUE(buf_reset) buf twice = {0};
        arm_canonical(ids[i].id, &once);
        is("canonical", ids[i].id, &once, ids[i].canonical);
        arm_canonical(buf_str(&once), &twice);
        is("canonical of the canonical", ids[i].id, &twice, ids[i].canonical);
    }
}
END_TEST

START_TEST(extension_resources_are_told_by_their_ids)
{
    ck_assert(arm_is_extension("/subscriptions/s/providers/a/b/c/providers/d/e/f"));
    ck_assert(!arm_is_extension("/subscriptions/s/providers/a/b/c"));
    ck_assert(!arm_is_extension("/subscriptions/s"));
}
END_TEST

START_TEST(canonical_appends)
{
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf_puts(&b, "/subscriptions");
    arm_canonical("ABC", &b);
    ck_assert_str_eq(buf_str(&b), "/subscriptions/abc");
}
END_TEST

START_TEST(what_has_the_form_of_an_id)
{
    static const char *const yes[] = {"/subscriptions/s",  "subscriptions/s",  "/SUBSCRIPTIONS/s",
                                      "//subscriptions/s", "/providers/x/y/z", "Providers/x"};
    ck_assert(arm_is_id("%2Fsubscriptions%2Fs") && arm_is_id("providers%2fx"));
    ck_assert(!arm_is_id("subscriptions%2F%zz"));
    static const char *const no[] = {"",
                                     "/",
                                     "/subscriptions/",
                                     "subscriptions",
                                     "/x/y",
                                     "x",
                                     "[resourceId('a')]",
                                     "00000000-0000-0000-0000-000000000000",
                                     "https://x/subscriptions/s",
                                     " /subscriptions/s"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        ck_assert_msg(arm_is_id(yes[i]), "expected '%s' to be an id", yes[i]);
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        ck_assert_msg(!arm_is_id(no[i]), "expected '%s' to be no id", no[i]);
    }
    ck_assert(!arm_is_id(NULL));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {ids_tell_type_parent_and_scope,
                                  canonical_appends,
                                  what_has_the_form_of_an_id,
                                  escapes_in_ids_are_undone_where_they_can_be,
                                  extension_resources_are_told_by_their_ids,
                                  NULL};
    return test_main(test_suite("collect/arm", tests));
}
