#!/bin/sh
# Runs the README's commands: every ```sh block but the first (the two commands, which build and
# test: whole/demo runs one of them, and this is the other), in order, as one shell would, in a
# folder that holds exports/ and audit/ as the README says.
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
awk '/^```sh$/ { block++; take = block > 1; next } /^```/ { take = 0 } take' "$source/README.md" \
    >"$work/commands"
lines=$(grep -c . "$work/commands")
[ "$lines" -ge 10 ] || { echo "expected 10 or more command lines in the README, came $lines"; exit 1; }
for script in fixtures/demo.sh tests/run.sh; do
    grep -q "^sh $script" "$source/README.md" || { echo "the README does not name sh $script"; exit 1; }
    [ -f "$source/$script" ] || { echo "expected $script, which the README names"; exit 1; }
done
# Pictures and pages that the README links to.
sed -n 's/.*](\([^)#:]*\)).*/\1/p' "$source/README.md" | while read -r link; do
    [ -e "$source/$link" ] || { echo "the README links to $link, which is not there"; exit 1; }
done
mkdir "$work/home"
cp -R "$source/fixtures/contoso/export" "$work/home/exports"
cp -R "$source/fixtures/contoso/engagement" "$work/home/audit"
cd "$work/home"
PATH=$build:$PATH
export PATH
sh -eux "$work/commands" >"$work/out" 2>"$work/err" || {
    echo "a command of the README failed; its output ends so:"
    tail -n 5 "$work/out"
    tail -n 5 "$work/err"
    exit 1
}
grep -q '^VERIFIED' "$work/out" || { echo "expected VERIFIED from evpack verify"; exit 1; }
grep -Eq '^[0-9]+\|(pass|fail|manual|unknown)\|' "$work/out" || {
    echo "expected rows from the rule in the sqlite3 shell; the output ends so:"
    tail -n 5 "$work/out"
    exit 1
}
