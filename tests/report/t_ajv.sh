#!/bin/sh
# The reports for programs against judges of another make (ajv, from npm by the lockfile in ajv/):
# findings.json against its own schema, which refuses what is wrong; OSCAL and SARIF against the
# official schemas, where they are: EVPACK_SCHEMAS, else ../shared/data/schemas beside the project. And
# ajv/judge.js, a reader that shares nothing with the writers, follows every reference, compares each
# finding in all three, and holds each hash against the file in the unpacked package. Cases: the sample
# tenant with its engagement and Azure's own results in two snapshots, as files and in a package with
# redactions; the odd files; names that want to be markup; a case without any record. Skipped without
# node, or where npm's registry cannot be reached.
#   t_ajv.sh SOURCE BUILD
set -eu
source=$1
evpack=$2/evpack
skip() { echo "skipped: $*"; exit 77; }
command -v node >/dev/null || skip "there is no node"
command -v npm >/dev/null || skip "there is no npm"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
mkdir "$work/npm"
cp "$source/tests/report/ajv/package.json" "$source/tests/report/ajv/package-lock.json" "$work/npm"
(cd "$work/npm" && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=0 \
    --fetch-timeout=30000 >npm.log 2>&1) || skip "npm cannot install ajv: $(tail -n 1 "$work/npm/npm.log")"
schemas=${EVPACK_SCHEMAS:-$source/../shared/data/schemas}
if [ ! -r "$schemas/oscal_assessment-results_schema.json" ]; then
    echo "the official schemas are not there (EVPACK_SCHEMAS): only references and numbers are checked"
    schemas=
fi
cd "$work"
SOURCE_DATE_EPOCH=1795334400
export SOURCE_DATE_EPOCH
run() { "$@" >said 2>&1 || { echo "failed: $*"; cat said; exit 1; }; }
sample=$source/fixtures/contoso
report() {
    run "$evpack" map -c "$1.db"
    run "$evpack" report -c "$1.db" -o "$1" --format json,oscal,sarif
}

run "$evpack" collect -c tenant.db --snapshot 2026-10 --collected-at 2026-10-20T06:00:00Z "$sample/export/prod"
run "$evpack" collect -c tenant.db --snapshot 2026-11 --collected-at 2026-11-20T06:00:00Z \
    --engagement "$sample/engagement/engagement.json" "$sample/export" "$sample/azure"
report tenant

mkdir names
cat >names/accounts.json <<'END'
[{"id": "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/r_g [x](http://y) <b>/providers/Microsoft.CognitiveServices/accounts/a*b*_c_`d`‮\u0007\n# e ",
  "name": "a*b*_c_`d`\u202e\u0007\n# e ", "kind": "OpenAI", "type": "Microsoft.CognitiveServices/accounts",
  "properties": {"publicNetworkAccess": "**Disabled** ]( <script>\\", "disableLocalAuth": "\"{0}\"", "networkAcls": null}},
 {"id": "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/ü~ñ&amp;",
  "name": "ü~ñ&amp;", "kind": "OpenAI", "type": "Microsoft.CognitiveServices/accounts",
  "properties": {"publicNetworkAccess": "ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé"}}]
END
cp names/accounts.json "names/a b_[c](d).json"
run "$evpack" collect -c names.db names
report names
run "$evpack" collect -c odd.db "$source/fixtures/odd"
report odd
run "$evpack" collect -c nothing.db "$source/fixtures/odd/empty.json"
report nothing

cp -R "$sample/export" export
printf '[{"keyName":"key1","permissions":"FULL","value":"%s"}]\n' "$(openssl rand -base64 64 | tr -d '\n')" >export/keys.json
(cd export && printf '{"key1":"%s"}' "$(openssl rand -hex 16)" >k.json && tar -czf k.tgz k.json && rm k.json)
run "$evpack" collect -c package.db --collected-at 2026-11-20T06:00:00Z \
    --engagement "$sample/engagement/engagement.json" export
run "$evpack" map -c package.db
run "$evpack" keygen key
run "$evpack" package -c package.db -o P.zip --redact --key key/key.pem --cert key/cert.pem --at "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
mkdir unpacked
run unzip -q P.zip -d unpacked
bag=$(echo "$work"/unpacked/evpack-*)
[ ! -e "$bag/data/findings.sarif" ] || { echo "expected no SARIF in a package"; exit 1; }
node "$source/tests/report/ajv/judge.js" "$work/npm/node_modules" "$source" "$schemas" tenant names odd nothing \
    "$bag/data=$bag" | tee told
grep -q '"copies":[1-9]' told || { echo "expected a redacted copy in the package"; exit 1; }
