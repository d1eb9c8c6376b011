#!/bin/sh
# Counts the lines of our own code in evpack-verify: every .c file that the linker took, by its map,
# and every header of ours that these include. The embedded texts are data, not code.
#   verifier_lines.sh SOURCE BUILD          prints "LINES FILES", of .c and .h together
#   verifier_lines.sh SOURCE BUILD --list   prints "LINES FILE" for each
set -eu
source=$1
map=$2/evpack-verify.map
# libevpack_ROOM.a(FILE.c.o), or libevpack_port_NAME.a(...): the room is what comes first.
members() {
    sed -nE 's/.*libevpack_([a-z]+)[a-z_]*\.a\(([a-z0-9_]+\.c)\.o\).*/src\/\1\/\2/p' "$map" |
        grep -v '^src/verify/' # evpack_verify_data: the table of the texts, which the build makes
    echo src/cli/verify_main.c
}
headers() { # of the files on standard input
    while read -r file; do
        sed -nE 's/^#include "([^"]+)".*/src\/\1/p' "$source/$file"
    done
}
all=$(members | LC_ALL=C sort -u)
new=$all
while [ -n "$new" ]; do
    seen=$all
    all=$(printf '%s\n%s\n' "$all" "$(echo "$new" | headers)" | grep . | LC_ALL=C sort -u)
    new=$(printf '%s\n%s\n' "$all" "$seen" | LC_ALL=C sort | uniq -u)
done
cd "$source"
# shellcheck disable=SC2086 # names without spaces
if [ "${3:-}" = --list ]; then
    wc -l $all | sort -n
else
    echo "$(cat $all | wc -l) $(echo "$all" | wc -l)"
fi
