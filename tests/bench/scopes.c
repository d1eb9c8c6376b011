/*
 * scopes FOLDER ACCOUNTS SUBSCRIPTIONS: what the reference input leaves out: many scopes. Accounts
 * spread over subscriptions; for each subscription one page of policy assignments at ten management
 * groups, at the subscription and at its resource groups, each with notScopes.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { GROUPS = 4, ABOVE = 10, HERE = 20, INSIDE = 2, EXCLUDED = 5 };

static const char subscription[] = "/subscriptions/00000000-0000-4000-8000-";

static FILE *file(const char *folder, const char *name, long n)
{
    char *path = NULL;
    FILE *out = asprintf(&path, "%s/%s-%04ld.json", folder, name, n) < 0 ? NULL : fopen(path, "w");
    if (out == NULL) {
        perror(folder);
        exit(1);
    }
    free(path);
    return out;
}

static void put_assignment(FILE *out, const char *scope, long s, int n, bool first)
{
    static const char *const definitions[] = {
        "71ef260a-8f18-47b7-abcb-62d0673d94dc", "037eea7a-bd0a-46c5-9a66-03aea78705d3",
        "0725b4dd-7e76-479c-a735-68e7ee23d5ca", "67121cc7-ff39-4ab8-b7e3-95b84dab487d"};
    (void)fprintf(
        out,
        "%s{\"id\":\"%s/providers/Microsoft.Authorization/policyAssignments/p%d\","
        "\"name\":\"p%d\",\"type\":\"Microsoft.Authorization/policyAssignments\","
        "\"properties\":{\"displayName\":\"Policy %d\",\"scope\":\"%s\","
        "\"policyDefinitionId\":\"/providers/Microsoft.Authorization/policyDefinitions/%s\","
        "\"enforcementMode\":\"Default\",\"notScopes\":[",
        first ? "" : ",\n", scope, n, n, n, scope, definitions[n % 4]);
    for (int k = 0; k < EXCLUDED; k++) {
        (void)fprintf(out, "%s\"%s%012lx/resourceGroups/rg-x%d\"", k == 0 ? "" : ",", subscription,
                      s, k);
    }
    (void)fputs("]}}", out);
}

static void put_policies(FILE *out, long s)
{
    char scope[256];
    (void)fputs("{\"value\":[", out);
    for (int n = 0; n < ABOVE; n++) {
        (void)snprintf(scope, sizeof scope,
                       "/providers/Microsoft.Management/managementGroups/mg-%d", n);
        put_assignment(out, scope, 0, n, n == 0);
    }
    for (int n = 0; n < HERE; n++) {
        (void)snprintf(scope, sizeof scope, "%s%012lx", subscription, s);
        put_assignment(out, scope, s, n, false);
    }
    for (int n = 0; n < GROUPS * INSIDE; n++) {
        (void)snprintf(scope, sizeof scope, "%s%012lx/resourceGroups/rg-%d", subscription, s,
                       n / INSIDE);
        put_assignment(out, scope, s, n % INSIDE, false);
    }
    (void)fputs("]}\n", out);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fprintf(stderr, "usage: scopes FOLDER ACCOUNTS SUBSCRIPTIONS\n");
        return 2;
    }
    const long accounts = strtol(argv[2], NULL, 10);
    const long subscriptions = strtol(argv[3], NULL, 10);
    FILE *out = file(argv[1], "accounts", 0);
    for (long n = 0; n < accounts; n++) {
        (void)fprintf(
            out,
            "%s{\"id\":\"%s%012lx/resourceGroups/rg-%ld/providers/"
            "Microsoft.CognitiveServices/accounts/account-%06ld\",\"kind\":\"OpenAI\","
            "\"name\":\"account-%06ld\",\"type\":\"Microsoft.CognitiveServices/accounts\","
            "\"properties\":{\"publicNetworkAccess\":\"Enabled\"}}",
            n == 0 ? "[" : ",\n", subscription, n % subscriptions, n / subscriptions % GROUPS, n,
            n);
    }
    (void)fputs("]\n", out);
    int bad = fclose(out);
    for (long s = 0; s < subscriptions; s++) {
        out = file(argv[1], "policies", s);
        put_policies(out, s);
        bad |= fclose(out);
    }
    return bad == 0 ? 0 : 1;
}
