#!/bin/sh
# A package's test is repeated from the package alone: on the sample tenant every finding comes again.
# After an evidence file is edited and the package sealed anew, honestly but for its findings, exactly
# those findings are named that a case of the edited exports has otherwise; under a mapping with one
# rule changed, that rule's. A received case is sealed again with the log that it came with, which
# verify checks. Packages that lie are refused, and nothing stays in the temporary folder.
set -eu
root=$1
build=$2
# A dozen cases are made and committed: in memory where that can be had.
work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
for tool in unzip jq; do
    command -v "$tool" >/dev/null || { echo "$tool is not here"; exit 77; }
done
PATH=$build:$PATH
SOURCE_DATE_EPOCH=1795334400 # 2026-11-22T08:00:00Z
TMPDIR=$work/tmp
export PATH SOURCE_DATE_EPOCH TMPDIR
cd "$work"
mkdir tmp
fail() { echo "$*"; exit 1; }
# run CODE WORDS COMMAND...: the exit code, words in what it says, and an empty temporary folder.
run() {
    want=$1 words=$2 code=0
    shift 2
    "$@" >said 2>errors || code=$?
    [ "$code" = "$want" ] || { cat said errors; fail "$*: expected exit code $want, came $code"; }
    grep -qF -- "$words" said errors || { cat said errors; fail "$*: expected it to say: $words"; }
    [ -z "$(ls tmp)" ] || fail "$*: expected nothing in the temporary folder, found $(ls tmp)"
}
# seal FOLDER OUT: a package of a folder's files, manifests and signatures made anew.
seal() {
    rm -rf stage "$2" "$2.p7s"
    cp -Rl "$1/data" stage
    cp "$1/VERIFY.txt" "$1/bag-info.txt" stage
    "$build/tests/tools/test_pack" key/key.pem key/cert.pem "$2" "$(basename "$1")" \
        2026-11-22T08:00:00Z stage >/dev/null
}
# A fresh copy of the unpacked package, named $m: of links, so a file is removed before it is written.
copy() {
    rm -rf copy
    mkdir copy
    cp -Rl "$package" copy/
    m=copy/$(basename "$package")
}
ids() { jq -r '.differences[].id' | LC_ALL=C sort; }

