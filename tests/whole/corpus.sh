#!/bin/sh
# A case made from all real exports, for who has them: EVPACK_CORPUS (else ../shared/data/corpus,
# seen from the project) is the folder with PROVENANCE.csv. Counts, with SQL of its own over the
# case's raw tables and the mapping's files, that every file is evidence, that every record is
# assessed, supporting evidence, not covered or scoped out, and that every resource has a finding for
# each feature of its baseline; and compares with what `status --json` says.
set -eu
root=$1
evpack=$2/evpack
corpus=${EVPACK_CORPUS:-$(dirname "$0")/../../../shared/data/corpus}
if [ ! -r "$corpus/PROVENANCE.csv" ]; then
    echo "skipped: EVPACK_CORPUS names no folder with PROVENANCE.csv"
    exit 77
fi
corpus=$(cd "$corpus" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
complain() { echo "$*" >&2; failed=1; }
none() { # WHAT ROWS: rows that must not be
    [ -z "$2" ] || complain "expected no $1, came:
$2"
}

# The lists hold a path a line; none has a space.
(cd "$corpus" && find . -type f | sed 's,^\./,,' | LC_ALL=C sort) >"$work/files"
files=$(wc -l <"$work/files")
[ "$files" -gt 400 ] || complain "expected more than 400 files, came $files"
(cd "$corpus" && xargs "$evpack" collect -c "$work/case.db" --snapshot corpus <"$work/files") >/dev/null 2>&1
"$evpack" map -c "$work/case.db" --at 2026-11-22T08:00:00Z >/dev/null
"$evpack" status -c "$work/case.db" --json >"$work/status"

# 1. Every file is evidence (what is packed in one stands below its name), and every record belongs
# to one.
jq -r '.evidence[].path' "$work/status" |
    awk 'NR == FNR {file[$0] = 1; next} {p = $0} !sub("/[^/]*$", "", p) || !(p in file)' "$work/files" - |
    LC_ALL=C sort >"$work/listed"
cmp "$work/files" "$work/listed" || complain "the files are not the evidence that status lists"
jq -e '([.evidence[].records] | add) == .coverage.records and ([.records[]] | add) == .coverage.records' \
    "$work/status" >/dev/null || complain "files, types and coverage count other records"

# 2. What each record is, from the case's raw tables and the mapping: its class is that of the
# resource that it is about.
sql() {
    {
        cat <<END_SETUP
ATTACH '$work/case.db' AS kept;
CREATE TEMP TABLE service AS SELECT json_extract(d.text, '\$.slug') AS slug, d.text,
    json_type(d.text, '\$.subjects') IS NOT NULL AS own,
    json_array_length(d.text, '\$.features') AS features
  FROM (SELECT CAST(readfile(name) AS TEXT) AS text FROM fsdir('$root/mapping/services')
         WHERE name LIKE '%.json') d;
CREATE TEMP TABLE covers AS SELECT s.slug, s.own, lower(t.value) AS type
  FROM service s, json_each(s.text, '\$.resource_types') t;
CREATE TEMP TABLE word AS SELECT g.key AS sort, lower(json_extract(w.value, '\$.type')) AS type
  FROM json_each(CAST(readfile('$root/mapping/coverage.json') AS TEXT)) g, json_each(g.value) w
 WHERE g.type = 'array';
CREATE TEMP TABLE kind AS SELECT DISTINCT kind, type FROM kept.record;
CREATE TEMP TABLE found AS SELECT f.record_id, s.slug, t.feature_id, count(*) AS n
  FROM kept.finding f JOIN kept.test t ON t.id = f.test_id
  JOIN kept.feature fe ON fe.id = t.feature_id JOIN kept.service s ON s.id = fe.service_id
 WHERE t.source IN ('baseline', 'rule') GROUP BY 1, 2, 3;
CREATE INDEX temp.found_record ON found(record_id);
CREATE TEMP TABLE class AS SELECT k.kind, k.type,
    CASE WHEN k.type IS NULL OR k.kind = 'template-resource' THEN 'supporting'
         WHEN EXISTS (SELECT 1 FROM covers c WHERE k.type GLOB c.type) THEN 'assessed'
         WHEN EXISTS (SELECT 1 FROM word w WHERE w.sort = 'supporting' AND k.type GLOB w.type)
           OR EXISTS (SELECT 1 FROM covers c WHERE k.type GLOB c.type || '/*') THEN 'supporting'
         ELSE 'not_covered' END AS class
  FROM kind k;
.mode list
.separator "	"
END_SETUP
        cat
    } | sqlite3 -batch -bail "$work/scratch.db"
    rm -f "$work/scratch.db"
}
sql >"$work/classes" <<'END_SQL'
SELECT CASE WHEN c.kind = 'template-resource' THEN c.kind ELSE coalesce(c.type, c.kind) END AS name, c.class, count(*)
  FROM kept.record r JOIN class c ON c.kind = r.kind AND c.type IS r.type GROUP BY 1, 2 ORDER BY 1, 2;
END_SQL
jq -r '.coverage.types[] | . as $t | ("assessed", "not_covered", "scoped_out", "supporting", "unmapped")
    | select(($t[.] // 0) > 0) | [$t.type, ., ($t[.] | tostring)] | join("\t")' "$work/status" |
    LC_ALL=C sort >"$work/said"
LC_ALL=C sort "$work/classes" >"$work/counted"
none "difference between what the records are (<) and what status says (>)" \
    "$(diff "$work/counted" "$work/said" || true)"
jq -e '.coverage | .records == .assessed + .supporting + .not_covered + (.scoped_out // 0)
    and .unmapped == 0 and (.scoped_out // 0) == 0 and .records > 4000 and .assessed > 700
    and .not_covered > 0
    and all(.types[]; .records == .assessed + .supporting + .not_covered + (.scoped_out // 0))' \
    "$work/status" >/dev/null || complain "the parts do not add up: $(jq -c '.coverage | del(.types)' "$work/status")"

# 3. Every resource of a covered type has each feature of its baseline once; where services share a
# type, of one of them at least. No other resource has findings, and no service is there in part.
none "resource without a finding for a feature of its baseline" "$(sql <<'END_SQL'
SELECT c.slug, s.subject, fe.name FROM kept.subject s JOIN kept.record r ON r.id = s.record_id
  JOIN covers c ON r.type GLOB c.type AND NOT c.own
  JOIN kept.service v ON v.slug = c.slug JOIN kept.feature fe ON fe.service_id = v.id
  LEFT JOIN found f ON f.record_id = s.record_id AND f.feature_id = fe.id
 WHERE s.kind <> 'template-resource' AND coalesce(f.n, 0) <> 1;
END_SQL
)"
none "resource of a shared type without any baseline" "$(sql <<'END_SQL'
SELECT DISTINCT r.type, s.subject FROM kept.subject s JOIN kept.record r ON r.id = s.record_id
  JOIN covers c ON r.type GLOB c.type
 WHERE s.kind <> 'template-resource'
   AND NOT EXISTS (SELECT 1 FROM found f WHERE f.record_id = s.record_id);
END_SQL
)"
none "baseline that is there in part, or finding twice" "$(sql <<'END_SQL'
SELECT f.slug, f.record_id, count(*), s.features FROM found f JOIN service s ON s.slug = f.slug
 GROUP BY 1, 2 HAVING count(*) <> s.features OR max(f.n) > 1;
END_SQL
)"
none "finding for a resource that its baseline does not speak of" "$(sql <<'END_SQL'
SELECT DISTINCT f.slug, r.type FROM found f JOIN kept.record r ON r.id = f.record_id
 WHERE NOT EXISTS (SELECT 1 FROM covers c WHERE c.slug = f.slug AND r.type GLOB c.type);
END_SQL
)"
sql >"$work/counts" <<'END_SQL'
SELECT count(DISTINCT record_id), count(DISTINCT slug), count(*) FROM found;
END_SQL
jq -r '"files \(.evidence | length); records \(.coverage.records) = assessed \(.coverage.assessed) + supporting \(.coverage.supporting) + not covered \(.coverage.not_covered) + scoped out \(.coverage.scoped_out // 0)"' "$work/status"
awk -F '\t' '{print "resources " $1 " of " $2 " services, each with every feature: " $3 " findings"}' "$work/counts"
awk -F '\t' '{exit !($1 > 200 && $2 > 20 && $3 > 10000)}' "$work/counts" ||
    complain "expected more resources, services or findings: $(cat "$work/counts")"
exit $failed
