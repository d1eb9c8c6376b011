#!/bin/sh
# Secrets of every kind in every place, made anew by each run: collect finds each, a package is
# refused until somebody decides, a redacted one verifies and can be collected again, a redaction can
# be proved from the case, and no output of any verb ever shows one.
set -eu
build=$2
work=${KEEP:-$(mktemp -d)}; mkdir -p "$work"
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
evpack=$build/evpack
at=2026-11-22T08:00:00Z
fail() { echo "$*"; exit 1; }
mkdir outputs
number=0
run() { # CODE COMMAND...: its outputs are kept, for the search at the end
    want=$1
    shift
    number=$((number + 1))
    got=0
    "$@" >outputs/$number.out 2>outputs/$number.err </dev/null || got=$?
    [ "$got" = "$want" ] || fail "expected exit $want, came $got: $1 $2 ($(tail -n 2 outputs/$number.err))"
    cp outputs/$number.out out
    cp outputs/$number.err err
}

# --- the secrets -------------------------------------------------------------------------------
: >values
keep() { printf '%s\n' "$1" >>values; }
base64_of() { openssl rand -base64 "$1" | tr -d '\n'; }
letters() { openssl rand -base64 400 | tr -dc 'A-Za-z0-9' | head -c "$1"; }
url64() { printf %s "$1" | openssl base64 -A | tr '+/' '-_' | tr -d =; }
hex1=$(openssl rand -hex 16)
hex2=$(openssl rand -hex 16 | tr a-f A-F)
ai84=$(letters 52)JQQJ99$(letters 26)
store1=$(base64_of 64)
store2=$(base64_of 64)
cosmos=$(base64_of 64)
law=$(base64_of 64)
bus=$(base64_of 32)
sas=$(base64_of 32 | sed 's/+/%2B/g; s|/|%2F|g; s/=/%3D/g')
named=$(letters 39)7x%3D
function=$(letters 46)1AzFu$(letters 3)==
registry=$(letters 42)+ACRA$(letters 5)
password=Pw-$(letters 9)-7z
weird="p;9$(letters 8)&Q"
login=$(letters 12)9Kz
jwt=$(url64 '{"alg":"RS256","typ":"JWT"}').$(url64 "{\"sub\":\"$(letters 20)\"}").$(letters 80)
entra=abc8Q~$(letters 34)
github=ghp_$(letters 36)
setting=$(letters 30)4
vault=$(letters 14)5
user=$(letters 14)6
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem 2>/dev/null
pem1=$(sed -n 2p key.pem)
pem2=$(sed -n 3p key.pem)
for one in "$hex1" "$hex2" "$ai84" "$store1" "$store2" "$cosmos" "$law" "$bus" "$sas" "$named" \
    "$function" "$registry" "$password" "$weird" "$login" "$jwt" "$entra" "$github" "$setting" \
    "$vault" "$user" "$pem1" "$pem2"; do
    keep "$one"
done
escaped=$(printf %s "$store1" | sed 's/+/\\u002b/g; s|/|\\/|g')

