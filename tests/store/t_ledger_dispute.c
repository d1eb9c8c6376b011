/* store/ledger_dispute: what two bodies of one resource differ in. Whole snapshots are in
 * t_ledger.c. */
#include "store/ledger_dispute.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

static void compared(const char *a, const char *b, const char *want)
{
    evpack_err err = {0};
    EVPACK_AUTO(dispute_rules) rules = NULL;
    OK(dispute_rules_load(&rules, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
    OK(dispute_compare(rules, (dispute_body){a, strlen(a)}, (dispute_body){b, strlen(b)}, &out,
                       &err));
    ck_assert_msg(strcmp(buf_str(&out), want) == 0, "%.60s against %.60s: expected '%s', came '%s'",
                  a, b, want, buf_str(&out));
}

START_TEST(spelling_does_not_disagree)
{
    compared("{\"a\":1}", "{\"a\":1.0}", "");
    compared("{\"a\":null,\"b\":[],\"c\":{},\"d\":\"\"}", "{}", "");
    compared("{\"p\":\"Enabled\",\"l\":\"West Europe\"}",
             "{\"p\":\"enabled\",\"l\":\"westeurope\"}", "");
    compared("{\"t\":\"2026-01-02T03:04:05.1234567Z\"}",
             "{\"t\":\"2026-01-02T03:04:05.123456+00:00\"}", "");
    compared("{\"etag\":\"a\",\"properties\":{\"provisioningState\":\"Updating\"}}",
             "{\"etag\":\"b\",\"properties\":{\"provisioningState\":\"Succeeded\"}}", "");
    compared("{\"l\":[{\"id\":\"A\"},{\"id\":\"B\"}]}", "{\"l\":[{\"id\":\"b\"},{\"id\":\"a\"}]}",
             "");
    compared("{\"principalName\":\"a@b\"}", "{}", "");
    compared("{\"freeTrialRemainingTime\":\"0:00:00\"}", "{\"freeTrialRemainingTime\":\"PT0S\"}",
             "");
    compared("{\"l\":[{\"name\":\"a\",\"x\":1}]}",
             "{\"l\":[{\"name\":\"a\",\"x\":1,\"id\":\"i\"}]}", "");
}
END_TEST

START_TEST(differences_are_named)
{
    compared("{\"properties\":{\"a\":true,\"b\":1}}", "{\"properties\":{\"a\":false,\"b\":1}}",
             "/properties/a");
    compared("{\"a/b\":{\"c~d\":1}}", "{\"a/b\":{\"c~d\":2}}", "/a~1b/c~0d");
    compared("{\"a\":true}", "{}", "/a");
    compared("{\"a\":\"true\"}", "{\"a\":true}", "/a");
    compared("{\"l\":[1,2]}", "{\"l\":[1,1]}", "/l");
    compared("{\"l\":[1]}", "{\"l\":[1,1]}", "/l");
    compared("{\"principalName\":\"a@b\"}", "{\"principalName\":\"c@d\"}", "/principalName");
    compared("{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1}",
             "{}", "/a, /b, /c, /d, /e, /f, /g, /h and 2 more");
    compared("[]", "{\"a\":1}", "the whole");
}
END_TEST

START_TEST(long_lists_are_compared_in_their_order)
{
    EVPACK_AUTO_VALUE(buf_reset) buf a = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    for (int i = 0; i < 300; i++) {
        buf_printf(&a, "%s%d", i == 0 ? "{\"l\":[" : ",", i);
        buf_printf(&b, "%s%d", i == 0 ? "{\"l\":[" : ",", i == 299 ? 7 : i);
    }
    buf_puts(&a, "]}");
    buf_puts(&b, "]}");
    compared(buf_str(&a), buf_str(&a), "");
    compared(buf_str(&a), buf_str(&b), "/l");
}
END_TEST

/* Lists in lists multiply: what cannot be compared in bounded work disagrees. */
START_TEST(hostile_bodies_end)
{
    EVPACK_AUTO_VALUE(buf_reset) buf a = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf b = {0};
    buf *both[] = {&a, &b};
    for (int side = 0; side < 2; side++) {
        buf_puts(both[side], "{\"l\":[");
        for (int i = 0; i < 60; i++) {
            buf_puts(both[side], i == 0 ? "[" : ",[");
            for (int j = 0; j < 60; j++) {
                buf_puts(both[side], j == 0 ? "[" : ",[");
                for (int k = 0; k < 60; k++) {
                    buf_printf(both[side], "%s%d", k == 0 ? "" : ",", k == 59 ? 60 + side : k);
                }
                buf_puts(both[side], "]");
            }
            buf_puts(both[side], "]");
        }
        buf_puts(both[side], "]}");
    }
    compared(buf_str(&a), buf_str(&b), "/l");
    EVPACK_AUTO_VALUE(buf_reset) buf wide = {0};
    buf_puts(&wide, "{\"o\":{\"k\":1");
    for (int i = 0; i < 1000; i++) {
        buf_printf(&wide, ",\"m%d\":1", i);
    }
    buf_puts(&wide, "}}");
    compared(buf_str(&wide), buf_str(&wide), "/o");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {spelling_does_not_disagree, differences_are_named,
                                  long_lists_are_compared_in_their_order, hostile_bodies_end, NULL};
    return test_main(test_suite("store/ledger_dispute", tests));
}
