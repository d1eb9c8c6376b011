#!/bin/sh
# An import into a case that is killed at any moment leaves the case as it was, or, once it is committed,
# with the whole import in it: nothing between. A disk that is full leaves the case as it was. The moments
# are spread over the whole import, the commit too, and differ from run to run: some kills must come
# before the case's file is written to, and some when only the journal can bring it back. What the case
# holds is compared row by row.
#
#   sh interrupt.sh SOURCE BUILD [SANITIZE [KILLS]]
set -eu
source=$1
build=$2
kills=${4:-24}
work=$(mktemp -d)
mounted=
trap '[ -z "$mounted" ] || umount "$work/small"; rm -rf "$work"' EXIT INT TERM
cd "$work"
evpack=$build/evpack
fail() { echo "$*"; exit 1; }
now() { date +%s%N; }
rows() { # every row of every table, and SQLite's own check
    sound=$(sqlite3 "$1" 'PRAGMA integrity_check')
    [ "$sound" = ok ] || fail "$2: expected a sound case, integrity_check says $sound"
    sqlite3 "$1" .dump | sha256sum
}
cc -O1 -o generate "$source/tests/bench/generate.c"
./generate 12000 >accounts.json
mkdir case
"$evpack" collect -c case/case.db --at 2026-11-22T08:00:00Z "$source/fixtures/contoso/export" \
    >/dev/null 2>&1
cp case/case.db before.db
before=$(rows before.db before)

# How long a whole import takes here, from the start to the end.
import() { exec "$evpack" collect -c case/case.db --at 2026-11-22T09:00:00Z --snapshot later accounts.json; }
begin=$(now)
(import >/dev/null 2>&1)
took=$((($(now) - begin) / 1000000))
after=$(rows case/case.db after)
[ "$after" != "$before" ] || fail "expected the import to change the case"
size=$(stat -c %s before.db)

killed=0 hot=0 done=0 whole=0 n=0
while [ $n -lt "$kills" ]; do
    n=$((n + 1))
    cp before.db case/case.db
    # Spread evenly, with a random part; the last quarter of an import is where it is written.
    part=$(od -An -N2 -tu2 /dev/urandom)
    delay=$((took * (n * 1000 + part % 1000) / ((kills + 2) * 1000)))
    import >/dev/null 2>&1 &
    pid=$!
    sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
    kill -9 $pid 2>/dev/null || true
    code=0
    wait $pid 2>/dev/null || code=$?
    if [ "$code" != 137 ]; then # it ended by itself
        done=$((done + 1))
        rm -f case/case.db-journal
        continue
    fi
    killed=$((killed + 1))
    written=1
    [ "$(stat -c %s case/case.db)" = "$size" ] && cmp -s case/case.db before.db && written=0
    # Opening rolls an unfinished transaction back.
    "$evpack" status -c case/case.db --json >status 2>err || fail "killed after $delay ms: $(cat err)"
    came=$(rows case/case.db "killed after $delay ms")
    if [ "$came" = "$after" ]; then # killed between the commit and the end
        whole=$((whole + 1))
    elif [ "$came" = "$before" ]; then
        hot=$((hot + written))
    else
        fail "killed after $delay ms: expected the case as it was or the whole import, came another"
    fi
done
echo "an import takes $took ms: killed $killed, of them $hot after the case's file was written to,"
echo "$whole after the commit; $done were done"
[ $((killed - whole)) -ge $((kills / 4)) ] || fail "expected to interrupt at least $((kills / 4)) imports"
[ "$hot" -ge 1 ] || fail "expected to kill at least one import that had written to the case's file"
[ "$(ls case)" = case.db ] || [ "$(ls case)" = "case.db
case.db-journal" ] || fail "expected nothing but the case, came: $(ls case)"
cp before.db case/case.db
rm -f case/case.db-journal
"$evpack" collect -c case/case.db --snapshot later accounts.json >/dev/null 2>err ||
    fail "expected an import to succeed after all: $(cat err)"

"$evpack" collect -c new.db accounts.json >/dev/null 2>&1 &
pid=$!
sleep 0.05
kill -9 $pid 2>/dev/null || true
wait $pid 2>/dev/null || true
"$evpack" collect -c new.db "$source/fixtures/contoso/export" >/dev/null 2>&1 ||
    fail "expected that a case can be made where one was killed"

# A disk that is full: a small one of its own where that may be mounted, else a bound on a file's size.
full() { # FOLDER WORDS COMMAND...: the import fails, names the case, and leaves it
    folder=$1 words=$2
    shift 2
    code=0
    "$@" "$evpack" collect -c "$folder/case.db" --snapshot later accounts.json >/dev/null 2>err || code=$?
    [ "$code" = 2 ] || fail "a full disk: expected exit code 2, came $code: $(cat err)"
    grep -q "$folder/case.db: SQLite: $words" err || fail "a full disk: expected '$words', came: $(cat err)"
    [ "$(rows "$folder/case.db" "a full disk")" = "$before" ] || fail "a full disk: expected the case as it was"
    [ "$(ls "$folder")" = case.db ] || fail "a full disk: expected nothing but the case, came: $(ls "$folder")"
    code=0
    "$@" "$evpack" collect -c "$folder/new.db" accounts.json >/dev/null 2>err || code=$?
    [ "$code" = 2 ] || fail "a full disk: expected exit code 2 for a new case, came $code: $(cat err)"
    [ "$(ls "$folder")" = case.db ] || fail "a full disk: expected no new case, came: $(ls "$folder")"
}
mkdir small
if mount -t tmpfs -o size=8m evpack-small "$work/small" 2>/dev/null; then
    mounted=yes
    cp before.db small/case.db
    full small "database or disk is full" env
else
    echo "no small disk can be mounted here: only a bound on the size of files is tried"
fi
mkdir bounded
cp before.db bounded/case.db
# The shell's unit is 512 bytes; SIGXFSZ is ignored, so that writing fails as on a full disk.
full bounded "disk I/O error\|database or disk is full" sh -c 'trap "" XFSZ; ulimit -f 16384; exec "$@"' sh
