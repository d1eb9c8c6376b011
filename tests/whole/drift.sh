#!/bin/sh
# What changed from one quarter to the next, on the sample tenant and its sequel (next.sh, whose head
# says what must come): two snapshots of one case, two cases, two packages, and one of each say the
# same; what no whole list speaks of is not gone; and the PDF and the page have it, too.
set -eu
root=$1
work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
for tool in jq pdftotext unzip; do
    command -v "$tool" >/dev/null || { echo "$tool is not here"; exit 77; }
done
PATH=$2:$PATH
SOURCE_DATE_EPOCH=1795564800 # 2026-11-25T00:00:00Z
TMPDIR=$work/tmp
export PATH SOURCE_DATE_EPOCH TMPDIR
contoso=$root/fixtures/contoso
cd "$work"
mkdir tmp
fail() { echo "$*"; exit 1; }
quiet() { "$@" >said 2>&1 || { cat said; fail "failed: $*"; }; }
# is WHAT WANTED GOT
is() { [ "$2" = "$3" ] || fail "$1: expected
$2
came
$3"; }
# exits CODE WORDS COMMAND...
exits() {
    want=$1 words=$2 code=0
    shift 2
    "$@" >said 2>&1 || code=$?
    [ "$code" = "$want" ] || { cat said; fail "$*: expected exit code $want, came $code"; }
    grep -qF -- "$words" said || { cat said; fail "$*: expected it to say: $words"; }
    [ -z "$(ls tmp)" ] || fail "$*: expected nothing in the temporary folder, found $(ls tmp)"
}

sh "$contoso/next.sh" later/export
collect() { # collect CASE LABEL TIME FOLDER
    quiet evpack collect -c "$1" --snapshot "$2" --collected-at "$3" "$4"
}
quiet evpack collect -c both.db --engagement "$contoso/engagement/engagement.json"
collect both.db q4 2026-11-20T09:00:00Z "$contoso/export"
collect both.db q1 2027-02-19T09:00:00Z later/export
quiet evpack collect -c old.db --engagement "$contoso/engagement/engagement.json"
collect old.db q4 2026-11-20T09:00:00Z "$contoso/export"
for case in both old; do quiet evpack map -c $case.db; done
quiet evpack keygen key
for case in both old; do
    quiet evpack package -c $case.db -o $case.zip --key key/key.pem --cert key/cert.pem \
        --allow-secrets --by test
done

# The rows that must come, whichever way it is asked.
some='[(.changes[] | [.control_id, .before, .after, (.subject | split("/") | last), .service] | join(" ")),
    (.resources | to_entries[] | .key as $k | .value[] | [$k, (.subject | split("/") | last)] | join(" ")),
    (.evidence[] | [.change, .path] | join(" "))] | sort | .[]'
cat >wanted <<'END'
DP-6 fail unknown foundry-agents-prod azure-openai
DP-6 fail unknown foundry-agents-prod cognitive-services
IM-1 fail pass oai-batch-prod azure-openai
NS-1 pass fail oai-chat-prod azure-openai
NS-2 pass fail oai-chat-prod azure-openai
PA-7 manual pass oai-batch-prod azure-openai
appeared oai-new-prod
changed export/prod/cognitiveservices-account-list.json
changed export/prod/collection.jsonl
changed export/prod/keyvaults.arm.json
gone foundry-mistral-prod
new export/audit-notes.txt
not there export/notes.txt
not there export/prod/deployments-foundry-mistral-prod.json
not_seen kv-contoso-legacy
not_seen mistral-large
END
exits 0 "oai-lab, q1, azure-openai" evpack show -c both.db NS-2
evpack diff -c both.db --json >case.json
evpack diff old.db both.db --json >cases.json
evpack diff old.zip both.zip --trust key/cert.pem --json >packages.json
evpack diff old.db both.zip --json >mixed.json
for one in case cases packages mixed; do
    jq -r "$some" $one.json | LC_ALL=C sort >got
    LC_ALL=C sort wanted | diff - got || fail "$one: expected the rows with <, came those with >"
    is "$one: totals" "$(jq -c .totals case.json)" "$(jq -c .totals $one.json)"
    is "$one: controls" "$(jq -c '[.controls[] | {control_id, change, before, after}] | sort_by(.control_id)' case.json)" \
        "$(jq -c '[.controls[] | {control_id, change, before, after}] | sort_by(.control_id)' $one.json)"
    is "$one: ids" "$(jq -c '[.changes[].after_id] | sort' case.json)" "$(jq -c '[.changes[].after_id] | sort' $one.json)"
done
is "controls" 'better IM-1
other DP-2
other DP-5
other DP-6
other PA-7
worse NS-1
worse NS-2' "$(jq -r '.controls[] | select(.change != "same") | .change + " " + .control_id' case.json | LC_ALL=C sort)"
# Numbers are those of SQL over the case, and the ids are findings that it has.
evpack report -c both.db -o report --format json,pdf,html >/dev/null
jq -c '[.findings[] | select(.snapshot == "q1" and .control_id == "NS-2") | .status] | group_by(.) | map({(.[0]): length}) | add' \
    report/findings.json >sum
