#!/bin/sh
# The schemas and our validator against an independent one (ajv, from npm): on the mapping as it is,
# and on files of every kind with one thing changed, both must give the same answer for each file.
# EVPACK_AJV names the folder of an installed ajv 8 (…/node_modules/ajv); skipped without.
#   t_ajv.sh SOURCE BUILD
set -eu
source=$1
evpack=$2/evpack
if [ -z "${EVPACK_AJV:-}" ] || [ ! -r "$EVPACK_AJV/package.json" ] || ! command -v node >/dev/null; then
    echo "skipped: EVPACK_AJV names no installed ajv, or there is no node"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node "$source/tests/map/ajv.js" "$EVPACK_AJV" "$source" "$evpack" "$work"
