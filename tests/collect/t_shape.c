/* collect/shape: what an object is, its subject, and one body for what az and ARM write apart. */
#include "collect/shape.h"

#include "collect/same.h"
#include "support.h"

#include <string.h>

static void recognise(const char *text, shape *out, json_doc **doc)
{
    evpack_err err = {0};
    EVPACK_AUTO(shapes) table = NULL;
    static shapes *kept; /* kinds are borrowed from the table */
    OK(shapes_load(&table, &err));
    OK(json_parse(text, strlen(text), false, doc, &err));
    const shape_input in = {.text = text, .len = strlen(text), .value = json_root(*doc)};
    OK(shape_recognise(table, &in, out, &err));
    shapes_free(kept);
    kept = EVPACK_MOVE(table);
}

#define SUB "/subscriptions/00000000-0000-0000-0000-000000000001"
#define GROUP SUB "/resourceGroups/rg"
#define LOW "/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg"

static const struct {
    const char *text, *kind, *subject, *type, *scope, *parent;
    bool complete, normalised;
} rows[] = {
    {"{\"id\":\"" GROUP "/providers/Microsoft.CognitiveServices/accounts/A\",\"name\":\"A\","
     "\"kind\":\"OpenAI\",\"properties\":{\"x\":1}}",
     "cognitive-account", LOW "/providers/microsoft.cognitiveservices/accounts/a",
     "microsoft.cognitiveservices/accounts", "", "", true, false},
    /* a generic list's row, from az and from ARM */
    {"{\"id\":\"" GROUP "/providers/Microsoft.CognitiveServices/accounts/A\",\"name\":\"A\","
     "\"properties\":null,\"createdTime\":\"x\"}",
     "cognitive-account", LOW "/providers/microsoft.cognitiveservices/accounts/a",
     "microsoft.cognitiveservices/accounts", "", "", false, false},
    {"{\"id\":\"" GROUP "/providers/Microsoft.KeyVault/vaults/v\",\"name\":\"v\",\"tags\":{}}",
     "key-vault", LOW "/providers/microsoft.keyvault/vaults/v", "microsoft.keyvault/vaults", "", "",
     false, false},
    /* az never flattens these: members beside the envelope do not make it whole */
    {"{\"id\":\"" GROUP "/providers/Microsoft.CognitiveServices/accounts/A\",\"odd\":1}",
     "cognitive-account", LOW "/providers/microsoft.cognitiveservices/accounts/a",
     "microsoft.cognitiveservices/accounts", "", "", false, false},
    {"{\"id\":\"" GROUP "/providers/Microsoft.CognitiveServices/accounts/a/deployments/d\","
     "\"properties\":{\"p\":1}}",
     "cognitive-deployment", LOW "/providers/microsoft.cognitiveservices/accounts/a/deployments/d",
     "microsoft.cognitiveservices/accounts/deployments", "",
     LOW "/providers/microsoft.cognitiveservices/accounts/a", true, false},
    {"{\"id\":\"" LOW "/providers/microsoft.cognitiveservices/accounts/a/providers/"
     "microsoft.insights/diagnosticSettings/d\",\"name\":\"d\",\"logs\":[]}",
     "diagnostic-setting",
     LOW "/providers/microsoft.cognitiveservices/accounts/a/providers/microsoft.insights/"
         "diagnosticsettings/d",
     "microsoft.insights/diagnosticsettings",
     LOW "/providers/microsoft.cognitiveservices/accounts/a", "", true, true},
    {"{\"id\":\"subscriptions/s/providers/microsoft.insights/diagnosticSettings/"
     "d\",\"properties\":{\"p\":1}}",
     "diagnostic-setting", "/subscriptions/s/providers/microsoft.insights/diagnosticsettings/d",
     "microsoft.insights/diagnosticsettings", "/subscriptions/s", "", true, false},
    {"{\"id\":\"/providers/Microsoft.Authorization/roleAssignments/r\",\"scope\":\"/\","
     "\"principalId\":\"p\",\"name\":\"r\",\"roleDefinitionId\":\"d\"}",
     "role-assignment", "/providers/microsoft.authorization/roleassignments/r",
     "microsoft.authorization/roleassignments", "/", "", true, true},
    {"{\"id\":\"" SUB "/providers/Microsoft.Authorization/roleAssignments/r\",\"properties\":"
     "{\"scope\":\"" GROUP "\"}}",
     "role-assignment",
     "/subscriptions/00000000-0000-0000-0000-000000000001/providers/microsoft.authorization/"
     "roleassignments/r",
     "microsoft.authorization/roleassignments", LOW, "", true, false},
    {"{\"id\":\"" GROUP "/providers/Some.Thing/new/n\",\"name\":\"n\",\"type\":null,\"x\":1}",
     "arm-resource", LOW "/providers/some.thing/new/n", "some.thing/new", "", "", true, true},
    /* projections: az --query, and Resource Graph, whose types are in lower case */
    {"{\"id\":\"" GROUP "/providers/Some.Thing/new/n\",\"x\":1}", "arm-resource",
     LOW "/providers/some.thing/new/n", "some.thing/new", "", "", false, false},
    {"{\"id\":\"" GROUP "/providers/Some.Thing/new/n\",\"name\":\"n\",\"type\":\"some.thing/new\","
     "\"x\":1}",
     "arm-resource", LOW "/providers/some.thing/new/n", "some.thing/new", "", "", false, false},
    {"{\"id\":\"" SUB "/providers/Microsoft.Authorization/roleAssignments/r\",\"name\":\"r\","
     "\"type\":\"Microsoft.Authorization/roleAssignments\",\"scope\":\"/\"}",
     "role-assignment",
     "/subscriptions/00000000-0000-0000-0000-000000000001/providers/microsoft.authorization/"
     "roleassignments/r",
     "microsoft.authorization/roleassignments", "/", "", false, false},
    /* an extension resource of a type that is not known has a scope all the same */
    {"{\"id\":\"" GROUP "/providers/X/y/z/providers/Some.Thing/new/n\",\"properties\":{\"a\":1}}",
     "arm-resource", LOW "/providers/x/y/z/providers/some.thing/new/n", "some.thing/new",
     LOW "/providers/x/y/z", "", true, false},
    /* PowerShell's names */
    {"{\"ResourceId\":\"" GROUP "/providers/Microsoft.KeyVault/vaults/V\",\"Name\":\"V\","
     "\"Properties\":{\"enableSoftDelete\":true}}",
     "key-vault", LOW "/providers/microsoft.keyvault/vaults/v", "microsoft.keyvault/vaults", "", "",
     true, true},
    {"{\"Id\":\"" GROUP "/providers/Microsoft.Storage/storageAccounts/s\",\"AccessTier\":1}",
     "storage-account", LOW "/providers/microsoft.storage/storageaccounts/s",
     "microsoft.storage/storageaccounts", "", "", false, true},
    {"{\"id\":\"" GROUP
     "/providers/Microsoft.KeyVault/vaults/V\",\"properties\":{\"sku\":\"@{family=A;"
     " name=standard}\"}}",
     "key-vault", LOW "/providers/microsoft.keyvault/vaults/v", "microsoft.keyvault/vaults", "", "",
     false, false},
    {"{\"id\":\"" GROUP
     "/providers/Microsoft.KeyVault/vaults/V\",\"properties\":{\"accessPolicies\":"
     "\"System.Object[]\"}}",
     "key-vault", LOW "/providers/microsoft.keyvault/vaults/v", "microsoft.keyvault/vaults", "", "",
     false, false},
    /* by its type alone: never to be judged */
    {"{\"name\":\"w\",\"type\":\"Microsoft.KeyVault/vaults\",\"properties\":{\"a\":1}}",
     "key-vault", "", "microsoft.keyvault/vaults", "", "", false, false},
    {"{\"id\":\"" SUB "/providers/Microsoft.Foo\",\"namespace\":\"Microsoft.Foo\","
     "\"resourceTypes\":[]}",
     "resource-provider",
     "resource-provider:/subscriptions/00000000-0000-0000-0000-000000000001/providers/"
     "microsoft.foo",
     "", "", "", true, false},
    {"{\"id\":\"" SUB "\",\"subscriptionId\":\"s\",\"state\":\"Enabled\"}", "subscription",
     "/subscriptions/00000000-0000-0000-0000-000000000001", "microsoft.resources/subscriptions", "",
     "", true, true},
    {"{\"id\":\"00000000-0000-0000-0000-00000000000A\",\"tenantId\":\"t\",\"state\":\"Enabled\"}",
     "subscription", "/subscriptions/00000000-0000-0000-0000-00000000000a",
     "microsoft.resources/subscriptions", "", "", true, true},
    {"{\"id\":\"" SUB "/locations/westeurope\",\"name\":\"westeurope\"}", "arm-resource",
     "/subscriptions/00000000-0000-0000-0000-000000000001/locations/westeurope", "", "", "", false,
     false},
    {"{\"resourceId\":\"" GROUP "/providers/X/y/Z\",\"policyAssignmentId\":\"a\","
     "\"policyDefinitionId\":\"/Providers/D/e/F\",\"complianceState\":\"NonCompliant\"}",
     "policy-state", "policy-state:" LOW "/providers/x/y/z|a|/providers/d/e/f|", "",
     LOW "/providers/x/y/z", "", true, false},
    {"{\"odataContext\":\"c\",\"resourceId\":\"" GROUP "/providers/X/y/Z\",\"policyAssignmentId\":"
     "\"a\",\"policyDefinitionReferenceId\":\"R\",\"policyDefinitionId\":\"d\","
     "\"complianceState\":\"Compliant\"}",
     "policy-state", "policy-state:" LOW "/providers/x/y/z|a|d|r", "", LOW "/providers/x/y/z", "",
     true, true},
    {"{\"id\":\"" SUB "/providers/Microsoft.PolicyInsights/policyStates/p\",\"type\":"
     "\"microsoft.policyinsights/policystates\",\"properties\":{\"resourceId\":\"" GROUP
     "\",\"complianceState\":\"Compliant\"}}",
     "policy-state",
     "/subscriptions/00000000-0000-0000-0000-000000000001/providers/microsoft.policyinsights/"
     "policystates/p",
     "microsoft.policyinsights/policystates", LOW, "", true, true},
    {"{\"resourceId\":\"" GROUP "/providers/X/y/Z\",\"policyAssignmentId\":\"a\",\"principalOid\":"
     "\"o\",\"policyDefinitionId\":\"d\",\"complianceState\":\"NonCompliant\",\"timestamp\":\"T\"}",
     "policy-event", "policy-event:t|" LOW "/providers/x/y/z|a|d|", "", LOW "/providers/x/y/z", "",
     true, false},
    {"{\"@odata.context\":\"c\",\"policyAssignmentId\":\"a\",\"numRecords\":7}",
     "policy-state-count", "", "", "", "", true, false},
    {"{\"eventDataId\":\"E\",\"operationName\":{},\"eventTimestamp\":\"t\",\"id\":\"" GROUP
     "/events/E/ticks/1\",\"resourceId\":\"" GROUP "\",\"properties\":{\"a\":1}}",
     "activity-log-event", "activity-log-event:e", "", LOW, "", true, false},
    {"{\"isOptedIn\":false}", "lockbox-tenant", "", "", "", "", true, false},
    {"{\"id\":\"ABC\",\"state\":\"enabled\",\"conditions\":{}}", "conditional-access-policy",
     "conditional-access-policy:abc", "", "", "", true, false},
    /* templates are no resources */
    {"{\"id\":\"[resourceId('x')]\",\"type\":\"Microsoft.CognitiveServices/accounts\"}", "other",
     "", "", "", "", true, false},
    {"{\"id\":7}", "other", "", "", "", "", true, false},
    {"{}", "other", "", "", "", "", true, false},
    {"{\"ID\":\"" GROUP "/providers/X/y/z\"}", "other", "", "", "", "", true, false},
};

