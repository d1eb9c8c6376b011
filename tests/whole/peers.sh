#!/bin/sh
# Our rules beside what others say of the same resources: the outcomes that PSRule for Azure asserts
# for its own test data (peers/outcomes.tsv), the controls of Powerpipe's compliance mod
# (peers/powerpipe.jq) and, for who has them (EVPACK_FACTS, else ../shared/data seen from the
# project), the Azure Policy definitions that the rules' headers name (peers/policy.jq, itself checked
# against evaluation cases). The resources are those of peers/accounts.json, the sample tenant, the
# rules' fixtures and, where they are to be had, real exports. Every difference must stand in
# peers/differs.tsv with its reason, and every row there must be met: mapping/README.md tells them.
set -eu
root=$1
evpack=$2/evpack
here=$root/tests/whole/peers
facts=${EVPACK_FACTS:-$(dirname "$0")/../../../shared/data}
facts=$(cd "$facts" 2>/dev/null && pwd || echo none)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
complain() { echo "$*" >&2; failed=1; }
none() { # WHAT ROWS: rows that must not be
    [ -z "$2" ] || complain "expected no $1, came:
$2"
}
rows() { grep -v '^#' "$1" || :; }
collect() { # LABEL PATH...
    label=$1
    shift
    "$evpack" collect -c "$work/case.db" --snapshot "$label" "$@" >/dev/null 2>&1
}

# 1. The rules and the definitions that their headers name.
for rule in "$root"/mapping/rules/*.sql; do
    awk '/^-- policy: *none *$/ {exit} /^-- policy:/ {on = 1} /^-- (tests|absent|source):/ {on = 0} on' "$rule" |
        grep -oE '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' | sort -u |
        sed "s,^,$(basename "$rule" .sql)	," || :
done >"$work/named"
[ "$(wc -l <"$work/named")" -ge 25 ] || complain "expected rules that name definitions, came $(wc -l <"$work/named")"

# 2. One case, one snapshot a source; what the fixtures expect is no evidence.
collect peers "$here/accounts.json"
collect contoso "$root/fixtures/contoso/export"
# A fixture's folder is a snapshot; those with several have the files of one resource twice.
for rule in $(cut -f 1 "$work/named" | sort -u); do
    number=0
    for fixture in "$root/fixtures/rules/$rule"/*/; do
        number=$((number + 1))
        find "$fixture" -maxdepth 1 -type f ! -name expect.json >"$work/list"
        [ ! -s "$work/list" ] || collect "$rule.$number" $(cat "$work/list")
    done
done
psrule=$facts/corpus/powershell-exports/psrule-Resources.AI.json
[ ! -r "$psrule" ] || collect psrule "$psrule"
[ ! -d "$facts/corpus" ] || collect corpus "$facts/corpus"
"$evpack" map -c "$work/case.db" --at 2026-11-22T08:00:00Z >/dev/null

cat >"$work/ours.sql" <<END_SQL
.mode tabs
SELECT DISTINCT snapshot, subject_key, rule_id, status FROM finding_row WHERE source = 'rule';
END_SQL
sqlite3 -batch -bail "$work/case.db" <"$work/ours.sql" >"$work/ours"
sqlite3 -batch -bail "$work/case.db" "
    SELECT json_object('snapshot', s.label, 'subject', r.subject, 'type', r.type, 'body',
           json_set(json(r.body), '$.type', r.type))
      FROM resource r JOIN snapshot s ON s.id = r.snapshot_id
     WHERE r.complete = 1 AND r.type IN (SELECT DISTINCT q.type FROM finding f JOIN test t ON t.id = f.test_id
            JOIN record q ON q.id = f.record_id WHERE t.source = 'rule')
     ORDER BY 1" >"$work/resources"

# 3. PSRule's outcomes: for our resources, and for its own data.
for snapshot in peers psrule; do
    rows "$here/outcomes.tsv" >"$work/outcomes"
    awk -F '\t' -v snapshot=$snapshot '
        NR == FNR {if ($1 == snapshot) {n = tolower($2); sub(".*/", "", n); ours[n, $3] = $4; any = 1} next}
        !any {exit}
        snapshot == "psrule" && $1 != "export" {next}
        {got = ours[tolower($2), $5]; same = tolower($4) == got}
        got != $6 {print $2 ", " $3 ": expected " $5 " to say " $6 ", came " (got == "" ? "nothing" : got)}
        same == ($7 != "") {print $2 ", " $3 ": " $4 " and " got (same ? " are the same, and a reason says why not" : " differ without a reason")}
        {n++; agree += same}
        END {if (n) print n " outcomes of PSRule (" snapshot "), " agree " the same" >"/dev/stderr"}
    ' "$work/ours" "$work/outcomes" >"$work/wrong"
    none "difference from what is written of PSRule" "$(cat "$work/wrong")"
