#!/bin/sh
# The manual page of the format against what is so: evpack-package(5) names every file, every label of
# bag-info.txt, every column of the evidence index, every member of the custody log and every reason
# code, and no other; a redacted and an unredacted package with all there can be, the headers and
# verify --explain are held against it. The pages of the programs are held by pages.sh.
#
#   manual.sh SOURCE BUILD
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
evpack=$build/evpack
page=$source/src/seal/evpack-package.5
failed=0
complain() { echo "$*"; failed=1; }

# --- what the page says -----------------------------------------------------------------------------
# section NAME MACRO: the names in the list of a section, one a line.
section() {
    awk -v want="$1" -v macro="$2" '
        /^[.]S[hs] / { on = substr($0, 5) == want; next }
        on && $1 == ".It" && $2 == macro { sub(/^[.]It [A-Za-z]+ /, ""); print }' "$page"
}
section "Files beside one another" Pa >page.beside
section "FILES IN A PACKAGE" Pa >page.files
section BAG-INFO Ic >page.labels
section "EVIDENCE INDEX" Va >page.columns
section "CUSTODY LOG" Va >page.members
for part in "Of the package" "Of a signature" "Of a timestamp"; do
    section "$part" Er
done >page.codes

# same WHAT PAGE TRUTH: the two lists have the same lines.
same() {
    LC_ALL=C sort "$2" >a
    LC_ALL=C sort -u "$3" >b
    [ -s a ] || complain "$1: the page names none"
    for line in $(comm -23 a b); do complain "$1: the page names $line, which is not so"; done
    for line in $(comm -13 a b); do complain "$1: the page does not name $line"; done
}

# --- packages with everything -----------------------------------------------------------------------
sh "$source/tests/seal/authority.sh" make keys
sh "$source/tests/seal/authority.sh" crl keys signroot keys/list.pem "$(date -u -d '1 hour ago' +%Y%m%d%H%M%SZ)" \
    "$(date -u -d '20 days' +%Y%m%d%H%M%SZ)"
"$evpack" keygen alice --type p-256 >/dev/null
cp -R "$source/fixtures/contoso/export" exports
printf '[{"keyName":"key1","permissions":"FULL","value":"%s"}]\n' "$(openssl rand -base64 64 | tr -d '\n')" >exports/keys.json
"$evpack" collect -c case.db --snapshot demo --by Ada --reason "The year" exports >/dev/null 2>err
"$evpack" collect -c case.db --engagement "$source/fixtures/contoso/engagement/engagement.json" >/dev/null 2>err
"$evpack" map -c case.db >/dev/null
at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sign="--key keys/signer.key --cert keys/signer.pem --chain keys/signroot.pem --by Ada --reason Delivery --at $at"
# shellcheck disable=SC2086 # words
"$evpack" package -c case.db -o L.zip $sign --allow-secrets >out 2>err || { cat err; exit 1; }
# shellcheck disable=SC2086 # words
"$evpack" package -c case.db -o P.zip $sign --redact --previous L.zip --crl keys/list.pem >out 2>err || { cat err; exit 1; }
"$evpack" timestamp request P.zip -o courier.tsq >/dev/null
sh "$source/tests/seal/authority.sh" reply keys rsa courier.tsq courier.tsr
"$evpack" timestamp attach P.zip courier.tsr --tsa-trust keys/root.pem >/dev/null
"$evpack" sign P.zip --trust keys/signroot.pem --key alice/key.pem --cert alice/cert.pem --name alice \
    --role Reviewer --statement Read >/dev/null
cat keys/signroot.pem alice/cert.pem >trust.pem
"$build/evpack-verify" P.zip --trust trust.pem --tsa-trust keys/root.pem --previous L.zip >out || { cat out; exit 1; }
for one in L P; do
    unzip -q $one.zip -d $one
    mv $one/evpack-* $one/bag
done

# --- files, labels, columns, members ----------------------------------------------------------------
ls P.zip* | sed 's/alice/NAME/' >is.beside
same "files beside P.zip" page.beside is.beside
for one in L P; do
    (cd $one/bag && find . -type f) | sed -e 's|^\./||' -e 's|^data/mapping/.*|data/mapping/...|' \
        -e 's|^data/evidence/.*|data/evidence/SNAPSHOT/...|'
done >is.files
same "files in a package" page.files is.files
cat L/bag/bag-info.txt P/bag/bag-info.txt | sed 's/: .*//' >is.labels
same "labels of bag-info.txt" page.labels is.labels
for one in L P; do # and they come in the page's order
    sed 's/: .*//' $one/bag/bag-info.txt | uniq >order
    grep -xFf order page.labels | cmp -s - order || complain "$one: the labels come in another order than in the page"
done
head -n 1 P/bag/data/evidence-index.csv | tail -c +4 | tr -d '\r' | tr , '\n' >is.columns
cmp -s page.columns is.columns || complain "columns of the evidence index: $(diff page.columns is.columns)"
cat L/bag/data/custody-log.jsonl P/bag/data/custody-log.jsonl | jq -r 'keys_unsorted[]' >is.members
same "members of the custody log" page.members is.members
jq -r 'keys[]' P/bag/data/redactions.json | while read -r member; do
    sed -n '/^[.]Sh REDACTIONS/,/^[.]Sh SIG/p' "$page" | grep -qw "$member" || echo "$member"
done >lost
[ ! -s lost ] || complain "the page does not name these members of redactions.json: $(tr '\n' ' ' <lost)"

# --- reason codes -----------------------------------------------------------------------------------
# The lists in the headers, in their order, without the word for "no fault".
sed -n 's/.*X([A-Z0-9_]*, "\([a-z0-9-]*\)").*/\1/p' "$source/src/seal/reason.h" "$source/src/port/cms.h" \
    "$source/src/port/tsp.h" | grep -vx good >is.codes
[ "$(wc -l <is.codes)" -gt 90 ] || complain "expected more than 90 reason codes in the headers"
cmp -s page.codes is.codes || complain "reason codes differ from the headers (< page, > headers): $(diff page.codes is.codes)"
# And the sentence of each is that of verify --explain.
sed -n 's/^reason \([a-z0-9-]*\) | \(.*\) | .*/\1 \2/p' "$source/src/cli/explain.txt" | LC_ALL=C sort >want
awk '/^[.]Sh / { on = /REASON CODES/ } !on { next }
    $1 == ".It" { if (code != "") print code text; code = $3; text = ""; next }
    /^[.]/ { if (code != "") print code text; code = ""; next }
    code != "" { sub(/^\\&/, ""); text = text " " $0 }' "$page" | LC_ALL=C sort >got
cmp -s want got || complain "the sentences of reasons are not those of verify --explain: $(diff want got | head -n 6)"

[ $failed = 0 ] && echo "$(wc -l <is.codes) reason codes, $(wc -l <page.labels) labels, $(wc -l <page.files) files"
exit $failed
