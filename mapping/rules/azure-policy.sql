-- id: azure-policy
-- version: 1.4.0
-- title: Azure Policy watches the resource
-- service: azure-cognitive-search, azure-monitor, azure-openai, azure-private-link, cognitive-services, key-vault,
--   machine-learning-service, storage, virtual-network
-- control: AM-2
-- feature: Azure Policy Support
-- severity: medium
-- needs: policy-assignment, policy-set-definition
-- observes: none
-- policy: none
-- tests: an assignment at the resource, its resource group, its subscription, or above, with
--   enforcementMode Default, whose notScopes do not hold the resource, and which assigns the
--   Microsoft cloud security benchmark initiative (1f3afdf9-d0c9-4c3d-847f-89da613e70a8; it has no
--   definition about Azure Monitor's own types, nor about registries, Private Link, or any part of a
--   network but virtual networks), a built-in definition of views/policy_builtin.sql
--   for the resource's family, or an exported initiative that holds one. One whose
--   parameter effect is Disabled does not count. One with overrides, with resource selectors, with
--   notScopes that cannot be read, that excludes a management group, or from which an exported
--   exemption frees the resource or a management group, proves neither. An assignment at the root
--   stands above every subscription; one at a management group stands above a subscription only
--   when one file holds it beside an assignment at or inside that subscription. One that no file
--   ties to the subscription does not count; the reason names it.
-- absent: enforcementMode absent or null means Default. That no such assignment exists is only
--   believed when one ARM page that is whole holds an assignment at the root or at a management
--   group and, beside it, one at this very resource or assignments in two resource groups of its
--   subscription, which only a list of the whole subscription shows: az policy assignment list
--   leaves out what is inherited, unless its command is known to have --disable-scope-strict-match.
--   It is not believed while a list that is cut holds
--   assignments of the subscription, or only inherited ones; nor while another assigned initiative
--   or custom definition could hold one and was not exported or cannot be read: for AI
--   accounts all built-in definitions are known, for the others those of the benchmark's initiatives,
--   and an exported definition is about something else when its rule does not name the provider.
--   Otherwise unknown.
-- source: github.com/Azure/azure-policy and Azure Policy assignment structure
--   (learn.microsoft.com/azure/governance/policy/concepts/assignment-structure); severity is ours
WITH excluding AS MATERIALIZED (
SELECT record_id, snapshot_id, family, CAST(place AS TEXT) AS place, subject, name, title, not_scopes FROM policy_placed
 WHERE holds = 1 AND idle IS NULL AND doubt IS NULL AND (not_scopes IS NOT NULL OR exempted)),
spared AS MATERIALIZED (
SELECT record_id, scope, max(excluded) AS excluded, max(freed) AS freed FROM (
    SELECT e.record_id, CASE WHEN n.value LIKE '/providers/microsoft.management/managementgroups/%'
                               OR rtrim(n.value, '/') = '' THEN '*' ELSE rtrim(n.value, '/') END AS scope,
           CASE WHEN n.value LIKE '/providers/microsoft.management/managementgroups/%'
                THEN 1 ELSE 2 END AS excluded, 0 AS freed
      FROM (SELECT DISTINCT record_id, not_scopes FROM excluding) e, json_each(e.not_scopes) n
    UNION ALL
    SELECT e.record_id, CASE WHEN x.scope LIKE '/providers/microsoft.management/managementgroups/%'
                               OR x.scope = '' THEN '*' ELSE x.scope END, 0, 1
      FROM (SELECT DISTINCT record_id, snapshot_id, subject FROM excluding) e
      JOIN policy_exemption x ON x.snapshot_id = e.snapshot_id AND x.assignment = e.subject)
 GROUP BY record_id, scope),
reached AS (
SELECT a.record_id AS asset_record, a.subject AS asset, a.group_scope, a.subscription_scope,
       e.record_id, e.name, e.title
  FROM asset a
  LEFT JOIN subscription_twin t ON t.snapshot_id = a.snapshot_id AND t.subscription = a.subscription
 CROSS JOIN (SELECT 0 AS n UNION ALL VALUES (1), (2), (3)) w
 CROSS JOIN excluding e ON e.snapshot_id = a.snapshot_id AND e.family = a.family
        AND e.place = CASE w.n WHEN 0 THEN a.subject WHEN 1 THEN a.group_scope
                          WHEN 2 THEN a.subscription_scope ELSE 'above /subscriptions/' || t.twin END
 WHERE EXISTS (SELECT record_id FROM excluding)),