static void is(const char *text, const char *what, const char *got, const char *want)
{
    ck_assert_msg(strcmp(got, want) == 0, "%s of %s: expected '%s', came '%s'", what, text, want,
                  got);
}

START_TEST(objects_are_recognised)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EVPACK_AUTO_VALUE(shape_reset) shape s = {0};
        EVPACK_AUTO(json_doc) doc = NULL;
        const char *text = rows[i].text;
        recognise(text, &s, &doc);
        is(text, "kind", s.kind, rows[i].kind);
        is(text, "subject", buf_str(&s.subject), rows[i].subject);
        is(text, "type", buf_str(&s.type), rows[i].type);
        is(text, "scope", buf_str(&s.scope), rows[i].scope);
        is(text, "parent", buf_str(&s.parent), rows[i].parent);
        ck_assert_msg(s.complete == rows[i].complete, "%s: expected complete %d", text,
                      rows[i].complete);
        ck_assert_msg(s.normalised == rows[i].normalised, "%s: expected normalised %d", text,
                      rows[i].normalised);
        ck_assert_msg((s.body.len > 0) == s.normalised, "%s: a body of its own only if normalised",
                      text);
    }
}
END_TEST

/* What az prints (flattened) and what ARM answers, in the shapes of both. */
static const struct {
    const char *az, *arm;
} pairs[] = {
    {"{\"condition\":null,\"createdOn\":\"2020-12-17T19:34:34.708616+00:00\",\"id\":\"" SUB
     "/providers/Microsoft.Authorization/roleAssignments/r\",\"name\":\"r\",\"principalId\":\"p\","
     "\"principalType\":\"User\",\"resourceGroup\":\"rg\",\"roleDefinitionId\":\"d\",\"scope\":"
     "\"" SUB "\",\"type\":\"Microsoft.Authorization/roleAssignments\"}",
     "{\"id\":\"" SUB
     "/providers/Microsoft.Authorization/roleAssignments/r\",\"name\":\"r\",\"type\":"
     "\"Microsoft.Authorization/roleAssignments\",\"properties\":{\"roleDefinitionId\":\"d\","
     "\"principalId\":\"p\",\"principalType\":\"User\",\"scope\":\"" SUB
     "\",\"createdOn\":\"2020-12-17T19:34:34.7086165Z\"}}"},
    {"{\"assignableScopes\":[\"/\"],\"description\":\"D\",\"id\":\"/providers/"
     "Microsoft.Authorization/"
     "roleDefinitions/"
     "d\",\"name\":\"d\",\"permissions\":[{\"actions\":[\"*\"]}],\"roleName\":\"R\","
     "\"roleType\":\"CustomRole\",\"type\":\"Microsoft.Authorization/roleDefinitions\"}",
     "{\"properties\":{\"roleName\":\"R\",\"type\":\"CustomRole\",\"description\":\"D\","
     "\"assignableScopes\":[\"/\"],\"permissions\":[{\"actions\":[\"*\"]}]},\"id\":\"/providers/"
     "Microsoft.Authorization/roleDefinitions/d\",\"type\":\"Microsoft.Authorization/"
     "roleDefinitions\","
     "\"name\":\"d\"}"},
    {"{\"description\":null,\"displayName\":\"N\",\"enforcementMode\":\"Default\",\"id\":\"" SUB
     "/providers/Microsoft.Authorization/policyAssignments/p\",\"identity\":null,\"location\":null,"
     "\"metadata\":{\"createdBy\":\"c\"},\"name\":\"p\",\"notScopes\":null,\"parameters\":null,"
     "\"policyDefinitionId\":\"d\",\"scope\":\"" SUB
     "\",\"sku\":{\"name\":\"A0\",\"tier\":\"Free\"},"
     "\"type\":\"Microsoft.Authorization/policyAssignments\"}",
     "{\"sku\":{\"name\":\"A0\",\"tier\":\"Free\"},\"properties\":{\"displayName\":\"N\","
     "\"enforcementMode\":\"Default\",\"policyDefinitionId\":\"d\",\"scope\":\"" SUB
     "\",\"metadata\":"
     "{\"createdBy\":\"c\"}},\"id\":\"" SUB
     "/providers/Microsoft.Authorization/policyAssignments/p\","
     "\"type\":\"Microsoft.Authorization/policyAssignments\",\"name\":\"p\"}"},
    {"{\"id\":\"" LOW
     "/providers/x/y/z/providers/microsoft.insights/diagnosticSettings/d\",\"logs\":"
     "[{\"category\":\"Audit\",\"enabled\":true,\"retentionPolicy\":{\"days\":5,\"enabled\":true}}]"
     ","
     "\"metrics\":[],\"name\":\"d\",\"resourceGroup\":\"rg\",\"storageAccountId\":\"s\",\"type\":"
     "\"Microsoft.Insights/diagnosticSettings\"}",
     "{\"id\":\"" LOW
     "/providers/x/y/z/providers/microsoft.insights/diagnosticSettings/d\",\"type\":"
     "\"Microsoft.Insights/"
     "diagnosticSettings\",\"name\":\"d\",\"location\":null,\"kind\":null,\"tags\":"
     "null,\"properties\":{\"storageAccountId\":\"s\",\"workspaceId\":null,\"metrics\":[],\"logs\":"
     "[{\"category\":\"Audit\",\"categoryGroup\":null,\"enabled\":true,\"retentionPolicy\":{"
     "\"enabled\":"
     "true,\"days\":5}}]},\"identity\":null}"},
    {"{\"id\":\"" GROUP "/providers/Microsoft.Network/privateEndpoints/e\",\"location\":\"westus\","
     "\"manualPrivateLinkServiceConnections\":[],\"name\":\"e\",\"privateLinkServiceConnections\":"
     "[{\"etag\":\"W\",\"groupIds\":[\"account\"],\"id\":\"" GROUP
     "/providers/Microsoft.Network/privateEndpoints/e/privateLinkServiceConnections/"
     "e\",\"name\":\"e\","
     "\"privateLinkServiceConnectionState\":{\"status\":\"Approved\"},\"privateLinkServiceId\":"
     "\"a\","
     "\"resourceGroup\":\"rg\",\"type\":\"Microsoft.Network/privateEndpoints/"
     "privateLinkServiceConnections\"}],\"resourceGroup\":\"rg\",\"subnet\":{\"id\":\"n\","
     "\"resourceGroup\":\"rg\"},\"type\":\"Microsoft.Network/privateEndpoints\"}",
     "{\"id\":\"" GROUP "/providers/Microsoft.Network/privateEndpoints/e\",\"name\":\"e\",\"type\":"
     "\"Microsoft.Network/privateEndpoints\",\"location\":\"westus\",\"properties\":"
     "{\"privateLinkServiceConnections\":[{\"name\":\"e\",\"id\":\"" GROUP
     "/providers/Microsoft.Network/privateEndpoints/e/privateLinkServiceConnections/"
     "e\",\"etag\":\"W\","
     "\"properties\":{\"privateLinkServiceId\":\"a\",\"groupIds\":[\"account\"],"
     "\"privateLinkServiceConnectionState\":{\"status\":\"Approved\"}},\"type\":\"Microsoft."
     "Network/"
     "privateEndpoints/"
     "privateLinkServiceConnections\"}],\"manualPrivateLinkServiceConnections\":[],"
     "\"subnet\":{\"id\":\"n\"}}}"},
    {"{\"creationTime\":null,\"allowBlobPublicAccess\":false,\"enableHttpsTrafficOnly\":true,"
     "\"id\":\"" GROUP
     "/providers/Microsoft.Storage/storageAccounts/s\",\"kind\":\"StorageV2\",\"name\":\"s\","
     "\"networkRuleSet\":{\"bypass\":\"AzureServices\",\"defaultAction\":\"Deny\",\"ipRules\":[],"
     "\"resourceAccessRules\":null},\"sku\":{\"name\":\"Standard_LRS\"},\"type\":"
     "\"Microsoft.Storage/storageAccounts\"}",
     "{\"sku\":{\"name\":\"Standard_LRS\"},\"kind\":\"StorageV2\",\"id\":\"" GROUP
     "/providers/Microsoft.Storage/storageAccounts/s\",\"name\":\"s\",\"type\":"
     "\"Microsoft.Storage/storageAccounts\",\"properties\":{\"supportsHttpsTrafficOnly\":true,"
     "\"allowBlobPublicAccess\":false,\"networkAcls\":{\"bypass\":\"AzureServices\","
     "\"defaultAction\":"
     "\"Deny\",\"ipRules\":[]}}}"},
};

