#!/bin/sh
# A sample is what anybody draws again by the manual's method, with sha256sum and with Python, from
# findings.json; it stays in the case and in its custody log, whatever is mapped later; and a package
# with one verifies, repeats, and is received.
set -eu
root=$1
work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
for tool in jq pdftotext unzip sqlite3 python3; do
    command -v "$tool" >/dev/null || { echo "$tool is not here"; exit 77; }
done
PATH=$2:$PATH
SOURCE_DATE_EPOCH=1795564800 # 2026-11-25T00:00:00Z
export PATH SOURCE_DATE_EPOCH
contoso=$root/fixtures/contoso
cd "$work"
fail() { echo "$*"; exit 1; }
quiet() { "$@" >said 2>&1 || { cat said; fail "failed: $*"; }; }
is() { [ "$2" = "$3" ] || fail "$1: expected
$2
came
$3"; }
exits() {
    want=$1 words=$2 code=0
    shift 2
    "$@" >said 2>&1 || code=$?
    [ "$code" = "$want" ] || { cat said; fail "$*: expected exit code $want, came $code"; }
    grep -qF -- "$words" said || { cat said; fail "$*: expected it to say: $words"; }
}
quiet evpack collect --snapshot q4 --engagement "$contoso/engagement/engagement.json" "$contoso/export"
exits 2 "was not mapped yet" evpack sample --control NS-2 --size 5 --seed 1
quiet evpack map
evpack report -o report --format json >/dev/null

# Plain: by the commands of the help text.
evpack sample --control NS-2 --size 9 --seed 'dice 4 1 6' --by Ada --reason 'walkthrough' --json >one.json
jq -r '.findings[] | select(.control_id == "NS-2" and .snapshot == "q4") | .id' report/findings.json >ids
while read -r id; do
    printf '%s\n%s' 'dice 4 1 6' "$id" | sha256sum | cut -c1-64 | tr '\n' ' '
    echo "$id"
done <ids | LC_ALL=C sort | head -n 9 >by_hand
is "the choice" "$(cat by_hand)" "$(jq -r '.items[] | .rank + " " + .finding_id' one.json)"
is "the population" "$(wc -l <ids | tr -d ' ')" "$(jq -r .population one.json)"
is "its digest" "$(LC_ALL=C sort ids | sha256sum | cut -c1-64)" "$(jq -r .population_sha256 one.json)"
evpack sample --control NS-2 --size 9 --seed 'dice 4 1 6' --json | jq .items >again
jq .items one.json | cmp - again || fail "expected the same seed to choose the same"
evpack sample --control NS-2 --size 9 --seed 'dice 4 1 5' --json | jq .items >other
! cmp -s again other || fail "expected another seed to choose otherwise"

# Strata: by an independent program.
for strata in status subscription; do
    evpack sample --control IM-1 --size 11 --seed x --strata $strata --status pass,fail,manual,unknown \
        --json >$strata.json
    python3 - report/findings.json $strata >want <<'END'
import hashlib, json, sys
found = [f for f in json.load(open(sys.argv[1]))["findings"]
         if f["control_id"] == "IM-1" and f["status"] in ("pass", "fail", "manual", "unknown")
         and f["snapshot"] == "q4"]
strata = {}
for f in found:
    strata.setdefault(f[sys.argv[2]] or "(none)", []).append(f["id"])
names = sorted(strata)
n, k, total = 11, len(names), len(found)
exact = {s: (n - k) * (len(strata[s]) - 1) / (total - k) for s in names}
size = {s: 1 + int(exact[s]) for s in names}
for s in sorted(names, key=lambda s: (-((n - k) * (len(strata[s]) - 1) % (total - k)), s))[:n - sum(size.values())]:
    size[s] += 1
for s in names:
    ranked = sorted((hashlib.sha256(b"x\n" + i.encode()).hexdigest(), i) for i in strata[s])
    for rank, i in ranked[:size[s]]:
        print(s, i)
END
    is "strata by $strata" "$(cat want)" "$(jq -r '.items[] | .stratum + " " + .finding_id' $strata.json)"
    is "the size with strata" 11 "$(jq '.items | length' $strata.json)"
done
evpack sample --control NS-2 --size 10000 --seed 1 --json | jq '.items | length' >n
is "a sample of all" "$(wc -l <ids | tr -d ' ')" "$(cat n)"

# What is asked wrongly.
exits 2 'has no finding under XX-9' evpack sample --control XX-9 --size 5 --seed 1
exits 2 'less than the' evpack sample --control IM-1 --size 1 --seed 1 --strata status
exits 2 '--size' evpack sample --control NS-2 --size 0 --seed 1
exits 2 '--seed' evpack sample --control NS-2 --size 3 --seed ''
exits 2 "--status 'passed'" evpack sample --control NS-2 --size 3 --seed 1 --status passed
exits 2 "has no snapshot 'q9'" evpack sample --control NS-2 --size 3 --seed 1 --snapshot q9
exits 2 'expected --control' evpack sample

# It stays, in the case and in the log, and is marked when the case was mapped again.
evpack sample --list --json >list.json
is "samples" 6 "$(jq '.samples | length' list.json)"
is "marked" false "$(jq '.samples[0].older_run' list.json)"
is "the log" '6 NS-2 dice 4 1 6 Ada walkthrough' "$(sqlite3 case.db "SELECT line FROM custody_event" |
    jq -rs '[.[] | select(.event == "sample")] | "\(length) \(.[0].detail.control_id) \(.[0].detail.seed) \(.[0].by) \(.[0].reason)"')"
for sql in 'DELETE FROM sample' 'UPDATE sample SET seed = 1' 'DELETE FROM sample_item' \
    'UPDATE sample_item SET status = 1' 'DELETE FROM sample_stratum' \
    'INSERT OR REPLACE INTO sample_item SELECT * FROM sample_item'; do
    ! sqlite3 case.db "$sql" 2>/dev/null || fail "expected the case to refuse: $sql"
done
quiet evpack keygen key
for n in 1 2; do
    quiet evpack package -o p$n.zip --key key/key.pem --cert key/cert.pem --allow-secrets --by test
done
cmp p1.zip p2.zip || fail "expected packaging to repeat"
quiet evpack verify p1.zip --trust key/cert.pem
quiet evpack reperform p1.zip --trust key/cert.pem
quiet evpack collect -c received.db p1.zip --trust key/cert.pem
unzip -q p1.zip -d unpacked
pdftotext -layout unpacked/*/data/summary.pdf summary.txt
for line in 'Sample 1: NS-2, 9 findings' 'dice 4 1 6' "$(jq -r .population_sha256 one.json)" \
    "Reviewer's result" 'Initials' 'ISA 530'; do
    grep -qF "$line" summary.txt || fail "expected '$line' in summary.pdf"
done
grep -q '"event":"sample"' unpacked/*/data/custody-log.jsonl || fail "expected the draw in the log"
grep -q '"samples":\[{"id":1' unpacked/*/data/report.html || fail "expected the samples in the page"
quiet evpack map --at 2026-11-26T00:00:00Z
evpack sample --list >said
is "marked after the next map" 6 "$(grep -c 'of an OLDER run' said)"
evpack report -o report --format pdf >/dev/null
pdftotext -layout report/summary.pdf - | grep -q 'Drawn from an older run' || fail "expected the mark in summary.pdf"
echo "the same by hand"
