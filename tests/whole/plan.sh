#!/bin/sh
# The bash script of `evpack plan` with a stand-in for az (plan_az.sh), and what `evpack collect` makes
# of its ledger: pages, hostile names, failing and throttled commands, hashes, a changed and a missing
# file, --expect.
set -u
source=$1
build=$2
evpack=$build/evpack
command -v bash >/dev/null || { echo "skipped: bash is not installed"; exit 77; }
command -v jq >/dev/null || { echo "skipped: jq is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 1
failed=0
complain() {
    echo "FAILED: $*"
    failed=1
}
# expect WANTED GOT WHAT
expect() {
    [ "$1" = "$2" ] || complain "$3: expected '$1', came '$2'"
}
sum() {
    sha256sum <"$1" | cut -d' ' -f1
}
mkdir bin fake
cp "$source/tests/whole/plan_az.sh" bin/az
chmod +x bin/az
FAKE=$work/fake
PATH=$work/bin:$PATH
EVPACK_RETRY_WAIT=0
export FAKE PATH EVPACK_RETRY_WAIT
A=11111111-1111-4111-8111-111111111111

# --- the script itself ------------------------------------------------------------------------
"$evpack" plan >export.sh || complain "expected a script"
"$evpack" plan >again.sh
cmp -s export.sh again.sh || complain "expected the same script twice"
bash -n export.sh || complain "expected bash to read the script"
bash --posix -n export.sh || complain "expected bash --posix to read the script"
LC_ALL=C grep -n '[^ -~	]' export.sh && complain "expected ASCII alone in the script"
# What bash 3.2, macOS's, does not have.
grep -nE 'declare -[AgnN]|local -n|mapfile|readarray|coproc|\|&|&>>|;;&|\$\{[A-Za-z_]+(,,|\^\^|@[A-Z])|printf .*%\(|EPOCH|wait -n' export.sh &&
    complain "expected nothing newer than bash 3.2"
if command -v shellcheck >/dev/null; then
    shellcheck export.sh || complain "expected shellcheck to be content"
fi

# --- a run ------------------------------------------------------------------------------------
grep -qx PAGES_MAX=1000 export.sh || complain "expected a bound on pages"
sed -i 's/^PAGES_MAX=1000/PAGES_MAX=30/' export.sh
bash export.sh out >said 2>progress </dev/null
expect 0 $? "exit code"
[ -e fake/pwned ] && complain "a name was run as a command"
expect "drwx------" "$(stat -c %A out)" "the folder's mode"
expect "" "$(find out -type f ! -perm 600)" "files that others may read"
ledger=out/collection.jsonl
expect "$(sum $ledger)  $ledger" "$(tail -n 1 said)" "the ledger's SHA-256 at the end"
grep -q 'first' said && grep -q 'second "q"' said || complain "expected the subscriptions' names: $(cat said)"
grep -q elsewhere said && complain "expected no subscription of another cloud"
jq -es 'length > 40 and ([.[] | .evpack_collection == 1 and .command == "az" and .az_version == "2.45.0"
    and .account == "ad\"miné" and (.tenant | startswith("9999")) and (.start <= .end)] | all)' $ledger >/dev/null ||
    complain "expected every line to say who and when"
# Each file is in the ledger once, with its hash; no other file is there.
jq -r 'select(.file != null) | .file' $ledger | sort >named
find out -type f ! -name collection.jsonl | sed 's|^out/||' | sort >there
cmp -s named there || complain "files and ledger differ: $(diff named there | head -n 5)"
expect "" "$(sort -f named | uniq -di)" "names that collide"
LC_ALL=C grep -qv '^[A-Za-z0-9._-]*$' named && complain "expected safe names"
jq -r 'select(.file != null) | .sha256 + "  out/" + .file' $ledger | sha256sum -c --quiet ||
    complain "expected every SHA-256 to be the file's"
# What az was asked is what the ledger says, and nothing but reading was asked.
jq -r '.exit_code as $c | select($c != null) | .arguments | length' $ledger >/dev/null || complain "arguments"
jq -es '[.[] | select(.exit_code != null) | .arguments | .[-2] == "-o"] | all' $ledger >/dev/null ||
    complain "expected an output format in each command"
grep -qiE 'keys list|list-?keys|regenerate|connection-string|secret show|appsettings' fake/asked &&
    complain "expected no command that returns secrets"
# Every subscription, the second too; none of those that cannot be.
for one in $A 22222222-2222-4222-8222-222222222222; do
    grep -q "subscriptions/$one/providers" fake/asked || complain "expected commands for $one"
done
grep -q 33333333 fake/asked && complain "expected no command for another cloud"
grep -qx '@/etc/passwd' fake/asked && complain "expected no @FILE"
expect "account list --all" "$(jq -r 'select(.plan == "each-subscription") | .arguments | join(" ")' $ledger)" \
    "the subscription that is refused"
