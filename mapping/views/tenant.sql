-- The tenants that a snapshot shows: those of its subscriptions, of the managed identities of the
-- resources that have rules, and of its key vaults.
SELECT tenant, snapshot_id FROM subscription WHERE tenant IS NOT NULL
UNION
SELECT identity_tenant, snapshot_id FROM account WHERE identity_tenant IS NOT NULL
UNION
SELECT lower(trim(json_extract(body, '$.identity.tenantId'))), snapshot_id
  FROM resource
 WHERE kind IN ('storage-account', 'ai-search', 'ml-workspace')
   AND trim(json_extract(body, '$.identity.tenantId')) <> ''
UNION
SELECT lower(trim(json_extract(body, '$.properties.tenantId'))), snapshot_id
  FROM resource
 WHERE kind = 'key-vault' AND trim(json_extract(body, '$.properties.tenantId')) <> ''
