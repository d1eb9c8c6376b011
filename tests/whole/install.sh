#!/bin/sh
# 'cmake --install' to a DESTDIR: exactly these files, with their modes whatever the umask is (folders
# are CMake's, and follow it); and the programs run from there, from export to verified package,
# without opening one file of the source or the build.
#
#   install.sh SOURCE BUILD
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
fail() { echo "$*"; exit 1; }

(umask 077 && DESTDIR=$work/root cmake --install "$build" --prefix /opt/evpack) >log || fail "$(cat log)"
pages=$(ls "$source"/src/cli/man/)
{
    printf '755 bin/%s\n' evpack evpack-verify
    for page in $pages; do echo "644 share/man/man1/$page"; done
    printf '644 share/%s\n' man/man5/evpack-package.5 bash-completion/completions/evpack \
        bash-completion/completions/evpack-verify zsh/site-functions/_evpack \
        doc/evpack/README.md doc/evpack/LICENSE doc/evpack/copyright
} | LC_ALL=C sort >want
(cd root/opt/evpack && find . ! -type d -printf '%m %P\n') | LC_ALL=C sort >got
cmp -s want got || fail "installed (< expected, > came): $(diff want got)"
[ "$(ls -A root) $(ls -A root/opt)" = "opt evpack" ] || fail "expected nothing beside /opt/evpack: $(find root -maxdepth 2)"
cmp -s "$build/completion/_evpack" root/opt/evpack/share/zsh/site-functions/_evpack || fail "another completion was installed"

# The verifier alone.
(umask 077 && DESTDIR=$work/small cmake --install "$build" --prefix /usr --component verify) >log || fail "$(cat log)"
cat >want <<'END'
755 bin/evpack-verify
644 share/bash-completion/completions/evpack-verify
644 share/man/man1/evpack-verify.1
644 share/man/man5/evpack-package.5
644 share/zsh/site-functions/_evpack
END
(cd small/usr && find . ! -type d -printf '%m %P\n') | LC_ALL=C sort -k 2 >got
cmp -s want got || fail "installed of the verifier alone (< expected, > came): $(diff want got)"

# Somewhere else, as one would run it.
mv root/opt/evpack moved
cp -R "$source/fixtures/contoso/export" exports
cat >all.sh <<'SH'
set -eu
evpack collect --snapshot demo exports
evpack map
evpack status
evpack report -o report
evpack keygen key
evpack package -o P.zip --key key/key.pem --cert key/cert.pem
evpack verify P.zip --trust key/cert.pem
evpack-verify P.zip --trust key/cert.pem
evpack help package
SH
command -v strace >/dev/null || fail "strace is needed (see tests/packages.sh)"
env -i PATH="$work/moved/bin:/usr/bin:/bin" LC_ALL=C.UTF-8 strace -f -qq -e trace=open,openat,openat2,stat,newfstatat,readlink,access,execve -o calls \
    sh all.sh >out 2>err || fail "installed, it failed: $(tail -n 5 out err)"
[ "$(grep -c '^VERIFIED' out)" = 2 ] || fail "expected VERIFIED twice, came $(cat out)"
grep -Fe "\"$source/" -e "\"$build/" calls | head -n 5 >told
[ ! -s told ] || fail "installed, it looks into the source or the build: $(cat told)"
grep -q 'moved/bin/evpack' calls || fail "expected the calls of the installed program, came $(head -n 3 calls)"
