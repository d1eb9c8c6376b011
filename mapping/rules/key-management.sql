-- id: key-management
-- version: 1.3.0
-- title: The vault of the customer-managed key is protected from deletion
-- service: azure-cognitive-search, azure-openai, cognitive-services, machine-learning-service, storage
-- control: DP-6
-- feature: Key Management in Azure Key Vault
-- severity: medium
-- needs: cognitive-account, storage-account, ml-workspace, resource, key-vault, key-vault-key-rotation-policy
-- observes: /properties/encryption, /properties/encryptionWithCmk, /properties/hubResourceId
-- policy: 0b60c0b2-2dc2-4e1c-b5c9-abbed971de53 and 1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d, of the vault
-- tests: with a customer-managed key (see customer-managed-key), the vault that keyVaultUri names
--   has enablePurgeProtection true and enableSoftDelete not false; and, when the rotation policy of
--   the key was exported, that policy has a Rotate action. A rotation policy that was not exported
--   does not change the status; the reason says so. Without a customer-managed key the feature is
--   not used: notapplicable. A search service's keys stand in its indexes: manual, unless
--   encryptionWithCmk.serviceLevelEncryptionKey names one. A project of AI Foundry has its hub's key.
--   A classic storage account and a registry are manual. When several exported vaults have the host of keyVaultUri, the worst
--   counts; a managed HSM's host is never a vault's.
-- absent: enablePurgeProtection absent or null means off: fail. enableSoftDelete absent or null means
--   on: it is on for every new vault, and a vault cannot have purge protection without it. The vault
--   not exported, or only as a summary, is unknown; so is a rotation policy with actions that cannot be read.
-- source: github.com/Azure/azure-policy, definitions 0b60c0b2-2dc2-4e1c-b5c9-abbed971de53 and
--   1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d; severity is ours
WITH keyed AS (
SELECT record_id, snapshot_id, family, noun, need AS own_need, gap, hub_record, key_member, key_vault_uri, lower(key_name) AS key_name, key_version,
       CASE family WHEN 'search' THEN key_name IS NOT NULL ELSE own_key END AS own,
       CASE WHEN own_key OR family = 'search' THEN
            rtrim(replace(replace(lower(key_vault_uri), 'https://', ''), ':443', ''), '/') END
           AS host,
       lower(key_vault_uri) LIKE '%.managedhsm.%' AS hsm
  FROM asset),
vaults AS (
SELECT snapshot_id, host, hsm, group_concat(record_id, ',') AS records, max(name) AS name,
       min(complete) AS complete,
       CASE WHEN min(purge_protection) = 0 THEN 0
            WHEN count(purge_protection) = count(record_id) THEN 1 END AS purge,
       min(soft_delete) AS soft
  FROM (SELECT * FROM key_vault ORDER BY snapshot_id, host, record_id)
 GROUP BY snapshot_id, host, hsm),
rotations AS (
SELECT snapshot_id, host, key_name, max(record_id) AS record,
       CASE WHEN min(rotates) = 0 THEN 0
            WHEN count(rotates) = count(record_id) THEN 1 END AS rotates
  FROM key_rotation_policy GROUP BY snapshot_id, host, key_name),
joined AS (
SELECT k.record_id, k.family, k.noun, k.own_need, k.gap, k.hub_record, k.key_member, k.own, k.host, k.key_name, k.key_version, k.key_vault_uri,
       CASE WHEN v.records IS NULL THEN w.records
            ELSE v.records || coalesce(',' || w.records, '') END AS vault_record,
       coalesce(v.name, w.name) AS vault,
       min(coalesce(v.complete, 1), coalesce(w.complete, 1)) AS vault_complete,
       CASE WHEN v.records IS NULL OR v.purge IS 1 AND w.records IS NOT NULL THEN w.purge
            ELSE v.purge END AS purge,
       CASE WHEN v.soft IS 0 OR w.soft IS 0 THEN 0 ELSE coalesce(v.soft, w.soft) END AS soft,
       r.record AS rotation_record, r.rotates
  FROM keyed k
  LEFT JOIN vaults v ON v.snapshot_id = k.snapshot_id AND v.host = k.host AND v.hsm = k.hsm
  -- A vault that was exported without its URI is known by its name.
  LEFT JOIN vaults w ON w.snapshot_id = k.snapshot_id AND w.hsm = k.hsm
        AND w.host = substr(k.host, 1, instr(k.host || '.', '.') - 1)
  LEFT JOIN rotations r ON r.snapshot_id = k.snapshot_id AND r.host = k.host
        AND r.key_name = k.key_name)
