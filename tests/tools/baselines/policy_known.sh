#!/bin/sh
# policy_known.sh POLICY OUT: makes OUT/views/policy_known.sql: the built-in definitions of the
# benchmark's two initiatives, and those of policy_general.tsv, each with the resource providers that
# it speaks of. POLICY is a folder
# with mcsb-policy-map.csv and policies-mcsb/ (the definitions of the first initiative). A provider is
# one that the definition's rule names or whose resources it is about. Left out are definitions whose
# rule takes its types from a parameter, those about a subscription, and those whose text is not there
# and that are about private endpoints or diagnostic settings: what they watch is something else. Not
# needed for a build: it was run once, what it made is in the tree, and a test runs it again and
# compares. Wants sqlite3 and jq.
set -eu
policy=${1:?usage: policy_known.sh POLICY OUT}
out=${2:?usage: policy_known.sh POLICY OUT}
mkdir -p "$out/views"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
jq -r '(.name | ascii_downcase) as $name | .properties.policyRule as $rule
    | ([$rule.if | .. | objects | select((.field? // "" | tostring | ascii_downcase) == "type")
        | to_entries[] | select(.key != "field") | .value
        | select(type == "string" and startswith("["))] | length > 0) as $open
    | [$name, (if $open then "open" else ([$rule | tojson | ascii_downcase
        | scan("microsoft\\.[a-z0-9]+(?:\\.[a-z0-9]+)*(?=[/\"\\\\])")] | unique | map(. + "/") | join(" ")) end)] | @tsv' \
    "$policy"/policies-mcsb/????????-*.json >"$work/texts"
grep -v '^#' "$(dirname "$0")/policy_general.tsv" | cut -f 1,2 >"$work/general"
cat >"$work/make.sql" <<END
.import --csv "$policy/mcsb-policy-map.csv" reference
.mode tabs
CREATE TABLE text(name, says);
.import "$work/texts" text
CREATE TABLE general(name, says);
.import "$work/general" general
.mode list
CREATE TABLE type AS
SELECT DISTINCT substr(lower(r.policy_definition_id), 54) AS name, lower(t.value) AS type
  FROM reference r, json_each('["' || replace(r.resource_types, ';', '","') || '"]') t;
CREATE TABLE known AS
SELECT name, (SELECT group_concat(p, ' ') FROM (
           SELECT substr(t.type, 1, instr(t.type, '/')) AS p FROM type t WHERE t.name = n.name AND t.type <> ''
           UNION SELECT j.value FROM text x, json_each('["' || replace(x.says, ' ', '","') || '"]') j
                  WHERE x.name = n.name AND j.value <> '' ORDER BY 1)) AS says
  FROM (SELECT DISTINCT name FROM type) n
 WHERE NOT EXISTS (SELECT 1 FROM text x WHERE x.name = n.name AND x.says = 'open')
   AND NOT EXISTS (SELECT 1 FROM type t WHERE t.name = n.name
                    AND (t.type = '' OR t.type GLOB 'microsoft.resources/*'))
   AND (EXISTS (SELECT 1 FROM text x WHERE x.name = n.name)
        OR NOT EXISTS (SELECT 1 FROM type t WHERE t.name = n.name
                        AND (t.type GLOB 'microsoft.network/privateendpoints*'
                             OR t.type GLOB 'microsoft.insights/diagnosticsettings*')));
INSERT INTO known SELECT name, says FROM general;
SELECT '-- Built-in Azure Policy definitions of the benchmark''s two initiatives (v1 57.56.0, v2 1.3.0-preview;' || char(10)
    || '-- Azure/azure-policy, 2026-11) and some about tags and locations, with the resource providers that' || char(10)
    || '-- each speaks of, in lower case and each with its slash. One that does not speak of a family''s providers (policy_family) is about' || char(10)
    || '-- something else. Made by tests/tools/baselines/policy_known.sh.' || char(10)
    || 'SELECT ''/providers/microsoft.authorization/policydefinitions/'' || column1 AS definition, column2 AS providers' || char(10)
    || '  FROM (VALUES';
SELECT ' (''' || name || ''', ''' || says || ''')' || CASE WHEN lead(name) OVER (ORDER BY name) IS NULL THEN ')' ELSE ',' END
  FROM known WHERE says IS NOT NULL ORDER BY name;
END
sqlite3 -batch -bail :memory: <"$work/make.sql" >"$out/views/policy_known.sql"
