/*
 * Writes COUNT Cognitive Services accounts as `az cognitiveservices account list` prints them: one
 * array, indented by two, about 4.3 kB an account. The same COUNT gives the same bytes.
 */
#include <stdio.h>
#include <stdlib.h>

static const char *const kinds[] = {
    "OpenAI",        "OpenAI",         "OpenAI",        "AIServices",     "FormRecognizer",
    "TextAnalytics", "SpeechServices", "ContentSafety", "ComputerVision", "OpenAI"};

static void put_rules(FILE *out)
{
    static const char *const names[] = {"openai.dalle.post", "openai.embeddings.post",
                                        "account.get",       "openai.batches.post",
                                        "openai.files.get",  "default"};
    (void)fputs("      \"callRateLimit\": {\n        \"count\": null,\n"
                "        \"renewalPeriod\": null,\n        \"rules\": [\n",
                out);
    for (int i = 0; i < 5; i++) {
        (void)fprintf(out,
                      "          {\n            \"count\": %d.0,\n"
                      "            \"dynamicThrottlingEnabled\": %s,\n"
                      "            \"key\": \"%s\",\n            \"matchPatterns\": [\n"
                      "              {\n                \"method\": \"*\",\n"
                      "                \"path\": \"*\"\n              }\n            ],\n"
                      "            \"minCount\": null,\n            \"renewalPeriod\": %d.0\n"
                      "          }%s\n",
                      20 + i, i % 2 ? "true" : "null", names[i], 1 + i, i < 4 ? "," : "");
    }
    (void)fputs("        ]\n      },\n", out);
}

static void put_capabilities(FILE *out)
{
    static const char *const names[] = {"VirtualNetworks",  "CustomerManagedKey",
                                        "MaxFineTuneCount", "MaxRunningFineTuneCount",
                                        "TrustedServices",  "RaiMonitor"};
    (void)fputs("      \"capabilities\": [\n", out);
    for (int i = 0; i < 5; i++) {
        (void)fprintf(
            out, "        {\n          \"name\": \"%s\",\n          \"value\": %s\n        }%s\n",
            names[i], i == 3 ? "\"Microsoft.CognitiveServices,Microsoft.Search\"" : "null",
            i < 4 ? "," : "");
    }
    (void)fputs("      ],\n", out);
}

static void put_account(FILE *out, long n, long count)
{
    const char *kind = kinds[n % 10];
    (void)fprintf(
        out,
        "  {\n    \"etag\": \"\\\"%08lx-0000-0500-0000-63e82d960000\\\"\",\n"
        "    \"id\": \"/subscriptions/00000000-0000-4000-8000-%012lx/resourceGroups/rg-ai-%05ld/"
        "providers/Microsoft.CognitiveServices/accounts/account-%07ld\",\n"
        "    \"identity\": %s,\n    \"kind\": \"%s\",\n    \"location\": \"swedencentral\",\n"
        "    \"name\": \"account-%07ld\",\n    \"properties\": {\n"
        "      \"abusePenalty\": null,\n      \"allowedFqdnList\": %s,\n"
        "      \"apiProperties\": null,\n",
        n * 2654435761L & 0xffffffffL, n % 50, n % 997, n,
        n % 3 ? "{\n      \"principalId\": \"00000001-0000-4000-8000-000000000001\",\n"
                "      \"tenantId\": \"00000002-0000-4000-8000-000000000002\",\n"
                "      \"type\": \"SystemAssigned\",\n      \"userAssignedIdentities\": null\n    }"
              : "null",
        kind, n, n % 4 ? "null" : "[\n        \"api.contoso.example\"\n      ]");
    put_rules(out);
    put_capabilities(out);
    (void)fprintf(
        out,
        "      \"customSubDomainName\": \"account-%07ld\",\n"
        "      \"dateCreated\": \"2024-03-0%ldT06:12:33.1234567Z\",\n"
        "      \"deletionDate\": null,\n      \"disableLocalAuth\": %s,\n"
        "      \"dynamicThrottlingEnabled\": null,\n      \"encryption\": null,\n"
        "      \"endpoint\": \"https://account-%07ld.openai.azure.com/\",\n"
        "      \"endpoints\": {\n"
        "        \"OpenAI Language Model Instance API\": "
        "\"https://account-%07ld.openai.azure.com/\",\n"
        "        \"OpenAI Dall-E API\": \"https://account-%07ld.openai.azure.com/\",\n"
        "        \"OpenAI Whisper API\": \"https://account-%07ld.openai.azure.com/\"\n      },\n"
        "      \"internalId\": \"%032lx\",\n      \"isMigrated\": false,\n"
        "      \"networkAcls\": {\n        \"defaultAction\": \"%s\",\n        \"ipRules\": [],\n"
        "        \"virtualNetworkRules\": []\n      },\n"
        "      \"privateEndpointConnections\": [],\n"
        "      \"provisioningState\": \"Succeeded\",\n"
        "      \"publicNetworkAccess\": \"%s\",\n"
        "      \"restrictOutboundNetworkAccess\": %s,\n      \"restore\": null,\n"
        "      \"userOwnedStorage\": null\n    },\n    \"resourceGroup\": \"rg-ai-%05ld\",\n"
        "    \"sku\": {\n      \"capacity\": null,\n      \"family\": null,\n"
        "      \"name\": \"S0\",\n      \"size\": null,\n      \"tier\": null\n    },\n"
        "    \"systemData\": {\n      \"createdAt\": \"2024-03-02T06:12:33.123456+00:00\",\n"
        "      \"createdBy\": \"deploy@contoso.example\",\n      \"createdByType\": \"User\",\n"
        "      \"lastModifiedAt\": \"2025-01-02T06:12:33.123456+00:00\",\n"
        "      \"lastModifiedBy\": \"deploy@contoso.example\",\n"
        "      \"lastModifiedByType\": \"User\"\n    },\n    \"tags\": {},\n"
        "    \"type\": \"Microsoft.CognitiveServices/accounts\"\n  }%s\n",
        n, 1 + n % 9,
        n % 5 == 0 ? "null"
        : n % 2    ? "true"
                   : "false",
        n, n, n, n, n, n % 7 ? "Allow" : "Deny", n % 6 ? "Enabled" : "Disabled",
        n % 4 ? "null" : "true", n % 997, n + 1 < count ? "," : "");
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
    (void)fputs("[\n", stdout);
    for (long n = 0; n < count; n++) {
        put_account(stdout, n, count);
    }
    (void)fputs("]\n", stdout);
    return fflush(stdout) == 0 ? 0 : 1;
}