# --- the places --------------------------------------------------------------------------------
mkdir -p exports/deep
id=/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg/providers
cat >exports/account.json <<END
{"id": "$id/Microsoft.CognitiveServices/accounts/a", "name": "a", "kind": "OpenAI", "location": "x",
 "type": "Microsoft.CognitiveServices/accounts", "identity": null, "tags": {"note": "AccountKey=$store2;x"},
 "properties": {"publicNetworkAccess": "AccountKey=$store2", "disableLocalAuth": false,
   "networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "Password=$password"}]}}}
END
cat >exports/keys.json <<END
{"key1": "$hex1", "key2": "$hex2", "more": {"primaryKey": "$ai84"}}
END
cat >exports/storage.json <<END
[{"keyName": "key1", "permissions": "FULL", "value": "$escaped"},
 {"keyName": "key2", "permissions": "FULL", "value": "$store2"}]
END
cat >exports/mixed.ndjson <<END
{"primaryMasterKey": "$cosmos"}
{"primarySharedKey": "$law", "x": "Endpoint=sb://b/;SharedAccessKeyName=r;SharedAccessKey=$bus"}
{"url": "https://s.blob.core.windows.net/c?sv=2024&sig=$sas&se=1", "$github": "a member's name"}
{"functionKeys": {"default": "$function"}, "passwords": [{"name": "password", "value": "$registry"}]}
{"clientSecret": "$entra", "adminPassword": {"value": "$password"}}
{"properties": "{\"administratorLoginPassword\":\"$login\"}"}
{"cs": "Server=tcp:s;User ID=u;Password='$weird';", "name": "x", "accessToken": "$jwt"}
[{"name": "DB_PASSWORD", "slotSetting": false, "value": "$setting"}]
{"id": "https://v.vault.azure.net/secrets/s/1", "value": "$vault"}
{"repo": "https://me:$user@host.example/x.git"}
END
{
    printf 'WARNING: the key in use is AccountKey=%s\n' "$store2"
    printf '[{"id": "%s/Microsoft.Storage/storageAccounts/s", "name": "s"}]\n' "$id"
} >exports/warning.json
printf '{"error": {"code": "BadKey", "message": "The request with Authorization Bearer %s was refused"}}' \
    "$jwt" >exports/error.json
printf '{"a": {"clientSecret": "%s"}, "a": {"clientSecret": "b"}, "%s": 1, "%s": 2}' \
    "$entra" "$github" "$github" >exports/twice.json
printf '{"x": "%s' "$jwt" >exports/cut.json
cp key.pem exports/deep/private.pem
printf '{"pem": "%s"}' "$(sed 's/$/\\n/' key.pem | tr -d '\n')" >exports/deep/pem.json
printf '{"x": 1}' >"exports/deep/blob?sv=1&sig=$named"
printf '{"clientSecret": "%s", "key1": "%s"}' "$entra" "$hex1" | iconv -t UTF-16LE >exports/u16.json
printf '\377\376' >exports/mark.json
printf '{"key1": "%s"}' "$hex1" | iconv -t UTF-16LE >>exports/mark.json
printf '{"key1": "%s"}' "$hex1" | iconv -t UTF-16BE >exports/big.json
printf 'name;AccountKey\nx;AccountKey=%s\n' "$store2" >exports/table.csv
mkdir -p pack/inner
cp exports/keys.json pack/inner/keys.json
printf '{"x": 2}' >pack/inner/plain.json
(cd pack && tar -czf ../exports/pack.tar.gz inner)
printf '{"key1": "{KEY}", "AccountKey": "veryFakedKey==", "password": "***", "clientSecret": null,
 "primaryKey": "00000000000000000000000000000000", "k": "%s", "sha256": "%s"}' \
    00000000-0000-4000-8000-000000000009 "$(openssl rand -hex 32)" >exports/none.json

# --- collect, map, status, report: found, and never shown ----------------------------------------
run 0 "$evpack" collect -c case.db --snapshot s --at $at exports
grep -q 'secrets in .* files' out || fail "expected collect to tell of secrets, came $(cat out)"
sqlite3 case.db "SELECT count(*) FROM secret WHERE evidence_id IN
    (SELECT id FROM evidence WHERE path LIKE '%none.json')" | grep -qx 0 ||
    fail "a placeholder was taken for a secret: $(sqlite3 case.db "SELECT kind, pointer FROM secret
        JOIN evidence e ON e.id = evidence_id WHERE path LIKE '%none.json'")"
run 0 "$evpack" collect -c case.db --snapshot s --at $at exports # again: all is there
run 0 "$evpack" map -c case.db --at $at
run 0 "$evpack" status -c case.db
run 0 "$evpack" status -c case.db --json
jq -e '(.secrets | length) > 25 and all(.secrets[]; .kind and (.place == "bytes" or .place == "name"))
    and ([.evidence[] | .secrets] | add) == (.secrets | length)
    and any(.secrets[]; .pointer == "/more/primaryKey")' out >/dev/null || fail "status --json: $(cat out)"
run 0 "$evpack" report -c case.db -o reports --at $at
# What is shown of findings: the raw bytes around what they rest on.
jq -r '.findings[].id' reports/findings.json | head -n 40 >ids
[ -s ids ] || fail "expected findings"
while read -r id; do
    run 0 "$evpack" show -c case.db "$id"
    run 0 "$evpack" show -c case.db "$id" --json
done <ids
pdftotext reports/summary.pdf outputs/report.txt 2>/dev/null || [ ! -x /usr/bin/pdftotext ] || fail "pdftotext"

# --- wrong usages quote what was typed -----------------------------------------------------------
run 2 "$evpack" collect -c case.db "exports/nothing?sig=$sas"
run 2 "$evpack" collect -c case.db --snapshot "AccountKey=$store2" exports
run 2 "$evpack" status "AccountKey=$store2"
run 2 "$evpack" package "--AccountKey=$store2"
run 2 "$evpack" "AccountKey=$store2"
run 2 "$evpack" map -c "$work/AccountKey=$hex1"

# --- package: refused, then redacted ---------------------------------------------------------------
run 0 "$evpack" keygen key
sign="--key key/key.pem --cert key/cert.pem --at $at"
# shellcheck disable=SC2086 # options
run 2 "$evpack" package -c case.db -o P.zip $sign
grep -q -- '--redact' err && grep -q '/key1' err || fail "expected a list and what to do, came $(cat err)"
[ ! -e P.zip ] || fail "expected no package"
# shellcheck disable=SC2086
run 2 "$evpack" package -c case.db -o P.zip $sign --redact --allow-secrets
# shellcheck disable=SC2086
run 0 "$evpack" package -c case.db -o P.zip $sign --redact --by preparer
# shellcheck disable=SC2086
run 0 "$evpack" package -c case.db -o P2.zip $sign --redact --by preparer
cmp P.zip P2.zip || fail "expected the same package twice"
run 0 "$evpack" verify P.zip --trust key/cert.pem
grep -q 'redacted' out || fail "expected verify to tell of redactions, came $(cat out)"
run 0 "$build/evpack-verify" P.zip --trust key/cert.pem --json
jq -e '.package.redactions > 20 and .package.withheld == 1' out >/dev/null || fail "$(cat out)"
unzip -q P.zip
bag=$(ls -d evpack-*)
grep -q '^Redactions: ' "$bag/bag-info.txt" || fail "expected Redactions in bag-info.txt"
grep -q 'redactions.json' "$bag/VERIFY.txt" || fail "expected redactions in VERIFY.txt"
grep -q '"decision":"redact"' "$bag/data/custody-log.jsonl" || fail "expected the decision in the log"
jq -e '(.redactions | length) > 20 and (.withheld | length) == 1 and (.names | length) == 1' \
    "$bag/data/redactions.json" >/dev/null || fail "$(cat "$bag/data/redactions.json")"
[ -z "$(find "$bag/data/evidence" -type f -name "pack.tar*")" ] || fail "an archive with secrets was not withheld"
for file in account keys storage; do
    jq -e . "$bag/data/evidence/s/exports/$file.json" >/dev/null || fail "$file.json is no JSON any more"
done
iconv -f UTF-16 -t UTF-8 "$bag/data/evidence/s/exports/mark.json" | jq -e '.key1 | startswith("EVPACK-")' \
    >/dev/null || fail "the redacted UTF-16 is not UTF-16"
jq -r '.redactions[] | "\(.redacted_sha256)  \(.path)"' "$bag/data/redactions.json" | sort -u |
    (cd "$bag" && sha256sum --strict --quiet -c) || fail "a redacted file has another digest"

# --- every place of the list is a marker, and the case proves what stood there -------------------------
jq -r '.redactions[] | select(.encoding == "utf-8") | [.path, .offset, .length, .kind] | @tsv' \
    "$bag/data/redactions.json" | while IFS="$(printf '\t')" read -r path offset length kind; do
    got=$(tail -c +$((offset + 1)) "$bag/$path" | head -c "$length")
    [ "$got" = "EVPACK-REDACTED-$kind" ] || fail "$path: expected a marker at byte $offset, came $got"
done
sqlite3 -separator ' ' case.db "SELECT hex(salt), start, length, lower(hex(commitment)) FROM secret
    JOIN evidence e ON e.id = evidence_id WHERE path = 'exports/storage.json' LIMIT 1" >row
read -r salt start length commitment <row
proved=$(tail -c +$((start + 1)) exports/storage.json | head -c "$length" |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$salt" -r | cut -c1-64)
[ "$proved" = "$commitment" ] || fail "the commitment cannot be proved: $proved, $commitment"

# --- a case made from the redacted package has the same records -----------------------------------------
run 0 "$evpack" collect -c again.db --snapshot s --at $at "$bag/data/evidence/s/exports"
grep -q 'secrets in' out && fail "markers were taken for secrets: $(cat err)"
for case in case again; do
    sqlite3 $case.db "SELECT r.kind, body FROM record r JOIN evidence e ON e.id = r.evidence_id
        WHERE e.path NOT LIKE '%tar.gz%' ORDER BY 1, 2" >$case.records
done
cmp case.records again.records || fail "redacted evidence gives other records: $(diff case.records again.records | head -n 4)"
cmp reports/findings.json "$bag/data/findings.json" || fail "the package has other findings than the report"

# --- allowed: they are in, and everybody is told ----------------------------------------------------------
# shellcheck disable=SC2086
run 0 "$evpack" package -c case.db -o A.zip $sign --allow-secrets --by preparer
run 0 "$evpack" verify A.zip --trust key/cert.pem
grep -q 'left in on purpose' out || fail "expected verify to tell of secrets, came $(cat out)"
mkdir allowed
unzip -q A.zip -d allowed
cmp allowed/*/data/evidence/s/exports/keys.json exports/keys.json || fail "expected the raw file"
grep -q '"decision":"allow"' allowed/*/data/custody-log.jsonl || fail "expected the decision in the log"

# --- no value anywhere ------------------------------------------------------------------------------------
rm -rf allowed A.zip P.zip P2.zip
mkdir search
cp -R "$bag" outputs reports search/
: >patterns
while IFS= read -r value; do
    printf '%s\n' "$value" >>patterns
    printf %s "$value" | cut -c1-24 >>patterns # cut off in a message
    printf %s "$value" | sed 's/+/\\u002b/g; s|/|\\/|g' >>patterns
    printf '\n' >>patterns
done <values
sort -u patterns | sed '/^$/d' >patterns.sorted
if grep -rFa -f patterns.sorted search >hits; then
    fail "a secret is shown: $(cut -c1-300 hits | head -n 5)"
fi
find search -type f | while read -r file; do # UTF-16, and names
    tr -d '\000' <"$file" | grep -qFa -f patterns.sorted && fail "a secret is shown in $file"
    printf %s "$file" | grep -qF -f patterns.sorted && fail "a secret is in the name $file"
    true
done
sqlite3 case.db "SELECT body, subject, id_given, name FROM record; SELECT path, member, reason, note FROM
    evidence; SELECT reason, next, context FROM document; SELECT line FROM custody_event" >case.txt
if grep -Fa -f patterns.sorted case.txt >hits; then
    fail "the case shows a secret outside the raw bytes: $(cut -c1-300 hits | head -n 5)"
fi
for file in $(find exports -type f ! -name none.json ! -name '*.gz' ! -name '*sig*' ! -name cut.json); do
    sqlite3 case.db "SELECT 1 FROM secret JOIN evidence e ON e.id = evidence_id WHERE path = '$file'" |
        grep -q 1 || fail "no secret was found in $file"
done
echo "$(wc -l <values) secrets, none shown"
