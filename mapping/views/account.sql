-- Cognitive Services accounts, one row an account and snapshot. NULL means absent or null: ARM
-- leaves out what was never set, az prints it as null, and both mean the same. Lists are NULL when
-- empty. Flags are 1, 0 (present, and not true) or NULL. complete is 0 for a summary (az resource
-- list), whose properties are not known. odd_local_auth is what disableLocalAuth says when that is
-- neither true nor false, odd_outbound the same for restrictOutboundNetworkAccess. unread_connections: the private endpoint connections cannot all be read,
-- or one of them belongs to another account. The *_scope columns are the scopes above the account.
WITH taken AS MATERIALIZED (
SELECT record_id, snapshot_id, subject, coalesce(id_given, subject) AS id, name, complete,
       substr(subject, 16) AS rest,
       nullif(trim(json_extract(body, '$.kind')), '') AS kind,
       nullif(trim(json_extract(body, '$.properties.publicNetworkAccess')), '')
           AS public_network_access,
       nullif(trim(json_extract(body, '$.properties.networkAcls.defaultAction')), '')
           AS default_action,
       nullif(trim(json_extract(body, '$.properties.networkAcls.bypass')), '') AS bypass,
       CASE WHEN json_array_length(body, '$.properties.networkAcls.ipRules') > 0
            THEN json_extract(body, '$.properties.networkAcls.ipRules') END AS ip_rules,
       CASE WHEN json_array_length(body, '$.properties.networkAcls.virtualNetworkRules') > 0
            THEN json_extract(body, '$.properties.networkAcls.virtualNetworkRules') END
           AS virtual_network_rules,
       body -> '$.properties.disableLocalAuth' AS local_auth_off,
       nullif(trim(json_extract(body, '$.properties.customSubDomainName')), '')
           AS custom_subdomain,
       nullif(trim(json_extract(body, '$.identity.type')), '') AS identity_type,
       lower(nullif(trim(json_extract(body, '$.identity.tenantId')), '')) AS identity_tenant,
       body -> '$.properties.restrictOutboundNetworkAccess' AS restricted,
       CASE WHEN json_array_length(body, '$.properties.allowedFqdnList') > 0
            THEN json_extract(body, '$.properties.allowedFqdnList') END AS allowed_fqdn,
       nullif(trim(json_extract(body, '$.properties.encryption.keySource')), '')
           AS encryption_key_source,
       nullif(trim(json_extract(body, '$.properties.encryption.keyVaultProperties.keyVaultUri')),
              '') AS key_vault_uri,
       nullif(trim(json_extract(body, '$.properties.encryption.keyVaultProperties.keyName')), '')
           AS key_name,
       nullif(trim(json_extract(body, '$.properties.encryption.keyVaultProperties.keyVersion')),
              '') AS key_version,
       json_type(body, '$.properties.privateEndpointConnections') AS connections_type,
       CASE WHEN json_array_length(body, '$.properties.privateEndpointConnections') > 0
            THEN json_extract(body, '$.properties.privateEndpointConnections') END
           AS private_endpoint_connections
  FROM resource
 WHERE resource.kind = 'cognitive-account')
SELECT record_id, snapshot_id, subject, id, coalesce(name, id) AS name, kind,
       CASE WHEN subject LIKE '/subscriptions/%' THEN substr(rest, 1, instr(rest || '/', '/') - 1)
            END AS subscription,
       CASE WHEN instr(subject, '/resourcegroups/') > 0 THEN
            substr(rest, instr(rest, '/resourcegroups/') + 16,
                   instr(substr(rest, instr(rest, '/resourcegroups/') + 16) || '/', '/') - 1) END
           AS resource_group,
       CASE WHEN subject LIKE '/subscriptions/%'
            THEN substr(subject, 1, 14 + instr(rest || '/', '/')) END AS subscription_scope,
       CASE WHEN instr(subject, '/resourcegroups/') > 0 AND instr(rest, '/providers/') > 0
            THEN substr(subject, 1, 14 + instr(rest, '/providers/')) END AS group_scope,
       complete, public_network_access, default_action, bypass, ip_rules, virtual_network_rules,
       CASE WHEN local_auth_off IS NULL OR local_auth_off = 'null' THEN NULL
            WHEN lower(replace(local_auth_off, ' ', '')) IN ('true', '"true"') THEN 1 ELSE 0 END
           AS disable_local_auth,
       CASE WHEN lower(replace(local_auth_off, ' ', ''))
                 NOT IN ('null', 'true', '"true"', 'false', '"false"')
            THEN substr(local_auth_off, 1, 60) END AS odd_local_auth,
       custom_subdomain, identity_type, identity_tenant,
       CASE WHEN restricted IS NULL OR restricted = 'null' THEN NULL
            WHEN lower(restricted) IN ('true', '"true"') THEN 1 ELSE 0 END AS restrict_outbound,
       CASE WHEN lower(restricted) NOT IN ('null', 'true', '"true"', 'false', '"false"')
            THEN substr(restricted, 1, 60) END AS odd_outbound,
       allowed_fqdn, encryption_key_source, key_vault_uri, key_name, key_version,
       private_endpoint_connections,
       coalesce(connections_type, 'null') NOT IN ('array', 'null')
           OR EXISTS (SELECT c.key FROM json_each(private_endpoint_connections) c
                       WHERE c.type <> 'object'
                          OR '/' || trim(lower(CASE c.type WHEN 'object'
                                               THEN nullif(c.value ->> '$.id', '') END), '/ ')
                             NOT LIKE subject || '/privateendpointconnections/%') AS unread_connections
  FROM taken
