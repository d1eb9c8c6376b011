-- id: private-endpoint-connection
-- version: 1.1.0
-- title: The private endpoint is connected; the Private Link service is open to those named alone
-- service: azure-private-link
-- control: NS-2
-- feature: Azure Private Link
-- severity: medium
-- needs: private-endpoint
-- observes: /properties/privateLinkServiceConnections,
--   /properties/manualPrivateLinkServiceConnections, /properties/visibility, /properties/autoApproval
-- policy: none
-- tests: the baseline calls this feature Microsoft's, so what passes is inherited; but the two sides of
--   a connection are customers. A private endpoint: one of its connections (in either list) has
--   privateLinkServiceConnectionState.status Approved. One that is Pending, Rejected or Disconnected
--   leads nowhere, so its clients go another way: fail. A Private Link service whose
--   visibility.subscriptions or autoApproval.subscriptions has a * is open to every subscription of
--   Azure: manual, because that may be meant.
-- absent: no connection in a complete endpoint: fail. visibility and autoApproval absent or empty name
--   nobody: the service is found by those who have a role, and each connection is approved by hand. A
--   list of another type, or an entry that is no object, is unknown where nothing else decides; so are
--   visibility and autoApproval of another form.
-- source: learn.microsoft.com/azure/private-link/private-endpoint-overview and
--   azure/private-link/private-link-service-overview; severity is ours
WITH part AS (
SELECT n.record_id, n.type, n.complete, n.need, n.body, l.column1 AS member,
       json_type(n.body, '$.properties.' || l.column1) AS member_type
  FROM network_part n
 CROSS JOIN (VALUES ('privateLinkServiceConnections'), ('manualPrivateLinkServiceConnections')) l
 WHERE n.family = 'link'),
entry AS (
SELECT p.record_id, p.member, CAST(e.key AS INTEGER) AS place, e.type AS entry_type,
       CASE e.type WHEN 'object'
            THEN coalesce(e.value ->> '$.name', 'a connection without a name') END AS name,
       CASE e.type WHEN 'object' THEN
            nullif(trim(e.value ->> '$.properties.privateLinkServiceConnectionState.status'), '') END
           AS state
  FROM part p, json_each(CASE p.member_type WHEN 'array'
                         THEN json_extract(p.body, '$.properties.' || p.member) ELSE '[]' END) e),
told AS (
SELECT record_id, sum(lower(state) IS 'approved') AS approved, sum(entry_type <> 'object') AS unread,
       group_concat(CASE WHEN lower(state) IS 'approved' THEN name END, ', ') AS approved_names,
       group_concat(CASE WHEN entry_type = 'object' AND lower(state) IS NOT 'approved'
                    THEN name || ' is ' || coalesce(state, 'without a state') END, ', ') AS others
  FROM (SELECT * FROM entry ORDER BY record_id, member DESC, place)
 GROUP BY record_id),
open_to AS (
SELECT n.record_id, max(e.type = 'text' AND trim(e.atom) = '*') AS everyone,
       coalesce(json_type(n.body, '$.properties.visibility'), 'null') NOT IN ('object', 'null')
           OR coalesce(json_type(n.body, '$.properties.autoApproval'), 'null') NOT IN ('object', 'null')
           OR coalesce(json_type(n.body, '$.properties.visibility.subscriptions'), 'null')
              NOT IN ('array', 'null')
           OR coalesce(json_type(n.body, '$.properties.autoApproval.subscriptions'), 'null')
              NOT IN ('array', 'null') AS unread
  FROM network_part n,
       json_tree(json_array(n.body -> '$.properties.visibility',
                            n.body -> '$.properties.autoApproval')) e
 WHERE n.type = 'microsoft.network/privatelinkservices'
 GROUP BY n.record_id),
judged AS (
SELECT p.record_id, p.type, p.complete, p.need, t.approved, t.approved_names, t.others,
       coalesce(t.unread, 0) + sum(coalesce(p.member_type, 'null') NOT IN ('array', 'null')) AS unread,
       o.everyone, o.unread AS unread_scope
  FROM part p
  LEFT JOIN told t ON t.record_id = p.record_id
  LEFT JOIN open_to o ON o.record_id = p.record_id
 GROUP BY p.record_id)
SELECT record_id,
       CASE WHEN complete = 0 THEN 'unknown'
            WHEN type = 'microsoft.network/privatelinkservices' THEN
                 CASE WHEN everyone THEN 'manual' WHEN unread_scope THEN 'unknown' ELSE 'pass' END
            WHEN approved > 0 THEN 'pass'
            WHEN unread > 0 THEN 'unknown'
            ELSE 'fail' END AS status,
       CASE WHEN complete = 0 AND type = 'microsoft.network/privatelinkservices' THEN
                'Only a summary of this Private Link service was exported, so who may connect is not known.'
            WHEN complete = 0 THEN
                'Only a summary of this private endpoint was exported, so the state of its connection is not known.'
            WHEN everyone THEN
                'The Private Link service is visible to every subscription, or approves every one by itself (*): see whether that is meant.'
            WHEN unread_scope THEN
                'Whom the Private Link service is visible to, or approves by itself, cannot be read.'
            WHEN type = 'microsoft.network/privatelinkservices' THEN
                'The Private Link service is visible to no more, and approves no more by itself, than the subscriptions that it names.'
            WHEN approved > 0 THEN 'Approved: ' || approved_names
                || coalesce('; not approved: ' || others, '') || '.'
            WHEN unread > 0 THEN 'Not all connections of this private endpoint can be read'
                || coalesce(', and none that can is approved (' || others || ')', '') || '.'
            WHEN others IS NOT NULL THEN 'No connection of this private endpoint is approved: '
                || others || '.'
            ELSE 'The private endpoint has no connection.' END AS reason,
       CASE WHEN complete = 0 OR (unread_scope AND NOT everyone) THEN need
            WHEN type = 'microsoft.network/privateendpoints' AND coalesce(approved, 0) = 0 AND unread > 0
            THEN need END AS need,
       NULL AS evidence
  FROM judged
