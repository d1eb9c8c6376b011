#!/bin/sh
# The plan with the real az: signed in by a managed identity to a cloud of its own, which is
# server.py on the loopback interface; then collect --expect, map and status. Skipped when azure-cli
# is not installed: apt-get install azure-cli brings it (and its python3), and nothing else needs it.
#   az.sh SOURCE BUILD
set -u
source=$1
build=$2
evpack=$build/evpack
az=/usr/bin/az # Debian's: 2.45, without which this test says nothing
[ -x "$az" ] || { echo "skipped: azure-cli is not installed (apt-get install azure-cli)"; exit 77; }
for tool in bash jq sqlite3 openssl; do
    command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 1
failed=0
complain() {
    echo "FAILED: $*"
    failed=1
}
expect() {
    [ "$1" = "$2" ] || complain "$3: expected '$1', came '$2'"
}

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' 2>openssl.log || { cat openssl.log; exit 1; }
/usr/bin/python3 "$source/tests/az/server.py" "$source/tests/az/arm.json" cert.pem key.pem asked ports 2>server.log &
server=$!
tries=0
while [ ! -e ports ] && [ $tries -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
read -r port identity <ports || { echo "the server does not answer:"; cat server.log; exit 1; }

for name in $(env | sed -n 's/^\(AZURE_[A-Z_]*\|ARM_[A-Z_]*\|[a-zA-Z]*_proxy\|[A-Z]*_PROXY\)=.*/\1/p'); do
    unset "$name"
done
AZURE_CONFIG_DIR=$work/config
AZURE_CORE_COLLECT_TELEMETRY=no
AZURE_CORE_NO_COLOR=yes
REQUESTS_CA_BUNDLE=$work/cert.pem
MSI_ENDPOINT=http://127.0.0.1:$identity/msi/token
MSI_SECRET=a-test
APPSETTING_WEBSITE_SITE_NAME=evpack # for az, what makes it use MSI_SECRET
PATH=/usr/bin:/bin
EVPACK_RETRY_WAIT=0
export AZURE_CONFIG_DIR AZURE_CORE_COLLECT_TELEMETRY AZURE_CORE_NO_COLOR REQUESTS_CA_BUNDLE MSI_ENDPOINT MSI_SECRET \
    APPSETTING_WEBSITE_SITE_NAME PATH EVPACK_RETRY_WAIT

here=https://localhost:$port
graph=https://127.0.0.1:$port
cat >cloud.json <<END
{"endpoints": {"management": "$here/", "resourceManager": "$here/", "activeDirectory": "$here/ad",
  "activeDirectoryResourceId": "$here/", "activeDirectoryGraphResourceId": "$graph/",
  "microsoftGraphResourceId": "$graph/"}, "suffixes": {"keyvaultDns": ".vault.localhost"}}
END
"$az" cloud register -n EvpackTest --cloud-config "@cloud.json" >log 2>&1 || { echo "az cloud register:"; cat log; exit 1; }
"$az" cloud set -n EvpackTest >log 2>&1 || { echo "az cloud set:"; cat log; exit 1; }
# Not signed in yet: the script says so, and makes nothing.
"$evpack" plan >export.sh || complain "expected a plan"
bash export.sh none >said 2>err </dev/null
expect 2 $? "not signed in"
grep -q "az login" err || complain "expected what to do, came $(cat err)"
[ ! -e none ] || complain "expected no folder"
"$az" login --identity >log 2>&1 || { echo "az login:"; cat log; exit 1; }

bash export.sh out >said 2>progress </dev/null
expect 0 $? "the script"
ledger=out/collection.jsonl
A=aaaaaaaa-0000-4000-8000-000000000001
B=bbbbbbbb-0000-4000-8000-000000000002

# --- the ledger --------------------------------------------------------------------------------
# PLAN, SUBSCRIPTION (none: for the tenant): "exit file?" for each line.
line() {
    jq -rs --arg p "$1" --arg s "$2" 'map(select(.plan == $p and (.subscription // "") == $s)
        | "\(.exit_code)\(if .file then "+" else "-" end)") | join(" ")' $ledger
}
expect "2.45.0 systemAssignedIdentity cccccccc-0000-4000-8000-000000000003" \
    "$(jq -rs '[.[] | "\(.az_version) \(.account) \(.tenant)"] | unique | join(";")' $ledger)" "who, with what, where"