START_TEST(flattened_rows_have_the_bodies_of_their_arm_pairs)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        EVPACK_AUTO_VALUE(shape_reset) shape az = {0};
        EVPACK_AUTO(json_doc) az_doc = NULL;
        recognise(pairs[i].az, &az, &az_doc);
        ck_assert_msg(az.normalised, "%s: expected to be normalised", pairs[i].az);
        EVPACK_AUTO_VALUE(buf_reset) buf az_subject = {0};
        buf_puts(&az_subject, buf_str(&az.subject));
        EVPACK_AUTO_VALUE(shape_reset) shape arm = {0};
        EVPACK_AUTO(json_doc) arm_doc = NULL;
        recognise(pairs[i].arm, &arm, &arm_doc);
        ck_assert_msg(!arm.normalised, "%s: expected no normalising", pairs[i].arm);
        ck_assert_str_eq(buf_str(&az_subject), buf_str(&arm.subject));
        ck_assert_str_eq(buf_str(&az.scope), buf_str(&arm.scope));
        EVPACK_AUTO_VALUE(buf_reset) buf differences = {0};
        same_state_text(buf_str(&az.body), pairs[i].arm, &differences);
        ck_assert_msg(differences.len == 0, "pair %zu: az's / ARM's\n%s", i, buf_str(&differences));
    }
}
END_TEST