is "NS-2 after" "$(jq -cS . sum)" \
    "$(jq -cS '.controls[] | select(.control_id == "NS-2") | .after | with_entries(select(.value > 0))' case.json)"
for id in $(jq -r '.changes[] | .before_id, .after_id' case.json); do
    grep -q "\"$id\"" report/findings.json || fail "expected the finding $id in findings.json"
done
is "signature" '"verified" "verified" "not checked"' \
    "$(jq -c .before.signature,.after.signature packages.json | tr '\n' ' ')$(jq -c .after.signature mixed.json)"

# Another mapping is said; folders of other names are left out; the other way round it is undone.
cp -R "$root/mapping" changed
sed -i 's/^-- version: .*/-- version: 99.0.0/' changed/rules/public-access.sql
cp -R later/export export-q1
collect other.db q1 2027-02-19T09:00:00Z export-q1
quiet evpack map -c other.db --mapping changed
exits 0 'different mappings: a change may come of the mapping' evpack diff old.db other.db
grep -q 'the rule has another version: .* -> 99.0.0' said || { cat said; fail "expected the rule's other version"; }
grep -q '^  changed    prod/keyvaults.arm.json' said || { cat said; fail "expected paths without the folder"; }
grep -q 'lockbox-tenant' said && fail "expected what has no id to be the same in a folder of another name"
grep -q 'exception:EX-2026-001' said || fail "expected the exception that is not there any more"
# A package of things that have no ids.
mkdir -p bare1 bare2
printf '[{"type":"Microsoft.MachineLearningServices/workspaces","name":"w","properties":{}}]' >bare1/ws.json
cp bare1/ws.json bare2
collect bare.db q4 2026-11-20T09:00:00Z bare1
collect bare.db q1 2027-02-19T09:00:00Z bare2
quiet evpack map -c bare.db
quiet evpack package -c bare.db -o bare.zip --key key/key.pem --cert key/cert.pem --by test
exits 0 'only after: 0 (0 fail); only before: 0' evpack diff -c bare.db
exits 0 'only after: 0 (0 fail); only before: 0' evpack diff bare.zip bare.zip --from q4 --to q1
# A list that was asked for with a filter says of nothing that it is gone.
cp -R later/export later/filtered
jq -c 'if .plan == "accounts" then .arguments += ["--query", "[?kind]"] else . end' \
    later/export/prod/collection.jsonl >later/filtered/prod/collection.jsonl
collect filtered.db q1 2027-02-19T09:00:00Z later/filtered
quiet evpack map -c filtered.db
is "gone from a filtered list" '[0,3]' \
    "$(evpack diff old.db filtered.db --json | jq -c '[.totals.gone, .totals.not_seen]')"
exits 0 'Resources gone: 1' evpack diff -c both.db --from q1 --to q4
grep -q "was exported after the state 'after'" said || fail "expected a note on the order"
grep -q 'oai-new-prod' said || fail "expected that oai-new-prod is gone the other way round"

# Exit codes, and what cannot be compared.
exits 1 'Drift' evpack diff -c both.db --exit-code
exits 0 'Findings: 0 changed' evpack diff old.db old.zip --exit-code
exits 2 'has one snapshot' evpack diff -c old.db
exits 2 "has no snapshot 'q9'" evpack diff -c both.db --from q9
exits 2 'expected two cases or packages' evpack diff old.db
exits 2 '--trust is for packages' evpack diff old.db both.db --trust key/cert.pem
quiet evpack collect -c both.db --snapshot q2 "$contoso/export/tenant"
exits 2 "run 'evpack map' before" evpack diff -c both.db
evpack report -c both.db -o stale --format html >/dev/null
page_drift() { sed -n 's/.*"drift":{"snapshots":\(\[[^]]*\]\).*/\1/p' "$1" | jq -r '[.[].label] | join(" ")'; }
is "snapshots with findings in a page made before the map" 'q4 q1' "$(page_drift stale/report.html)"
quiet evpack keygen stranger
exits 1 'NOT VERIFIED' evpack diff old.zip both.zip --trust stranger/cert.pem
cp both.zip bent.zip
cp both.zip.p7s bent.zip.p7s
printf x | dd of=bent.zip bs=1 seek=2000 conv=notrunc 2>/dev/null
exits 1 'bent.zip' evpack diff old.zip bent.zip

# In the work paper, and in the page.
pdftotext -layout report/summary.pdf summary.txt
for line in 'Change between snapshots' 'Findings that changed: 6' 'Resources gone: 1' \
    'Resources not seen any more: 2' 'Evidence files that changed: 6'; do
    grep -qF "$line" summary.txt || fail "expected '$line' in summary.pdf"
done
grep -qF '"change_count":6' report/report.html || fail "expected the drift in report.html"
echo "sixteen changes, four ways"
