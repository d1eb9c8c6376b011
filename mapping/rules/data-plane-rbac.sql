-- id: data-plane-rbac
-- version: 1.5.0
-- title: Data-plane access is given by roles, not by keys
-- service: azure-cognitive-search, azure-openai, cognitive-services, machine-learning-service, storage
-- control: PA-7
-- feature: Azure RBAC for Data Plane
-- severity: high
-- needs: cognitive-account, storage-account, resource, ml-endpoint, role-assignment, role-definition
-- observes: /properties/disableLocalAuth, /properties/authOptions, /properties/allowSharedKeyAccess,
--   /properties/isSftpEnabled, /properties/isLocalUserEnabled
-- policy: none
-- tests: role assignments at the resource, its resource group, its subscription, and above; a role
--   is a data-plane role when its definition has a data action of Microsoft.CognitiveServices,
--   Microsoft.Search or Microsoft.Storage, whichever the resource is of (from
--   the exported definition, else from the table of built-in roles in views/role_builtin.sql).
--   Data-plane roles are assigned and disableLocalAuth is true: pass. No data-plane role is
--   assigned and keys work: fail. Otherwise (both ways in are open, or neither) manual.
--   For a storage account, roles for a part of it (a container, a share) count too, and keys do not work when allowSharedKeyAccess is false and SFTP lets no local
--   users in; a classic one is manual.
--   Machine Learning takes no keys but at its endpoints (authMode Key), and its data plane is reached by
--   actions: there a data-plane role has one that uses a workspace (runs jobs, or calls an
--   endpoint) and none that manages it (see views/role_family.sql). Such roles are assigned, and no
--   online or serverless endpoint takes keys: pass; an endpoint does, or only broad roles reach the
--   workspace: manual. A registry is manual. The reason
--   names who holds broad roles: those can hand out access or keys (or those that the parameter broad_roles names). Whether each holder needs the
--   role is for a person to say. An assignment at the root stands above every subscription; one at a
--   management group stands above a subscription only when one file holds it beside an assignment
--   at or inside that subscription. One that no file ties to the subscription does not count; the
--   reason names it when nothing else gives a data-plane role.
-- absent: that no data-plane role is assigned is only believed when one whole list holds an assignment at the root or at a management group and, beside it, one at
--   this very resource or assignments in two resource groups of its subscription, which only a list
--   of the whole subscription shows; while no list that is cut holds assignments of the
--   subscription, or only inherited ones; and when every role assigned to the resource is known.
--   Otherwise unknown. disableLocalAuth, and for storage accounts allowSharedKeyAccess, absent or null means that keys
--   work; neither true nor false
--   is unknown. So are the endpoints of a workspace, unless whole lists of both sorts, or empty ones
--   whose commands vouch for them, were exported (or one that takes keys).
-- source: learn.microsoft.com/azure/role-based-access-control/built-in-roles and
--   azure/search/search-security-rbac; severity is ours
WITH homes AS MATERIALIZED (
SELECT DISTINCT a.snapshot_id, coalesce(t.twin, '') AS subscription, a.family
  FROM asset a
  LEFT JOIN subscription_twin t ON t.snapshot_id = a.snapshot_id AND t.subscription = a.subscription
 WHERE a.subscription IS NOT NULL AND a.family IN ('ai', 'search', 'ml', 'storage')),
stood AS MATERIALIZED (
SELECT snapshot_id, family, record_id, holder, role_label, level FROM role_grant
 WHERE above = '*' AND level <> 'the root' AND data_plane = 1),
standing AS MATERIALIZED (SELECT record_id, subscription FROM assignment_above),
strange AS (
SELECT h.snapshot_id, h.subscription, h.family, g.holder || ' as ' || g.role_label || ' at ' || g.level AS words,
       row_number() OVER (PARTITION BY h.snapshot_id, h.subscription, h.family
                          ORDER BY g.level, g.role_label, g.holder, g.record_id) AS n
  FROM homes h
  JOIN stood g ON g.snapshot_id = h.snapshot_id AND g.family = h.family
  LEFT JOIN standing u ON u.record_id = g.record_id AND u.subscription = h.subscription
 WHERE u.record_id IS NULL),
apart AS (
SELECT snapshot_id, subscription, family,
       group_concat(CASE WHEN n <= 3 THEN words END, '; ')
           || CASE WHEN count(n) > 3 THEN '; and ' || (count(n) - 3) || ' more' ELSE '' END AS words
  FROM (SELECT * FROM strange ORDER BY snapshot_id, subscription, family, n)
 GROUP BY snapshot_id, subscription, family),
