#!/bin/sh
# Peak memory on a case of 26 MB, whose findings come to 310 MB in the package: no step holds a file
# whole. The bounds are those of the design for cases of any size. Then each report by itself, on that
# case and on one twice as large: what it needs must not grow with the findings (147,000 more;
# what SQLite may keep of the case's pages is 16 MiB a cache, and not full yet in the smaller one).
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

FORMATS="pdf html json csv"
for format in oscal sarif; do # where this evpack makes them
    "$build/evpack" report -c none.db -o none --format $format 2>&1 | grep -q none.db &&
        FORMATS="$FORMATS $format"
done
each() { # ACCOUNTS: peaks of the reports of case.db
    for format in $FORMATS; do
        within 256 "$build/evpack" report -c case.db -o report --format "$format"
        echo "$kib" >"$format.$1"
        rm -rf report
    done
}
each 6000
rm -rf case.db P.zip P.zip.p7s exports
mkdir exports
./generate 12000 >exports/accounts.json
"$build/evpack" collect -c case.db exports >out 2>&1
rm -rf exports
"$build/evpack" map -c case.db >out
each 12000
for format in $FORMATS; do
    case $format in json | csv | sarif) most=4 ;; *) most=16 ;; esac # the others count all before they begin
    grown=$(($(cat "$format.12000") - $(cat "$format.6000")))
    echo "$grown KiB more for twice the findings: $format"
    [ $grown -le $((most * 1024)) ] ||
        { echo "expected at most $most MiB more for 147,000 more findings, came $grown KiB: $format"; exit 1; }
done
