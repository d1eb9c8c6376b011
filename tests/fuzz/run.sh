#!/bin/sh
# Builds every fuzz target with clang and runs it for a while on its corpus. Prints one line a target:
# how many inputs were run, how much of the program they reached, what was found. Exits 1 when one
# found something: the input stands in build/fuzz/found/, and belongs into the corpus once mended.
#
#   sh tests/fuzz/run.sh [SECONDS] [TARGET...]      600 seconds each; all of tests/fuzz/fuzz_*.c
#
# JOBS=N runs N targets at once (as many as there are cores unless said otherwise).
set -eu
case ${1:-} in
--one) ;;
'' | *[!0-9]*) set -- 600 "$@" ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/fuzz

one() { # SECONDS TARGET: what it keeps and finds goes into folders of its own
    name=$2
    kept=$build/kept/$name
    found=$build/found/$name
    log=$build/found/$name.log
    rm -rf "$found"
    mkdir -p "$kept" "$found"
    set -- -max_total_time="$1" -max_len=16384 -timeout=20 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$found/"
    # What reads documents gets their words, and the fixtures as seeds.
    if grep -q '"collect/' "$here/fuzz_$name.c"; then
        set -- "$@" -dict="$here/json.dict"
    fi
    if grep -q '"seal/verify_private' "$here/fuzz_$name.c"; then
        set -- "$@" -dict="$here/zip.dict"
    fi
    if grep -q -E '"(seal/(bag|anybag|custody)|base/member)' "$here/fuzz_$name.c"; then
        set -- "$@" -dict="$here/bag.dict" -use_value_profile=1
    fi
    set -- "$@" "$kept" "$here/corpus/$name"
    if [ "$name" = document ]; then
        for more in odd contoso; do
            [ ! -d "$root/fixtures/$more" ] || set -- "$@" "$root/fixtures/$more"
        done
    fi
    code=0
    ASAN_OPTIONS=detect_leaks=1 "$build/tests/fuzz/fuzz_$name" "$@" >"$log" 2>&1 || code=$?
    findings=$(find "$found" -type f | wc -l)
    awk -v name="$name" -v code="$code" -v findings="$findings" '
        / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
        /^stat::number_of_executed_units/ { runs = $2 }
        /^stat::average_exec_per_sec/ { rate = $2 }
        /^stat::peak_rss_mb/ { rss = $2 }
        END { printf "%-10s %10d runs, %6d a second, %5d edges reached, %4d MiB, findings: %d%s\n",
              name, runs, rate, cov, rss, findings, code != 0 ? " (exit " code ")" : "" }' "$log"
    if [ "$code" != 0 ] || [ "$findings" != 0 ]; then
        grep -m 3 -E 'ERROR|SUMMARY|expected' "$log" | sed 's/^/    /'
        return 1
    fi
}
if [ "${1:-}" = --one ]; then
    one "$2" "$3"
    exit
fi

command -v clang >/dev/null || { echo "fuzzing needs clang"; exit 2; }
seconds=$1
shift
if [ $# = 0 ]; then
    for source in "$here"/fuzz_*.c; do
        name=$(basename "$source" .c)
        set -- "$@" "${name#fuzz_}"
    done
fi
cd "$root"
cmake --preset fuzz >/dev/null
for name; do
    [ -f "$here/fuzz_$name.c" ] || { echo "there is no tests/fuzz/fuzz_$name.c"; exit 2; }
    cmake --build --preset fuzz --target "fuzz_$name" >/dev/null || exit 2
done
# xargs says 123 when one of them failed.
printf '%s\n' "$@" | xargs -n 1 -P "${JOBS:-$(nproc)}" sh "$here/run.sh" --one "$seconds" || exit 1
