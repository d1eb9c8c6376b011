-- id: ai-azure-policy
-- version: 1.0.0
-- title: Azure Policy watches the account
-- service: azure-openai, cognitive-services
-- control: AM-2
-- feature: Azure Policy Support
-- severity: medium
-- needs: policy-assignment, policy-set-definition
-- observes: none
-- policy: none
-- tests: an assignment at the account, its resource group, its subscription, or above, with
--   enforcementMode Default, whose notScopes do not hold the account, and which assigns the
--   Microsoft cloud security benchmark initiative (1f3afdf9-d0c9-4c3d-847f-89da613e70a8), a built-in
--   definition of views/policy_builtin.sql, or an exported initiative that holds one. Every
--   management group of the snapshot is treated as standing above the account, because its place in
--   the hierarchy is not in an export; an assignment that excludes a management group is therefore
--   neither proof nor its contrary.
-- absent: enforcementMode absent or null means Default. That no such assignment exists is only
--   believed when ARM pages that are whole hold an assignment at the root or at a management group
--   and one in the account's own subscription: az policy assignment list (an array) leaves out what
--   is inherited. It is not believed while another assigned initiative or custom definition could
--   hold one and was not exported. Otherwise unknown.
-- source: github.com/Azure/azure-policy and Azure Policy assignment structure
--   (learn.microsoft.com/azure/governance/policy/concepts/assignment-structure); severity is ours
WITH above AS (
SELECT snapshot_id, min(record_id) AS record FROM policy_assignment
 WHERE above = '*' AND source_shape = 'page' AND source_completeness = 'whole'
 GROUP BY snapshot_id),
own AS (
SELECT snapshot_id, subscription, min(record_id) AS record FROM policy_assignment
 WHERE subscription IS NOT NULL AND source_shape = 'page' AND source_completeness = 'whole'
 GROUP BY snapshot_id, subscription),
excluding AS (
SELECT record_id, snapshot_id, above, name, title, not_scopes FROM policy_reach
 WHERE holds = 1 AND enforced AND not_scopes IS NOT NULL),
weighed AS (
SELECT a.record_id AS account_record, e.record_id, '"' || e.name || '" (' || e.title || ')' AS words,
       (SELECT max(CASE WHEN n.value LIKE '/providers/microsoft.management/managementgroups/%'
                        THEN 1
                        WHEN a.subject = rtrim(n.value, '/')
                          OR substr(a.subject, 1, length(rtrim(n.value, '/')) + 1)
                             = rtrim(n.value, '/') || '/' THEN 2 ELSE 0 END)
          FROM json_each(e.not_scopes) n) AS left_out
  FROM excluding e
  JOIN account a ON a.snapshot_id = e.snapshot_id
   AND e.above IN (a.subject, a.group_scope, a.subscription_scope, '*')),
leaving AS (
SELECT account_record, sum(left_out = 0) AS sure, sum(left_out = 1) AS open,
       group_concat(CASE WHEN left_out = 0 THEN words END, ', ') AS sure_words,
       group_concat(CASE WHEN left_out = 0 THEN record_id END, ',') AS sure_records,
       group_concat(CASE WHEN left_out = 1 THEN words END, ', ') AS open_words,
       group_concat(CASE WHEN left_out = 2 THEN words END, ', ') AS out_words,
       group_concat(CASE WHEN left_out = 2 THEN record_id END, ',') AS out_records
  FROM (SELECT * FROM weighed ORDER BY account_record, words, record_id)
 GROUP BY account_record),
found AS (
SELECT a.record_id,
       coalesce(s1.sure, 0) + coalesce(s2.sure, 0) + coalesce(s3.sure, 0) + coalesce(s4.sure, 0)
           + coalesce(l.sure, 0) AS sure,
       ltrim(coalesce(', ' || s1.sure_words, '') || coalesce(', ' || s2.sure_words, '')
             || coalesce(', ' || s3.sure_words, '') || coalesce(', ' || s4.sure_words, '')
             || coalesce(', ' || l.sure_words, ''), ', ') AS sure_words,
       ltrim(coalesce(',' || s1.sure_records, '') || coalesce(',' || s2.sure_records, '')
             || coalesce(',' || s3.sure_records, '') || coalesce(',' || s4.sure_records, '')
             || coalesce(',' || l.sure_records, ''), ',') AS sure_records,
       coalesce(s1.open, 0) + coalesce(s2.open, 0) + coalesce(s3.open, 0) + coalesce(s4.open, 0)
           + coalesce(l.open, 0) AS open,
       ltrim(coalesce(', ' || s1.open_words, '') || coalesce(', ' || s2.open_words, '')
             || coalesce(', ' || s3.open_words, '') || coalesce(', ' || s4.open_words, '')
             || coalesce(', ' || l.open_words, ''), ', ') AS open_words,
       ltrim(coalesce(', ' || s1.idle_words || ' is not enforced', '')
             || coalesce(', ' || s2.idle_words || ' is not enforced', '')
             || coalesce(', ' || s3.idle_words || ' is not enforced', '')
             || coalesce(', ' || s4.idle_words || ' is not enforced', '')
             || coalesce(', ' || l.out_words || ' leaves this account out', ''), ', ')
           AS idle_words,
       ltrim(coalesce(',' || s1.idle_records, '') || coalesce(',' || s2.idle_records, '')
             || coalesce(',' || s3.idle_records, '') || coalesce(',' || s4.idle_records, '')
             || coalesce(',' || l.out_records, ''), ',') AS idle_records,
       u.record AS above_record, o.record AS own_record,
       u.record IS NOT NULL AND o.record IS NOT NULL AS covered
  FROM account a
  LEFT JOIN above u ON u.snapshot_id = a.snapshot_id
  LEFT JOIN own o ON o.snapshot_id = a.snapshot_id AND o.subscription = a.subscription
  LEFT JOIN leaving l ON l.account_record = a.record_id
  LEFT JOIN policy_scope s1 ON s1.scope = a.subject AND s1.snapshot_id = a.snapshot_id
  LEFT JOIN policy_scope s2 ON s2.scope = a.group_scope AND s2.snapshot_id = a.snapshot_id
  LEFT JOIN policy_scope s3 ON s3.scope = a.subscription_scope AND s3.snapshot_id = a.snapshot_id
  LEFT JOIN policy_scope s4 ON s4.scope = '*' AND s4.snapshot_id = a.snapshot_id)
SELECT record_id,
       CASE WHEN sure > 0 THEN 'pass' WHEN covered AND open = 0 THEN 'fail' ELSE 'unknown' END
           AS status,
       CASE WHEN sure > 0 THEN 'Enforced policy assignments reach the account: ' || sure_words || '.'
            ELSE 'No enforced assignment of a Cognitive Services policy was found at the account or above'
                || CASE WHEN idle_words <> '' THEN ' (' || idle_words || ')' ELSE '' END
                || CASE WHEN NOT covered THEN
                       ', and the export does not show the assignments of every scope above the account.'
                   WHEN open > 0 THEN
                       ', but what these assign was not exported: ' || open_words || '.'
                   ELSE ', and the export shows every scope above it.' END END AS reason,
       CASE WHEN sure > 0 OR (covered AND open = 0) THEN NULL
            WHEN NOT covered THEN 'policy-assignment'
            ELSE 'policy-set-definition' END AS need,
       CASE WHEN sure > 0 THEN '[' || sure_records || ']'
            WHEN idle_records <> '' THEN '[' || idle_records || ']'
            WHEN covered THEN '[' || above_record || ',' || own_record || ']' END AS evidence
  FROM found
