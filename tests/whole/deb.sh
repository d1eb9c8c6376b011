#!/bin/sh
# The Debian packages, made by CPack from a release build, on a clean Debian 12: a root folder with apt
# and no more is made, evpack's .deb installed into it with what it depends on, and the sample tenant
# taken from export to a verified package by a user without rights. Then evpack-verify's .deb takes its
# place; and when that is removed, nothing is left. Before that: the packages are the same bytes again,
# hold what 'cmake --install' installs, and say nothing of where they were built.
#
#   deb.sh [SOURCE [BUILD [SANITIZE [RELEASE]]]]
#
# SOURCE is the tree that this file is in, and BUILD its folder build, unless said otherwise. RELEASE is
# a release build that is there (in the tests that of whole/demo); without it one is made below BUILD.
# Needs root and network: skipped with a message otherwise. Packages come from where this machine's own
# apt gets them, when it is a Debian 12.
set -eu
umask 022 # CPack writes it into the .deb
source=$(cd "${1:-$(dirname "$0")/../..}" && pwd)
mkdir -p "${2:-$source/build}"
build=$(cd "${2:-$source/build}" && pwd)
release=${4:-}
fail() { echo "$*"; exit 1; }
skip() { echo "skipped: $*"; exit 77; }

for tool in mmdebstrap dpkg-shlibdeps dpkg-deb file; do
    command -v $tool >/dev/null || skip "$tool is needed (see tests/packages.sh)"
done
[ "$(id -u)" = 0 ] || skip "a root folder can be made by root only"
work=$(mktemp -d)
root=$work/root
trap 'rm -rf "$work"' EXIT INT TERM
if [ -z "$release" ]; then
    release=$build/release
    cmake -S "$source" -B "$release" -G Ninja -DCMAKE_BUILD_TYPE=Release -DEVPACK_HARDEN=ON -DBUILD_TESTING=OFF >"$work/log" ||
        fail "$(tail -n 20 "$work/log")"
    cmake --build "$release" >"$work/log" || fail "$(tail -n 20 "$work/log")"
fi

# --- the packages -----------------------------------------------------------------------------------
SOURCE_DATE_EPOCH=1795336800
export SOURCE_DATE_EPOCH
pack() { # FOLDER
    cpack -G DEB --config "$release/CPackConfig.cmake" -B "$1" >"$work/log" 2>&1 || fail "cpack: $(tail -n 20 "$work/log")"
}
pack "$work/one"
(export TZ=Pacific/Auckland LC_ALL=C.UTF-8 && pack "$work/two")
mkdir "$work/debs"
for deb in "$work"/one/*.deb; do
    cmp "$deb" "$work/two/$(basename "$deb")" || fail "expected the same bytes again: $(basename "$deb")"
    cp "$deb" "$work/debs/"
done
evpack=$(echo "$work"/debs/evpack_*.deb)
verify=$(echo "$work"/debs/evpack-verify_*.deb)
[ -f "$evpack" ] && [ -f "$verify" ] || fail "expected evpack and evpack-verify, came $(ls "$work/debs")"
for deb in "$evpack" "$verify"; do
    dpkg-deb -R "$deb" "$work/unpacked"
    grep -rlFe "$source/" -e "$release" "$work/unpacked" >"$work/told" && fail "these files name the folder they were built in: $(cat "$work/told")"
    find "$work/unpacked/usr" ! -type d -printf '%m %P\n' | grep -Ev '^(755 bin|644 share)/' >"$work/told" &&
        fail "modes and places: $(cat "$work/told")"
    find "$work/unpacked/usr" -type d ! -perm 755 | grep . && fail "expected folders of mode 0755"
    for program in "$work"/unpacked/usr/bin/*; do
        file "$program" | grep -q ', stripped' || fail "expected a stripped program: $(file "$program")"
    done
    rm -rf "$work/unpacked"
done
# What 'cmake --install' puts there, as Debian has it.
DESTDIR=$work/installed cmake --install "$release" --prefix /usr >/dev/null
(cd "$work/installed/usr" && find . -type f) | sed -e 's/^[.]//' -e 's|\(/share/man/.*\)|\1.gz|' \
    -e 's|/zsh/site-functions/|/zsh/vendor-completions/|' -e '/LICENSE$/d' | LC_ALL=C sort >"$work/want"
dpkg-deb -c "$evpack" | sed -n 's|^-.* [.]/usr||p' | grep -v changelog | LC_ALL=C sort >"$work/got"
cmp -s "$work/want" "$work/got" || fail "the .deb is not what is installed (< installed, > .deb): $(diff "$work/want" "$work/got")"
version=$(sed -n 's/^project(evpack VERSION \([0-9.]*\).*/\1/p' "$source/CMakeLists.txt")
[ "$(dpkg-deb -f "$evpack" Version)" = "$version-1" ] || fail "expected version $version-1: $(dpkg-deb -f "$evpack")"
head -n 1 "$source/src/install/changelog" | grep -qF "evpack ($version-1) " || fail "expected $version-1 first in src/install/changelog"
for library in libarchive13 libc6 libcjson1 libhpdf libsqlite3-0 libssl3 zlib1g; do
    dpkg-deb -f "$evpack" Depends | grep -q "$library" || fail "expected $library in Depends: $(dpkg-deb -f "$evpack" Depends)"
