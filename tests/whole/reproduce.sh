#!/bin/sh
# The same case, mapping, --at and key give the same package: packed again, and from the exports on
# (collect, map, package), under other time zones, locales, users, umasks, folders, numbers of
# processors and environments. With RSA P.zip and P.zip.p7s are the same bytes; with ECDSA, whose
# signatures never repeat, all members but those in signatures/ are, and so is the tag manifest.
#
#   reproduce.sh SOURCE BUILD
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
chmod 755 .
at=2026-11-22T08:00:00Z
fail() { echo "$*"; exit 1; }

# Another user may not be able to look into the build folder, nor into a clone.
mkdir bin key
cp "$build/evpack" bin/
cp -R "$source/fixtures/contoso/export" "$source/fixtures/contoso/engagement" .
bin/evpack keygen key/rsa >/dev/null
bin/evpack keygen key/ec --type p-256 >/dev/null
chmod -R a+rX .

# Turkish has an i of its own, and a comma in numbers. It is made here where the system has none.
turkish=tr_TR.UTF-8
export LOCPATH
if ! locale -a 2>/dev/null | grep -qi '^tr_TR.utf-\?8$'; then
    if localedef -i tr_TR -f UTF-8 "$work/locales-tr" 2>/dev/null; then
        mkdir locales && mv locales-tr "locales/$turkish"
        LOCPATH=$work/locales
    else
        echo "no Turkish locale here, and none can be made: its name is set all the same"
        unset LOCPATH
    fi
else
    unset LOCPATH
fi

# What is run in a folder of its own: everything from the exports on, then the package, once with
# each key. $1: the folder that holds bin/, key/ and the exports.
cat >all.sh <<'SH'
set -eu
"$1/bin/evpack" collect -c case.db --snapshot demo --by Ada --reason "The year's evidence" --at "$2" "$1/export" >out 2>&1
"$1/bin/evpack" collect -c case.db --engagement "$1/engagement/engagement.json" --by Ada --at "$2" >>out 2>&1
"$1/bin/evpack" map -c case.db --by Ada --at "$2" >>out 2>&1
"$1/bin/evpack" package -c case.db -o P.zip --key "$1/key/rsa/key.pem" --cert "$1/key/rsa/cert.pem" --by Ada --reason "Delivery" --at "$2" >>out 2>&1
"$1/bin/evpack" package -c case.db -o E.zip --key "$1/key/ec/key.pem" --cert "$1/key/ec/cert.pem" --by Ada --reason "Delivery" --at "$2" >>out 2>&1
SH

# members P.zip: the names in the archive's order, and every member but the signature inside with its
# SHA-256.
members() {
    rm -rf unpacked
    unzip -q "$1" -d unpacked
    zipinfo -1 "$1"
    (cd unpacked && find . -type f ! -path '*/signatures/*' -exec sha256sum {} + | LC_ALL=C sort -k 2)
}

# same FOLDER WHAT: FOLDER's packages are those of the first folder.
same() {
    [ -f "$1/E.zip" ] || fail "$2: no package: $(tail -n 2 "$1/out")"
    for file in P.zip P.zip.p7s; do
        cmp -s first/$file "$1/$file" || fail "$2: expected the same $file, $(cmp first/$file "$1/$file" 2>&1)"
    done
    members "$1/E.zip" >"$work/members"
    cmp -s first.members members || fail "$2: expected the same members with ECDSA: $(diff first.members members | head -n 3)"
}

mkdir first
(cd first && sh ../all.sh "$work" $at) || fail "the first package failed: $(tail -n 2 first/out)"
members first/E.zip >first.members
[ "$(wc -l <first.members)" -gt 300 ] || fail "expected more than 150 members, each by name and by SHA-256"
grep -q '/tagmanifest-sha256.txt$' first.members || fail "expected the tag manifest among the members"
cmp -s first/P.zip first/E.zip && fail "expected two keys to give two packages"

# From the exports on, where everything is different at once. The exports are copied, so that their
# times and modes are new too.
mkdir 'Bericht für İstanbul'
(
    cd 'Bericht für İstanbul'
    umask 077
    cp -R ../bin ../key ../export ../engagement .
    TZ=America/St_Johns LC_ALL=$turkish LANG=$turkish SOURCE_DATE_EPOCH=1 HOME=/nonexistent \
        sh ../all.sh "$PWD" $at
) || fail "another folder, zone and locale: $(tail -n 2 'Bericht für İstanbul/out')"
same 'Bericht für İstanbul' "another folder, umask, zone and the Turkish locale"

mkdir bare
one=
command -v taskset >/dev/null 2>&1 && one="taskset -c 0"
(
    cd bare
    umask 000
    # shellcheck disable=SC2086 # words
    env -i PATH="$PATH" LC_ALL=C TZ=Pacific/Kiritimati $one sh ../all.sh "$work" $at
) || fail "an empty environment: $(tail -n 2 bare/out)"
same bare "an empty environment, the C locale, another zone and one processor"

# Another user, with a case that the first made.
mkdir other
cp first/case.db other/
chmod -R a+rwX other
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null 2>&1; then
    as="setpriv --reuid=65534 --regid=65534 --clear-groups"
else
    echo "not root, or no setpriv: no other user was tried"
    as=
fi
sed '/ collect \| map /d' all.sh >again.sh
# shellcheck disable=SC2086
(cd other && LC_ALL=C.UTF-8 TZ=Asia/Kathmandu $as sh ../again.sh "$work" $at) || fail "another user: $(tail -n 2 other/out)"
same other "another user, C.UTF-8 and another zone"
[ -z "$as" ] || [ "$(stat -c %u other/P.zip)" = 65534 ] || fail "expected the package of another user"

# And it is not the same for every reason: another --at is another package.
mkdir late
(cd late && sh ../all.sh "$work" 2026-11-22T08:00:01Z) || fail "another --at: $(tail -n 2 late/out)"
cmp -s first/P.zip late/P.zip && fail "expected another --at to give another package"
echo "4 times the same package, of $(zipinfo -1 first/P.zip | wc -l) members"