SELECT record_id,
       CASE WHEN family IN ('classic', 'registry') THEN 'manual'
            WHEN gap IS NOT NULL THEN 'unknown'
            WHEN own IS NOT 1 AND family = 'search' THEN 'manual'
            WHEN own IS NOT 1 THEN 'notapplicable'
            WHEN host IS NULL OR key_name IS NULL THEN 'unknown'
            WHEN vault_record IS NULL OR vault_complete = 0 THEN 'unknown'
            WHEN purge IS 1 AND soft IS NOT 0 AND rotation_record IS NOT NULL AND rotates IS NULL
            THEN 'unknown'
            WHEN purge IS 1 AND soft IS NOT 0 AND rotates IS NOT 0 THEN 'pass'
            ELSE 'fail' END AS status,
       CASE WHEN family IN ('classic', 'registry') THEN
                'No rule reads the encryption of a ' || noun || ': see which keys it uses.'
            WHEN gap IS NOT NULL THEN gap || ', so its encryption settings are not known.'
            WHEN own IS NOT 1 AND family = 'search' THEN
                'Keys of a search service stand in its indexes, which Resource Manager does not show: see which of them name a key, and how it is kept.'
            WHEN own IS NOT 1 THEN
                'The ' || noun || ' does not use a customer-managed key, so there is no key to manage.'
            WHEN host IS NULL OR key_name IS NULL THEN
                key_member || CASE family WHEN 'ml' THEN ' is Enabled' WHEN 'search' THEN ' aside, a key is named'
                    ELSE ' is Microsoft.KeyVault' END
                || ', but the export does not name the vault and key.'
            WHEN vault_record IS NULL THEN
                'The key''s vault ' || key_vault_uri || ' was not exported.'
            WHEN vault_complete = 0 THEN
                'Only a summary of the key''s vault ' || vault || ' was exported.'
            ELSE 'Vault ' || vault || ' has purge protection '
                || CASE WHEN purge IS 1 THEN 'on' WHEN purge IS NULL THEN 'off (not set)'
                   ELSE 'off' END
                || ' and soft delete '
                || CASE WHEN soft IS 1 THEN 'on' WHEN soft IS NULL THEN 'on (not set, which means on)'
                   ELSE 'off' END
                || '; the rotation policy of key ' || key_name
                || CASE WHEN rotation_record IS NULL THEN ' was not exported'
                   WHEN rotates IS NULL THEN ' cannot be read'
                   WHEN rotates THEN ' rotates it' ELSE ' does not rotate it' END
                || CASE WHEN key_version IS NOT NULL
                   THEN ' (the ' || noun || ' names a fixed version of it).' ELSE '.' END END AS reason,
       CASE WHEN family IN ('classic', 'registry') THEN NULL
            WHEN gap IS NOT NULL THEN own_need
            WHEN own IS NOT 1 THEN NULL
            WHEN host IS NULL OR key_name IS NULL THEN own_need
            WHEN vault_record IS NULL OR vault_complete = 0 THEN 'key-vault'
            WHEN purge IS 1 AND soft IS NOT 0 AND rotation_record IS NOT NULL AND rotates IS NULL
            THEN 'key-vault-key-rotation-policy' END AS need,
       CASE WHEN vault_record IS NOT NULL THEN
            '[' || vault_record || coalesce(',' || rotation_record, '')
            || coalesce(',' || hub_record, '') || ']'
            ELSE '[' || hub_record || ']' END AS evidence
  FROM joined
