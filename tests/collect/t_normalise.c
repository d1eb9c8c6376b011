/* collect/normalise: texts before and after, byte for byte. */
#include "collect/normalise.h"

#include "base/jscan.h"
#include "support.h"

#include <string.h>

typedef enum { LIFT, RAISE, PASCAL } how;

static const struct {
    how how;
    const char *type; /* LIFT: of the rule */
    const char *before, *after;
} rows[] = {
    {LIFT, "some.thing/new", "{\"id\":1,\"x\":{\"id\":\"i\",\"y\":2},\"tags\":{}}",
     "{\"id\":1,\"tags\":{},\"properties\":{\"x\":{\"id\":\"i\",\"y\":2}}}"},
    {LIFT, "microsoft.network/virtualnetworks",
     "{\"id\":\"v\",\"subnets\":[{\"id\":\"s\",\"addressPrefix\":\"10\",\"networkSecurityGroup\":"
     "{\"id\":\"n\",\"resourceGroup\":\"g\",\"securityRules\":null}}]}",
     "{\"id\":\"v\",\"properties\":{\"subnets\":[{\"id\":\"s\",\"properties\":{\"addressPrefix\":"
     "\"10\",\"networkSecurityGroup\":{\"id\":\"n\",\"resourceGroup\":\"g\",\"securityRules\":"
     "null}}}]}}"},
    {LIFT, "microsoft.network/networkinterfaces",
     "{\"id\":\"n\",\"enableIpForwarding\":true,\"ipConfigurations\":[{\"name\":\"c\","
     "\"privateIpAddress\":\"1\"}]}",
     "{\"id\":\"n\",\"properties\":{\"enableIPForwarding\":true,\"ipConfigurations\":[{\"name\":"
     "\"c\","
     "\"properties\":{\"privateIPAddress\":\"1\"}}]}}"},
    {LIFT, "microsoft.storage/storageaccounts",
     "{\"id\":\"s\",\"sku\":{},\"networkRuleSet\":{\"ipRules\":[{\"ipAddressOrRange\":\"1\"}],"
     "\"virtualNetworkRules\":[{\"virtualNetworkResourceId\":\"v\"}]},\"encryption\":{"
     "\"keyVaultProperties\":{\"keyName\":\"k\"}},\"privateEndpointConnections\":[{\"id\":\"p\","
     "\"x\":1}]}",
     "{\"id\":\"s\",\"sku\":{},\"properties\":{\"networkAcls\":{\"ipRules\":[{\"value\":\"1\"}],"
     "\"virtualNetworkRules\":[{\"id\":\"v\"}]},\"encryption\":{\"keyvaultproperties\":{"
     "\"keyname\":\"k\"}},\"privateEndpointConnections\":[{\"id\":\"p\",\"properties\":{\"x\":1}}]}"
     "}"},
    {LIFT, "microsoft.operationalinsights/workspaces", "{\"id\":\"w\",\"sku\":{\"name\":\"p\"}}",
     "{\"id\":\"w\",\"properties\":{\"sku\":{\"name\":\"p\"}}}"},
    {LIFT, "microsoft.security/securescores", "{\"id\":\"s\",\"current\":1,\"max\":2,\"weight\":3}",
     "{\"id\":\"s\",\"properties\":{\"weight\":3,\"score\":{\"current\":1,\"max\":2}}}"},
    {RAISE, NULL, "{\"id\":\"i\",\"name\":\"n\",\"properties\":{\"a\":1,\"name\":\"m\"}}",
     "{\"a\":1,\"name\":\"m\",\"id\":\"i\"}"},
    {RAISE, NULL, "{\"id\":\"i\"}", "{\"id\":\"i\"}"},
    {PASCAL, NULL,
     "{\"ResourceId\":\"r\",\"Id\":\"r\",\"Name\":\"n\",\"ResourceType\":\"a\","
     "\"ExtensionResourceType\":"
     "\"b\",\"Sku\":{\"Name\":\"S0\"},\"Identity\":{\"UserAssignedIdentities\":{\"/X/Y\":{"
     "\"ClientId\":\"c\"}}},\"Properties\":{\"Keep\":1},\"Kind\":null,\"Tags\":{\"Keep\":1}}",
     "{\"id\":\"r\",\"name\":\"n\",\"type\":\"b\",\"properties\":{\"Keep\":1},\"sku\":{\"name\":"
     "\"S0\"},"
     "\"identity\":{\"userAssignedIdentities\":{\"/X/Y\":{\"clientId\":\"c\"}}},\"kind\":null,"
     "\"tags\":{\"Keep\":1}}"},
    {PASCAL, NULL, "{\"ResourceId\":\"r\",\"ExtensionResourceType\":null,\"ResourceType\":\"a\"}",
     "{\"id\":\"r\",\"type\":\"a\"}"},
    {PASCAL, NULL, "{\"ResourceId\":\"r\",\"name\":\"n\",\"Name\":\"m\",\"location\":1}",
     "{\"id\":\"r\",\"name\":\"n\",\"location\":1}"},
};