# Pages.
expect "1 2" "$(jq -r 'select(.plan == "service-principals") | .page' $ledger | tr '\n' ' ' | sed 's/ $//')" "pages"
grep -qx 'https://graph.example/v1.0/more?a=1&b=2' fake/asked || complain "expected the next page's URL as it is"
grep -q 'not/this' fake/asked && complain "expected a link inside a row to be left alone"
grep -qx 'https://graph.example.evil/steal' fake/asked && complain "expected no token for another host"
expect "not run: the link to the next page leads elsewhere" \
    "$(jq -r 'select(.plan == "conditional-access" and .page == 2) | .error' $ledger)" "a link elsewhere"
expect 2 "$(jq -r 'select(.plan == "key-vaults" and .subscription == "'$A'") | .page' $ledger | head -n 2 | wc -l)" "key vaults' pages"
expect 30 "$(jq -r 'select(.plan == "key-vaults" and .exit_code == 0 and .subscription == "'$A'") | .page' $ledger | tail -n 1)" \
    "a list without an end"
expect "not run: there are more than 30 pages" \
    "$(jq -r 'select(.plan == "key-vaults" and .page == 31) | .error' $ledger)" "the bound on pages"
# Throttled: tried again, with success and without.
expect "0 3" "$(jq -r 'select(.plan == "locks" and .subscription == "'$A'") | "\(.exit_code) \(.tries)"' $ledger)" "throttled twice"
expect "1 4 null" "$(jq -r 'select(.plan == "locks" and .subscription != "'$A'") | "\(.exit_code) \(.tries) \(.file)"' $ledger)" "throttled for good"
# An error text comes through, whatever is in it.
jq -es '[.[] | select(.plan == "policy-set-definitions" and .exit_code == 3) | .error] | length == 1 and all(
    startswith("two\nlines \"quoted\" \\ back\ttab \u001b[31mred  ") and endswith("café"))' $ledger >/dev/null ||
    complain "expected az's words, came $(jq '.error' $ledger | grep lines)"
# Hostile names: two accounts are gone over, four rows are refused, and one is not put into a URL.
expect 3 "$(jq -r 'select(.plan == "account") | .exit_code' $ledger | wc -l)" "accounts shown"
jq -es --arg f "$FAKE" '[.[] | select(.plan == "account") | .arguments[8]] |
    any(. == "b '"'c'"' $(touch " + $f + "/pwned) é\n")' $ledger >/dev/null || complain "expected the name as it is"
grep -qF "b 'c' \$(touch $FAKE/pwned)" fake/asked || complain "expected az to get the name as it is"
grep -qx -e '--debug' fake/asked && complain "expected no option from a name"
expect 4 "$(jq -r 'select(.plan == "each-account" and .exit_code == null) | .plan' $ledger | wc -l)" "rows refused"
expect 2 "$(jq -r 'select(.plan == "account-private-endpoint-connections" and .exit_code == null) | .plan' $ledger | wc -l)" "URLs refused"
expect "kv-1 key one" "$(jq -r 'select(.plan == "key-rotation-policy") | "\(.arguments[5]) \(.arguments[7])"' $ledger)" "the key"
expect "not run: the URL names no host" "$(jq -r 'select(.plan == "each-key" and .exit_code == null) | .error' $ledger)" "a vault without a name"
expect "cannot list" "$(jq -r 'select(.plan == "each-account" and .exit_code == 1) | .error' $ledger | sed 's/ERROR: //')" "a list that fails"
expect end "$(tail -n 1 $ledger | jq -r .plan)" "the last line"
expect "$(jq -rs 'length' $ledger) $(jq -s '[.[] | select(.exit_code != 0)] | length' $ledger)" \
    "$(sed -n 's/^Done: \([0-9]*\) commands, \([0-9]*\) of.*/\1 \2/p' said)" "the counts at the end"

# --- what stops it ----------------------------------------------------------------------------
bash export.sh out >said 2>err </dev/null
expect 2 $? "a folder that is there"
grep -q 'out cannot be made' err || complain "expected why, came $(cat err)"
(PATH=/usr/bin:/bin; command -v az >/dev/null) || {
    PATH=/usr/bin:/bin bash export.sh other >said 2>err </dev/null
    expect 2 $? "no az"
    grep -q 'az is not found' err || complain "expected that az is not found, came $(cat err)"
}
bash export.sh a b >said 2>err </dev/null
expect 2 $? "two arguments"
[ ! -e a ] || complain "expected nothing to be made"
bash export.sh --help >said 2>err </dev/null
expect 0 $? "--help"
grep -q collection.jsonl said || complain "expected help"