START_TEST(values_are_moved_as_they_were_written)
{
    EVPACK_AUTO_VALUE(shape_reset) shape s = {0};
    EVPACK_AUTO(json_doc) doc = NULL;
    recognise(
        "{\"id\":\"" GROUP "/providers/X.Y/z/"
        "n\",\"name\":\"n\",\"type\":null,\"big\":123456789012345678901234567890.10,"
        "\"e\":1e400,\"t\":\"\\u00e9\\/\\ud800\",\"a\":[1.0,-0],\"a\":2,\"x\\\"y\":{\"z\":[]}}",
        &s, &doc);
    ck_assert_str_eq(buf_str(&s.body),
                     "{\"id\":\"" GROUP
                     "/providers/X.Y/z/n\",\"name\":\"n\",\"type\":null,\"properties\":{\"big\":"
                     "123456789012345678901234567890.10,\"e\":1e400,\"t\":\"\\u00e9\\/\\ud800\","
                     "\"a\":[1.0,-0],\"a\":2,\"x\\\"y\":{\"z\":[]}}}");
}
END_TEST

START_TEST(escaped_names_are_written_plain)
{
    evpack_err err = {0};
    EVPACK_AUTO(shapes) table = NULL;
    OK(shapes_load(&table, &err));
    static const char text[] =
        "{\"\\u0069d\":\"\\/subscriptions\\/s\",\"p\\u0072operties\":{\"a\\/b\":"
        "\"\\u0041\",\"q\\\"\":1}}";
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text, strlen(text), false, &doc, &err));
    EVPACK_AUTO_VALUE(shape_reset) shape s = {0};
    const shape_input in = {
        .text = text, .len = strlen(text), .value = json_root(doc), .escaped_names = true};
    OK(shape_recognise(table, &in, &s, &err));
    ck_assert_str_eq(s.kind, "subscription");
    ck_assert_str_eq(buf_str(&s.subject), "/subscriptions/s");
    ck_assert(s.normalised);
    ck_assert_str_eq(buf_str(&s.body), "{\"id\":\"\\/subscriptions\\/s\",\"properties\":{\"a/b\":"
                                       "\"\\u0041\",\"q\\\"\":1}}");
}
END_TEST