done

# 4. Powerpipe's controls.
cat "$here/powerpipe.jq" - <<'END_JQ' >"$work/powerpipe.jq"
. as $r | select($r.type == "microsoft.cognitiveservices/accounts") | ($r.body | powerpipe)
| ["powerpipe", .control, .rule, $r.snapshot, $r.subject, .says] | @tsv
END_JQ
jq -r -f "$work/powerpipe.jq" "$work/resources" >"$work/theirs"

# 5. Azure Policy's definitions; the evaluator answers as the evaluation cases expect first.
if [ -r "$facts/policy/aliases-used.csv" ]; then
    printf '.mode csv\n.import %s alias\n.mode list\n' "$facts/policy/aliases-used.csv" >"$work/alias.sql"
    echo "SELECT json_group_object(lower(alias), default_path) FROM alias;" >>"$work/alias.sql"
    sqlite3 -batch -bail :memory: <"$work/alias.sql" >"$work/aliases"
    jq -c '[.[] | .resourceTypes[].aliases[] | {key: (.name | ascii_downcase), value: .defaultPath}] | from_entries' \
        "$facts/policy/oracle/test_aliases.json" >"$work/oracle-aliases"
    cat "$here/policy.jq" - <<'END_JQ' >"$work/oracle.jq"
select(.skip | not) | select(.policyRule != null and .context == null and .requestContext == null
    and (.related | length) == 0 and (.expect == "effect" or .expect == "no_effect"))
| . as $k | select(tojson | explode | all(. < 128))
| (try (if holds($k.policyRule.if; {resource: $k.resource, parameters: ($k.parameters // {}), bound: null})
        then "effect" else "no_effect" end) catch "undecided") as $said
| [$k.id, $k.expect, $said] | @tsv
END_JQ
    jq -r --argjson aliases "$(cat "$work/oracle-aliases")" -f "$work/oracle.jq" \
        "$facts/policy/oracle/regorus-evaluation-cases.jsonl" >"$work/oracle"
    # Two of them rest on what semantics.md calls disputed: text that is a number, and [*] of a
    # list that is not there.
    none "evaluation case that peers/policy.jq answers otherwise" "$(awk -F '\t' '$3 != "undecided" && $2 != $3' \
        "$work/oracle" | grep -Ev '/(coercion_lessOrEquals_string_number|allof_doubly_nested_inner_missing)	')"
    decided=$(awk -F '\t' '$2 == $3' "$work/oracle" | wc -l)
    [ "$decided" -ge 130 ] || complain "expected 130 evaluation cases that are answered, came $decided"

    jq -c '{name, properties: {policyRule: .properties.policyRule, parameters: (.properties.parameters // {}
        | with_entries(.value |= .defaultValue))}}' "$facts"/policy/policies-mcsb/????????-*.json \
        "$facts"/policy/policies-cognitive/*.json | jq -cs 'unique_by(.name)' >"$work/definitions"
    sqlite3 -batch -bail "$work/case.db" "
        SELECT json_object('snapshot', s.label, 'subject', r.subject, 'type', r.type,
               'body', json_set(json(r.body), '$.type', r.type))
          FROM resource r JOIN snapshot s ON s.id = r.snapshot_id
         WHERE r.complete = 1 AND (r.type = 'microsoft.insights/diagnosticsettings'
               OR r.type LIKE '%/privateendpointconnections')" >"$work/related"
    cat "$here/policy.jq" - <<'END_JQ' >"$work/policy.jq"
