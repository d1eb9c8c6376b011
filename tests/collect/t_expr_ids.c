/* collect/expr_ids: ids of types and names, and the mark that no real id has. */
#include "collect/expr_ids.h"

#include "collect/arm.h"
#include "support.h"

#include <string.h>

START_TEST(types_and_names_interleave)
{
    static const struct {
        const char *base, *type, *name, *want;
        bool fits;
    } rows[] = {
        {"/b", "a.b/c", "x", "/b/providers/a.b/c/x", true},
        {"/b", "a.b/c/d", "x/y", "/b/providers/a.b/c/x/d/y", true},
        {"/b", "a.b/c/providers/r", "x/m.a/g", "/b/providers/a.b/c/x/providers/m.a/r/g", true},
        {"/b", "a.b/c/d", "x", "/b/providers/a.b/c/d/x", false},
        {"/b", "a.b/c", "x/y", "/b/providers/a.b/c/x/y", false},
        {"/b", "a.b", "", "/b/providers/a.b/", false},
        {"/b", "", "", "/b/providers//", false},
        {"/subscriptions/{s}/resourceGroups/g", "Microsoft.Resources/resourceGroups", "n",
         "/subscriptions/{s}/resourceGroups/n", true},
        {"", "Microsoft.Resources/resourceGroups", "n",
         "/providers/Microsoft.Resources/resourceGroups/n", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
        bool fits = expr_ids_join(rows[i].base, rows[i].type, rows[i].name, &got);
        ck_assert_msg(strcmp(buf_str(&got), rows[i].want) == 0 && fits == rows[i].fits,
                      "%s %s: expected %s (%d), came %s (%d)", rows[i].type, rows[i].name,
                      rows[i].want, rows[i].fits, buf_str(&got), fits);
    }
}
END_TEST

START_TEST(marks)
{
    static const char *const rows[][2] = {
        {"/subscriptions/{subscription}/x", "/subscriptions/{subscription}/x"},
        {"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g",
         "/subscriptions/{00000000-0000-0000-0000-000000000001}/resourceGroups/g"},
        {"/SUBSCRIPTIONS/s", "/subscriptions/{s}"},
        {"/subscriptions/", "/subscriptions/{}"},
        {"/providers/a.b/c/d", "/{tenant}/providers/a.b/c/d"},
        {"/", "/{tenant}"},
        {"", "/{tenant}"},
        {"x", "/{tenant}/x"},
        {"/{tenant}/x", "/{tenant}/x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
        expr_ids_mark(rows[i][0], &got);
        ck_assert_msg(strcmp(buf_str(&got), rows[i][1]) == 0, "%s: expected %s, came %s",
                      rows[i][0], rows[i][1], buf_str(&got));
        EVPACK_AUTO_VALUE(buf_reset) buf again = {0};
        expr_ids_mark(buf_str(&got), &again);
        ck_assert_msg(strcmp(buf_str(&again), buf_str(&got)) == 0, "%s: a mark is set once",
                      rows[i][0]);
    }
}
END_TEST

START_TEST(the_four_functions)
{
    static const struct {
        const char *function, *base;
        const char *args[4];
        const char *want; /* NULL: refused */
    } rows[] = {
        {"resourceId",
         EXPR_IDS_SUBSCRIPTION,
         {"a.b/c", "d"},
         "/subscriptions/{subscription}/providers/a.b/c/d"},
        {"resourceId", EXPR_IDS_TENANT, {"a.b/c", "d"}, "/providers/a.b/c/d"},
        {"resourceId", EXPR_IDS_MANAGEMENT_GROUP, {"a.b/c", "d"}, "/providers/a.b/c/d"},
        {"resourceId",
         EXPR_IDS_TENANT,
         {"g", "a.b/c", "d"},
         "/subscriptions/{subscription}/resourceGroups/g/providers/a.b/c/d"},
        {"resourceId",
         "/subscriptions/{s}/resourceGroups/r",
         {"g", "a.b/c", "d"},
         "/subscriptions/{s}/resourceGroups/g/providers/a.b/c/d"},
        {"subscriptionResourceId",
         "/subscriptions/{s}/resourceGroups/r",
         {"a.b/c", "d"},
         "/subscriptions/{s}/providers/a.b/c/d"},
        {"subscriptionResourceId",
         EXPR_IDS_TENANT,
         {"a.b/c", "d"},
         "/subscriptions/{subscription}/providers/a.b/c/d"},
        {"subscriptionResourceId", EXPR_IDS_TENANT, {"x", "y", "a.b/c", "d"}, NULL},
        {"RESOURCEID", EXPR_IDS_TENANT, {"a.b/c/", "d"}, "/providers/a.b/c/d"},
        {"extensionResourceId", EXPR_IDS_TENANT, {"/", "a.b/c", "d"}, "/providers/a.b/c/d"},
        {"resourceId", EXPR_IDS_TENANT, {"x", "y", "z"}, NULL},
        {"resourceId", EXPR_IDS_TENANT, {"a.b/c"}, NULL},
        {"tenantResourceId", EXPR_IDS_TENANT, {"x", "y"}, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expr_ids_call call = {rows[i].function, rows[i].base, rows[i].args, 0};
        while (call.count < 4 && rows[i].args[call.count] != NULL) {
            call.count++;
        }
        EVPACK_AUTO_VALUE(buf_reset) buf got = {0};
        bool sound = expr_ids_of(&call, &got);
        ck_assert_msg(sound == (rows[i].want != NULL), "row %zu: expected %s, came %s (%d)", i,
                      rows[i].want, buf_str(&got), sound);
        ck_assert_msg(!sound || strcmp(buf_str(&got), rows[i].want) == 0,
                      "row %zu: expected %s, came %s", i, rows[i].want, buf_str(&got));
        ck_assert(expr_ids_is(rows[i].function));
    }
    ck_assert(!expr_ids_is("reference"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {types_and_names_interleave, marks, the_four_functions, NULL};
    return test_main(test_suite("collect/expr_ids", tests));
}