START_TEST(a_row_of_a_query_proves_no_absence)
{
    evpack_err err = {0};
    EVPACK_AUTO(shapes) table = NULL;
    OK(shapes_load(&table, &err));
    static const char text[] =
        "{\"id\":\"" GROUP "/providers/X.Y/z/n\",\"name\":\"n\",\"type\":\"X.Y/z\","
        "\"tls\":\"1.2\"}";
    EVPACK_AUTO(json_doc) doc = NULL;
    OK(json_parse(text, strlen(text), false, &doc, &err));
    EVPACK_AUTO_VALUE(shape_reset) shape s = {0};
    shape_input in = {
        .text = text, .len = strlen(text), .value = json_root(doc), .projected = true};
    OK(shape_recognise(table, &in, &s, &err));
    ck_assert_msg(!s.complete && !s.normalised, "expected a row of a query to be a summary");
    in.projected = false;
    OK(shape_recognise(table, &in, &s, &err));
    ck_assert_msg(s.complete && s.normalised, "expected what az prints to be complete");
}
END_TEST

START_TEST(a_type_that_is_not_that_of_the_id_is_noted)
{
    static const struct {
        const char *text;
        bool mismatch;
    } types[] = {
        {"{\"id\":\"" GROUP "/providers/Microsoft.KeyVault/vaults/v\",\"type\":"
         "\"Microsoft.Storage/storageAccounts\"}",
         true},
        {"{\"id\":\"" GROUP "/providers/Microsoft.KeyVault/vaults/v\",\"type\":"
         "\"microsoft.keyvault/VAULTS\"}",
         false},
        {"{\"id\":\"" GROUP "\",\"type\":\"Microsoft.Resources/subscriptions/resourceGroups\"}",
         false},
        {"{\"id\":\"" GROUP "/providers/A.B/c/v\",\"type\":\"D.E/f\"}", true},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        EVPACK_AUTO_VALUE(shape_reset) shape s = {0};
        EVPACK_AUTO(json_doc) doc = NULL;
        recognise(types[i].text, &s, &doc);
        ck_assert_msg(s.mismatch == types[i].mismatch, "%s: expected mismatch %d", types[i].text,
                      types[i].mismatch);
    }
}
END_TEST

