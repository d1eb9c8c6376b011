-- id: ai-data-plane-rbac
-- version: 1.2.0
-- title: Data-plane access is given by roles, not by keys
-- service: azure-openai, cognitive-services
-- control: PA-7
-- feature: Azure RBAC for Data Plane
-- severity: high
-- needs: cognitive-account, role-assignment, role-definition
-- observes: /properties/disableLocalAuth
-- policy: none
-- tests: role assignments at the account, its resource group, its subscription, and above; a role
--   is a data-plane role when its definition has a data action of Microsoft.CognitiveServices (from
--   the exported definition, else from the table of built-in roles in views/role_builtin.sql).
--   Data-plane roles are assigned and disableLocalAuth is true: pass. No data-plane role is
--   assigned and keys work: fail. Otherwise (both ways in are open, or neither) manual. The reason
--   names who holds broad roles: those can hand out access or keys. Whether each holder needs the
--   role is for a person to say. An assignment at the root stands above every subscription; one at a
--   management group stands above a subscription only when one file holds it beside an assignment
--   at or inside that subscription. One that no file ties to the subscription does not count; the
--   reason names it when nothing else gives a data-plane role.
-- absent: that no data-plane role is assigned is only believed when one whole list holds an assignment at the root or at a management group and, beside it, one at
--   this very account or assignments in two resource groups of its subscription, which only a list
--   of the whole subscription shows; while no list that is cut holds assignments of the
--   subscription, or only inherited ones; and when every role assigned to the account is known.
--   Otherwise unknown. disableLocalAuth absent or null means that keys work; neither true nor false
--   is unknown.
-- source: learn.microsoft.com/azure/role-based-access-control/built-in-roles; severity is ours
WITH homes AS MATERIALIZED (
SELECT DISTINCT snapshot_id, subscription FROM account WHERE subscription IS NOT NULL),
stood AS MATERIALIZED (
SELECT snapshot_id, record_id, holder, role_label, level FROM role_grant
 WHERE above = '*' AND level <> 'the root' AND data_plane = 1),
standing AS MATERIALIZED (SELECT record_id, subscription FROM assignment_above),
strange AS (
SELECT h.snapshot_id, h.subscription, g.holder || ' as ' || g.role_label || ' at ' || g.level AS words,
       row_number() OVER (PARTITION BY h.snapshot_id, h.subscription
                          ORDER BY g.level, g.role_label, g.holder, g.record_id) AS n
  FROM homes h
  JOIN stood g ON g.snapshot_id = h.snapshot_id
  LEFT JOIN standing u ON u.record_id = g.record_id AND u.subscription = h.subscription
 WHERE u.record_id IS NULL),
apart AS (
SELECT snapshot_id, subscription,
       group_concat(CASE WHEN n <= 3 THEN words END, '; ')
           || CASE WHEN count(n) > 3 THEN '; and ' || (count(n) - 3) || ' more' ELSE '' END AS words
  FROM (SELECT * FROM strange ORDER BY snapshot_id, subscription, n)
 GROUP BY snapshot_id, subscription),
