#!/bin/sh
# A stand-in for az, for whole/plan: it answers what the script of `evpack plan` asks, with hostile
# names, pages, errors and throttling, and writes what it was asked into $FAKE/asked, one argument a
# line, commands apart by a line of "--".
set -u
{ printf '%s\n' "$@"; echo --; } >>"$FAKE/asked"
A=11111111-1111-4111-8111-111111111111
B=22222222-2222-4222-8222-222222222222
T=99999999-9999-4999-8999-999999999999
account=/subscriptions/$A/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts
fails() {
    printf '%s\n' "$2" >&2
    exit "$1"
}
if [ ! -t 0 ] && [ -n "$(head -c 1)" ]; then
    fails 9 'az was given the script'"'"'s own input'
fi
case "$*" in
'version -o json') printf '{\n  "azure-cli": "2.45.0",\n  "extensions": {}\n}\n' ;;
'cloud show '*) echo '["AzureCloud","https://arm.example/","https://graph.example/"]' ;;
'account show --query '*) printf '["ad\\"min\\u00e9","user","%s","%s"]\n' "$T" "$A" ;;
'account show -o json')
    printf '{\n  "id": "%s",\n  "tenantId": "%s",\n  "state": "Enabled",\n  "name": "a"\n}\n' "$A" "$T" ;;
'account list --all --query '*)
    printf '["%s","%s","AzureCloud","first"]\n' "$A" "$T"
    printf '["%s","%s","AzureCloud","second \\"q\\" \\\\ \\ud83d\\ude00"]\n' "$B" "$T"
    printf '["33333333-3333-4333-8333-333333333333","%s","OtherCloud","elsewhere"]\n' "$T"
    printf '["@/etc/passwd","%s","AzureCloud","hostile"]\n' "$T"
    ;;
'account list --all -o json')
    printf '[\n  {\n    "id": "%s",\n    "tenantId": "%s",\n    "state": "Enabled"\n  }\n]\n' "$A" "$T" ;;
*tenantOptedIn/"$T"*) fails 1 'ERROR: Forbidden({"error":{"code":"AuthorizationFailed","message":"The client '"'x'"' with object id '"'y'"' does not have authorization to perform action '"'Microsoft.CustomerLockbox/TenantOptedIn/read'"' over scope '"'/providers/Microsoft.CustomerLockbox'"' or the scope is invalid."}})' ;;
*servicePrincipals\?*)
    printf '{\n  "@odata.nextLink": "https://graph.example/v1.0/more?a=1&b=2",\n  "value": []\n}\n' ;;
*graph.example/v1.0/more*) printf '{\n  "value": [\n    {\n      "nextLink": "https://graph.example/not/this"\n    }\n  ]\n}\n' ;;
*conditionalAccess*) printf '{\n  "@odata.nextLink": "https://graph.example.evil/steal",\n  "value": []\n}\n' ;;
*"$A/providers/Microsoft.Authorization/locks"*)
    # throttled twice, then a list
    echo x >>"$FAKE/locks"
    [ "$(grep -c x "$FAKE/locks")" -ge 3 ] || fails 1 'ERROR: Too Many Requests({"error":{"code":"TooManyRequests"}})'
    printf '{\n  "value": []\n}\n' ;;
*"$B/providers/Microsoft.Authorization/locks"*) fails 1 'ERROR: Too Many Requests' ;;
*"$A/providers/Microsoft.KeyVault/vaults"*)
    printf '{\n  "nextLink": "https://arm.example/subscriptions/%s/providers/Microsoft.KeyVault/vaults?skip=1",\n  "value": []\n}\n' "$A" ;;
'policy set-definition list'*"$A"*) fails 3 "$(printf 'two\nlines "quoted" \\ back\ttab \033[31mred \377 caf\303\251')" ;;
'cognitiveservices account list --subscription '"$A"' --query [].to_string'*)
    printf '["%s/a1","a1","rg"]\n' "$account"
    printf '["%s/a1","a1","rg"]\n' "$account"
    printf '["%s/b \\u0027c\\u0027 $(touch %s/pwned) \\u00e9\\n","b \\u0027c\\u0027 $(touch %s/pwned) \\u00e9\\n","r\\"g"]\n' "$account" "$FAKE" "$FAKE"
    printf '["%s/-x","--debug","rg"]\n' "$account"
    printf '["%s/at","@secret.txt","rg"]\n' "$account"
    printf '["%s/?x","query","rg"]\n' "$account"
    printf 'not a row\n'
    printf '["%s/half","\\ud83d","rg"]\n' "$account"
    ;;
'cognitiveservices account list --subscription '"$B"' --query [].to_string'*) fails 1 'ERROR: cannot list' ;;
'cognitiveservices account list --subscription '"$A"' --query [?properties'*)
    echo '["https://kv-1.vault.example/","key one"]'
    echo '["https:///","no-host"]' ;;
'cognitiveservices account list --subscription '"$B"' --query [?properties'*) ;;
'cognitiveservices account list --subscription '*)
    printf '[\n  {\n    "id": "%s/a1",\n    "kind": "OpenAI",\n    "type": "Microsoft.CognitiveServices/accounts",\n    "properties": {\n      "x": 1\n    }\n  }\n]\n' "$account" ;;
'cognitiveservices account show '*) printf '{\n  "id": "%s/a1",\n  "name": "a1"\n}\n' "$account" ;;
'rest '*) printf '{\n  "value": []\n}\n' ;;
*list*) echo '[]' ;;
*) printf '{\n  "id": "x"\n}\n' ;;
esac