START_TEST(a_page_tells_what_it_lists)
{
    evpack_err err = {0};
    EVPACK_AUTO(shapes) table = NULL;
    OK(shapes_load(&table, &err));
    static const struct {
        const char *text, *kind;
    } pages[] = {
        {"{\"@odata.context\":\"https://graph.microsoft.com/v1.0/$metadata#identity/"
         "conditionalAccess/policies\",\"value\":[]}",
         "conditional-access-policy"},
        {"{\"@odata.context\":\"https://graph.microsoft.com/v1.0/$metadata#servicePrincipals\"}",
         "service-principal"},
        {"{\"@odata.context\":\"x\"}", ""},
        {"{\"value\":[]}", ""},
    };
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        EVPACK_AUTO(json_doc) doc = NULL;
        OK(json_parse(pages[i].text, strlen(pages[i].text), false, &doc, &err));
        const char *kind = shape_of_page(table, json_root(doc));
        is(pages[i].text, "kind", kind == NULL ? "" : kind, pages[i].kind);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {objects_are_recognised,
                                  flattened_rows_have_the_bodies_of_their_arm_pairs,
                                  values_are_moved_as_they_were_written,
                                  escaped_names_are_written_plain,
                                  a_row_of_a_query_proves_no_absence,
                                  a_type_that_is_not_that_of_the_id_is_noted,
                                  a_page_tells_what_it_lists,
                                  NULL};
    return test_main(test_suite("collect/shape", tests));
}
