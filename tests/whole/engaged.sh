#!/bin/sh
# A case made again from a package, by the README's own commands, has the same findings: under an
# engagement that replaced another of the same file name, whose files are in the package, too.
set -eu
root=$1
evpack=$2/evpack
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
for tool in unzip jq; do
    command -v "$tool" >/dev/null || { echo "$tool is not here"; exit 77; }
done
PATH=$2:$PATH
SOURCE_DATE_EPOCH=1795334400
export PATH SOURCE_DATE_EPOCH
cd "$work"
mkdir old
sed 's/"cmk_required": "true"/"cmk_required": "false"/; s/CONTOSO-2026-AI/OLDER/' \
    "$root/fixtures/contoso/engagement/engagement.json" >old/engagement.json
cp -R "$root/fixtures/contoso/engagement/assurance" "$root/fixtures/contoso/engagement/attested" \
    "$root/fixtures/contoso/engagement/attestations.json" old
sed 's/EX-2026-001/EX-OLD/' "$root/fixtures/contoso/engagement/exceptions.json" >old/exceptions.json
{
    evpack collect --snapshot 2026-11 --engagement old/engagement.json \
        "$root/fixtures/contoso/export" "$root/fixtures/contoso/azure"
    evpack collect --engagement "$root/fixtures/contoso/engagement/engagement.json"
    evpack map
    evpack keygen trial-key
    evpack package -o evidence.zip --key trial-key/key.pem --cert trial-key/cert.pem \
        --allow-secrets --by test
} >out 2>&1 || { echo "the package could not be made:"; tail -n 5 out; exit 1; }
awk '/^evpack reperform evidence.zip/ { take = 1 } /^```/ { take = 0 } take' "$root/README.md" >commands
[ "$(grep -c . commands)" -ge 6 ] || { echo "expected the README's commands for a case made again"; exit 1; }
SOURCE_DATE_EPOCH=1795680000 sh -eu commands >out 2>&1 || { echo "the README's commands failed:"; tail -n 5 out; exit 1; }
for line in 'Evpack-Client: Contoso SE' 'Evpack-Engagement-Reference: CONTOSO-2026-AI' \
    'Evpack-Engagement: data/evidence/engagement/engagement.json' 'Evpack-Period: 2026-01-01/2026-12-31'; do
    grep -qx "$line" unpacked/*/bag-info.txt || { echo "expected '$line' in bag-info.txt"; exit 1; }
done
for one in case again; do
    "$evpack" report -c $one.db -o $one --format json >/dev/null
    jq -c '.findings[] | [.id, .status, .raw_status, .decided_by, .control_id, .reason]' \
        $one/findings.json | LC_ALL=C sort >$one.tsv
done
[ "$(grep -c '"exception:EX-2026-001"' case.tsv)" -ge 1 ] || { echo "expected a finding that EX-2026-001 decides"; exit 1; }
cmp case.tsv again.tsv || { echo "the case made again has other findings:"; diff case.tsv again.tsv | head -n 10; exit 1; }
echo "$(wc -l <case.tsv) findings, the same again"
