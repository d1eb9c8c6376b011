#!/bin/sh
# Measures collect, map, package and verify on a generated export, with what a user would otherwise
# run as peers, in the same run. Prints JSON lines; asserts nothing about time.
#
#   sh tests/bench/run.sh [ACCOUNTS]      100,000 accounts unless said otherwise: 440 MB of JSON
#
# Wants about 4 GB below TMPDIR, and jq, zip and unzip.
set -eu
accounts=${1:-100000}
cd "$(dirname "$0")/../.."
cmake --preset release -DBUILD_TESTING=OFF >/dev/null
cmake --build --preset release >/dev/null
build=$PWD/build/release
work=$(mktemp -d "${TMPDIR:-/tmp}/evpack-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
cc -O2 -o "$work/generate" tests/bench/generate.c
cc -O2 -o "$work/measure" tests/bench/measure.c
size() { stat -c %s "$1"; }
number() { sed -n "s/.*\"step\":\"$1\",\"seconds\":\([0-9.]*\).*/\1/p" "$work/lines"; }
measure() { "$work/measure" "$@" | tee -a "$work/lines"; }
cd "$work"

mkdir exports
./generate "$accounts" >exports/accounts.json
input=$(size exports/accounts.json)
printf '{"step":"input","accounts":%s,"bytes":%s,"cores":%s}\n' "$accounts" "$input" "$(nproc)"

measure collect "$input" "$build/evpack" collect -c case.db exports
measure peer-jq "$input" jq -c '[.[] | {id, kind, p: .properties.publicNetworkAccess}] | length' \
    exports/accounts.json
measure map "$input" "$build/evpack" map -c case.db
"$build/evpack" status -c case.db --json | jq -c '{step: "findings", findings: .findings}'

"$build/evpack" keygen key >/dev/null
measure report "$input" "$build/evpack" report -c case.db -o reports --format pdf,html,csv,json
measure package "$input" "$build/evpack" package -c case.db -o evidence.zip --key key/key.pem \
    --cert key/cert.pem
unzip -q evidence.zip -d unpacked
contents=$(du -sb unpacked | cut -f1)
packed=$(size evidence.zip)
printf '{"step":"package-size","contents":%s,"zip":%s}\n' "$contents" "$packed"
measure peer-zip-6 "$contents" zip -q -6 -r peer.zip unpacked
measure verify "$contents" "$build/evpack" verify evidence.zip --trust key/cert.pem
measure verify-small "$contents" "$build/evpack-verify" evidence.zip --trust key/cert.pem
measure peer-unzip-t "$contents" unzip -tq evidence.zip

ratio() { # NAME STEP PEER [MINUS]
    awk -v name="$1" -v a="$(number "$2")" -v b="$(number "$3")" -v c="${4:-0}" 'BEGIN {
        printf "{\"ratio\":\"%s\",\"value\":%.2f}\n", name, (a - c) / b }'
}
ratio collect/jq collect peer-jq
ratio map/collect map collect
ratio package/zip-6 package peer-zip-6
ratio package-less-reports/zip-6 package peer-zip-6 "$(number report)"
ratio verify/unzip-t verify peer-unzip-t
