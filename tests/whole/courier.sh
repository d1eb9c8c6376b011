#!/bin/sh
# Encrypting the sealed files for a courier with age, as the README says: the package, its signature,
# its timestamp and a reviewer's signature come out of the envelope as they went in, and verify; whoever
# has not the identity gets nothing; a changed byte of an envelope opens to nothing.
#
#   courier.sh SOURCE BUILD
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
fail() { echo "$*"; exit 1; }
command -v age >/dev/null && command -v age-keygen >/dev/null || fail "age is needed (see tests/packages.sh)"

mkdir files sealed got
cp -R "$source/fixtures/contoso/export" files/evidence
cp "$source/reports/VERIFY.txt" files/
"$build/evpack" keygen key >/dev/null
"$build/evpack" keygen alice --type p-256 >/dev/null
"$build/tests/tools/test_pack" key/key.pem key/cert.pem sealed/P.zip pkg-1 2026-11-22T08:00:00Z files >/dev/null
sh "$source/tests/seal/authority.sh" make tsa
"$build/evpack" timestamp request sealed/P.zip -o courier.tsq >/dev/null
sh "$source/tests/seal/authority.sh" reply tsa rsa courier.tsq courier.tsr
"$build/evpack" timestamp attach sealed/P.zip courier.tsr --tsa-trust tsa/root.pem >/dev/null
"$build/evpack" sign sealed/P.zip --trust key/cert.pem --key alice/key.pem --cert alice/cert.pem --name alice \
    --role "Reviewer" --statement "Read" >/dev/null
cat key/cert.pem alice/cert.pem >trust.pem

# Two who may read: the auditor, and the archive. A third may not.
for who in auditor archive other; do
    age-keygen -o $who.txt 2>/dev/null
    age-keygen -y $who.txt >$who.pub
done
for file in sealed/*; do
    age --encrypt -R auditor.pub -R archive.pub -o "$file.age" "$file"
done
[ "$(find sealed -name '*.age' | wc -l)" = 5 ] || fail "expected 5 sealed files, came: $(ls sealed)"
unzip -tq sealed/P.zip.age >/dev/null 2>&1 && fail "expected nothing to be read from an envelope"

for who in auditor archive; do
    rm -rf got && mkdir got
    for file in sealed/*.age; do
        name=$(basename "$file" .age)
        age --decrypt -i $who.txt -o "got/$name" "$file"
        cmp "sealed/$name" "got/$name" || fail "$name came out changed"
    done
    "$build/evpack-verify" got/P.zip --trust trust.pem --tsa-trust tsa/root.pem --json >out ||
        fail "what came out of the envelope does not verify: $(cat out)"
    jq -e '.timestamp.status == "trusted" and (.signers | length) == 2' out >/dev/null ||
        fail "expected the timestamp and both signatures, came $(cat out)"
done

rm -rf got && mkdir got
age --decrypt -i other.txt -o got/P.zip sealed/P.zip.age 2>err && fail "another identity opens the envelope"
grep -q 'no identity matched' err || fail "expected no identity to match, came $(cat err)"
[ ! -s got/P.zip ] || fail "another identity gets bytes"

# One bit, in the middle.
size=$(stat -c %s sealed/P.zip.age)
byte=$(od -An -tu1 -j $((size / 2)) -N1 sealed/P.zip.age | tr -d ' ')
# shellcheck disable=SC2059 # the escape is the point
printf "\\$(printf %o $(((byte & 254) | (1 - (byte & 1)))))" |
    dd of=sealed/P.zip.age bs=1 seek=$((size / 2)) conv=notrunc status=none
age --decrypt -i auditor.txt -o got/Q.zip sealed/P.zip.age 2>err && fail "a changed envelope opens"
[ ! -e got/Q.zip ] || ! "$build/evpack-verify" got/Q.zip --trust trust.pem >/dev/null 2>&1 ||
    fail "what a changed envelope left behind verifies"
echo "5 files to 2 recipients and back"