evpack keygen key >/dev/null
{
    evpack collect --snapshot 2026-11 --collected-at 2026-11-20T06:00:00Z \
        --engagement "$root/fixtures/contoso/engagement/engagement.json" \
        "$root/fixtures/contoso/export" "$root/fixtures/contoso/azure"
    evpack map
    evpack package -o P.zip --key key/key.pem --cert key/cert.pem --by preparer
} >said 2>&1 || { cat said; fail "the package could not be made"; }
unzip -q P.zip -d unpacked
package=$(echo unpacked/*)
total=$(jq '.findings | length' "$package/data/findings.json")

# Identical: the ZIP, the folder, and what the answer says.
run 0 "findings      $total on " evpack reperform P.zip --trust key/cert.pem
grep -q '^IDENTICAL: P.zip' said || fail "expected IDENTICAL"
run 0 "$total the same" evpack reperform "$package" --trust key/cert.pem
run 0 '"verdict":"identical"' evpack reperform P.zip --trust key/cert.pem --json
[ "$(jq -c '[.findings.then, .findings.now, .findings.same, (.differences | length)]' said)" = \
    "[$total,$total,$total,0]" ] || fail "expected $total findings, all the same"

# Not verified: nothing is run, and verify's reasons are told.
evpack keygen other >/dev/null
run 1 'certificate-untrusted' evpack reperform P.zip --trust other/cert.pem
run 1 '"verdict":"not-verified"' evpack reperform P.zip --trust other/cert.pem --json
jq -e '.differences == [] and (.reasons | length > 0)' said >/dev/null || fail "expected reasons and no differences"
run 2 '--trust is needed' evpack reperform P.zip

# One evidence file edited. What must be named is what a case of the edited exports has otherwise.
copy
file=export/prod/lang-prod.show.json
raw=$m/data/evidence/2026-11/$file
old=$(sha256sum <"$raw" | cut -d' ' -f1) size=$(wc -c <"$raw")
sed -i 's/"disableLocalAuth": true/"disableLocalAuth": false/' "$raw"
new=$(sha256sum <"$raw" | cut -d' ' -f1)
[ "$old" != "$new" ] || fail "expected the edit to change the file"
seal "$m" edited.zip
run 1 'data/evidence-index.csv lists: its SHA-256 or size differs' \
    evpack reperform edited.zip --trust key/cert.pem
sed -i "s/$old,$size,/$new,$(wc -c <"$raw"),/" "$m/data/evidence-index.csv"
seal "$m" edited.zip
run 1 'DIFFERENT: edited.zip' evpack reperform edited.zip --trust key/cert.pem
grep -q 'Local Authentication Methods for Data Plane Access: pass -> fail' said || { cat said; fail "expected a pass that is a fail now"; }
run 1 '"verdict":"different"' evpack reperform edited.zip --trust key/cert.pem --json
ids <said >named
cp -R "$root/fixtures/contoso/export" "$root/fixtures/contoso/azure" .
cp "$raw" "$file"
{
    evpack collect -c other.db --snapshot 2026-11 --collected-at 2026-11-20T06:00:00Z \
        --engagement "$root/fixtures/contoso/engagement/engagement.json" export azure
    evpack map -c other.db
    evpack report -c other.db -o other-report --format json
} >said 2>&1 || { cat said; fail "the edited case could not be made"; }
for one in "$package/data" other-report; do
    jq -c '.findings[]' "$one/findings.json" | LC_ALL=C sort >"$(basename "$one").lines"
done
cat data.lines other-report.lines | LC_ALL=C sort | uniq -u | jq -r .id | LC_ALL=C sort -u >wanted
[ -s wanted ] || fail "expected the edit to change findings"
cmp named wanted || { diff named wanted | head; fail "expected the changed findings, and no others"; }

# The reviewer's own mapping: one rule that says otherwise, and its findings alone change.
cp -R "$package/data/mapping" mine
rule=mine/rules/local-authentication.sql
sed -i "s/'pass'/'manual'/g" "$rule"
cmp -s "$rule" "$package/data/mapping/rules/local-authentication.sql" && fail "expected another rule"
run 1 'pass -> manual' evpack reperform P.zip --trust key/cert.pem --mapping mine
run 1 '"verdict":"different"' evpack reperform P.zip --trust key/cert.pem --mapping mine --json
jq -c '[.differences[] | [.difference, .then, .now]] | unique' said >kinds
[ "$(cat kinds)" = '[["changed","pass","manual"]]' ] || fail "expected pass to become manual alone, came $(cat kinds)"
ids <said >named
jq -r '.findings[] | select(.rule_id == "local-authentication" and .raw_status == "pass") | .id' \
    "$package/data/findings.json" | LC_ALL=C sort >wanted
cmp named wanted || { diff named wanted | head; fail "expected the findings of one rule"; }
run 0 IDENTICAL evpack reperform P.zip --trust key/cert.pem --mapping "$root/mapping"
run 1 'exempt -> fail' evpack reperform P.zip --trust key/cert.pem --at 2036-01-01T00:00:00Z

# A mapping without an end is stopped; the package says another result than its mapping gives.
copy
rm "$m/data/mapping/rules/local-authentication.sql"
awk '/^(WITH|SELECT)/ { exit } { print }' "$package/data/mapping/rules/local-authentication.sql" >rule
{
    cat rule
    echo "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
    echo "SELECT record_id, 'pass' AS status, NULL AS reason, NULL AS need FROM resource WHERE (SELECT count(*) FROM n) > 0"
} >"$m/data/mapping/rules/local-authentication.sql"
seal "$m" endless.zip
run 1 'data/mapping is not the mapping that the package names' \
    evpack reperform endless.zip --trust key/cert.pem
grep -q 'pass -> error' said || fail "expected errors of the rule that has no end"

# Lies: each is refused by what it says, and leaves nothing.
lie() { # WORDS
    seal "$m" lie.zip
    run 0 VERIFIED evpack verify lie.zip --trust key/cert.pem
    run 1 "$1" evpack reperform lie.zip --trust key/cert.pem
    rm -f lie.db
    run 1 "$1" evpack collect -c lie.db lie.zip
    grep -q 'To keep it as a file like any other' errors || fail "expected what else can be done with it"
    [ ! -e lie.db ] || fail "$1: expected no case to be made"
}
only() { # WORDS: what collect does not read
    seal "$m" lie.zip
    run 1 "$1" evpack reperform lie.zip --trust key/cert.pem
}
index=data/evidence-index.csv
copy && sed -i 's,^export/notes.txt,../notes.txt,' "$m/$index" && lie 'member is not the safe form'
copy && rm "$m/data/evidence/2026-11/export/notes.txt" && lie 'is in data/evidence-index.csv and not there'
copy && sed -i '/^export\/notes.txt/{p}' "$m/$index" && lie 'data/evidence/2026-11/export/notes.txt'
copy && sed -i 's,2026-11/export/notes.txt\,2026-11\,,2026-11/export/notes.txt\,2027-01\,,' "$m/$index" && lie 'in the folder of snapshot'
copy && sed -i '$s/}$//' "$m/data/findings.json" && only 'data/findings.json: '
copy && rm "$m/data/findings.json" && jq -c '.findings += [.findings[0]]' "$package/data/findings.json" \
    >"$m/data/findings.json" && only 'two findings have the id'

# A forged log cannot be sealed by the sealer, and is refused without a signature, too.
copy
sed -i '1s/"files":/"files": /' "$m/data/custody-log.jsonl"
for manifest in manifest-sha256.txt tagmanifest-sha256.txt; do
    (cd "$m" && cut -d' ' -f3- "$manifest" | xargs -d '\n' sha256sum >made && mv made "$manifest")
done
info=$(sed -n 's/^Payload-Oxum: //p' "$m/bag-info.txt")
sed -i "s/^Payload-Oxum: .*/Payload-Oxum: $((${info%.*} + 1)).${info#*.}/" "$m/bag-info.txt"
(cd "$m" && cut -d' ' -f3- tagmanifest-sha256.txt | xargs -d '\n' sha256sum >made && mv made tagmanifest-sha256.txt)
run 1 'data/custody-log.jsonl: line 2: "prev" is not the SHA-256' evpack collect -c lie.db "$m"
[ ! -e lie.db ] || fail "expected no case of a package with a forged log"

# Received, sealed again, received again: both logs are there, and verify checks them.
run 0 'signature not checked' evpack collect -c received.db P.zip --by auditor --reason 'second opinion'
run 0 'this package was received before' evpack collect -c received.db P.zip
rm received.db
run 0 'verified: signed by' evpack collect -c received.db P.zip --trust key/cert.pem --by auditor
run 2 'is a package: collect it by itself' evpack collect -c two.db P.zip "$raw"
run 2 'is a package, which says itself' evpack collect -c two.db --snapshot x P.zip
run 1 'is none: it is not verified' evpack collect -c two.db --trust key/cert.pem "$raw"
[ ! -e two.db ] || fail "expected no case of refused commands"
run 0 findings evpack map -c received.db
run 0 'signed by' evpack package -c received.db -o Q.zip --key key/key.pem --cert key/cert.pem
run 0 VERIFIED evpack verify Q.zip --trust key/cert.pem
run 0 IDENTICAL evpack reperform Q.zip --trust key/cert.pem
unzip -q Q.zip -d again
jq -r 'select(.event == "received").detail.received' again/*/data/custody-log.jsonl >carried
cmp carried "$package/data/custody-log.jsonl" || fail "expected the package's log in that of the case"
sum=$(sha256sum <P.zip | cut -d' ' -f1)
jq -se --arg sha "$sum" '.[0].event == "receive" and .[0].detail.sha256 == $sha and .[0].by == "auditor"
    and .[0].detail.signature == "verified" and (.[0].detail.signer_sha256 | length) == 64' \
    again/*/data/custody-log.jsonl >/dev/null || fail "expected an event that names the package and its signer"
package=$(echo again/*)
copy
# A flipped letter in a line that is carried on, its own chain made anew around it: the inner breaks.
jq -rc 'select(.seq == 2).detail.received' "$m/data/custody-log.jsonl" | grep -q '"event":"collect"' ||
    fail "expected the first carried line to be a collect"
prev=0000000000000000000000000000000000000000000000000000000000000000
while IFS= read -r line; do
    case $line in *'"seq":2,'*'"event":"received"'*) line=$(echo "$line" | sed 's/collect/callect/') ;; esac
    line=$(printf '%s' "$line" | sed -E "s/\"prev\":\"[0-9a-f]{64}\"}\$/\"prev\":\"$prev\"}/")
    printf '%s\n' "$line"
    prev=$(printf '%s' "$line" | sha256sum | cut -d' ' -f1)
done <"$m/data/custody-log.jsonl" >log
mv log "$m/data/custody-log.jsonl"
seal "$m" flipped.zip 2>sealer || true
[ ! -e flipped.zip ] || fail "expected the sealer to refuse a log whose carried chain is broken"
grep -q 'custody' sealer || { cat sealer; fail "expected the sealer to name the custody log"; }

# Redacted: identical but for the bytes, and what can be compared is. What findings say of a redacted
# file's SHA-256, or beside it, is no more free than anything else.
mkdir redacted
jq --arg key "$(head -c 64 /dev/urandom | base64 -w 0)" '.tags = {"note": ("AccountKey=" + $key)}' \
    "$root/fixtures/contoso/export/prod/lang-prod.show.json" >redacted/lang.json
run 0 '1 secrets in 1 files' evpack collect -c redacted.db --snapshot r redacted
run 0 findings evpack map -c redacted.db
run 0 '1 values replaced' evpack package -c redacted.db -o redacted.zip --key key/key.pem --cert key/cert.pem --redact
run 0 'bytes that they rest on were not compared' evpack reperform redacted.zip --trust key/cert.pem
grep -q '^IDENTICAL' said || fail "expected a redacted package to be identical"
unzip -q redacted.zip -d redacted.un
package=$(echo redacted.un/*)
for lie in '.sha256 |= ("0" * 64)' 'del(.sha256)' '.verified = true' '.offset = "x"' '.pointer = "/x"'; do
    copy && rm "$m/data/findings.json"
    jq -c "(first(.findings[] | select(.evidence | length > 0)) | .evidence[0]) |= ($lie)" \
        "$package/data/findings.json" >"$m/data/findings.json"
    seal "$m" lie.zip
    run 1 ', 1 changed (0 in their status)' evpack reperform lie.zip --trust key/cert.pem
done

# A ledger that the sender had confirmed is confirmed when the sender is trusted, else by nobody; and a
# package does not replace the period of a snapshot.
prod=$root/fixtures/contoso/export/prod
run 0 'what --expect names is there' evpack collect -c sent.db --snapshot p --period 2026-01-01/2026-12-31 \
    --expect "$(sha256sum <"$prod/collection.jsonl" | cut -d' ' -f1)" "$prod"
run 0 findings evpack map -c sent.db
run 0 'signed by' evpack package -c sent.db -o sent.zip --key key/key.pem --cert key/cert.pem
run 0 'nobody confirmed a SHA-256' evpack collect -c unsure.db sent.zip
run 0 'ledger-unconfirmed: 1' evpack status -c unsure.db
run 0 "the sender's custody log says which" evpack collect -c sure.db sent.zip --trust key/cert.pem
run 0 'ledger-confirmed: 1' evpack status -c sure.db
run 0 'already there' evpack collect -c sure.db sent.zip --trust key/cert.pem
run 0 'snapshot p' evpack collect -c own.db --snapshot p --period 2025-01-01/2025-12-31 \
    --collected-at 2026-11-20T08:00:12Z redacted
run 2 "has the period 2025-01-01T00:00:00Z/2025-12-31T23:59:59Z in the case" \
    evpack collect -c own.db sent.zip

# Stopped by a signal: nothing stays.
for signal in HUP TERM; do
    evpack reperform P.zip --trust key/cert.pem >said 2>&1 &
    pid=$!
    n=0
    while [ -z "$(ls tmp)" ] && [ $n -lt 500 ] && kill -0 $pid 2>/dev/null; do
        n=$((n + 1))
        sleep 0.01
    done
    kill -$signal $pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
    [ -z "$(ls tmp)" ] || fail "SIG$signal: expected nothing in the temporary folder, found $(ls tmp)"
done
echo "$total findings repeated"
