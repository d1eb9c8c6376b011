#!/bin/sh
# make.sh TABLES OUT: makes OUT/services/SLUG.json and OUT/baseline-resolutions.json from the
# published tables in the folder TABLES (service-baselines.csv, service-profiles.csv,
# baseline-features.csv, mcsb-v1-controls.csv, ai-baselines.csv, ai-baselines-vs-workbook.csv) and
# from services.tsv beside this script. Not needed for a build: it was run once, what it made is in
# the tree, and a test runs it again and compares. Leaves the two AI baselines alone: they follow
# newer pages. Wants sqlite3 and awk.
set -eu
tables=${1:?usage: make.sh TABLES OUT}
out=${2:?usage: make.sh TABLES OUT}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out/services"
for table in service-baselines service-profiles baseline-features mcsb-v1-controls ai-baselines \
    ai-baselines-vs-workbook; do
    test -r "$tables/$table.csv" || { echo "make.sh: no $tables/$table.csv" >&2; exit 2; }
    printf '.import --csv "%s" "%s"\n' "$tables/$table.csv" "$table"
done >"$work/import"
grep -v '^#' "$here/services.tsv" >"$work/services.tsv"
{
    cat "$work/import"
    cat <<END
CREATE TABLE service(service_slug, types, subjects, why);
.mode tabs
.import "$work/services.tsv" service
.mode list
.separator "\t"
CREATE TABLE published AS SELECT *, CAST(source_row AS INTEGER) AS row FROM "service-baselines";
CREATE TABLE profile AS SELECT * FROM "service-profiles";
CREATE TABLE meant AS SELECT feature_name, baseline_control_id AS published,
    semantically_correct_mcsb_v1_id AS mcsb FROM "baseline-features";
CREATE TABLE control AS SELECT control_id, title FROM "mcsb-v1-controls";
CREATE TABLE page AS SELECT * FROM "ai-baselines" WHERE record_type = 'feature';
CREATE TABLE difference AS SELECT service_slug, control_id, feature_or_attribute AS feature, field,
    published_page_value AS page, workbook_value AS workbook FROM "ai-baselines-vs-workbook";
END
    cat "$here/make.sql"
} | sqlite3 -batch -bail :memory: >"$work/lines"
awk -F '\t' -v out="$out" -v rules="$here/resolutions.head" '
    $0 !~ /^(services\/[a-z0-9-]+\.json|resolutions)\t/ { print >> file; next }
    { path = $1 == "resolutions" ? out "/baseline-resolutions.json" : out "/" $1
      if (path != file) {
          if (file != "") close(file)
          file = path
          printf "" > file
          if ($1 == "resolutions") while ((getline line < rules) > 0) print line > file }
      print substr($0, length($1) + 2) >> file }
    END { if (file != "") close(file) }' "$work/lines"
printf '  ]\n}\n' >>"$out/baseline-resolutions.json"
