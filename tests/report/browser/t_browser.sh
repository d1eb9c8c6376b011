#!/bin/sh
# report.html in a browser (Debian's chromium, driven by playwright-core, judged by axe-core; both from
# npm by the lockfile here): a package of the sample, unpacked; a tenant of hostile names; the page as
# it is outside a package. Skipped without chromium, node or npm, or where npm's registry cannot be
# reached. EVPACK_BROWSER may name a folder that has node_modules with both, which are then taken.
#   t_browser.sh SOURCE BUILD
set -eu
source=$1
evpack=$2/evpack
here=$source/tests/report/browser
skip() { echo "skipped: $*"; exit 77; }
chromium=$(command -v chromium || command -v chromium-browser) || skip "there is no chromium"
command -v node >/dev/null || skip "there is no node"
command -v unzip >/dev/null || skip "there is no unzip"
command -v jq >/dev/null || skip "there is no jq"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
modules=${EVPACK_BROWSER:-$work/npm}/node_modules
if [ -z "${EVPACK_BROWSER:-}" ]; then
    command -v npm >/dev/null || skip "there is no npm"
    mkdir "$work/npm"
    cp "$here/package.json" "$here/package-lock.json" "$work/npm"
    (cd "$work/npm" && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=0 \
        --fetch-timeout=30000 >npm.log 2>&1) || skip "npm cannot install: $(tail -n 1 "$work/npm/npm.log")"
fi
[ -r "$modules/axe-core/package.json" ] || { echo "expected an installed axe-core in $modules"; exit 1; }

SOURCE_DATE_EPOCH=1795334400
export SOURCE_DATE_EPOCH
cd "$work"
sample=$source/fixtures/contoso
"$evpack" collect -c sample.db --snapshot 2026-10 --collected-at 2026-10-20T06:00:00Z "$sample/export/prod" >said 2>&1
"$evpack" collect -c sample.db --snapshot 2026-11 --collected-at 2026-11-20T06:00:00Z \
    --engagement "$sample/engagement/engagement.json" "$sample/export" "$sample/azure" >said 2>&1
"$evpack" map -c sample.db >said
"$evpack" sample -c sample.db --control NS-2 --size 3 --seed 7 >said
"$evpack" keygen key >said
"$evpack" package -c sample.db -o sample.zip --key key/key.pem --cert key/cert.pem >said 2>&1
mkdir unpacked
unzip -q sample.zip -d unpacked
"$evpack" report -c sample.db -o capped --format html,csv --html-cap 20 >said
node "$here/hostile.js" >hostile.json
x='<img src=x onerror="window.hit=1"></script><script>window.hit=1</script>'
"$evpack" collect -c hostile.db --by "$x" --reason "$x" hostile.json >said 2>&1
"$evpack" map -c hostile.db >said
"$evpack" sample -c hostile.db --control NS-2 --size 2 --seed "$x" --by "$x" >said
"$evpack" report -c hostile.db -o hostile --format html,json >said
# A key in three spellings of a resource, and one in an archive, which is left out.
secret=$(head -c 64 /dev/urandom | base64 | tr -d '\n')
mkdir keys inner
jq --arg key "$secret" '.properties.aaaKey = $key | .tags = {"note": ("AccountKey=" + $key)}' "$sample/export/prod/lang-prod.show.json" >keys/lang.json
jq -c . keys/lang.json >keys/one-line.json
jq . keys/lang.json | iconv -t UTF-16 >keys/wide.json
jq -c --arg key "$secret" '.tags = {"note": ("AccountKey=" + $key)}' "$sample/export/prod/lang-prod.show.json" >inner/in.json
(cd inner && tar czf ../keys/archive.tar.gz in.json)
"$evpack" collect -c keys.db --snapshot one keys >said 2>&1
"$evpack" map -c keys.db >said
"$evpack" package -c keys.db -o keys.zip --key key/key.pem --cert key/cert.pem --redact --by t >said 2>&1
mkdir redacted
unzip -q keys.zip -d redacted
printf '%s' "$secret" >secret.txt
HOME=$work node "$here/drive.js" "$modules" "$chromium" "$work"
