#!/bin/sh
# An import that is killed at any moment leaves the case as it was: the same status, a sound file;
# and a case that was not there stays away, or is empty enough to be made anew.
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
evpack=$build/evpack
fail() { echo "$*"; exit 1; }
cc -O1 -o generate "$source/tests/bench/generate.c"
./generate 12000 >accounts.json
"$evpack" collect -c case.db --at 2026-11-22T08:00:00Z "$source/fixtures/contoso/export" >/dev/null 2>&1
"$evpack" status -c case.db --json >before
killed=0
for delay in 0.01 0.03 0.06 0.1 0.15 0.2 0.25 0.3 0.4 0.5; do
    "$evpack" collect -c case.db --snapshot "later-$delay" accounts.json >/dev/null 2>&1 &
    pid=$!
    sleep "$delay"
    kill -9 $pid 2>/dev/null && killed=$((killed + 1))
    code=0
    wait $pid 2>/dev/null || code=$?
    [ "$code" = 137 ] || break # it ended by itself: later ones will too
    # Opening rolls an unfinished transaction back.
    "$evpack" status -c case.db --json >after 2>err || fail "after $delay s: $(cat err)"
    cmp -s before after || fail "killed after $delay s: expected the case as it was, came another"
done
[ "$killed" -ge 2 ] || fail "expected to kill at least two imports, killed $killed"
sound=$(sqlite3 case.db 'PRAGMA integrity_check')
[ "$sound" = ok ] || fail "expected a sound case, integrity_check says $sound"

"$evpack" collect -c new.db accounts.json >/dev/null 2>&1 &
pid=$!
sleep 0.05
kill -9 $pid 2>/dev/null || true
wait $pid 2>/dev/null || true
"$evpack" collect -c new.db "$source/fixtures/contoso/export" >/dev/null 2>&1 ||
    fail "expected that a case can be made where one was killed"