static void run(const shapes *table, how what, const char *type, const char *text, buf *out)
{
    size_t len = strlen(text);
    if (what == LIFT) {
        normalise_lift(table, table_find_type(table, type), text, len, out);
    } else if (what == RAISE) {
        normalise_raise(text, len, out);
    } else {
        normalise_pascal(table, text, len, out);
    }
}

START_TEST(texts_come_out_as_arm_writes_them)
{
    evpack_err err = {0};
    EVPACK_AUTO(shapes) table = NULL;
    OK(shapes_load(&table, &err));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        run(table, rows[i].how, rows[i].type, rows[i].before, &out);
        ck_assert_msg(strcmp(buf_str(&out), rows[i].after) == 0, "%s\nexpected %s\ncame     %s",
                      rows[i].before, rows[i].after, buf_str(&out));
        OK(jscan_check(out.data, out.len, &err));
    }
}
END_TEST

/* Members are compared with each other: very many of them must not take for ever. */
START_TEST(an_object_of_very_many_members_is_left_as_it_is)
{
    evpack_err err = {0};
    EVPACK_AUTO(shapes) table = NULL;
    OK(shapes_load(&table, &err));
    EVPACK_AUTO_VALUE(buf_reset) buf wide = {0};
    buf_puts(&wide, "{\"ResourceId\":\"r\"");
    for (int i = 0; i < 200000; i++) {
        buf_printf(&wide, ",\"M%d\":1", i);
    }
    buf_putc(&wide, '}');
    const how both[] = {RAISE, PASCAL};
    for (size_t i = 0; i < 2; i++) {
        EVPACK_AUTO_VALUE(buf_reset) buf out = {0};
        run(table, both[i], NULL, wide.data, &out);
        ck_assert_str_eq(buf_str(&out), wide.data);
    }
}
END_TEST

START_TEST(what_convertto_json_cut_is_seen)
{
    evpack_err err = {0};
    EVPACK_AUTO(shapes) table = NULL;
    OK(shapes_load(&table, &err));
    static const struct {
        const char *text;
        bool cut;
    } texts[] = {
        {"{\"a\":\"@{x=1}\"}", true},
        {"{\"a\":[\"System.Object[]\"]}", true},
        {"{\"a\":\"System.Collections.Hashtable\"}", true},
        {"{\"a\":\"user@{x}\"}", false},
        {"{\"@{a\":1}", false},
        {"{\"a\":\"The System.Object[] type\"}", false},
        {"{\"a\":\"System.Reflection\"}", false},
        {"{\"a\":\"@\"}", false},
        {"{\"a\":\"S\"}", false},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bool cut = normalise_is_cut_short(table, texts[i].text, strlen(texts[i].text));
        ck_assert_msg(cut == texts[i].cut, "%s: expected %d", texts[i].text, texts[i].cut);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {texts_come_out_as_arm_writes_them,
                                  an_object_of_very_many_members_is_left_as_it_is,
                                  what_convertto_json_cut_is_seen, NULL};
    return test_main(test_suite("collect/normalise", tests));
}