weighed AS MATERIALIZED (
SELECT e.asset_record, e.record_id, '"' || e.name || '" (' || e.title || ')' AS words,
       max(coalesce(s0.excluded, 0), coalesce(s1.excluded, 0), coalesce(s2.excluded, 0),
           coalesce(s3.excluded, 0)) AS excluded,
       max(coalesce(s0.freed, 0), coalesce(s1.freed, 0), coalesce(s2.freed, 0),
           coalesce(s3.freed, 0)) AS freed
  FROM reached e
  LEFT JOIN spared s0 ON s0.record_id = e.record_id AND s0.scope = '*'
  LEFT JOIN spared s1 ON s1.record_id = e.record_id AND s1.scope = e.asset
  LEFT JOIN spared s2 ON s2.record_id = e.record_id AND s2.scope = e.group_scope
  LEFT JOIN spared s3 ON s3.record_id = e.record_id AND s3.scope = e.subscription_scope),
settled AS (
SELECT asset_record, record_id,
       words || CASE WHEN excluded < 2 AND freed THEN ' has an exemption'
                     WHEN excluded = 1 THEN ' excludes a management group' ELSE '' END AS words,
       CASE WHEN excluded = 2 THEN 2 WHEN excluded = 1 OR freed THEN 1 ELSE 0 END AS left_out
  FROM weighed),
leaving AS (
SELECT asset_record, sum(left_out = 0) AS sure, sum(left_out = 1) AS doubt,
       group_concat(CASE WHEN left_out = 0 THEN words END, ', ') AS sure_words,
       group_concat(CASE WHEN left_out = 0 THEN record_id END, ',') AS sure_records,
       group_concat(CASE WHEN left_out = 1 THEN words END, ', ') AS doubt_words,
       group_concat(CASE WHEN left_out = 2 THEN words END, ', ') AS out_words,
       group_concat(CASE WHEN left_out = 2 THEN record_id END, ',') AS out_records
  FROM (SELECT * FROM settled ORDER BY asset_record, words, record_id)
 GROUP BY asset_record),
homes AS MATERIALIZED (
SELECT DISTINCT a.snapshot_id, coalesce(t.twin, '') AS subscription, a.family
  FROM asset a
  LEFT JOIN subscription_twin t ON t.snapshot_id = a.snapshot_id AND t.subscription = a.subscription
 WHERE a.subscription IS NOT NULL),
stood AS MATERIALIZED (
SELECT snapshot_id, record_id, family, name, title, scope FROM policy_reach
 WHERE above = '*' AND scope <> '/' AND holds = 1 AND idle IS NULL),
standing AS MATERIALIZED (SELECT record_id, subscription FROM assignment_above),
strange AS (
SELECT h.snapshot_id, h.subscription, h.family,
       '"' || p.name || '" (' || p.title || ') at management group ' || substr(p.scope, 50) AS words,
       row_number() OVER (PARTITION BY h.snapshot_id, h.subscription, h.family
                          ORDER BY p.name, p.record_id) AS n
  FROM homes h
  JOIN stood p ON p.snapshot_id = h.snapshot_id AND p.family = h.family
  LEFT JOIN standing u ON u.record_id = p.record_id AND u.subscription = h.subscription
 WHERE u.record_id IS NULL),
apart AS (
SELECT snapshot_id, subscription, family,
       group_concat(CASE WHEN n <= 3 THEN words END, ', ')
           || CASE WHEN count(n) > 3 THEN ' and ' || (count(n) - 3) || ' more' ELSE '' END AS words
  FROM (SELECT * FROM strange ORDER BY snapshot_id, subscription, family, n)
 GROUP BY snapshot_id, subscription, family),
