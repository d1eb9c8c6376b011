-- Key vaults, and managed HSMs. host is the data-plane host name (from the URI when it is there,
-- else from the name: vault names are unique in a cloud); flags as in account.
-- rbac: enableRbacAuthorization (odd_rbac: what it says when that is neither true nor false); access_policies counts what its access policies name.
-- hsm: it is a managed HSM, whose hosts are not those of vaults.
SELECT record_id, snapshot_id, subject, coalesce(id_given, subject) AS id,
       coalesce(name, subject) AS name,
       lower(coalesce(
           nullif(rtrim(replace(replace(lower(coalesce(
                      json_extract(body, '$.properties.vaultUri'),
                      json_extract(body, '$.properties.hsmUri'))), 'https://', ''), ':443', ''),
                  '/'), ''),
           name)) AS host,
       CASE lower(body -> '$.properties.enablePurgeProtection')
            WHEN 'true' THEN 1 WHEN '"true"' THEN 1 WHEN 'null' THEN NULL
            ELSE CASE WHEN body -> '$.properties.enablePurgeProtection' IS NULL THEN NULL ELSE 0 END
            END AS purge_protection,
       CASE lower(body -> '$.properties.enableSoftDelete')
            WHEN 'true' THEN 1 WHEN '"true"' THEN 1 WHEN 'null' THEN NULL
            ELSE CASE WHEN body -> '$.properties.enableSoftDelete' IS NULL THEN NULL ELSE 0 END
            END AS soft_delete,
       json_extract(body, '$.properties.softDeleteRetentionInDays') AS retention_days,
       CASE lower(body -> '$.properties.enableRbacAuthorization')
            WHEN 'true' THEN 1 WHEN '"true"' THEN 1 WHEN 'null' THEN NULL
            ELSE CASE WHEN body -> '$.properties.enableRbacAuthorization' IS NULL THEN NULL ELSE 0 END
            END AS rbac,
       CASE WHEN lower(replace(coalesce(body -> '$.properties.enableRbacAuthorization', 'null'), ' ', ''))
                 NOT IN ('null', 'true', '"true"', 'false', '"false"')
            THEN substr(body -> '$.properties.enableRbacAuthorization', 1, 60) END AS odd_rbac,
       coalesce(json_array_length(body, '$.properties.accessPolicies'), 0) AS access_policies,
       complete, coalesce(type = 'microsoft.keyvault/managedhsms', 0) AS hsm
  FROM resource
 WHERE record_id IN (SELECT record_id FROM resource WHERE kind = 'key-vault' UNION ALL
                     SELECT record_id FROM resource WHERE type = 'microsoft.keyvault/managedhsms')
