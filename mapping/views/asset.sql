-- Resources whose services have rules, one row a resource and snapshot: AI accounts (see account),
-- key vaults, storage accounts, the types of Azure Monitor, search services, and Machine Learning
-- workspaces and registries. family says which rules' facts hold: ai, vault, storage, monitor, search,
-- ml, or classic and registry (classic storage accounts and registries, whose settings few rules
-- read); for those of networks and of Private Link see network_part. noun is what a reason calls it, need the kind of evidence that supplies its properties.
-- Columns as in account: NULL means absent or null, lists are NULL when empty. A project of AI Foundry
-- has the network and the keys of its hub (see ml_workspace): gap says in words why they cannot be
-- judged (for any resource: a summary), hub_record is the hub's record when they are judged by it, and
-- settings_subject is whose they are. The key_* columns say which customer-managed key it uses, and
-- key_member the member that says so; own_key: it uses one (az writes keyVaultProperties where ARM
-- writes keyvaultproperties; Machine Learning writes vault, name and version as one keyIdentifier; a
-- search service's keys stand in its indexes, and it says that all of them have one). ip_rules are
-- those of networkAcls, or a search service's networkRuleSet. unread_connections: the private endpoint
-- connections cannot all be read, or one of them belongs to another resource. The *_scope columns are
-- the scopes above it.
WITH placed AS (
SELECT record_id, snapshot_id, subject, coalesce(id_given, subject) AS id,
       coalesce(name, id_given, subject) AS name, type, complete, body AS own, body,
       subject AS settings_subject, NULL AS hub_record,
       CASE type WHEN 'microsoft.keyvault/vaults' THEN 'vault'
            WHEN 'microsoft.storage/storageaccounts' THEN 'storage'
            WHEN 'microsoft.classicstorage/storageaccounts' THEN 'classic'
            WHEN 'microsoft.search/searchservices' THEN 'search'
            WHEN 'microsoft.machinelearningservices/registries' THEN 'registry'
            ELSE 'monitor' END AS family,
       CASE type WHEN 'microsoft.keyvault/vaults' THEN 'vault'
            WHEN 'microsoft.storage/storageaccounts' THEN 'storage account'
            WHEN 'microsoft.classicstorage/storageaccounts' THEN 'classic storage account'
            WHEN 'microsoft.operationalinsights/workspaces' THEN 'workspace'
            WHEN 'microsoft.operationalinsights/clusters' THEN 'cluster'
            WHEN 'microsoft.insights/components' THEN 'Application Insights component'
            WHEN 'microsoft.insights/datacollectionrules' THEN 'data collection rule'
            WHEN 'microsoft.insights/datacollectionendpoints' THEN 'data collection endpoint'
            WHEN 'microsoft.insights/privatelinkscopes' THEN 'private link scope'
            WHEN 'microsoft.search/searchservices' THEN 'search service'
            WHEN 'microsoft.machinelearningservices/registries' THEN 'registry'
            ELSE 'Azure Monitor workspace' END AS noun,
       NULL AS gap
  FROM resource
 WHERE kind IN ('key-vault', 'storage-account', 'log-analytics-workspace', 'log-analytics-cluster',
                'app-insights', 'data-collection-rule', 'data-collection-endpoint',
                'private-link-scope', 'ai-search', 'ml-registry', 'arm-resource')
   AND type IN ('microsoft.keyvault/vaults', 'microsoft.storage/storageaccounts',
                'microsoft.classicstorage/storageaccounts',
                'microsoft.operationalinsights/workspaces',
                'microsoft.operationalinsights/clusters', 'microsoft.insights/components',
                'microsoft.insights/datacollectionrules',
                'microsoft.insights/datacollectionendpoints',
                'microsoft.insights/privatelinkscopes', 'microsoft.monitor/accounts',
                'microsoft.search/searchservices', 'microsoft.machinelearningservices/registries')
UNION ALL
SELECT record_id, snapshot_id, subject, id, name, 'microsoft.machinelearningservices/workspaces',
       complete, body, settings, settings_subject, hub_record, 'ml', noun, gap
  FROM ml_workspace),
other AS (
SELECT *, substr(subject, 16) AS rest,
       coalesce(json_extract(body, '$.properties.encryption.keyvaultproperties'),
                json_extract(body, '$.properties.encryption.keyVaultProperties'),
                json_extract(body, '$.properties.encryptionWithCmk.serviceLevelEncryptionKey'),
                json_extract(body, '$.properties.keyVaultProperties')) AS key_box,
       trim(json_extract(body, '$.properties.encryption.keyVaultProperties.keyIdentifier'))
           AS key_place,
       own -> '$.properties.disableLocalAuth' AS local_auth_off,
       json_type(body, '$.properties.privateEndpointConnections') AS connections_type,
       CASE WHEN json_array_length(body, '$.properties.privateEndpointConnections') > 0
            THEN json_extract(body, '$.properties.privateEndpointConnections') END AS connections
  FROM placed)
SELECT record_id, snapshot_id, subject, id, name, 'microsoft.cognitiveservices/accounts' AS type,
       'ai' AS family, 'account' AS noun, 'cognitive-account' AS need,
       subscription, resource_group, subscription_scope, group_scope, complete,
       CASE WHEN complete = 0 THEN 'Only a summary of this account was exported' END AS gap,
       subject AS settings_subject, NULL AS hub_record,
       public_network_access, default_action, bypass, ip_rules, virtual_network_rules,
       'encryption.keySource' AS key_member, encryption_key_source AS key_source,
       lower(encryption_key_source) IS 'microsoft.keyvault' AS own_key,
       key_vault_uri, key_name, key_version, private_endpoint_connections, unread_connections,
       identity_type, disable_local_auth, odd_local_auth
  FROM account
UNION ALL
SELECT record_id, snapshot_id, subject, id, name, type, family, noun,
       CASE type WHEN 'microsoft.keyvault/vaults' THEN 'key-vault'
            WHEN 'microsoft.storage/storageaccounts' THEN 'storage-account'
            WHEN 'microsoft.operationalinsights/workspaces' THEN 'log-analytics-workspace'
            WHEN 'microsoft.machinelearningservices/workspaces' THEN 'ml-workspace'
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
       coalesce(gap, CASE WHEN complete = 0
                     THEN 'Only a summary of this ' || noun || ' was exported' END),
       settings_subject, hub_record,
       nullif(trim(coalesce(json_extract(body, '$.properties.publicNetworkAccess'),
                            CASE type WHEN 'microsoft.insights/datacollectionendpoints' THEN
                            json_extract(body, '$.properties.networkAcls.publicNetworkAccess') END)),
              ''),
       nullif(trim(json_extract(body, '$.properties.networkAcls.defaultAction')), ''),
       nullif(trim(coalesce(json_extract(body, '$.properties.networkAcls.bypass'),
                            json_extract(body, '$.properties.networkRuleSet.bypass'))), ''),
       CASE WHEN json_array_length(body, '$.properties.networkAcls.ipRules') > 0
            THEN json_extract(body, '$.properties.networkAcls.ipRules')
            WHEN json_array_length(body, '$.properties.networkRuleSet.ipRules') > 0
            THEN json_extract(body, '$.properties.networkRuleSet.ipRules') END,
       CASE WHEN json_array_length(body, '$.properties.networkAcls.virtualNetworkRules') > 0
            THEN json_extract(body, '$.properties.networkAcls.virtualNetworkRules') END,
       CASE family WHEN 'search' THEN 'encryptionWithCmk.enforcement' WHEN 'ml' THEN 'encryption.status'
            ELSE 'encryption.keySource' END,
       nullif(trim(CASE family
            WHEN 'search' THEN json_extract(body, '$.properties.encryptionWithCmk.enforcement')
            WHEN 'ml' THEN json_extract(body, '$.properties.encryption.status')
            ELSE json_extract(body, '$.properties.encryption.keySource') END), ''),
       CASE family WHEN 'storage' THEN
            lower(trim(json_extract(body, '$.properties.encryption.keySource')))
                IS 'microsoft.keyvault'
            WHEN 'ml' THEN
            lower(trim(json_extract(body, '$.properties.encryption.status'))) IS 'enabled'
            WHEN 'search' THEN
            lower(trim(json_extract(body, '$.properties.encryptionWithCmk.enforcement')))
                IS 'enabled'
            AND lower(trim(json_extract(body,
                           '$.properties.encryptionWithCmk.encryptionComplianceStatus')))
                IS 'compliant'
            ELSE key_box IS NOT NULL END,
       CASE WHEN instr(lower(key_place), '/keys/') > 0
            THEN substr(key_place, 1, instr(lower(key_place), '/keys/') - 1)
            WHEN json_valid(key_box) THEN
            nullif(trim(coalesce(json_extract(key_box, '$.keyvaulturi'),
                                 json_extract(key_box, '$.keyVaultUri'))), '') END,
       CASE WHEN instr(lower(key_place), '/keys/') > 0
            THEN nullif(substr(substr(key_place, instr(lower(key_place), '/keys/') + 6), 1,
                 instr(substr(key_place, instr(lower(key_place), '/keys/') + 6) || '/', '/') - 1), '')
            WHEN json_valid(key_box) THEN
            nullif(trim(coalesce(json_extract(key_box, '$.keyname'),
                                 json_extract(key_box, '$.keyName'),
                                 json_extract(key_box, '$.keyVaultKeyName'))), '') END,
       CASE WHEN instr(lower(key_place), '/keys/') > 0
            THEN nullif(trim(substr(substr(key_place, instr(lower(key_place), '/keys/') + 6),
                 instr(substr(key_place, instr(lower(key_place), '/keys/') + 6) || '/', '/') + 1),
                 '/ '), '')
            WHEN json_valid(key_box) THEN
            nullif(trim(coalesce(json_extract(key_box, '$.keyversion'),
                                 json_extract(key_box, '$.keyVersion'),
                                 json_extract(key_box, '$.keyVaultKeyVersion'))), '') END,
       connections,
       coalesce(connections_type, 'null') NOT IN ('array', 'null')
           OR EXISTS (SELECT c.key FROM json_each(connections) c
                       WHERE c.type <> 'object'
                          OR '/' || trim(lower(CASE c.type WHEN 'object'
                                               THEN nullif(c.value ->> '$.id', '') END), '/ ')
                             NOT LIKE settings_subject || '/privateendpointconnections/%'),
       nullif(trim(json_extract(own, '$.identity.type')), ''),
       CASE WHEN local_auth_off IS NULL OR local_auth_off = 'null' THEN NULL
            WHEN lower(replace(local_auth_off, ' ', '')) IN ('true', '"true"') THEN 1 ELSE 0 END,
       CASE WHEN lower(replace(local_auth_off, ' ', ''))
                 NOT IN ('null', 'true', '"true"', 'false', '"false"')
            THEN substr(local_auth_off, 1, 60) END
  FROM other
UNION ALL
SELECT record_id, snapshot_id, subject, id, name, type, family, noun, need, subscription,
       resource_group, subscription_scope, group_scope, complete,
       CASE WHEN complete = 0 THEN 'Only a summary of this ' || noun || ' was exported' END,
       subject, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 0, NULL,
       NULL, NULL
  FROM network_part
