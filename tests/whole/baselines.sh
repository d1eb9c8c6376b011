#!/bin/sh
# The baselines in mapping/ against the published tables, for who has them: EVPACK_FACTS (else
# ../shared/data, seen from the project) is a folder
# with mcsb/ (the tables), and optionally policy/ (which ARM types Azure Policy's initiatives speak
# of) and corpus/ (real exports). Makes the service files again and compares byte by byte, follows
# each published fault to its resolution, and looks for types that nobody classified.
set -eu
root=$1
facts=${EVPACK_FACTS:-$(dirname "$0")/../../../shared/data}
if [ -z "$facts" ] || [ ! -r "$facts/mcsb/service-baselines.csv" ]; then
    echo "skipped: EVPACK_FACTS names no folder with mcsb/service-baselines.csv"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
complain() { echo "$*" >&2; failed=1; }
none() { # WHAT ROWS: rows that must not be
    [ -z "$2" ] || complain "expected no $1, came:
$2"
}

# 1. Every service file but the two AI ones is what the tables give.
sh "$root/tests/tools/baselines/make.sh" "$facts/mcsb" "$work/made"
for made in "$work/made/services"/*.json "$work/made/baseline-resolutions.json"; do
    kept=$root/mapping${made#"$work/made"}
    cmp "$made" "$kept" || complain "$kept: expected what tests/tools/baselines/make.sh makes"
done
made=$(find "$work/made/services" -name '*.json' | wc -l)
[ "$made" = 116 ] || complain "expected 116 service files, came $made"

# 1a. So is the preview of the benchmark's version 2.
sh "$root/tests/tools/baselines/benchmark.sh" "$facts/mcsb" "$work/made"
cmp "$work/made/benchmarks/mcsb-v2.json" "$root/mapping/benchmarks/mcsb-v2.json" ||
    complain "mapping/benchmarks/mcsb-v2.json: expected what tests/tools/baselines/benchmark.sh makes"

# 1b. So are the policies' controls.
metadata=$facts/corpus/security-assessments/arm-assessmentmetadata-get-list-security_assessments.json
if [ -r "$facts/policy/mcsb-policy-map.csv" ] && [ -r "$metadata" ]; then
    sh "$root/tests/tools/baselines/policies.sh" "$facts/policy" "$metadata" "$work/made"
    for made in mcsb-v1 mcsb-v2 assessments; do
        cmp "$work/made/policies/$made.json" "$root/mapping/policies/$made.json" ||
            complain "mapping/policies/$made.json: expected what tests/tools/baselines/policies.sh makes"
    done
fi

# 1c. So are the providers of the definitions that azure-policy knows to be about something else.
if [ -r "$facts/policy/mcsb-policy-map.csv" ]; then
    sh "$root/tests/tools/baselines/policy_known.sh" "$facts/policy" "$work/made"
    cmp "$work/made/views/policy_known.sql" "$root/mapping/views/policy_known.sql" ||
        complain "mapping/views/policy_known.sql: expected what tests/tools/baselines/policy_known.sh makes"
    # Every definition of the initiatives that is about a family's own types is in policy_builtin, and
    # so is an initiative that has one which is not off by default. Families of parts have no row here.
    {
        echo "CREATE VIEW builtin AS"
        cat "$root/mapping/views/policy_builtin.sql"
        echo "; CREATE VIEW families AS"
        cat "$root/mapping/views/policy_family.sql"
        cat <<END
;
CREATE TABLE own(family, type);
INSERT INTO own VALUES ('ai', 'microsoft.cognitiveservices/*'), ('vault', 'microsoft.keyvault/vaults*'),
 ('vault', 'microsoft.keyvault.data/vaults*'), ('storage', 'microsoft.storage/storageaccounts*'),
 ('classic', 'microsoft.classicstorage/*'), ('monitor', 'microsoft.operationalinsights/*'),
 ('monitor', 'microsoft.insights/components*'), ('monitor', 'microsoft.insights/privatelinkscopes*'),
 ('monitor', 'microsoft.monitor/*'), ('search', 'microsoft.search/*'),
 ('ml', 'microsoft.machinelearningservices/workspaces*');
.import --csv "$facts/policy/mcsb-policy-map.csv" reference
CREATE TABLE about AS
SELECT DISTINCT o.family, lower(r.policy_definition_id) AS definition,
       '/providers/microsoft.authorization/policysetdefinitions/' || CASE r.benchmark
           WHEN 'v1' THEN '1f3afdf9-d0c9-4c3d-847f-89da613e70a8' ELSE 'e3ec7e09-768c-4b64-882c-fcada3772047' END AS initiative,
       lower(r.effect_in_initiative_default) = 'disabled' AS off
  FROM reference r, json_each('["' || lower(replace(r.resource_types, ';', '","')) || '"]') t
  JOIN own o ON t.value GLOB o.type
 WHERE o.family IN (SELECT family FROM families)
   -- It names both types, and asks for the classic one.
   AND NOT (o.family = 'storage' AND r.policy_definition_id LIKE '%/37e0d2fe-28a5-43d6-a273-67d37d1f5606');
SELECT 'lacks', family, definition FROM (SELECT family, definition FROM about
   UNION SELECT family, initiative FROM about WHERE NOT off EXCEPT SELECT family, definition FROM builtin)
 WHERE definition NOT LIKE '%/policysetdefinitions/e3ec7e09-%' OR family IN ('ai', 'vault', 'storage', 'classic', 'monitor')
UNION ALL
SELECT 'has', family, definition FROM builtin b WHERE definition LIKE '%/policysetdefinitions/%'
   AND EXISTS (SELECT 1 FROM own o WHERE o.family = b.family)
   AND NOT EXISTS (SELECT 1 FROM about a WHERE a.family = b.family AND a.initiative = b.definition AND NOT a.off);
END
    } | sqlite3 -batch -bail :memory: >"$work/builtin"
    none "difference between policy_builtin and the initiatives" "$(cat "$work/builtin")"
fi

# 2. The AI baselines have the rows of their pages; each fault is resolved by a rule.
{
    for table in ai-baselines service-baselines-issues service-baselines; do
        printf '.import --csv "%s" "%s"\n' "$facts/mcsb/$table.csv" "$table"
    done
    cat <<END
CREATE TABLE ai AS SELECT json_extract(d.text, '$.slug') AS slug, json_extract(f.value, '$.name') AS name,
    coalesce(json_extract(f.value, '$.published_control'), json_extract(f.value, '$.control')) AS control,
    CASE json_type(f.value, '$.supported') WHEN 'true' THEN 'True' WHEN 'false' THEN 'False' ELSE 'Not Applicable' END AS supported,
    CASE json_type(f.value, '$.enabled_by_default') WHEN 'true' THEN 'True' WHEN 'false' THEN 'False' ELSE 'Not Applicable' END AS by_default,
    json_extract(f.value, '$.responsibility') AS responsibility
  FROM (SELECT CAST(readfile('$root/mapping/services/azure-openai.json') AS TEXT) AS text
        UNION ALL SELECT CAST(readfile('$root/mapping/services/cognitive-services.json') AS TEXT)) d,
       json_each(d.text, '$.features') f;
CREATE TABLE page AS SELECT service_slug, feature_name, control_id, supported, enabled_by_default,
    lower(replace(responsibility, ' ', '')) AS responsibility
  FROM "ai-baselines" WHERE record_type = 'feature';
CREATE TABLE resolved AS SELECT json_extract(r.value, '$.rule') AS rule,
    json_extract(r.value, '$.service') AS slug, json_extract(r.value, '$.feature') AS feature,
    n.value AS row
  FROM json_each(CAST(readfile('$root/mapping/baseline-resolutions.json') AS TEXT), '$.rows') r,
       json_each(r.value, '$.source_rows') n;
.mode list
.once $work/ai
SELECT * FROM (SELECT slug, name, control, supported, by_default, responsibility FROM ai
        EXCEPT SELECT service_slug, feature_name, control_id, supported, enabled_by_default, responsibility FROM page)
UNION ALL SELECT * FROM (SELECT service_slug, feature_name, control_id, supported, enabled_by_default, responsibility FROM page
        EXCEPT SELECT slug, name, control, supported, by_default, responsibility FROM ai);
.once $work/unresolved
SELECT * FROM "service-baselines-issues" i WHERE NOT EXISTS (SELECT 1 FROM resolved r
   WHERE r.slug = i.service_slug AND (r.feature = i.feature_name)
     AND instr(';' || i.source_row || ';', ';' || r.row || ';') > 0
     AND CASE WHEN i.issue LIKE 'control title%' THEN r.rule IN ('title-differs', 'page-over-workbook')
              WHEN i.issue LIKE 'control id missing%' THEN r.rule = 'control-missing'
              WHEN i.issue LIKE 'guidance-only%' THEN r.rule = 'guidance-only'
              WHEN i.issue LIKE 'duplicate%identical%' THEN r.rule = 'row-repeated'
              WHEN i.issue LIKE 'not enabled by default but%' THEN r.rule = 'off-but-microsofts'
              WHEN i.issue LIKE 'supported=%' THEN r.rule = 'unsupported-is-nobodys'
              WHEN i.issue LIKE 'enabled by default but%' THEN r.rule = 'more-for-the-customer'
              ELSE r.rule IN ('unsupported-is-nobodys', 'more-for-the-customer') END);
.once $work/counts
SELECT (SELECT count(*) FROM "service-baselines-issues"), (SELECT count(*) FROM "service-baselines"),
       (SELECT count(*) FROM page), (SELECT count(*) FROM ai);
END
} | sqlite3 -batch -bail :memory:
none "difference between the AI baselines and their pages" "$(cat "$work/ai")"
none "fault without its resolution" "$(cat "$work/unresolved")"
[ "$(cat "$work/counts")" = "419|4163|44|44" ] ||
    complain "expected 419 faults, 4163 rows, 44 rows of the pages, came $(cat "$work/counts")"

# 3. No type of Azure Policy's initiatives is one that nobody thought of.
if [ -r "$facts/policy/mcsb-policy-map.csv" ]; then
    jq -r '.resource_types[]' "$root"/mapping/services/*.json | sort -u >"$work/covered"
    jq -r '(.supporting + .not_covered)[].type' "$root/mapping/coverage.json" >"$work/other"
    unknown=$(sqlite3 -batch :memory: "
        CREATE TABLE covered(type); CREATE TABLE other(type);" ".import $work/covered covered" \
        ".import $work/other other" ".import --csv $facts/policy/mcsb-policy-map.csv map" \
        "SELECT DISTINCT lower(t.value) FROM map,
                json_each('[\"' || replace(resource_types, ';', '\",\"') || '\"]') t
          WHERE t.value <> ''
            AND NOT EXISTS (SELECT 1 FROM covered c WHERE lower(t.value) GLOB c.type OR lower(t.value) GLOB c.type || '/*')
            AND NOT EXISTS (SELECT 1 FROM other o WHERE lower(t.value) GLOB o.type OR lower(t.value) GLOB o.type || '/*')")
    none "type of a policy that is neither covered, supporting nor known not to be" "$unknown"
fi
exit $failed
