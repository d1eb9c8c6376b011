#!/bin/sh
# The commands that VERIFY.txt gives for Linux, taken from the file as it stands in a package and run
# one after the other: they say yes to a good package, and no to one that was changed.
set -eu
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
fail() { echo "$*"; exit 1; }

mkdir files good
sed '/^{{redacted}}/d; /^{{allowed}}/d; /^{{listed}}/d; s/{{package_id}}/pkg-1/g; s/{{zip_name}}/P.zip/g' "$1/reports/VERIFY.txt" >files/VERIFY.txt
grep -q '{{' files/VERIFY.txt && fail "an unknown placeholder in VERIFY.txt"
mkdir -p 'files/evidence/a folder/(b)'
echo '{"a":1}' >'files/evidence/a folder/(b)/list, all.json'
: >files/empty
"$build/tests/tools/test_keygen" key >/dev/null
"$build/tests/tools/test_keygen" other >/dev/null
"$build/tests/tools/test_pack" key/key.pem key/cert.pem good/P.zip pkg-1 2026-11-22T08:00:00Z files >/dev/null
cp key/cert.pem good/trust.pem

# The indented lines between the two headings, as they stand in the package.
unzip -p good/P.zip pkg-1/VERIFY.txt >VERIFY.txt
sed -n '/^LINUX AND MACOS/,/^WINDOWS/s/^    //p' VERIFY.txt >commands
[ "$(wc -l <commands)" = 10 ] || fail "expected 10 commands in VERIFY.txt, found $(wc -l <commands)"

