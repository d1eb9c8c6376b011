#!/bin/sh
# The same exports, mapping and --at give the same findings.json, byte by byte: mapped twice, and in
# another locale and time zone. Collected in another order, its ids and statuses are the same. For
# the sample tenant, and for all real exports (EVPACK_CORPUS, else ../shared/data/corpus seen from
# the project) where they are to be had.
set -eu
root=$1
evpack=$2/evpack
corpus=${EVPACK_CORPUS:-$(dirname "$0")/../../../shared/data/corpus}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
at=2026-11-22T08:00:00Z
failed=0
complain() { echo "$*" >&2; failed=1; }

# collect FOLDER CASE LIST...: the lists of files below it, one after the other, all in one snapshot.
collect() {
    from=$1 into=$work/$2
    shift 2
    for list in "$@"; do
        (cd "$from" && xargs "$evpack" collect -c "$into" --snapshot one <"$work/$list") >/dev/null 2>&1
    done
}
# findings CASE OUT: maps, and OUT is its findings.json.
findings() {
    "$evpack" map -c "$work/$1" --at $at >/dev/null
    "$evpack" report -c "$work/$1" -o "$work/dir" --format json --at $at >/dev/null
    mv "$work/dir/findings.json" "$work/$2"
}
ids() {
    jq -c '[.findings[] | {id, status}] | sort_by(.id) | .[]' "$work/$1"
}

# The findings of the exports below a folder, again and again. No name has a space.
try() { # FOLDER AT_LEAST
    (cd "$1" && find . -type f | sed 's,^\./,,' | LC_ALL=C sort) >"$work/all"
    half=$(($(wc -l <"$work/all") / 2))
    head -n $half "$work/all" >"$work/first"
    tail -n +$((half + 1)) "$work/all" >"$work/second"
    rm -f "$work"/*.db "$work"/*.db-*
    collect "$1" case.db all
    findings case.db once
    findings case.db again
    cmp "$work/once" "$work/again" || complain "$1: a second map gives other findings"
    other=$(locale -a 2>/dev/null | grep -Eiv '^(C|POSIX)' | head -n 1)
    (
        export LC_ALL="${other:-tr_TR.UTF-8}" TZ=Pacific/Kiritimati
        collect "$1" elsewhere.db all
        findings elsewhere.db elsewhere
    )
    cmp "$work/once" "$work/elsewhere" || complain "$1: another locale and time zone give other findings"
    collect "$1" late.db second first
    findings late.db late
    ids once >"$work/once.ids"
    ids late >"$work/late.ids"
    cmp "$work/once.ids" "$work/late.ids" || {
        complain "$1: files in another order give other ids or statuses:"
        diff "$work/once.ids" "$work/late.ids" | head -n 10 >&2
    }
    count=$(wc -l <"$work/once.ids")
    [ "$count" -ge "$2" ] || complain "$1: expected at least $2 findings, came $count"
    [ "$(jq -r .id "$work/once.ids" | sort | uniq -d | wc -l)" = 0 ] || complain "$1: two findings have one id"
    echo "$1: $count findings, the same each time"
}
try "$root/fixtures/contoso/export" 400
if [ -r "$corpus/PROVENANCE.csv" ]; then
    try "$corpus" 10000
else
    echo "no real exports: EVPACK_CORPUS names no folder with PROVENANCE.csv"
fi
exit $failed
