#!/bin/sh
# One package through every hand: sealed twice it is the same; stock tools verify it; a changed
# byte, a foreign key and a missing signature are refused; a case rebuilt from it has the same
# findings.
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
evpack=$build/evpack
at=2026-11-22T08:00:00Z
fail() { echo "$*"; exit 1; }
expect() { # CODE COMMAND...
    want=$1
    shift
    got=0
    "$@" >out 2>err || got=$?
    [ "$got" = "$want" ] || fail "expected exit $want, came $got: $* ($(tail -n 1 err) $(head -n 1 out))"
}

expect 0 "$evpack" keygen key
expect 0 "$evpack" keygen other
expect 0 "$evpack" collect -c case.db --snapshot demo --at $at "$source/fixtures/contoso/export"
expect 2 "$evpack" package -c case.db -o P.zip --key key/key.pem --cert key/cert.pem --at $at
expect 0 "$evpack" map -c case.db --at $at
expect 0 "$evpack" package -c case.db -o P.zip --key key/key.pem --cert key/cert.pem --at $at

# The same again, elsewhere, under another zone, locale and umask.
mkdir elsewhere
(umask 077; cd elsewhere; TZ=Asia/Tokyo LC_ALL=C "$evpack" package -c ../case.db -o P.zip \
    --key ../key/key.pem --cert ../key/cert.pem --at $at) >/dev/null
cmp P.zip elsewhere/P.zip || fail "packaging twice gave two packages"
cmp P.zip.p7s elsewhere/P.zip.p7s || fail "packaging twice gave two signatures"

expect 0 "$evpack" verify P.zip --trust key/cert.pem
expect 0 "$build/evpack-verify" P.zip --trust key/cert.pem
expect 1 "$evpack" verify P.zip --trust other/cert.pem
expect 2 "$evpack" verify P.zip --trust nothing.pem
expect 2 "$evpack" verify missing.zip --trust key/cert.pem
"$evpack" verify P.zip --trust key/cert.pem --json | jq -e '.verdict == "verified" and
    (.signers | length) == 1 and .signers[0].trusted' >/dev/null || fail "verify --json says otherwise"

# The next package: it says which one it follows, and verify compares. Who and why stand in it.
expect 0 "$evpack" package -c case.db -o Q.zip --key key/key.pem --cert key/cert.pem --at $at \
    --previous P.zip --by Ada --reason "Corrected scope"
for line in 'Package-Sequence: 2' "Previous-Package-SHA256: $(sha256sum P.zip | cut -c1-64)" \
    'Packaged-By: Ada' 'Packaging-Reason: Corrected scope' "Evpack-Snapshot: 2026-11-20T08:00:12Z demo"; do
    unzip -p Q.zip '*/bag-info.txt' | grep -qxF "$line" || fail "expected '$line' in bag-info.txt"
done
unzip -p P.zip '*/bag-info.txt' | grep -qx 'Package-Sequence: 1' || fail "expected a first package"
for with in evpack-verify "evpack verify"; do
    # shellcheck disable=SC2086 # one or two words
    expect 0 "$build"/$with Q.zip --trust key/cert.pem --previous P.zip
    expect 1 "$build"/$with Q.zip --trust key/cert.pem --previous Q.zip
    grep -q 'previous-differs' out || fail "expected previous-differs, came $(cat out)"
    expect 2 "$build"/$with Q.zip --trust key/cert.pem --previous nothing.zip
done
"$evpack" verify Q.zip --trust key/cert.pem --json | jq -e ".package.sequence == 2 and
    .package.previous_sha256 == \"$(sha256sum P.zip | cut -c1-64)\"" >/dev/null || fail "verify --json does not say what it follows"
expect 2 "$evpack" package -c case.db -o R.zip --key key/key.pem --cert key/cert.pem --previous key/key.pem
expect 2 "$evpack" package -c case.db -o R.zip --key key/key.pem --cert key/cert.pem --reason "$(printf 'a\nb')"
[ ! -e R.zip ] || fail "expected no package"

# Stock tools.
openssl cms -verify -cades -binary -inform DER -in P.zip.p7s -content P.zip -CAfile key/cert.pem \
    -auth_level 2 -out /dev/null 2>/dev/null || fail "openssl does not verify P.zip.p7s"
unzip -q P.zip
bag=$(ls -d evpack-*)
(cd "$bag" && openssl cms -verify -cades -binary -inform DER \
    -in signatures/tagmanifest-sha256.txt.p7s -content tagmanifest-sha256.txt \
    -CAfile ../key/cert.pem -auth_level 2 -out /dev/null 2>/dev/null &&
    sha256sum --strict --quiet -c tagmanifest-sha256.txt &&
    sha256sum --strict --quiet -c manifest-sha256.txt) || fail "the stock commands refuse the folder"
expect 0 "$evpack" verify "$bag" --trust key/cert.pem

# A changed byte, at a few places of the file; no signature; a foreign one.
size=$(stat -c %s P.zip)
for place in 0 37 $((size / 3)) $((size / 2)) $((size - 30)) $((size - 1)); do
    cp P.zip bad.zip
    cp P.zip.p7s bad.zip.p7s
    byte=$(od -An -tu1 -j "$place" -N1 P.zip | tr -d ' ')
    # shellcheck disable=SC2059 # the escape is the point
    printf "\\$(printf %o $(((byte + 1) % 256)))" |
        dd of=bad.zip bs=1 seek="$place" conv=notrunc status=none
    expect 1 "$evpack" verify bad.zip --trust key/cert.pem
    expect 4 openssl cms -verify -cades -binary -inform DER -in bad.zip.p7s -content bad.zip \
        -CAfile key/cert.pem -out /dev/null
done
rm bad.zip.p7s
cp P.zip bad.zip
expect 1 "$evpack" verify bad.zip --trust key/cert.pem
printf x >>"$bag/data/findings.csv"
expect 1 "$evpack" verify "$bag" --trust key/cert.pem

# Everything in the case is in the package, and the test can be repeated from it.
"$evpack" status -c case.db --json | jq -r '.evidence[].sha256' | sort >want
find "$bag/data/evidence" -type f -exec sha256sum {} + | cut -c1-64 | sort >got
cmp want got || fail "the package's raw evidence is not that of the case"
expect 0 "$evpack" collect -c again.db --snapshot demo "$bag"/data/evidence/demo
expect 0 "$evpack" map -c again.db --mapping "$bag/data/mapping" --at $at
for case in case again; do
    "$evpack" report -c $case.db -o $case --format json --at $at >/dev/null
    jq -S '[.findings[] | {id, status, reason, subject, control_id, responsibility}] | sort_by(.id)' \
        $case/findings.json >$case.json
done
cmp case.json again.json || fail "the case rebuilt from the package has other findings"
jq -e 'length > 300' case.json >/dev/null || fail "expected more than 300 findings in contoso"
