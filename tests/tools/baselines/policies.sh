#!/bin/sh
# policies.sh POLICY METADATA OUT: makes OUT/policies/mcsb-v1.json, mcsb-v2.json and assessments.json.
# POLICY is a folder with mcsb-policy-map.csv (the two benchmark initiatives: definition, controls,
# version, effect) and policies-mcsb/ (the definitions); METADATA is an answer of
# Microsoft.Security/assessmentMetadata. Not needed for a build: it was run once, what it made is in
# the tree, and a test runs it again and compares. Wants sqlite3.
set -eu
policy=${1:?usage: policies.sh POLICY METADATA OUT}
metadata=${2:?usage: policies.sh POLICY METADATA OUT}
out=${3:?usage: policies.sh POLICY METADATA OUT}
mkdir -p "$out/policies"

# initiative BENCHMARK VERSION ID PREVIEW FILE WHERE
initiative() {
    sqlite3 -batch -bail :memory: <<END >"$out/policies/$5"
.import --csv "$policy/mcsb-policy-map.csv" reference
SELECT '{' || char(10)
    || '  "about": "Policy definitions of the initiative, and the controls that it groups each under. preview: asked only when no other file claims the policy.",' || char(10)
    || '  "source": "github.com/Azure/azure-policy, built-in-policies/policySetDefinitions/Security Center/$6, and the definitions that it names",' || char(10)
    || '  "source_date": "2026-11",' || char(10)
    || '  "initiative": "/providers/Microsoft.Authorization/policySetDefinitions/$3",' || char(10)
    || '  "version": "' || max(initiative_version) || '", "preview": $4,' || char(10)
    || '  "benchmark": "mcsb-$1", "group_prefix": "azure_security_benchmark_v3.0_",' || char(10)
    || '  "policies": ['
  FROM reference WHERE benchmark = '$1';
SELECT '    {"definition": ' || json_quote(substr(policy_definition_id, 54))
    || ', "reference": ' || json_quote(reference_id)
    || ', "version": ' || json_quote(policy_version)
    || ', "effect": ' || json_quote(effect_in_initiative_default)
    || ', "controls": ["' || replace(control_ids, ';', '", "') || '"]'
    || ', "title": ' || json_quote(display_name) || '}'
    || CASE WHEN lead(reference_id) OVER w IS NULL THEN '' ELSE ',' END
  FROM reference WHERE benchmark = '$1'
WINDOW w AS (ORDER BY policy_definition_id, reference_id)
 ORDER BY policy_definition_id, reference_id;
SELECT '  ]' || char(10) || '}';
END
}
initiative v1 57.56.0 1f3afdf9-d0c9-4c3d-847f-89da613e70a8 false mcsb-v1.json AzureSecurityCenter.json
initiative v2 1.3.0-preview e3ec7e09-768c-4b64-882c-fcada3772047 true mcsb-v2.json MCSBv2.json

# An assessment's policy: what the metadata says; then what a definition that reads one names.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in "$policy"/policies-mcsb/*.json; do
    printf "INSERT INTO definition VALUES (CAST(readfile('%s') AS TEXT));\n" "$file"
done >"$work/read"
{
    cat <<END
CREATE TABLE definition(text);
CREATE TABLE found(assessment, definition, severity, title, origin);
BEGIN;
END
    cat "$work/read"
    cat <<END
COMMIT;
INSERT INTO found
SELECT lower(json_extract(m.value, '$.name')),
       substr(lower(json_extract(m.value, '$.properties.policyDefinitionId')), 54),
       lower(json_extract(m.value, '$.properties.severity')),
       json_extract(m.value, '$.properties.displayName'), 'metadata'
  FROM json_each(CAST(readfile('$metadata') AS TEXT), '$.value') m
 WHERE lower(json_extract(m.value, '$.properties.policyDefinitionId')) LIKE
       '/providers/microsoft.authorization/policydefinitions/%';
INSERT INTO found
SELECT lower(json_extract(text, '$.properties.policyRule.then.details.name')), json_extract(text, '$.name'),
       NULL, json_extract(text, '$.properties.displayName'), 'definition'
  FROM definition
 WHERE lower(json_extract(text, '$.properties.policyRule.then.details.type')) = 'microsoft.security/assessments'
   AND json_extract(text, '$.properties.policyRule.then.details.name') LIKE '________-____-____-____-____________';
DELETE FROM found WHERE origin = 'definition' AND EXISTS (SELECT 1 FROM found m
  WHERE m.origin = 'metadata' AND m.assessment = found.assessment AND m.definition = found.definition);
SELECT '{' || char(10)
    || '  "about": "Which policy definition a Microsoft Defender for Cloud assessment belongs to. origin metadata: Microsoft.Security/assessmentMetadata says so; definition: the policy reads that assessment. The metadata of a snapshot comes before these.",' || char(10)
    || '  "source": "An answer of Microsoft.Security/assessmentMetadata (api-version 2020-01-01) recorded in github.com/Azure/azure-cli, and github.com/Azure/azure-policy",' || char(10)
    || '  "source_date": "2026-11",' || char(10)
    || '  "assessments": [';
SELECT '    {"assessment": ' || json_quote(assessment) || ', "definition": ' || json_quote(definition)
    || CASE WHEN severity IS NULL THEN '' ELSE ', "severity": ' || json_quote(severity) END
    || ', "origin": ' || json_quote(origin) || ', "title": ' || json_quote(title) || '}'
    || CASE WHEN lead(assessment) OVER w IS NULL THEN '' ELSE ',' END
  FROM found WINDOW w AS (ORDER BY assessment, definition) ORDER BY assessment, definition;
SELECT '  ]' || char(10) || '}';
END
} | sqlite3 -batch -bail :memory: >"$out/policies/assessments.json"
