#!/bin/sh
# Measures evpack on generated exports, with what a user would otherwise run as peers, in the same run.
# Prints JSON lines; asserts nothing about time.
#
#   sh tests/bench/run.sh [ACCOUNTS [PART...]]
#
# ACCOUNTS is 100,000 unless said otherwise: 440 MB of JSON. A PART is one of
#   collect   collect, with DuckDB's read_json (npm's @duckdb/node-api, installed below TMPDIR) and jq
#   line      the same accounts in one line
#   whole     map, report, package and verify, after collect; with zip -6 of the package's own contents,
#             unpacked, and unzip -t of the package as peers
#   reports   every report by itself, after collect and map; with the sqlite3 shell writing the same
#             findings as CSV and JSON (narrower: no observed values, ids or commands) as peers
#   big       4 GB through standard input: memory must not grow
#   scopes    8,000 accounts under policies of 200 subscriptions, and half of both: collect and map
#   string    one string of 1 GB: kept, marked, in the same memory
# and without one, collect, reports and whole are run. ROUNDS=N does what has a peer N times (collect once,
# package and verify three times unless said otherwise), each time with its peers in between, so that
# a busy machine disturbs both. A ratio is that of the fastest rounds; of the medians; and of the
# processor seconds of all threads (fastest), which other programs disturb least.
#
# Wants about 4 GB below TMPDIR (big: 10 GB), and jq, zip and unzip.
set -eu
accounts=${1:-100000}
[ $# = 0 ] || shift
[ $# != 0 ] || set -- collect reports whole
parts=" $* "
cd "$(dirname "$0")/../.."
bench=$PWD/tests/bench
cmake --preset release -DBUILD_TESTING=ON >/dev/null
cmake --build --preset release --target evpack evpack-verify bench_package >/dev/null
build=$PWD/build/release
work=$(mktemp -d "${TMPDIR:-/tmp}/evpack-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
cc -O2 -o "$work/generate" tests/bench/generate.c
cc -O2 -o "$work/measure" tests/bench/measure.c
wants() { case $parts in *" $1 "*) return 0 ;; *) return 1 ;; esac; }
size() { stat -c %s "$1"; }
measure() { "$work/measure" "$@" | tee -a "$work/lines"; }
# What a step's rounds took, in ascending order: rounds STEP seconds|cpu_seconds
rounds() { sed -n "s/.*\"step\":\"$1\",.*\"$2\":\([0-9.]*\).*/\1/p" "$work/lines" | sort -n; }
fastest() { rounds "$@" | head -1; }
median() { rounds "$@" | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }
ratio() { # NAME STEP PEER
    [ -n "$(fastest "$2" seconds)" ] && [ -n "$(fastest "$3" seconds)" ] || return 0
    awk -v name="$1" -v a="$(fastest "$2" seconds)" -v b="$(fastest "$3" seconds)" \
        -v c="$(median "$2" seconds)" -v d="$(median "$3" seconds)" \
        -v e="$(fastest "$2" cpu_seconds)" -v f="$(fastest "$3" cpu_seconds)" 'BEGIN {
        printf "{\"ratio\":\"%s\",\"value\":%.2f,\"median\":%.2f,\"cpu\":%.2f}\n", name,
            a / b, c / d, e / f }'
}
cd "$work"
touch lines
mkdir exports
./generate "$accounts" >exports/accounts.json
input=$(size exports/accounts.json)
printf '{"step":"input","accounts":%s,"bytes":%s,"cores":%s}\n' "$accounts" "$input" "$(nproc)"

duckdb=
if wants collect; then
    mkdir duckdb
    cp "$bench/duckdb.mjs" duckdb/
    if (cd duckdb && npm install --no-audit --no-fund --no-save @duckdb/node-api) >npm.log 2>&1; then
        duckdb=yes
    else
        echo "no DuckDB to compare with: node and npm, with its registry, are needed" >&2
    fi
fi
round=0
while wants collect && [ "$round" -lt "${ROUNDS:-1}" ]; do
    round=$((round + 1))
    rm -f case.db peer.duckdb
    measure collect "$input" "$build/evpack" collect -c case.db exports
    [ -z "$duckdb" ] ||
        measure peer-duckdb "$input" node duckdb/duckdb.mjs exports/accounts.json peer.duckdb
done
rm -f peer.duckdb
if wants collect; then
    measure peer-jq "$input" jq -c '[.[] | {id, kind, p: .properties.publicNetworkAccess}] | length' \
        exports/accounts.json
    ratio collect/duckdb collect peer-duckdb
    ratio collect/jq collect peer-jq
fi