granted AS (
SELECT a.record_id, a.complete, a.disable_local_auth, a.odd_local_auth, p.words AS apart_words,
       coalesce(s1.data_count, 0) + coalesce(s2.data_count, 0) + coalesce(s3.data_count, 0)
           + coalesce(s4.data_count, 0) AS data_count,
       ltrim(coalesce('; ' || s1.data_words, '') || coalesce('; ' || s2.data_words, '')
             || coalesce('; ' || s3.data_words, '') || coalesce('; ' || s4.data_words, ''), '; ')
           AS data_words,
       coalesce(s1.broad_count, 0) + coalesce(s2.broad_count, 0) + coalesce(s3.broad_count, 0)
           + coalesce(s4.broad_count, 0) AS broad_count,
       ltrim(coalesce('; ' || s1.broad_words, '') || coalesce('; ' || s2.broad_words, '')
             || coalesce('; ' || s3.broad_words, '') || coalesce('; ' || s4.broad_words, ''), '; ')
           AS broad_words,
       coalesce(s1.unresolved, 0) + coalesce(s2.unresolved, 0) + coalesce(s3.unresolved, 0)
           + coalesce(s4.unresolved, 0) AS unresolved,
       ltrim(coalesce('; ' || s1.unresolved_words, '') || coalesce('; ' || s2.unresolved_words, '')
             || coalesce('; ' || s3.unresolved_words, '')
             || coalesce('; ' || s4.unresolved_words, ''), '; ') AS unresolved_words,
       ltrim(coalesce(',' || s1.data_records, '') || coalesce(',' || s2.data_records, '')
             || coalesce(',' || s3.data_records, '') || coalesce(',' || s4.data_records, '')
             || coalesce(',' || s1.broad_records, '') || coalesce(',' || s2.broad_records, '')
             || coalesce(',' || s3.broad_records, '') || coalesce(',' || s4.broad_records, ''), ',')
           AS records,
       c.above_record IS NOT NULL OR d.above_record IS NOT NULL AS covered,
       coalesce(c.above_record, d.above_record) AS above_record,
       coalesce(c.own_record, d.own_record) AS own_record
  FROM account a
  LEFT JOIN role_scope s1 ON s1.scope = a.subject AND s1.snapshot_id = a.snapshot_id
  LEFT JOIN role_scope s2 ON s2.scope = a.group_scope AND s2.snapshot_id = a.snapshot_id
  LEFT JOIN role_scope s3 ON s3.scope = a.subscription_scope AND s3.snapshot_id = a.snapshot_id
  LEFT JOIN role_scope s4 ON s4.scope = 'above ' || a.subscription_scope
        AND s4.snapshot_id = a.snapshot_id
  LEFT JOIN apart p ON p.snapshot_id = a.snapshot_id AND p.subscription = a.subscription
  LEFT JOIN assignment_cover d ON d.kind = 'role-assignment' AND d.snapshot_id = a.snapshot_id
        AND d.scope = a.subscription_scope
  LEFT JOIN assignment_cover c ON c.kind = 'role-assignment' AND c.snapshot_id = a.snapshot_id
        AND c.scope = a.subject),
judged AS (
SELECT *, CASE WHEN complete = 0 OR odd_local_auth IS NOT NULL THEN 'unknown'
               WHEN data_count > 0 AND disable_local_auth = 1 THEN 'pass'
               WHEN data_count > 0 THEN 'manual'
               WHEN NOT covered OR unresolved > 0 THEN 'unknown'
               WHEN disable_local_auth = 1 THEN 'manual'
               ELSE 'fail' END AS status
  FROM granted)
SELECT record_id, status,
       CASE WHEN complete = 0 THEN
                'Only a summary of this account was exported, so it is not known whether keys work beside roles.'
            WHEN odd_local_auth IS NOT NULL THEN
                'disableLocalAuth is ' || odd_local_auth || ', which is neither true nor false.'
            ELSE CASE WHEN data_count > 0 THEN
                data_count || CASE data_count WHEN 1 THEN ' data-plane role assignment reaches'
                    ELSE ' data-plane role assignments reach' END || ' the account ('
                || data_words || '), and keys '
                || CASE WHEN disable_local_auth = 1 THEN 'do not work (disableLocalAuth is true).'
                   WHEN disable_local_auth IS NULL THEN 'work too (disableLocalAuth is not set).'
                   ELSE 'work too (disableLocalAuth is false).' END
            WHEN NOT covered THEN
                'No data-plane role is assigned in what was exported, and the export does not show the assignments of every scope above the account.'
            WHEN unresolved > 0 THEN
                'No known data-plane role is assigned, but the definitions of some assigned roles were not exported: '
                || unresolved_words || '.'
            WHEN disable_local_auth = 1 THEN
                'No data-plane role is assigned at the account or above, and keys do not work (disableLocalAuth is true): see how the account is used.'
            ELSE 'No data-plane role is assigned at the account or above, and keys work (disableLocalAuth is '
                || CASE WHEN disable_local_auth IS NULL THEN 'not set' ELSE 'false' END
                || '): access is by key alone.' END
            || CASE WHEN data_count = 0 AND apart_words IS NOT NULL THEN
                   ' In no list with assignments of this account''s subscription, and so not counted: '
                   || apart_words || '.' ELSE '' END
            || CASE WHEN broad_count > 0 THEN ' Broad roles: ' || broad_words || '.' ELSE '' END
            END AS reason,
       CASE WHEN status <> 'unknown' THEN NULL
            WHEN complete = 0 OR odd_local_auth IS NOT NULL THEN 'cognitive-account'
            WHEN NOT covered THEN 'role-assignment'
            ELSE 'role-definition' END AS need,
       CASE WHEN complete = 0 THEN NULL
            WHEN records <> '' THEN '[' || records || ']'
            WHEN covered THEN '[' || above_record || ',' || own_record || ']' END AS evidence
  FROM judged
