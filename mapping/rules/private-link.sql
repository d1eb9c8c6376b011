-- id: private-link
-- version: 1.4.0
-- title: An approved private endpoint reaches the resource
-- service: azure-cognitive-search, azure-openai, cognitive-services, key-vault, machine-learning-service, storage
-- control: NS-2
-- feature: Azure Private Link
-- severity: medium
-- needs: cognitive-account, key-vault, storage-account, ml-workspace, resource, private-endpoint-connection
-- observes: /properties/privateEndpointConnections, /properties/hubResourceId
-- policy: d6759c02-b87f-42b7-892e-71b3f471d782 (AI accounts and search services),
--   a6abeaec-4d90-4a02-805f-6b26c4d3fbe9 (key vaults), 6edd7eda-6dd8-40f7-810d-67160c639cd9
--   (storage accounts), 45e05259-1eb5-4f70-9574-baf73e9d219b (Machine Learning workspaces)
-- tests: at least one private endpoint connection of the resource has
--   privateLinkServiceConnectionState.status Approved: in its own
--   properties.privateEndpointConnections, or in a connection of it that was exported apart. A project
--   of AI Foundry is reached through its hub, whose connections count. Pending, Rejected and Disconnected do not count. A private endpoint on the network's
--   side (Microsoft.Network/privateEndpoints) does not decide: the resource's side has the say. A classic storage
--   account takes no private endpoint that Resource Manager shows, and a registry lists its own in
--   another form: manual.
-- absent: the service lists every connection inside the resource's object, so none there (absent, null
--   or an empty list) and none apart means that there is none: fail.
--   An entry that is no object, or whose id is of another resource, leaves it open: unknown. So does a
--   connection that is Approved in one place and not in another, because nobody knows which is newer.
-- source: learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks;
--   github.com/Azure/azure-policy, the definitions above; severity is ours
WITH seen AS (
SELECT asset_record, connection, max(name) AS name,
       min(lower(status) IS 'approved') AS approved, max(lower(status) IS 'approved') AS claimed,
       max(coalesce(status, 'without a state')) AS status, max(record) AS record
  FROM private_link
 GROUP BY asset_record, connection),
ordered AS (SELECT * FROM seen ORDER BY asset_record, connection),
told AS (
SELECT asset_record, sum(approved) AS approved, count(connection) AS connections,
       group_concat(CASE WHEN approved THEN name END, ', ') AS approved_names,
       max(claimed AND NOT approved) AS disputed,
       group_concat(CASE WHEN claimed AND NOT approved THEN name || ' is Approved in one export, and not in another'
                         WHEN NOT approved THEN name || ' is ' || status END, ', ') AS others,
       group_concat(record, ',') AS records
  FROM ordered
 GROUP BY asset_record)
SELECT a.record_id,
       CASE WHEN t.approved > 0 THEN 'pass'
            WHEN a.family IN ('classic', 'registry') THEN 'manual'
            WHEN a.gap IS NOT NULL OR a.unread_connections OR t.disputed THEN 'unknown'
            ELSE 'fail' END AS status,
       CASE WHEN t.approved > 0 THEN
                CASE t.approved WHEN 1 THEN 'One private endpoint connection is approved: '
                ELSE t.approved || ' private endpoint connections are approved: ' END
                || t.approved_names || coalesce('; not approved: ' || t.others, '') || '.'
            WHEN a.family IN ('classic', 'registry') THEN
                'No rule reads the private endpoints of a ' || a.noun || ': see what leads to it.'
            WHEN a.gap IS NOT NULL THEN a.gap
                || coalesce(', and its connections that were exported apart are not approved ('
                            || t.others || ')', '')
                || ', so its private endpoint connections are not known.'
            WHEN a.unread_connections THEN
                'Not all of the ' || a.noun || '''s private endpoint connections can be read as its own'
                || coalesce(', and none that can is approved (' || t.others || ')', '') || '.'
            WHEN t.disputed THEN 'No private endpoint connection is approved beyond doubt: ' || t.others || '.'
            WHEN t.connections > 0 THEN
                'No private endpoint connection is approved: ' || t.others || '.'
            ELSE 'The ' || a.noun || CASE WHEN a.hub_record IS NOT NULL THEN '''s hub' ELSE '' END
                || ' has no private endpoint connection.' END AS reason,
       CASE WHEN coalesce(t.approved, 0) = 0 AND a.family NOT IN ('classic', 'registry')
             AND (a.gap IS NOT NULL OR a.unread_connections OR t.disputed) THEN a.need END AS need,
       '[' || CASE WHEN t.records IS NULL THEN CAST(a.hub_record AS TEXT)
              ELSE t.records || coalesce(',' || a.hub_record, '') END || ']' AS evidence
  FROM asset a
  LEFT JOIN told t ON t.asset_record = a.record_id