expect "1-" "$(line conditional-access "")" "Conditional Access"
for plan in signed-in-account subscriptions lockbox service-principals end; do
    case $plan in
    end) expect "0+" "$(line $plan "")" $plan ;;
    *) expect "0+" "$(line $plan "")" $plan ;;
    esac
done
for plan in own-roles role-assignments eligible-roles role-definitions policy-assignments policy-set-definitions \
    custom-policy-definitions policy-exemptions policy-states defender-plans defender-assessments locks resources \
    private-endpoints accounts; do
    expect "0+" "$(line $plan $A)" "$plan of the first subscription"
    [ $plan = policy-assignments ] || expect "0+" "$(line $plan $B)" "$plan of the second subscription"
done
for plan in account account-deployments account-private-endpoint-connections account-diagnostic-settings account-role-assignments; do
    expect "0+ 0+" "$(line $plan $A)" "$plan of two accounts"
done
for plan in storage-accounts log-analytics-workspaces log-analytics-clusters private-link-scopes vault-keys \
    vault-diagnostic-settings storage-blob-service storage-file-service storage-blob-diagnostic-settings \
    storage-file-diagnostic-settings search-services search-diagnostic-settings search-role-assignments ml-workspaces \
    ml-registries ml-computes ml-online-endpoints ml-serverless-endpoints ml-diagnostic-settings ml-role-assignments \
    virtual-networks network-security-groups network-interfaces private-link-services network-diagnostic-settings \
    nsg-diagnostic-settings; do
    expect "0+" "$(line $plan $A)" "$plan of the first subscription"
done
expect "0+ 0+ 0+" "$(line key-vaults $A)" "key vaults in three pages"
expect "1-" "$(line key-vaults $B)" "key vaults that may not be read"
expect "1-" "$(line policy-assignments $B)" "policy assignments that may not be read"
expect 3 "$(jq -r 'select(.plan == "locks" and .subscription == "'$A'") | .tries' $ledger)" "tries when throttled"
grep -q dddddddd asked && complain "expected nothing of the disabled subscription"
grep -E '^(PUT|DELETE|PATCH)|^POST .*(list|keys|regenerate)' asked && complain "expected az to read only"

# --- collect, map, status ----------------------------------------------------------------------
hash=$(tail -n 1 said | cut -d' ' -f1)
"$evpack" collect --expect "$hash" --snapshot s out >said 2>err || complain "collect --expect: $(cat err)"
grep -q " 0 changed, 0 not there; 3 commands failed, 0 lines not read" said || complain "expected the ledger's sums, came $(cat said)"
grep -q "key-vaults failed (exit 1): this permission is missing: Microsoft.KeyVault/vaults/read over /subscriptions/$B" err ||
    complain "expected the permission of key vaults, came $(cat err)"
grep -q "policy-assignments failed (exit 1): this permission is missing: Microsoft.Authorization/policyAssignments/read" err ||
    complain "expected the permission of policy assignments"
grep -q "conditional-access failed (exit 1): this permission is missing: a Microsoft Graph scope" err ||
    complain "expected the scope of Conditional Access"
