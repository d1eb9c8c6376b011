#!/bin/sh
# The schemas and our validator against an independent one (ajv, from npm by the lockfile in ajv/): on
# the mapping as it is, and on files of every kind with one thing changed, both must give the same
# answer for each file. EVPACK_AJV may name the folder of an installed ajv 8 (…/node_modules/ajv), which
# is then taken. Skipped without node, or where npm's registry cannot be reached.
#   t_ajv.sh SOURCE BUILD
set -eu
source=$1
evpack=$2/evpack
skip() { echo "skipped: $*"; exit 77; }
command -v node >/dev/null || skip "there is no node"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
ajv=${EVPACK_AJV:-$work/npm/node_modules/ajv}
if [ -z "${EVPACK_AJV:-}" ]; then
    command -v npm >/dev/null || skip "there is no npm"
    mkdir "$work/npm"
    cp "$source/tests/map/ajv/package.json" "$source/tests/map/ajv/package-lock.json" "$work/npm"
    (cd "$work/npm" && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=0 \
        --fetch-timeout=30000 >npm.log 2>&1) || skip "npm cannot install ajv: $(tail -n 1 "$work/npm/npm.log")"
fi
[ -r "$ajv/package.json" ] || { echo "expected an installed ajv in $ajv"; exit 1; }
mkdir "$work/files"
node "$source/tests/map/ajv/judge.js" "$ajv" "$source" "$evpack" "$work/files"
