#!/bin/sh
# Every number that a report states is the case's: numbers/truth.sql counts it again from the case's
# tables, and numbers/check.py compares it with the PDF's text, the data of report.html, the JSON,
# CSV, OSCAL and SARIF files and `status --json`. Twice: a tenant of two snapshots with an engagement and with Azure's
# own results; and accounts that are more than the caps. Then it changes one number after another in
# copies, and wants each change seen.
set -eu
root=$1
evpack=$2/evpack
for tool in python3 sqlite3 pdftotext; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not there"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
SOURCE_DATE_EPOCH=1795334400
PYTHONDONTWRITEBYTECODE=1
export SOURCE_DATE_EPOCH PYTHONDONTWRITEBYTECODE
cd "$work"
sample=$root/fixtures/contoso
check() { # CASE OPTION...: compares FOLDER of that name
    name=$1
    shift
    python3 "$root/tests/whole/numbers/check.py" "$name.db" "$name" "$root/reports/summary.en.json" "$@"
}
report() { # CASE OPTION...
    name=$1
    shift
    "$evpack" report -c "$name.db" -o "$name" --format pdf,html,json,csv,oscal,sarif "$@" >said
    "$evpack" status -c "$name.db" --json >"$name/status.json"
    pdftotext -layout "$name/summary.pdf" "$name/summary.txt"
    pdftotext -raw "$name/summary.pdf" "$name/summary.raw.txt"
}

"$evpack" collect -c tenant.db --snapshot 2026-10 --collected-at 2026-10-20T06:00:00Z \
    "$sample/export/prod" >said 2>&1
"$evpack" collect -c tenant.db --snapshot 2026-11 --collected-at 2026-11-20T06:00:00Z \
    --engagement "$sample/engagement/engagement.json" "$sample/export" "$sample/azure" >said 2>&1
"$evpack" map -c tenant.db >said 2>&1
"$evpack" sample -c tenant.db --control NS-2 --size 8 --seed 7 >said
report tenant
check tenant

cc -O2 -o generate "$root/tests/bench/generate.c"
./generate 60 >accounts.json
"$evpack" collect -c many.db accounts.json >said 2>&1
"$evpack" map -c many.db >said 2>&1
report many --cap 5 --html-cap 200
check many --html-cap 200

check tenant --selftest