granted AS (
SELECT a.record_id, a.family, a.noun, k.shut, k.said, k.need, k.keyed_words, k.keyed_records,
       p.words AS apart_words,
       coalesce(s1.data_count, 0) + coalesce(s2.data_count, 0) + coalesce(s3.data_count, 0)
           + coalesce(s4.data_count, 0) + coalesce(b.data_count, 0) AS data_count,
       ltrim(coalesce('; ' || s1.data_words, '') || coalesce('; ' || s2.data_words, '')
             || coalesce('; ' || s3.data_words, '') || coalesce('; ' || s4.data_words, '')
             || coalesce('; ' || b.data_words, ''), '; ') AS data_words,
       coalesce(s1.broad_count, 0) + coalesce(s2.broad_count, 0) + coalesce(s3.broad_count, 0)
           + coalesce(s4.broad_count, 0) AS broad_count,
       ltrim(coalesce('; ' || s1.broad_words, '') || coalesce('; ' || s2.broad_words, '')
             || coalesce('; ' || s3.broad_words, '') || coalesce('; ' || s4.broad_words, ''), '; ')
           AS broad_words,
       coalesce(s1.unresolved, 0) + coalesce(s2.unresolved, 0) + coalesce(s3.unresolved, 0)
           + coalesce(s4.unresolved, 0) + coalesce(b.unresolved, 0) AS unresolved,
       ltrim(coalesce('; ' || s1.unresolved_words, '') || coalesce('; ' || s2.unresolved_words, '')
             || coalesce('; ' || s3.unresolved_words, '')
             || coalesce('; ' || s4.unresolved_words, '')
             || coalesce('; ' || b.unresolved_words, ''), '; ') AS unresolved_words,
       ltrim(coalesce(',' || s1.data_records, '') || coalesce(',' || s2.data_records, '')
             || coalesce(',' || s3.data_records, '') || coalesce(',' || s4.data_records, '')
             || coalesce(',' || b.data_records, '') || coalesce(',' || s1.broad_records, '') || coalesce(',' || s2.broad_records, '')
             || coalesce(',' || s3.broad_records, '') || coalesce(',' || s4.broad_records, ''), ',')
           AS records,
       c.above_record IS NOT NULL OR d.above_record IS NOT NULL AS covered,
       coalesce(c.above_record, d.above_record) AS above_record,
       coalesce(c.own_record, d.own_record) AS own_record
  FROM asset a
  LEFT JOIN data_door k ON k.record_id = a.record_id
  LEFT JOIN role_scope s1 ON s1.scope = a.subject AND s1.snapshot_id = a.snapshot_id
        AND s1.family = a.family
  LEFT JOIN role_scope s2 ON s2.scope = a.group_scope AND s2.snapshot_id = a.snapshot_id
        AND s2.family = a.family
  LEFT JOIN role_scope s3 ON s3.scope = a.subscription_scope AND s3.snapshot_id = a.snapshot_id
        AND s3.family = a.family
  LEFT JOIN role_scope s4 ON s4.scope = 'above ' || a.subscription_scope
        AND s4.snapshot_id = a.snapshot_id AND s4.family = a.family
  -- Roles for one container, share, queue or table of a storage account.
  LEFT JOIN (SELECT snapshot_id, owner, sum(data_count) AS data_count, sum(unresolved) AS unresolved,
                    group_concat(CASE WHEN nth <= 5 THEN data_words END, '; ')
                        || CASE WHEN sum(data_count > 0) > 5 THEN '; and for '
                           || (sum(data_count > 0) - 5) || ' more parts of it' ELSE '' END AS data_words,
                    group_concat(CASE WHEN nth <= 5 THEN unresolved_words END, '; ') AS unresolved_words,
                    group_concat(CASE WHEN nth <= 5 THEN data_records END) AS data_records
               FROM (SELECT *, row_number() OVER (PARTITION BY snapshot_id, owner
                                   ORDER BY data_count = 0, unresolved = 0, scope) AS nth
                       FROM (SELECT *, substr(scope, 1, start + instr(substr(scope, start + 1), '/') - 1)
                                       AS owner
                               FROM (SELECT *, instr(scope, '/microsoft.storage/storageaccounts/') + 34
                                               AS start
                                       FROM role_scope WHERE family = 'storage')
                              WHERE start > 34 AND instr(substr(scope, start + 1), '/') > 0)
                      ORDER BY snapshot_id, owner, nth)
              GROUP BY snapshot_id, owner) b ON b.snapshot_id = a.snapshot_id AND b.owner = a.subject
  LEFT JOIN subscription_twin t ON t.snapshot_id = a.snapshot_id AND t.subscription = a.subscription
  LEFT JOIN apart p ON p.snapshot_id = a.snapshot_id AND p.subscription = coalesce(t.twin, '')
        AND a.subscription IS NOT NULL
        AND p.family = a.family
  LEFT JOIN assignment_cover d ON d.kind = 'role-assignment' AND d.snapshot_id = a.snapshot_id
        AND d.scope = a.subscription_scope
  LEFT JOIN assignment_cover c ON c.kind = 'role-assignment' AND c.snapshot_id = a.snapshot_id
        AND c.scope = a.subject
 WHERE a.family IN ('ai', 'search', 'ml', 'registry', 'storage', 'classic')),
