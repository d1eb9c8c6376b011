#!/bin/sh
# evpack-verify as a program: what it links, its arguments, exit codes and JSON, its memory; and what
# other programs say of the ZIP files, with ZIP64 where it is needed.
set -eu
build=$2
sanitized=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
verify=$build/evpack-verify
source=$1
fail() { echo "$*"; exit 1; }
expect() { # CODE PART COMMAND...: exit code, and the part in its output
    want=$1 part=$2
    shift 2
    got=0
    "$@" >out 2>err || got=$?
    [ "$got" = "$want" ] || fail "expected exit $want, came $got: $* ($(cat out err))"
    [ -z "$part" ] || cat out err | grep -q -- "$part" || fail "expected '$part': $* ($(cat out err))"
}

# The part that an auditor must trust is small.
if [ "$sanitized" = OFF ]; then
    ldd "$verify" | sed 's/^[[:space:]]*//; s/[ .].*//' >links
    while read -r library; do
        case $library in
        linux-vdso | libcrypto | libz | libcjson | libc | /lib64/ld-linux-x86-64 | /lib/ld-linux-aarch64) ;;
        *) fail "evpack-verify links $library" ;;
        esac
    done <links
    # So is what it is made of, and the README says so truly: within 5 percent, and a size that the
    # stripped program is below in any build.
    cp "$verify" stripped
    strip stripped
    kib=$(($(stat -c %s stripped) / 1024))
    [ "$kib" -lt 2048 ] || fail "evpack-verify has $kib KiB, expected less than 2 MiB"
    said=$(sed -nE 's/.*about ([0-9]+) lines of our own.*/\1/p' "$source/README.md")
    most=$(sed -nE 's/.*less than ([0-9]+) KiB.*/\1/p' "$source/README.md")
    lines=$(sh "$source/tests/tools/verifier_lines.sh" "$source" "$build" | cut -d' ' -f1)
    [ "${said:-0}" -gt 0 ] && [ $((lines * 100)) -le $((said * 105)) ] &&
        [ $((lines * 100)) -ge $((said * 95)) ] ||
        fail "the README says that evpack-verify has '$said' lines of our own code, it has $lines"
    [ "${most:-0}" -gt 0 ] && [ "$kib" -lt "$most" ] ||
        fail "the README says that evpack-verify is smaller than '$most' KiB, it has $kib"
fi

mkdir -p files/evidence
echo evidence >files/evidence/a.txt
"$build/tests/tools/test_keygen" key >/dev/null
pack() { "$build/tests/tools/test_pack" key/key.pem key/cert.pem "$@" >/dev/null; }
pack P.zip pkg-1 2026-11-22T08:00:00Z files

expect 0 "VERIFIED: P.zip" "$verify" P.zip --trust key/cert.pem
expect 0 "VERIFIED: P.zip" "$verify" --trust=key/cert.pem P.zip
expect 0 "VERIFIED: P.zip" "$verify" --trust key/cert.pem -- P.zip
expect 0 "Usage: evpack-verify" "$verify" --help
expect 0 "evpack-verify [0-9]" "$verify" --version
expect 2 "PATH" "$verify"
expect 2 "PATH" "$verify" --trust key/cert.pem
expect 2 "another" "$verify" --trust key/cert.pem P.zip Q.zip
expect 2 "--trust is needed" "$verify" P.zip
expect 2 "a file or folder" "$verify" P.zip --trust
expect 2 "a file or folder" "$verify" P.zip --trust=
expect 2 "unknown option" "$verify" P.zip --trust key/cert.pem --really
expect 2 "cannot be opened" "$verify" P.zip --trust none.pem
expect 2 "expected a certificate" "$verify" P.zip --trust P.zip
expect 2 "Q.zip: cannot be opened" "$verify" Q.zip --trust key/cert.pem
expect 2 "not a regular file" "$verify" /dev/null --trust key/cert.pem
json() { # FILTER
    jq -e "$1" out >/dev/null || fail "expected $1 in $(cat out)"
}
expect 0 "" "$verify" P.zip --trust key/cert.pem --json
json '.verdict == "verified" and .reasons == [] and .timestamp == null and
    (.signers | length) == 1 and .signers[0].trusted and
    .signers[0].signing_time == "2026-11-22T08:00:00Z" and
    (.signers[0].fingerprint_sha256 | test("^[0-9a-f]{64}$")) and (.not_covered | length) >= 3 and
    .package.id == "pkg-1" and .package.files == 6'
[ "$(jq -r .package.sha256 out)" = "$(sha256sum P.zip | cut -c1-64)" ] || fail "another SHA-256"
[ "$(jq -r '.signers[0].fingerprint_sha256' out)" = "$(openssl x509 -in key/cert.pem -outform DER |
    sha256sum | cut -c1-64)" ] || fail "another fingerprint"
expect 2 "" "$verify" Q.zip --trust key/cert.pem --json
json '.verdict == "undecided" and .reasons[0].code == "could-not-check" and .signers == []'
expect 2 "" "$verify" P.zip --trust none.pem --json
json '.verdict == "undecided"'
mv P.zip.p7s away
expect 1 "NOT VERIFIED" "$verify" P.zip --trust key/cert.pem
expect 1 "" "$verify" P.zip --trust key/cert.pem --json
json '.verdict == "not-verified" and .reasons[0].code == "signature-missing"'
mv away P.zip.p7s
expect 2 "" sh -c "'$verify' P.zip --trust key/cert.pem >/dev/full"

# Others read what we write.
others() { # FILE COUNT
    unzip -tqq "$1" || fail "unzip refuses $1"
    [ "$(bsdtar -tf "$1" | wc -l)" = "$2" ] || fail "bsdtar sees other members in $1"
    if command -v 7z >/dev/null; then
        7z t "$1" >log || fail "7z refuses $1: $(cat log)"
        grep -q Warnings log && fail "7z warns about $1: $(cat log)"
    fi
    return 0
}
others P.zip 6
[ "$sanitized" = OFF ] || exit 0

# More members than 16 bits count.
pack many.zip pkg-many 2026-11-22T08:00:00Z files:66000
others many.zip 66005
/usr/bin/time -f %M -o memory "$verify" many.zip --trust key/cert.pem >out || fail "$(cat out)"
[ "$(cat memory)" -le 32768 ] || fail "verifying many.zip took $(cat memory) KiB"

# A member larger than 32 bits count, when there is time (a minute).
[ "${EVPACK_SLOW:-}" = 1 ] || exit 0
pack large.zip pkg-large 2026-11-22T08:00:00Z zeros:4300000000
others large.zip 7
/usr/bin/time -f %M -o memory "$verify" large.zip --trust key/cert.pem >out || fail "$(cat out)"
[ "$(cat memory)" -le 32768 ] || fail "verifying large.zip took $(cat memory) KiB"
unzip -l large.zip | grep -q ' 4300000000 ' || fail "unzip sees another size"
bsdtar -tvf large.zip | grep -q ' 4300000000 ' || fail "bsdtar sees another size"
