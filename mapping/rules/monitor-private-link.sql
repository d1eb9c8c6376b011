-- id: monitor-private-link
-- version: 1.1.0
-- title: An approved private endpoint reaches the workspace through its private link scope
-- service: azure-monitor
-- control: NS-2
-- feature: Azure Private Link
-- severity: medium
-- needs: log-analytics-workspace, private-link-scope, resource
-- observes: /properties/privateLinkScopedResources
-- policy: 0fc55270-f8bf-4feb-b7b8-5e7e7eacc6a6 (private link scopes), of the benchmark's second version
-- tests: a Log Analytics workspace, Application Insights component or data collection endpoint is
--   linked to a private link scope (privateLinkScopedResources), and that scope has a private endpoint
--   connection with privateLinkServiceConnectionState.status Approved: pass. A private link scope
--   passes by such a connection of its own. Data collection rules, clusters and Azure Monitor
--   workspaces are not linked to scopes: manual.
-- absent: privateLinkScopedResources absent, null or empty in a complete object means that it is
--   linked to no scope: fail. Scopes that were not exported, and links or connections that cannot be
--   read, are unknown where no exported scope passes; so is a connection that is Approved in one place and
--   not in another.
-- source: learn.microsoft.com/azure/azure-monitor/logs/private-link-security;
--   github.com/Azure/azure-policy, definition 0fc55270-f8bf-4feb-b7b8-5e7e7eacc6a6 1.0.0; severity is
--   ours
WITH approved AS (
SELECT asset_record, group_concat(CASE WHEN sure THEN name END, ', ') AS names,
       group_concat(CASE WHEN sure THEN record END, ',') AS records, max(claimed AND NOT sure) AS disputed
  FROM (SELECT asset_record, max(name) AS name, max(record) AS record,
               min(lower(status) IS 'approved') AS sure, max(lower(status) IS 'approved') AS claimed
          FROM private_link
         GROUP BY asset_record, connection
         ORDER BY asset_record, connection)
 GROUP BY asset_record),
scope AS MATERIALIZED (
SELECT a.record_id, a.snapshot_id, a.subject, a.name, a.complete,
       a.unread_connections OR coalesce(p.disputed, 0) AS unread_connections, p.names, p.records
  FROM asset a
  LEFT JOIN approved p ON p.asset_record = a.record_id
 WHERE a.type = 'microsoft.insights/privatelinkscopes'),
linked AS (
SELECT m.record_id, l.key, l.value AS scope_id, s.record_id AS scope_record, s.name, s.names,
       s.records, s.record_id IS NULL OR s.complete = 0 OR s.unread_connections AS open
  FROM monitor_resource m, json_each(m.links) l
  LEFT JOIN scope s ON s.snapshot_id = m.snapshot_id AND s.subject = l.value),
ordered AS (SELECT * FROM linked ORDER BY record_id, scope_id),
told AS (
SELECT record_id, count(key) AS links, sum(names IS NOT NULL) AS good,
       group_concat(CASE WHEN names IS NOT NULL THEN name || ' (' || names || ')' END, ', ')
           AS good_words,
       group_concat(CASE WHEN names IS NOT NULL THEN scope_record || coalesce(',' || records, '')
                    END, ',') AS good_records,
       max(open) AS open,
       group_concat(CASE WHEN open THEN scope_id END, ', ') AS open_words,
       group_concat(coalesce(name, scope_id), ', ') AS words,
       group_concat(scope_record, ',') AS scope_records
  FROM ordered
 GROUP BY record_id),
judged AS (
SELECT a.record_id, a.noun, a.need, a.complete,
       coalesce(s.unread_connections, a.unread_connections) AS unread_connections, m.type_word, m.links_unread,
       t.*, s.names,
       CASE WHEN m.type_word NOT IN ('workspace', 'component', 'endpoint', 'scope') THEN 'manual'
            WHEN t.good > 0 OR s.names IS NOT NULL THEN 'pass'
            WHEN a.complete = 0 OR coalesce(s.unread_connections, a.unread_connections)
              OR m.links_unread OR t.open THEN 'unknown'
            ELSE 'fail' END AS status
  FROM asset a
  JOIN monitor_resource m ON m.record_id = a.record_id
  LEFT JOIN told t ON t.record_id = a.record_id
  LEFT JOIN scope s ON s.record_id = a.record_id
 WHERE a.family = 'monitor')
SELECT record_id, status,
       CASE WHEN status = 'manual' THEN
                'A ' || noun || ' is not linked to a private link scope: see what it serves.'
            WHEN names IS NOT NULL THEN
                'Private endpoint connections of the scope are approved: ' || names || '.'
            WHEN good > 0 THEN
                'Private link scopes with approved private endpoint connections reach the ' || noun
                || ': ' || good_words || '.'
            WHEN complete = 0 THEN
                'Only a summary of this ' || noun || ' was exported, so its private links are not known.'
            WHEN unread_connections OR links_unread THEN
                'Not all private links of this ' || noun || ' can be read.'
            WHEN open THEN 'It is linked to private link scopes whose connections were not exported: '
                || open_words || '.'
            WHEN type_word = 'scope' THEN 'The scope has no approved private endpoint connection.'
            WHEN links > 0 THEN
                'None of the private link scopes that it is linked to has an approved private endpoint connection: '
                || words || '.'
            ELSE 'The ' || noun || ' is linked to no private link scope.' END AS reason,
       CASE WHEN status <> 'unknown' THEN NULL
            WHEN complete = 0 OR unread_connections OR links_unread THEN need
            ELSE 'private-link-scope' END AS need,
       CASE WHEN good > 0 THEN '[' || good_records || ']'
            WHEN scope_records IS NOT NULL THEN '[' || scope_records || ']' END AS evidence
  FROM judged
