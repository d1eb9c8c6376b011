-- Resources whose services have rules, one row a resource and snapshot: AI accounts (see account),
-- key vaults, storage accounts, and the types of Azure Monitor. family says which rules' facts hold:
-- ai, vault, storage, monitor, or classic (a classic storage account, whose settings no rule reads);
-- for parts of networks and of Private Link see network_part.
-- noun is what a reason calls it, need the kind of evidence that supplies its properties. Columns as
-- in account: NULL means absent or null, lists are NULL when empty. The key_* columns say which
-- customer-managed key it uses; own_key: it uses one (az writes keyVaultProperties where ARM writes
-- keyvaultproperties). unread_connections: the private endpoint connections cannot all be read, or
-- one of them belongs to another resource. The *_scope columns are the scopes above it.
WITH other AS (
SELECT record_id, snapshot_id, subject, coalesce(id_given, subject) AS id,
       coalesce(name, id_given, subject) AS name, type, complete, body,
       substr(subject, 16) AS rest,
       CASE type WHEN 'microsoft.keyvault/vaults' THEN 'vault'
            WHEN 'microsoft.storage/storageaccounts' THEN 'storage'
            WHEN 'microsoft.classicstorage/storageaccounts' THEN 'classic'
            ELSE 'monitor' END AS family,
       coalesce(json_extract(body, '$.properties.encryption.keyvaultproperties'),
                json_extract(body, '$.properties.encryption.keyVaultProperties'),
                json_extract(body, '$.properties.keyVaultProperties')) AS key_box,
       json_type(body, '$.properties.privateEndpointConnections') AS connections_type,
       CASE WHEN json_array_length(body, '$.properties.privateEndpointConnections') > 0
            THEN json_extract(body, '$.properties.privateEndpointConnections') END AS connections
  FROM resource
 WHERE kind IN ('key-vault', 'storage-account', 'log-analytics-workspace', 'log-analytics-cluster',
                'app-insights', 'data-collection-rule', 'data-collection-endpoint',
                'private-link-scope', 'arm-resource')
   AND type IN ('microsoft.keyvault/vaults', 'microsoft.storage/storageaccounts',
                'microsoft.classicstorage/storageaccounts',
                'microsoft.operationalinsights/workspaces',
                'microsoft.operationalinsights/clusters', 'microsoft.insights/components',
                'microsoft.insights/datacollectionrules',
                'microsoft.insights/datacollectionendpoints',
                'microsoft.insights/privatelinkscopes', 'microsoft.monitor/accounts'))
SELECT record_id, snapshot_id, subject, id, name, 'microsoft.cognitiveservices/accounts' AS type,
       'ai' AS family, 'account' AS noun, 'cognitive-account' AS need,
       subscription, resource_group, subscription_scope, group_scope, complete,
       public_network_access, default_action, bypass, ip_rules, virtual_network_rules,
       encryption_key_source AS key_source,
       lower(encryption_key_source) IS 'microsoft.keyvault' AS own_key,
       key_vault_uri, key_name, key_version, private_endpoint_connections, unread_connections
  FROM account
UNION ALL
SELECT record_id, snapshot_id, subject, id, name, type, family,
       CASE type WHEN 'microsoft.keyvault/vaults' THEN 'vault'
            WHEN 'microsoft.storage/storageaccounts' THEN 'storage account'
            WHEN 'microsoft.classicstorage/storageaccounts' THEN 'classic storage account'
            WHEN 'microsoft.operationalinsights/workspaces' THEN 'workspace'
            WHEN 'microsoft.operationalinsights/clusters' THEN 'cluster'
            WHEN 'microsoft.insights/components' THEN 'Application Insights component'
            WHEN 'microsoft.insights/datacollectionrules' THEN 'data collection rule'
            WHEN 'microsoft.insights/datacollectionendpoints' THEN 'data collection endpoint'
            WHEN 'microsoft.insights/privatelinkscopes' THEN 'private link scope'
            ELSE 'Azure Monitor workspace' END,
       CASE type WHEN 'microsoft.keyvault/vaults' THEN 'key-vault'
            WHEN 'microsoft.storage/storageaccounts' THEN 'storage-account'
            WHEN 'microsoft.operationalinsights/workspaces' THEN 'log-analytics-workspace'
            ELSE 'resource' END,
       CASE WHEN subject LIKE '/subscriptions/%' THEN substr(rest, 1, instr(rest || '/', '/') - 1)
            END,
       CASE WHEN instr(subject, '/resourcegroups/') > 0 THEN
            substr(rest, instr(rest, '/resourcegroups/') + 16,
                   instr(substr(rest, instr(rest, '/resourcegroups/') + 16) || '/', '/') - 1) END,
       CASE WHEN subject LIKE '/subscriptions/%'
            THEN substr(subject, 1, 14 + instr(rest || '/', '/')) END,
       CASE WHEN instr(subject, '/resourcegroups/') > 0 AND instr(rest, '/providers/') > 0
            THEN substr(subject, 1, 14 + instr(rest, '/providers/')) END,
       complete,
       nullif(trim(coalesce(json_extract(body, '$.properties.publicNetworkAccess'),
                            CASE type WHEN 'microsoft.insights/datacollectionendpoints' THEN
                            json_extract(body, '$.properties.networkAcls.publicNetworkAccess') END)),
              ''),
       nullif(trim(json_extract(body, '$.properties.networkAcls.defaultAction')), ''),
       nullif(trim(json_extract(body, '$.properties.networkAcls.bypass')), ''),
       CASE WHEN json_array_length(body, '$.properties.networkAcls.ipRules') > 0
            THEN json_extract(body, '$.properties.networkAcls.ipRules') END,
       CASE WHEN json_array_length(body, '$.properties.networkAcls.virtualNetworkRules') > 0
            THEN json_extract(body, '$.properties.networkAcls.virtualNetworkRules') END,
       nullif(trim(json_extract(body, '$.properties.encryption.keySource')), ''),
       CASE family WHEN 'storage' THEN
            lower(trim(json_extract(body, '$.properties.encryption.keySource')))
                IS 'microsoft.keyvault'
            ELSE key_box IS NOT NULL END,
       CASE WHEN json_valid(key_box) THEN
            nullif(trim(coalesce(json_extract(key_box, '$.keyvaulturi'),
                                 json_extract(key_box, '$.keyVaultUri'))), '') END,
       CASE WHEN json_valid(key_box) THEN
            nullif(trim(coalesce(json_extract(key_box, '$.keyname'),
                                 json_extract(key_box, '$.keyName'))), '') END,
       CASE WHEN json_valid(key_box) THEN
            nullif(trim(coalesce(json_extract(key_box, '$.keyversion'),
                                 json_extract(key_box, '$.keyVersion'))), '') END,
       connections,
       coalesce(connections_type, 'null') NOT IN ('array', 'null')
           OR EXISTS (SELECT c.key FROM json_each(connections) c
                       WHERE c.type <> 'object'
                          OR '/' || trim(lower(CASE c.type WHEN 'object'
                                               THEN nullif(c.value ->> '$.id', '') END), '/ ')
                             NOT LIKE subject || '/privateendpointconnections/%')
  FROM other
UNION ALL
SELECT record_id, snapshot_id, subject, id, name, type, family, noun, need, subscription,
       resource_group, subscription_scope, group_scope, complete, NULL, NULL, NULL, NULL, NULL, NULL,
       0, NULL, NULL, NULL, NULL, 0
  FROM network_part
