#!/bin/sh
# Peak memory on a case of 26 MB, whose findings come to 310 MB in the package: no step holds a file
# whole. The bounds are those of the design for cases of any size.
set -eu
source=$1
build=$2
[ -x /usr/bin/time ] || { echo "skipped: /usr/bin/time is not there"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
within() { # MIB COMMAND...
    bound=$1
    shift
    /usr/bin/time -f %M -o memory "$@" >out 2>&1 || { echo "failed: $* ($(cat out))"; exit 1; }
    kib=$(tail -1 memory)
    echo "$((kib / 1024)) MiB of $bound: $(basename "$1") $2"
    [ "$kib" -le $((bound * 1024)) ] ||
        { echo "expected at most $bound MiB, came $kib KiB: $*"; exit 1; }
}
cc -O2 -o generate "$source/tests/bench/generate.c"
mkdir exports
./generate 6000 >exports/accounts.json
within 64 "$build/evpack" collect -c case.db exports
rm -rf exports
"$build/evpack" map -c case.db >out
"$build/evpack" keygen key >out
within 128 "$build/evpack" package -c case.db -o P.zip --key key/key.pem --cert key/cert.pem
within 32 "$build/evpack" verify P.zip --trust key/cert.pem
within 32 "$build/evpack-verify" P.zip --trust key/cert.pem