"$evpack" map >said 2>err || complain "map: $(cat err)"
"$evpack" status --json >status.json || complain "status"
completeness() {
    sqlite3 case.db "SELECT DISTINCT e.kind || ' ' || e.shape || ' ' || e.completeness FROM collection c
        JOIN source e ON e.evidence_id = c.output_id WHERE $1 ORDER BY 1" | tr '\n' ';'
}
two="subject LIKE '%/accounts/lang-two'"
one="subject LIKE '%/accounts/oai-one'"
expect "diagnostic-setting array whole;" "$(completeness "plan = 'account-diagnostic-settings' AND $two")" "an empty list"
expect "cognitive-deployment array whole;" "$(completeness "plan = 'account-deployments' AND $two")" "no deployments"
expect "diagnostic-setting array whole;" "$(completeness "plan = 'account-diagnostic-settings' AND $one")" "a list"
expect "cognitive-deployment array whole;" "$(completeness "plan = 'account-deployments' AND $one")" "deployments"
expect "cognitive-account array whole;" "$(completeness "plan = 'accounts'")" "accounts, none in one subscription"
expect "cognitive-account object whole;" "$(completeness "plan = 'account'")" "an account"
expect "key-vault page whole;" "$(completeness "plan = 'key-vaults' AND page = 3")" "the last page"
expect "2.45.0 1" "$(sqlite3 case.db "SELECT az_version || ' ' || (collected_at = (SELECT max(ended) FROM collection)) FROM snapshot")" \
    "the snapshot"
expect "key-vaults Microsoft.KeyVault/vaults/read over /subscriptions/$B" \
    "$(jq -r '.collection[] | select(.plan == "key-vaults") | "\(.plan) \(.permission)"' status.json)" "status --json"
"$evpack" status | grep -q "this permission is missing: Microsoft.KeyVault/vaults/read" || complain "expected status to name it"
jq -e '(.findings.pass > 0) and (.findings.fail > 0)' status.json >/dev/null || complain "expected findings, came $(jq -c .findings status.json)"
expect "fail" "$(sqlite3 case.db "SELECT status FROM finding_row WHERE rule_id = 'local-authentication' AND subject LIKE '%lang-two'")" \
    "local authentication of lang-two"
expect "pass" "$(sqlite3 case.db "SELECT status FROM finding_row WHERE rule_id = 'local-authentication' AND subject LIKE '%oai-one'")" \
    "local authentication of oai-one"
expect "pass" "$(sqlite3 case.db "SELECT DISTINCT status FROM finding_row WHERE rule_id = 'resource-logs' AND subject LIKE '%oai-one'")" \
    "resource logs of oai-one"
expect "fail" "$(sqlite3 case.db "SELECT status FROM finding_row WHERE rule_id = 'resource-logs' AND subject LIKE '%kv-one'")" \
    "resource logs of kv-one, whose list of settings is empty"
expect "pass" "$(sqlite3 case.db "SELECT status FROM finding_row WHERE rule_id = 'kv-key-management' AND subject LIKE '%kv-one'")" \
    "keys of kv-one, which has none"
expect "pass" "$(sqlite3 case.db "SELECT status FROM finding_row WHERE rule_id = 'storage-native-backup'")" \
    "soft delete of the storage account"
expect "fail" "$(sqlite3 case.db "SELECT status FROM finding_row WHERE rule_id = 'storage-resource-logs'")" \
    "resource logs of the storage account, whose list of settings is empty"
expect "pass" "$(sqlite3 case.db "SELECT status FROM finding_row WHERE rule_id = 'local-authentication' AND subject LIKE '%find-one'")" \
    "local authentication of the search service"
expect "fail" "$(sqlite3 case.db "SELECT status FROM finding_row WHERE rule_id = 'resource-logs' AND subject LIKE '%find-one'")" \
    "resource logs of the search service, whose list of settings is empty"
expect "manual" "$(sqlite3 case.db "SELECT status FROM finding_row WHERE rule_id = 'ml-virtual-network'")" \
    "virtual network of the workspace, whose list of computes is empty"
expect "unknown role-assignment" "$(sqlite3 case.db "SELECT status || ' ' || need FROM finding_row WHERE rule_id = 'data-plane-rbac' AND subject LIKE '%ws-one'")" \
    "roles at the workspace, whose lists of endpoints are empty: roles alone are missing"
[ -z "${KEEP:-}" ] || cp -R . "$KEEP"
exit $failed
