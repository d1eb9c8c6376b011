#!/bin/sh
# evpack extract as a program: what it writes verifies here and by the stock commands, and is what unzip
# writes; what does not verify, a folder that is there, a full disk and a signal leave nothing behind.
set -eu
build=$2
work=$(mktemp -d)
mounted=
trap '[ -z "$mounted" ] || umount "$work/small"; rm -rf "$work"' EXIT INT TERM
cd "$work"
evpack=$build/evpack
fail() { echo "$*"; exit 1; }
expect() { # CODE PART COMMAND...: exit code, and the part in its output
    want=$1 part=$2
    shift 2
    got=0
    "$@" >out 2>err || got=$?
    [ "$got" = "$want" ] || fail "expected exit $want, came $got: $* ($(cat out err))"
    [ -z "$part" ] || cat out err | grep -q -- "$part" || fail "expected '$part': $* ($(cat out err))"
}
only() { # FOLDER NAMES: what stands in it
    [ "$(ls -A "$1" | tr '\n' ' ')" = "$2" ] || fail "expected in $1: $2; came: $(ls -A "$1" | tr '\n' ' ')"
}

mkdir -p 'files/evidence/a folder/(b)' in
sed '/^{{redacted}}/d; /^{{allowed}}/d; /^{{listed}}/d; s/{{package_id}}/pkg-1/g; s/{{zip_name}}/P.zip/g' "$1/reports/VERIFY.txt" >files/VERIFY.txt
echo '{"a":1}' >'files/evidence/a folder/(b)/list, all.json'
: >files/empty
head -c 3000000 /dev/urandom >files/large
"$build/tests/tools/test_keygen" key >/dev/null
"$build/tests/tools/test_keygen" other >/dev/null
"$build/tests/tools/test_pack" key/key.pem key/cert.pem in/P.zip pkg-1 2026-11-22T08:00:00Z files >/dev/null
extract() { "$evpack" extract in/P.zip --trust key/cert.pem -o "$@"; }

# What it writes.
mkdir to
(umask 022; extract to/D >out) || fail "$(cat out)"
grep -q '^VERIFIED: in/P.zip' out && grep -q 'Unpacked: 9 files in to/D' out || fail "expected the report: $(cat out)"
only to "D "
[ -z "$(find to/D \( -type d ! -perm 755 -o -type f ! -perm 644 -o ! -type d ! -type f \) -print)" ] || fail "modes: $(ls -lR to/D)"
"$build/evpack-verify" to/D --trust key/cert.pem >out || fail "$(cat out)"
mkdir zip
(cd zip && unzip -q ../in/P.zip)
diff -r zip/pkg-1 to/D || fail "expected what unzip writes"
sed -n '/^LINUX AND MACOS/,/^WINDOWS/s/^    //p' files/VERIFY.txt | sed '1,/^cd /d; s/pkg-1/D/' >commands
[ "$(wc -l <commands)" -ge 4 ] || fail "expected commands in VERIFY.txt: $(cat commands)"
cp key/cert.pem to/trust.pem
(cd to/D && bash -e "$work/commands") >out 2>err && [ ! -s out ] || fail "the stock commands refuse it: $(cat out err)"
(umask 077; extract to/E --json >out) || fail "$(cat out)"
jq -e '.verdict == "verified" and .package.files == 9' out >/dev/null || fail "JSON: $(cat out)"
[ "$(stat -c %a to/E to/E/data to/E/data/empty | tr '\n' ' ')" = "700 700 600 " ] || fail "the umask is not kept"

# What it refuses.
rm -rf to; mkdir to
expect 2 "expected one P.zip" "$evpack" extract -o to/D --trust key/cert.pem
expect 2 "expected -o" "$evpack" extract in/P.zip --trust key/cert.pem
expect 2 "-o needs" extract to/D -o to/E
expect 2 "--trust is needed" "$evpack" extract in/P.zip -o to/D
expect 2 "is not understood" extract to/D --really
expect 2 "cannot be opened" "$evpack" extract in/P.zip -o to/D --trust none.pem
expect 2 "is a folder" "$evpack" extract zip/pkg-1 -o to/D --trust key/cert.pem
expect 1 "NOT VERIFIED" "$evpack" extract in/P.zip -o to/D --trust other/cert.pem
expect 1 required-signer-missing extract to/D --require CN=somebody
mv in/P.zip.p7s away
expect 1 signature-missing extract to/D
mv away in/P.zip.p7s
only to ""
mkdir to/D
expect 2 "is there already" extract to/D
rmdir to/D
ln -s nowhere to/D
expect 2 "is there already" extract to/D
rm to/D
expect 2 "cannot be made" extract to/no/D

# A full disk, real where one may be mounted, and a bound on a file's size.
if mkdir small && mount -t tmpfs -o size=2m evpack-small "$work/small" 2>/dev/null; then
    mounted=yes
    expect 2 "No space left" extract small/D
    only small ""
else
    echo "no small disk can be mounted here: only a bound on the size of files is tried"
fi
expect 2 "writing failed" sh -c 'trap "" XFSZ; ulimit -f 2000; exec "$@"' sh \
    "$evpack" extract in/P.zip -o to/D --trust key/cert.pem
only to ""

# A signal at any time leaves all of it or nothing. Spread from the start to past the end.
began=$(date +%s%N)
extract to/D >/dev/null
took=$((($(date +%s%N) - began) / 1000000))
rm -rf to/D
cut=0 done=0 n=0
while [ $n -lt 12 ]; do
    n=$((n + 1))
    # A background job of a script ignores SIGINT: SIGTERM and SIGHUP are tried.
    signal=TERM
    [ $((n % 2)) = 0 ] || signal=HUP
    delay=$((took * n / 10))
    "$evpack" extract in/P.zip -o to/D --trust key/cert.pem >out 2>err &
    pid=$!
    sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
    kill -$signal $pid 2>/dev/null || true
    code=0
    wait $pid || code=$?
    case $code in
    0) done=$((done + 1)) ;;
    129 | 143) cut=$((cut + 1)) ;;
    *) fail "SIG$signal after $delay ms: expected it to end by it, came exit $code: $(cat err)" ;;
    esac
    if [ -e to/D ]; then
        only to "D "
        "$build/evpack-verify" to/D --trust key/cert.pem >out || fail "SIG$signal after $delay ms: $(cat out)"
        rm -rf to/D
    else
        [ "$code" != 0 ] || fail "SIG$signal after $delay ms: expected a folder, it ended well"
        only to ""
    fi
done
echo "unpacking takes $took ms: $cut were interrupted, $done were done"