. as $r | $definitions[0][] as $d | select($names | index($d.name) != null)
| {resource: $r.body, parameters: $d.properties.parameters, bound: null} as $ctx
| $d.properties.policyRule as $p
| select(try speaks($p.if; $ctx) catch true)
| (try (if holds($p.if; $ctx) | not then "compliant"
        elif $p.then.details.existenceCondition == null then "noncompliant"
        elif $p.then.details.existenceScope != null then error("what it looks at is the subscription")
        else ($p.then.details.type | ascii_downcase) as $type
          | if any($related[]; .snapshot == $r.snapshot and .type == $type
                   and (.subject | startswith($r.subject + "/"))
                   and (.body as $body | holds($p.then.details.existenceCondition;
                        {resource: $body, parameters: $d.properties.parameters, bound: null})))
            then "compliant" else "noncompliant" end end)
   catch "undecided: \(.)") as $said
| ["azure-policy", $d.name, "", $r.snapshot, $r.subject, $said] | @tsv
END_JQ
    jq -r --slurpfile definitions "$work/definitions" --slurpfile related "$work/related" \
        --argjson aliases "$(cat "$work/aliases")" \
        --argjson names "$(cut -f 2 "$work/named" | sort -u | jq -R . | jq -cs .)" \
        -f "$work/policy.jq" "$work/resources" >>"$work/theirs"
    none "definition that peers/policy.jq cannot evaluate" "$(grep undecided "$work/theirs" | cut -f 2,6 | sort | uniq -c)"
else
    echo "no Azure Policy definitions: EVPACK_FACTS names no folder with policy/"
fi

# 6. Side by side. Where a definition is another rule's, too, both are compared.
rows "$here/differs.tsv" >"$work/differs"
cat >"$work/compare.sql" <<END_SQL
.mode tabs
CREATE TABLE ours(snapshot, subject, rule, status);
CREATE TABLE theirs(peer, test, rule, snapshot, subject, says);
CREATE TABLE named(rule, definition);
CREATE TABLE differs(peer, test, rule, says, status, why);
.import $work/ours ours
.import $work/theirs theirs
.import $work/named named
.import $work/differs differs
CREATE TABLE pair AS
SELECT t.peer, t.test, o.rule, t.says, o.status, t.snapshot, t.subject FROM theirs t
  LEFT JOIN named n ON t.rule = '' AND n.definition = t.test
  JOIN ours o ON o.snapshot = t.snapshot AND o.subject = t.subject AND o.rule = coalesce(nullif(t.rule, ''), n.rule);
CREATE TABLE other AS SELECT * FROM pair
 WHERE NOT ((says IN ('compliant', 'ok') AND status = 'pass') OR (says IN ('noncompliant', 'alarm') AND status = 'fail'));
.once $work/unsaid
SELECT peer, test, rule, says, status, count(*), min(snapshot || ': ' || subject) FROM other o
 WHERE NOT EXISTS (SELECT 1 FROM differs d WHERE d.peer = o.peer AND d.test IN (o.test, '*')
                      AND d.rule IN (o.rule, '*') AND d.says = o.says AND d.status = o.status
                      AND length(d.why) > 20)
 GROUP BY 1, 2, 3, 4, 5;
.once $work/unmet
SELECT peer, test, rule, says, status FROM differs d
 WHERE peer IN (SELECT peer FROM theirs) AND test <> '*'
   AND NOT EXISTS (SELECT 1 FROM other o WHERE d.peer = o.peer AND d.test = o.test AND d.rule = o.rule
                      AND d.says = o.says AND d.status = o.status);
.once $work/counts
SELECT peer, count(DISTINCT test), count(*),
       sum((says IN ('compliant', 'ok') AND status = 'pass') OR (says IN ('noncompliant', 'alarm') AND status = 'fail')),
       sum(status = 'unknown')
  FROM pair GROUP BY 1;
END_SQL
sqlite3 -batch -bail :memory: <"$work/compare.sql"
none "difference that peers/differs.tsv does not explain" "$(cat "$work/unsaid")"
none "row of peers/differs.tsv that nothing meets" "$(cat "$work/unmet")"
for peer in $(cut -f 1 "$work/theirs" | sort -u); do
    awk -F '\t' -v peer="$peer" '$1 == peer && $4 >= 200 {ok = 1} END {exit !ok}' "$work/counts" ||
        complain "expected more agreement with $peer, came: $(cat "$work/counts")"
done
awk -F '\t' '{print $1 ": " $2 " tests, " $3 " comparisons, " $4 " the same, " $5 " that we do not know, " $3 - $4 - $5 " otherwise on purpose"}' "$work/counts"
exit $failed