# --- collect ----------------------------------------------------------------------------------
hash=$(sum $ledger)
"$evpack" collect --expect "$(printf '%064d' 7)" out >/dev/null 2>err
expect 2 $? "another ledger expected"
grep -q 'no ledger with the SHA-256 0000' err || complain "expected what was not found, came $(cat err)"
[ ! -e case.db ] || complain "expected no case"
"$evpack" collect --expect "$hash" --at 2026-11-22T08:00:00Z out >said 2>err
expect 0 $? "collect --expect: $(head -n 3 err)"
commands=$(jq -s length $ledger)
grep -q "1 ledger: $commands commands; .* 0 changed, 0 not there" said || complain "expected the ledger's sums, came $(cat said)"
grep -q "this permission is missing: Microsoft.CustomerLockbox/TenantOptedIn/read over /providers/Microsoft.CustomerLockbox" err ||
    complain "expected the permission that is missing, came $(grep -i lockbox err)"
if command -v sqlite3 >/dev/null; then
    ask() {
        sqlite3 case.db "$1"
    }
    last=$(tail -n 1 $ledger | jq -r .end)
    expect "$last|2.45.0" "$(ask "SELECT collected_at, az_version FROM snapshot")" "the snapshot's date"
    expect 'ad"miné' "$(ask "SELECT DISTINCT account FROM collection")" "the account"
    expect "whole|diagnostic-setting" "$(ask "SELECT DISTINCT e.completeness, e.kind FROM collection c JOIN source e
        ON e.evidence_id = c.output_id WHERE c.plan = 'account-diagnostic-settings'")" "an empty list"
    expect "whole|resource-lock" "$(ask "SELECT e.completeness, e.kind FROM collection c JOIN source e
        ON e.evidence_id = c.output_id WHERE c.plan = 'locks'")" "an empty page"
    expect "partial" "$(ask "SELECT DISTINCT e.completeness FROM collection c JOIN source e
        ON e.evidence_id = c.output_id WHERE c.plan = 'key-vaults' AND c.page = 1 AND c.subscription = '$A'")" "a page with a link"
    expect "/subscriptions/$A/resourcegroups/rg/providers/microsoft.cognitiveservices/accounts/a1" \
        "$(ask "SELECT subject FROM collection WHERE plan = 'account' AND subject LIKE '%/a1'")" "the subject"
    expect 0 "$(ask "SELECT count(*) FROM collection WHERE (state = 'vouched') <> (output_id IS NOT NULL)")" "vouched for"
    expect "$(grep -c . $ledger)" "$(ask "SELECT count(*) FROM collection")" "rows"
else
    echo "skipped: sqlite3 is not installed"
fi
"$evpack" status >said || complain "status"
grep -q "this permission is missing: Microsoft.CustomerLockbox/TenantOptedIn/read" said || complain "expected status to name the permission"
LC_ALL=C grep -q "$(printf '\033')" said && complain "expected no escape sequence from an error text"
expect "$(jq -s '[.[] | select(.exit_code != 0)] | length' $ledger)" "$("$evpack" status --json | jq '.collection | length')" "failures in status --json"
# Again: nothing twice.
"$evpack" collect --expect "$hash" out >said 2>err
expect 0 $? "collect again"
grep -q "1 ledger: $commands commands; " said || complain "expected the same sums, came $(cat said)"

# A file that was changed, and one that is gone; in an archive, and the ledger apart from its files.
changed=$(jq -r 'select(.plan == "accounts") | .file' $ledger | head -n 1)
gone=$(jq -r 'select(.plan == "account") | .file' $ledger | head -n 1)
cp -R out bad
echo '[]' >"bad/$changed"
rm "bad/$gone"
tar czf bad.tar.gz bad
for what in bad bad.tar.gz; do
    "$evpack" collect -c "$what.db" "$what" >said 2>err || complain "collect $what"
    grep -q "CHANGED: $changed is not what the command wrote" err || complain "$what: expected the change to be named"
    grep -q "$gone is named by the ledger, but it was not collected" err || complain "$what: expected the missing file"
    grep -q ' 1 changed, 1 not there' said || complain "$what: expected the sums, came $(cat said)"
done
"$evpack" collect -c bad.db out >said 2>err # the file comes after all: another path
mkdir apart
mv bad/collection.jsonl apart/
cp "out/$gone" bad/
cp "out/$changed" bad/
"$evpack" collect -c apart.db apart/collection.jsonl bad >said 2>err || complain "collect apart"
grep -q ' 0 changed, 0 not there' said || complain "a ledger apart: expected all files, came $(cat said)"
# A ledger that is cut is said to be.
mkdir cut
head -n 3 apart/collection.jsonl >cut/collection.jsonl
printf '{"evpack_collection":1,"command":"az"' >>cut/collection.jsonl
"$evpack" collect -c cut.db cut >said 2>err || complain "collect cut"
grep -q 'stops before the plan' err || complain "expected that the ledger is cut, came $(cat err)"
grep -q 'collection.jsonl:4: this line cannot be read' err || complain "expected the line that cannot be read"
exit $failed