# Runs commands in a folder; yes when none fails and the last one prints nothing.
stock() { # FOLDER COMMANDS
    (cd "$1" && bash -e "$2") >out 2>err && [ ! -s out ]
}
try() { # a copy of the good package, to be spoilt
    rm -rf bad
    cp -r good bad
}
no() {
    stock bad "$work/commands" && fail "the stock commands accept: $1"
    "$build/evpack-verify" bad/P.zip --trust bad/trust.pem >/dev/null && fail "verify accepts: $1"
    return 0
}
flip() { # FILE OFFSET
    byte=$(od -An -tu1 -j "$2" -N1 "$1" | tr -d ' ')
    # shellcheck disable=SC2059 # the escape is the point
    printf "\\$(printf %o $(((byte + 128) % 256)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

cp -r good yes
stock yes "$work/commands" || fail "the stock commands refuse a good package: $(cat err out)"
[ "$(grep -c 'CAdES Verification successful' err)" = 2 ] || fail "expected two signatures: $(cat err)"
"$build/evpack-verify" yes/pkg-1 --trust key/cert.pem >/dev/null || fail "verify refuses the folder"

# A package that evpack itself made: its own VERIFY.txt, on a path that has these tools and no more.
mkdir tools real
for tool in openssl unzip sha256sum sed sort find cmp bash; do
    ln -s "$(command -v $tool)" tools/$tool
done
"$build/evpack" collect -c case.db --snapshot q "$1/fixtures/contoso/export" >/dev/null 2>&1
"$build/evpack" map -c case.db >/dev/null
"$build/evpack" package -c case.db -o real/P.zip --key key/key.pem --cert key/cert.pem >/dev/null
cp key/cert.pem real/trust.pem
unzip -p real/P.zip '*/VERIFY.txt' | sed -n '/^LINUX AND MACOS/,/^WINDOWS/s/^    //p' >real.commands
grep -q '{{' real.commands && fail "an unknown placeholder in a package's VERIFY.txt"
[ -z "$(PATH=$work/tools command -v evpack)" ] || fail "expected no evpack on the path"
(cd real && PATH=$work/tools bash -e ../real.commands) >out 2>err && [ ! -s out ] ||
    fail "the stock commands refuse evpack's own package: $(cat err out)"
(cd real && echo x >>"$(echo evpack-*/data/findings.csv)" && cd evpack-* &&
    sed '1,3d' "$work/real.commands" | PATH=$work/tools bash -e) >out 2>err &&
    fail "the stock commands accept a changed report"
grep -q 'data/findings.csv' out err || fail "expected the changed file's name, came $(cat out err)"

# Where it says that personal data may be, there is something.
unzip -p real/P.zip '*/VERIFY.txt' | sed -n '/^PERSONAL DATA/,$p' >personal
for path in data/evidence data/custody-log.jsonl data/decisions.csv data/findings.json; do
    grep -qwF "$path" personal || fail "expected $path among the places of personal data"
done
grep -oE '(data|signatures)/[a-z./-]*[a-z]|[a-z-]+[.]txt' personal | grep -vx data/evidence/engagement | while read -r path; do
    [ -e "$(echo real/evpack-*)/$path" ] || fail "VERIFY.txt sends the reader to $path, which is not there"
done

# As VERIFY.txt says for macOS, with the program that macOS has.
if command -v shasum >/dev/null; then
    sed 's/^sha256sum --strict --quiet/shasum -a 256/' commands >mac.commands
    cp -r good mac
    (cd mac && bash -e ../mac.commands) >out 2>err || fail "the commands for macOS refuse a good package: $(cat err out)"
    (cd mac/pkg-1 && echo x >>data/empty && sed '1,3d' ../../mac.commands | bash -e) >out 2>err &&
        fail "the commands for macOS accept a changed file"
else
    echo "no shasum: the commands for macOS were not tried"
fi

size=$(stat -c %s good/P.zip)
for i in 0 1 2 3 4 5 6 7 8 9 10 11 12; do
    try
    flip bad/P.zip $((i * (size - 1) / 12))
    no "byte $((i * (size - 1) / 12)) of P.zip changed"
done
size=$(stat -c %s good/P.zip.p7s)
for i in 1 2 3 4 5 6 7; do # near the end stands the signature's value
    try
    flip bad/P.zip.p7s $((size - 40 * i))
    no "byte $((size - 40 * i)) of P.zip.p7s changed"
done
try
cp other/cert.pem bad/trust.pem
no "another key"

# The unpacked folder: changed, removed, added, renamed, linked, and the same inside signatures/.
sed 1d commands | sed 1d | sed 1d >after.unpacking
folder_no() {
    (cd bad/pkg-1 && bash -e "$work/after.unpacking") >out 2>err && [ ! -s out ] &&
        fail "the stock commands accept: $1"
    "$build/evpack-verify" bad/pkg-1 --trust bad/trust.pem >out &&
        fail "verify accepts: $1"
    grep -q "$2" out || fail "expected $2 for $1, came $(cat out)"
}
unpacked() {
    try
    (cd bad && unzip -q P.zip)
}
unpacked; echo more >>bad/pkg-1/data/empty; folder_no "a changed file" file-changed
unpacked; rm bad/pkg-1/data/empty; folder_no "a removed file" file-missing
unpacked; echo x >bad/pkg-1/data/added; folder_no "an added file" file-unlisted
unpacked; echo x >bad/pkg-1/notes.txt; folder_no "an added tag file" file-unlisted
unpacked; echo x >bad/pkg-1/signatures/more; folder_no "a file beside the signature" file-unlisted
unpacked; mv bad/pkg-1/data/empty bad/pkg-1/data/Empty; folder_no "a renamed file" file-missing
unpacked; mv bad/pkg-1/data/empty bad/e; ln -s ../../e bad/pkg-1/data/empty; folder_no "a link" not-a-regular-file
unpacked; mv bad/pkg-1/data/evidence bad/e; ln -s ../../e bad/pkg-1/data/evidence; folder_no "a linked folder" file-missing
unpacked; mkfifo bad/pkg-1/data/pipe; folder_no "a pipe" not-a-regular-file
unpacked; echo x >>bad/pkg-1/bag-info.txt; folder_no "a changed bag-info.txt" file-changed
unpacked; echo >>bad/pkg-1/tagmanifest-sha256.txt; folder_no "a changed tag manifest" signature-mismatch
unpacked; sed -i 1d bad/pkg-1/manifest-sha256.txt; folder_no "a shorter manifest" file-changed

# The timestamp: openssl is the authority, and the lines below its heading say yes to its answer.
sed -n '/^WHERE A TIMESTAMP/,/^[A-Z][A-Z ]*$/s/^    //p' VERIFY.txt >stamp.commands
[ "$(wc -l <stamp.commands)" = 3 ] || fail "expected 3 commands for the timestamp"
sh "$1/tests/seal/authority.sh" make tsa
cp tsa/root.pem good/tsa.pem
stamp_no() { # WHAT CODE
    (cd bad && bash -e "$work/stamp.commands") >out 2>err && fail "the stock commands accept: $1"
    "$build/evpack-verify" bad/P.zip --trust key/cert.pem --tsa-trust bad/tsa.pem --json >out &&
        fail "verify accepts: $1"
    grep -q "\"code\":\"$2\"" out || fail "expected $2 for $1, came $(cat out)"
}
for name in rsa ec; do
    rm -f good/P.zip.p7s.ts*
    "$build/evpack" timestamp request good/P.zip -o courier.tsq >/dev/null
    sh "$1/tests/seal/authority.sh" reply tsa $name courier.tsq courier.tsr
    "$build/evpack" timestamp attach good/P.zip courier.tsr --tsa-trust tsa/root.pem >out
    grep -q "CN=$name" out || fail "expected who stamped, came $(cat out)"
    (cd good && bash -e ../stamp.commands) >out 2>err || fail "openssl refuses the timestamp: $(cat out err)"
    [ "$(cat out err | grep -c 'Verification: OK')" = 2 ] || fail "expected two times yes: $(cat out err)"
    "$build/evpack-verify" good/P.zip --trust key/cert.pem --tsa-trust tsa/root.pem --json >out ||
        fail "verify refuses a timestamp: $(cat out)"
    grep -q '"status":"trusted"' out || fail "expected a trusted timestamp, came $(cat out)"
    try
    cp other/cert.pem bad/tsa.pem
    stamp_no "another authority" timestamp-authority-untrusted
    try
    openssl ts -query -data good/P.zip.p7s -sha256 -cert -out bad/P.zip.p7s.tsq 2>/dev/null
    stamp_no "another nonce" timestamp-nonce
    try
    openssl ts -query -data good/P.zip -sha256 -cert -out foreign.tsq 2>/dev/null
    sh "$1/tests/seal/authority.sh" reply tsa $name foreign.tsq bad/P.zip.p7s.tsr
    stamp_no "a timestamp of other bytes" timestamp-malformed
done