judged AS (
SELECT *, CASE WHEN family IN ('registry', 'classic') THEN 'manual'
               WHEN family <> 'ml' AND shut IS NULL THEN 'unknown'
               WHEN data_count > 0 AND shut THEN 'pass'
               WHEN data_count > 0 AND shut IS NOT NULL THEN 'manual'
               WHEN data_count = 0 AND (NOT covered OR unresolved > 0) THEN 'unknown'
               WHEN shut IS NULL THEN 'unknown'
               WHEN shut OR family = 'ml' THEN 'manual'
               ELSE 'fail' END AS status
  FROM granted)
SELECT record_id, status,
       CASE WHEN family = 'registry' THEN
                'No rule reads who may use a registry: see which roles reach it.'
            WHEN family = 'classic' THEN
                'A classic storage account takes its keys alone: no role opens its data.'
            WHEN family <> 'ml' AND shut IS NULL THEN said
            ELSE CASE WHEN data_count > 0 THEN
                data_count || CASE data_count WHEN 1 THEN ' data-plane role assignment reaches'
                    ELSE ' data-plane role assignments reach' END || ' the ' || noun || ' ('
                || data_words || ')'
                || CASE WHEN family = 'ml' AND shut IS NULL THEN '. ' || said
                   WHEN family = 'ml' AND shut THEN ', and none of its endpoints takes keys.'
                   WHEN family = 'ml' THEN ', and keys open these endpoints: ' || keyed_words || '.'
                   ELSE ', and keys ' || CASE WHEN shut THEN 'do not work (' ELSE 'work too (' END
                        || said || ').' END
            WHEN NOT covered THEN
                'No data-plane role is assigned in what was exported, and the export does not show the assignments of every scope above the ' || noun || '.'
            WHEN unresolved > 0 THEN
                'No known data-plane role is assigned, but the definitions of some assigned roles were not exported: '
                || unresolved_words || '.'
            WHEN family = 'ml' THEN
                'No role that uses the ' || noun || ' without managing it is assigned at it or above: see whether those who use it need so much.'
                || CASE WHEN shut IS NULL THEN ' ' || said
                   WHEN shut THEN '' ELSE ' Keys open these endpoints: ' || keyed_words || '.' END
            WHEN shut THEN
                'No data-plane role is assigned at the ' || noun || ' or above, and keys do not work ('
                || said || '): see how the '
                || noun || ' is used.'
            ELSE 'No data-plane role is assigned at the ' || noun || ' or above, and keys work ('
                || said || '): access is by key alone.' END
            || CASE WHEN data_count = 0 AND apart_words IS NOT NULL THEN
                   ' In no list with assignments of this ' || noun || '''s subscription, and so not counted: '
                   || apart_words || '.' ELSE '' END
            || CASE WHEN broad_count > 0 THEN ' Broad roles: ' || broad_words || '.' ELSE '' END
            END AS reason,
       CASE WHEN status <> 'unknown' THEN NULL
            WHEN family <> 'ml' AND shut IS NULL OR data_count > 0 THEN need
            WHEN NOT covered THEN 'role-assignment'
            WHEN unresolved > 0 THEN 'role-definition'
            ELSE need END AS need,
       CASE WHEN family IN ('registry', 'classic') OR family <> 'ml' AND shut IS NULL AND said LIKE 'Only%' THEN NULL
            WHEN records <> '' THEN '[' || records || coalesce(',' || keyed_records, '') || ']'
            WHEN covered THEN '[' || above_record || ',' || own_record
                 || coalesce(',' || keyed_records, '') || ']' END AS evidence
  FROM judged