done
dpkg-deb -f "$verify" Depends | grep -Eq 'sqlite|hpdf|archive' && fail "the verifier depends on too much: $(dpkg-deb -f "$verify" Depends)"

# --- a clean Debian 12 ------------------------------------------------------------------------------
# This machine's own sources of Debian 12; without any, those that mmdebstrap knows.
apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
    grep -E ' bookworm(-updates|-security)? main$' | sort -u >"$work/sources.list" || true
set --
[ ! -s "$work/sources.list" ] || set -- "$work/sources.list"
unset SOURCE_DATE_EPOCH
mmdebstrap --mode=root --variant=apt --skip=cleanup/apt bookworm "$root" "$@" >"$work/log" 2>&1 </dev/null ||
    skip "no Debian 12 can be had here: $(tail -n 3 "$work/log")"
[ ! -f /etc/resolv.conf ] || cp -L /etc/resolv.conf "$root/etc/"
[ ! -f /etc/hosts ] || cp -L /etc/hosts "$root/etc/"
in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/nowhere DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"; }
apt_get() { in_root apt-get -y -q --no-install-recommends "$@" >"$work/log" 2>&1 || fail "apt-get $*: $(tail -n 20 "$work/log")"; }
everything() { (cd "$root" && find . -xdev ! -path './var/*' ! -path './tmp*' ! -path './proc/*' ! -path './srv*' | LC_ALL=C sort); }
everything >"$work/before"
cp "$evpack" "$verify" "$root/srv/"
mkdir "$root/srv/work"
cp -R "$source/fixtures/contoso/export" "$root/srv/work/exports"
chown -R 65534:65534 "$root/srv/work"
apt_get install "/srv/$(basename "$evpack")"

run() { # as a user with no rights
    chroot --userspec=65534:65534 "$root" env -i PATH=/usr/bin:/bin HOME=/nowhere LC_ALL=C.UTF-8 \
        sh -euc 'cd /srv/work; "$@"' sh "$@" >"$work/out" 2>"$work/err" || fail "$*: $(tail -n 5 "$work/out" "$work/err")"
}
run evpack --version
grep -qx "evpack $version" "$work/out" || fail "expected evpack $version, came $(cat "$work/out")"
run evpack collect --snapshot demo exports
run evpack map
run evpack status
run evpack report -o report
run evpack keygen key
run evpack package -o P.zip --key key/key.pem --cert key/cert.pem
run evpack verify P.zip --trust key/cert.pem
grep -q '^VERIFIED' "$work/out" || fail "expected VERIFIED, came $(cat "$work/out")"
run evpack-verify P.zip --trust key/cert.pem --json
run evpack reperform P.zip --trust key/cert.pem
grep -q '^IDENTICAL' "$work/out" || fail "expected IDENTICAL, came $(cat "$work/out")"

# The small one takes the place of the big one.
apt_get install "/srv/$(basename "$verify")"
[ ! -e "$root/usr/bin/evpack" ] || fail "expected evpack to make room for evpack-verify"
run evpack-verify P.zip --trust key/cert.pem
grep -q '^VERIFIED' "$work/out" || fail "expected VERIFIED by the small package, came $(cat "$work/out")"
apt_get purge --autoremove evpack-verify
everything >"$work/after"
LC_ALL=C comm -13 "$work/before" "$work/after" >"$work/left"
[ ! -s "$work/left" ] || fail "left after the packages were removed: $(head -n 20 "$work/left")"
find "$root/var" "$root/etc" "$root/usr" -xdev -name '*evpack*' ! -path '*/log/*' | grep . && fail "left of evpack"
ls -l "$evpack" "$verify" | awk '{ print $5 " bytes", $NF }' | sed 's|/.*/||'