if wants line; then
    jq -c . exports/accounts.json >line.json
    measure collect-one-line "$(size line.json)" "$build/evpack" collect -c line.db line.json
    rm -f line.db line.json
fi

if wants big; then
    big=$((accounts * 10))
    measure collect-ten-times "$((input * 10))" sh -c \
        "./generate $big | '$build/evpack' collect -c big.db -"
    ratio collect-ten-times/collect collect-ten-times collect
    rm -f big.db
fi

if wants scopes; then
    cc -O2 -o scopes "$bench/scopes.c"
    for n in 100 200; do
        mkdir "scopes-$n"
        ./scopes "scopes-$n" $((40 * n)) "$n"
        bytes=$(du -sb "scopes-$n" | cut -f1)
        measure "collect-scopes-$n" "$bytes" "$build/evpack" collect -c scopes.db "scopes-$n"
        measure "map-scopes-$n" "$bytes" "$build/evpack" map -c scopes.db
        rm -rf scopes.db "scopes-$n"
    done
    ratio map-scopes-200/100 map-scopes-200 map-scopes-100
fi

if wants string; then
    measure collect-long-string 1000000010 sh -c "
        { printf '[{\"a\":\"'; head -c 1000000000 /dev/zero | tr '\\0' x; printf '\"}]'; } |
        '$build/evpack' collect -c string.db - 2>string.said"
    "$build/evpack" status -c string.db --json | jq -c '{step: "long-string",
        evidence: [.evidence[] | {size, completeness, reason}]}'
    rm -f string.db
fi

wants whole || wants reports || exit 0
[ -f case.db ] || measure collect "$input" "$build/evpack" collect -c case.db exports
measure map "$input" "$build/evpack" map -c case.db
ratio map/collect map collect
"$build/evpack" status -c case.db --json >status.json
jq -c '{step: "findings", findings: .findings}' status.json

# What of a finding the case's own view holds, but the whole record.
cat >peer.sql <<'END'
SELECT benchmark, control_id, published_control_id, control_title, service, feature, responsibility,
       status, raw_status, severity, reason, subject, subject_type, evidence, pointer, start, length,
       need, source, rule_id, rule_version, rule_title, claim, stated_at, decision, decided_by,
       snapshot, collected_at, evaluated_at FROM finding_row;
END
if wants reports; then
    found=$(jq '[.findings[]] | add' status.json)
    for format in pdf html json csv oscal sarif; do
        if ! "$build/evpack" report -c none.db -o none --format $format 2>&1 | grep -q none.db; then
            echo "no report $format" >&2
            continue
        fi
        measure "report-$format" "$input" "$build/evpack" report -c case.db -o "$format" \
            --format $format
        find "$format" -type f -printf '%s %f\n' | sort -rn | jq -cRn --arg format $format \
            --argjson findings "$found" '[inputs | split(" ") | {(.[1]): (.[0] | tonumber)}] | add |
            {step: "report-size", format: $format, findings: $findings, files: .}'
        rm -rf "$format"
    done
    for format in json csv; do
        measure "peer-sqlite3-$format" "$input" sh -c \
            "sqlite3 -readonly -batch -$format case.db <peer.sql >peer.out"
        ratio "report-$format/sqlite3" "report-$format" "peer-sqlite3-$format"
        rm -f peer.out
    done
fi
rm -f status.json
wants whole || exit 0
"$build/evpack" keygen key >/dev/null
round=0
while [ "$round" -lt "${ROUNDS:-3}" ]; do
    round=$((round + 1))
    rm -f evidence.zip evidence.zip.p7s peer.zip
    "$build/tests/bench/bench_package" case.db evidence.zip key/key.pem key/cert.pem | tee -a lines
    if [ "$round" = 1 ]; then
        unzip -q evidence.zip -d unpacked
        contents=$(find unpacked -type f -printf '%s\n' | awk '{ n += $1 } END { printf "%.0f", n }')
        printf '{"step":"package-size","contents":%s,"zip":%s,"files":%s}\n' "$contents" \
            "$(size evidence.zip)" "$(find unpacked -type f | wc -l)"
    fi
    measure peer-zip-6 "$contents" zip -q -6 -r peer.zip unpacked
    measure verify "$contents" "$build/evpack" verify evidence.zip --trust key/cert.pem
    measure peer-unzip-t "$contents" unzip -tq evidence.zip
    measure verify-small "$contents" "$build/evpack-verify" evidence.zip --trust key/cert.pem
done

ratio package-sealing/zip-6 package-sealing peer-zip-6
ratio package/zip-6 package peer-zip-6
ratio verify/unzip-t verify peer-unzip-t
ratio verify-small/unzip-t verify-small peer-unzip-t