found AS (
SELECT a.record_id, a.noun,
       CASE a.family WHEN 'ai' THEN 'a Cognitive Services' WHEN 'vault' THEN 'a Key Vault'
            WHEN 'monitor' THEN 'an Azure Monitor' WHEN 'search' THEN 'an AI Search'
            WHEN 'ml' THEN 'a Machine Learning' WHEN 'registry' THEN 'a Machine Learning'
            WHEN 'storage' THEN 'a Storage' WHEN 'classic' THEN 'a Storage'
            ELSE 'a Network' END AS about,
       coalesce(s1.sure, 0) + coalesce(s2.sure, 0) + coalesce(s3.sure, 0) + coalesce(s4.sure, 0)
           + coalesce(l.sure, 0) AS sure,
       ltrim(coalesce(', ' || s1.sure_words, '') || coalesce(', ' || s2.sure_words, '')
             || coalesce(', ' || s3.sure_words, '') || coalesce(', ' || s4.sure_words, '')
             || coalesce(', ' || l.sure_words, ''), ', ') AS sure_words,
       ltrim(coalesce(',' || s1.sure_records, '') || coalesce(',' || s2.sure_records, '')
             || coalesce(',' || s3.sure_records, '') || coalesce(',' || s4.sure_records, '')
             || coalesce(',' || l.sure_records, ''), ',') AS sure_records,
       coalesce(s1.open, 0) + coalesce(s2.open, 0) + coalesce(s3.open, 0) + coalesce(s4.open, 0)
           AS open,
       ltrim(coalesce(', ' || s1.open_words, '') || coalesce(', ' || s2.open_words, '')
             || coalesce(', ' || s3.open_words, '') || coalesce(', ' || s4.open_words, ''), ', ')
           AS open_words,
       coalesce(s1.doubt, 0) + coalesce(s2.doubt, 0) + coalesce(s3.doubt, 0)
           + coalesce(s4.doubt, 0) + coalesce(l.doubt, 0) AS doubt,
       ltrim(coalesce(', ' || s1.doubt_words, '') || coalesce(', ' || s2.doubt_words, '')
             || coalesce(', ' || s3.doubt_words, '') || coalesce(', ' || s4.doubt_words, '')
             || coalesce(', ' || l.doubt_words, ''), ', ') AS doubt_words,
       ltrim(coalesce(', ' || s1.idle_words, '') || coalesce(', ' || s2.idle_words, '')
             || coalesce(', ' || s3.idle_words, '') || coalesce(', ' || s4.idle_words, '')
             || coalesce(', ' || l.out_words || ' leaves this ' || a.noun || ' out', '')
             || coalesce(', ' || p.words || ' is in no list with assignments of this ' || a.noun || '''s subscription and does not count', ''),
             ', ') AS idle_words,
       ltrim(coalesce(',' || s1.idle_records, '') || coalesce(',' || s2.idle_records, '')
             || coalesce(',' || s3.idle_records, '') || coalesce(',' || s4.idle_records, '')
             || coalesce(',' || l.out_records, ''), ',') AS idle_records,
       coalesce(c.above_record, d.above_record) AS above_record,
       coalesce(c.own_record, d.own_record) AS own_record,
       c.above_record IS NOT NULL OR d.above_record IS NOT NULL AS covered
  FROM asset a
  LEFT JOIN leaving l ON l.asset_record = a.record_id
  LEFT JOIN policy_scope s1 ON s1.scope = a.subject AND s1.snapshot_id = a.snapshot_id
        AND s1.family = a.family
  LEFT JOIN policy_scope s2 ON s2.scope = a.group_scope AND s2.snapshot_id = a.snapshot_id
        AND s2.family = a.family
  LEFT JOIN policy_scope s3 ON s3.scope = a.subscription_scope AND s3.snapshot_id = a.snapshot_id
        AND s3.family = a.family
  LEFT JOIN policy_scope s4 ON s4.scope = 'above ' || a.subscription_scope
        AND s4.snapshot_id = a.snapshot_id AND s4.family = a.family
  LEFT JOIN subscription_twin t ON t.snapshot_id = a.snapshot_id AND t.subscription = a.subscription
  LEFT JOIN apart p ON p.snapshot_id = a.snapshot_id AND p.subscription = coalesce(t.twin, '')
        AND a.subscription IS NOT NULL
        AND p.family = a.family
  LEFT JOIN assignment_cover d ON d.kind = 'policy-assignment' AND d.snapshot_id = a.snapshot_id
        AND d.scope = a.subscription_scope
  LEFT JOIN assignment_cover c ON c.kind = 'policy-assignment' AND c.snapshot_id = a.snapshot_id
        AND c.scope = a.subject)
SELECT record_id,
       CASE WHEN sure > 0 THEN 'pass' WHEN covered AND open + doubt = 0 THEN 'fail'
            ELSE 'unknown' END AS status,
       CASE WHEN sure > 0 THEN 'Enforced policy assignments reach the ' || noun || ': ' || sure_words || '.'
            ELSE 'No enforced assignment of ' || about || ' policy was found at the ' || noun || ' or above'
                || CASE WHEN idle_words <> '' THEN ' (' || idle_words || ')' ELSE '' END
                || CASE WHEN doubt > 0 THEN
                       ', but whether these reach the ' || noun || ' is not known: ' || doubt_words || '.'
                   WHEN NOT covered THEN
                       ', and the export does not show the assignments of every scope above the ' || noun || '.'
                   WHEN open > 0 THEN
                       ', but what these assign was not exported, or evpack does not know it: ' || open_words || '.'
                   ELSE ', and the export shows every scope above it.' END END AS reason,
       CASE WHEN sure > 0 OR (covered AND open + doubt = 0) THEN NULL
            WHEN NOT covered OR doubt > 0 THEN 'policy-assignment'
            ELSE 'policy-set-definition' END AS need,
       CASE WHEN sure > 0 THEN '[' || sure_records || ']'
            WHEN idle_records <> '' THEN '[' || idle_records || ']'
            WHEN covered THEN '[' || above_record || ',' || own_record || ']' END AS evidence
  FROM found
