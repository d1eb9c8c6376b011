#!/bin/sh
# Keeps tests/layers.txt: which room includes which, which library belongs to which file, that every
# source file has its test, and that none is too long. Prints each breach; exits 1 when there is one.
#
#   sh tests/layers.sh ROOT              the tree to check
#   sh tests/layers.sh --self-test       makes small trees with one fault each, and wants each found
set -eu
rules=$(cd "$(dirname "$0")" && pwd)/layers.txt

check() { # ROOT
    find "$1/src" -name '*.[ch]' | LC_ALL=C sort | while read -r file; do
        path=${file#"$1"/}
        printf 'file %s %s\n' "$path" "$(wc -l <"$file")"
        sed -nE 's/^#include "([^"]+)".*/own \1/p; s/^#include <([^>]+)>.*/sys \1/p' "$file"
        room=$(echo "$path" | cut -d/ -f2)
        base=$(basename "$path" .c)
        case $path in
        *.c) [ -f "$1/tests/$room/t_$base.c" ] || printf 'untested %s\n' "$room" ;;
        esac
    done | awk -v rules="$rules" '
        BEGIN {
            while ((getline line < rules) > 0) {
                if (line ~ /^#/ || line == "") continue
                split(line, half, ":")
                split(half[1], head, " ")
                if (head[1] == "lines") most = head[2]
                else if (head[1] == "untested") exempt[head[2]] = 1
                else { kinds[head[1], head[2]] = " " half[2] " "; if (head[1] != "room") names[++n] = head[1] " " head[2] }
            }
        }
        function wrong(what) { print path ": " what; bad = 1 }
        $1 == "file" {
            path = $2; split(path, part, "/"); room = part[2]
            if (!(("room", room) in kinds) && part[3] != "") wrong("expected a room that layers.txt knows, came " room)
            if ($3 > most) wrong("expected at most " most " lines, came " $3)
        }
        $1 == "untested" && !($2 in exempt) { wrong("expected a test of its own in tests/" $2) }
        $1 == "own" {
            split($2, to, "/")
            if (index($2, "/") && to[1] != room && !index(kinds["room", room], " " to[1] " "))
                wrong("the room " room " may not include " $2)
        }
        $1 == "own" || $1 == "sys" {
            for (i = 1; i <= n; i++) {
                split(names[i], rule, " ")
                if (index($2, rule[2]) == 1 && (rule[1] == "library") == ($1 == "sys") &&
                    !index(kinds[rule[1], rule[2]], " " path " "))
                    wrong("only" kinds[rule[1], rule[2]] "may include " $2)
            }
        }
        END { exit bad }'
}

# A tree with one file; the check must say WORDS, or nothing when they are empty.
try() { # NAME WORDS PATH TEXT
    tree=$work/$1
    mkdir -p "$tree/src" "$tree/tests/$(echo "$3" | cut -d/ -f2)" "$tree/$(dirname "$3")"
    printf '%s\n' "$4" >"$tree/$3"
    [ "$1" = no-test ] || touch "$tree/tests/$(echo "$3" | cut -d/ -f2)/t_$(basename "$3")"
    said=$(check "$tree") && code=0 || code=1
    if [ -z "$2" ]; then
        [ "$code" = 0 ] || { echo "$1: expected no breach, came: $said"; exit 1; }
    else
        case "$code $said" in
        "1 "*"$2"*) ;;
        *) echo "$1: expected a breach with '$2', came: $said"; exit 1 ;;
        esac
    fi
}

if [ "${1:-}" = --self-test ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT INT TERM
    try good "" src/map/a.c '#include "store/store.h"'
    try own "" src/map/a.c '#include "map/a.h"'
    try upward "may not include" src/base/a.c '#include "store/store.h"'
    try sideways "may not include" src/map/a.c '#include "collect/collect.h"'
    try sealed "may not include" src/seal/a.c '#include "store/store.h"'
    try library "may include sqlite3.h" src/store/a.c '#include <sqlite3.h>'
    try library-home "" src/port/db.c '#include <sqlite3.h>'
    try private "may include port/pki_private.h" src/seal/a.c '#include "port/pki_private.h"'
    try no-test "expected a test of its own" src/map/a.c 'int a;'
    try stranger "a room that layers.txt knows" src/attic/a.c 'int a;'
    try long "expected at most" src/map/a.c "$(yes '' | head -n 601 | tr '\n' '~' | sed 's/~/x\n/g')"
    exit 0
fi
check "${1:?usage: sh tests/layers.sh ROOT}"
