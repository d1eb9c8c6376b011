-- id: ai-key-management
-- version: 1.0.0
-- title: The vault of the customer-managed key is protected from deletion
-- service: azure-openai, cognitive-services
-- control: DP-6
-- feature: Key Management in Azure Key Vault
-- severity: medium
-- needs: cognitive-account, key-vault, key-vault-key-rotation-policy
-- observes: /properties/encryption
-- policy: 0b60c0b2-2dc2-4e1c-b5c9-abbed971de53 and 1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d, of the vault
-- tests: with a customer-managed key (see ai-customer-managed-key), the vault that keyVaultUri names
--   has enablePurgeProtection true and enableSoftDelete not false; and, when the rotation policy of
--   the key was exported, that policy has a Rotate action. A rotation policy that was not exported
--   does not change the status; the reason says so. Without a customer-managed key the feature is
--   not used: notapplicable.
-- absent: enablePurgeProtection absent or null means off: fail. enableSoftDelete absent or null means
--   on: it is on for every new vault, and a vault cannot have purge protection without it. The vault
--   not exported, or only as a summary, is unknown.
-- source: github.com/Azure/azure-policy, definitions 0b60c0b2-2dc2-4e1c-b5c9-abbed971de53 and
--   1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d; severity is ours
WITH keyed AS (
SELECT record_id, snapshot_id, complete, key_vault_uri, lower(key_name) AS key_name, key_version,
       lower(encryption_key_source) = 'microsoft.keyvault' AS own,
       CASE WHEN lower(encryption_key_source) = 'microsoft.keyvault' THEN
            rtrim(replace(replace(lower(key_vault_uri), 'https://', ''), ':443', ''), '/') END
           AS host
  FROM account),
vaults AS (
SELECT snapshot_id, host, max(record_id) AS record, max(name) AS name,
       max(complete) AS complete, max(purge_protection) AS purge, min(soft_delete) AS soft
  FROM key_vault GROUP BY snapshot_id, host),
rotations AS (
SELECT snapshot_id, host, key_name, max(record_id) AS record, max(rotates) AS rotates
  FROM key_rotation_policy GROUP BY snapshot_id, host, key_name),
joined AS (
SELECT k.record_id, k.complete, k.own, k.host, k.key_name, k.key_version, k.key_vault_uri,
       coalesce(v.record, w.record) AS vault_record, coalesce(v.name, w.name) AS vault,
       coalesce(v.complete, w.complete) AS vault_complete,
       CASE WHEN v.record IS NULL THEN w.purge ELSE v.purge END AS purge,
       CASE WHEN v.record IS NULL THEN w.soft ELSE v.soft END AS soft,
       r.record AS rotation_record, r.rotates
  FROM keyed k
  LEFT JOIN vaults v ON v.snapshot_id = k.snapshot_id AND v.host = k.host
  -- A vault that was exported without its URI is known by its name.
  LEFT JOIN vaults w ON w.snapshot_id = k.snapshot_id
        AND w.host = substr(k.host, 1, instr(k.host || '.', '.') - 1)
  LEFT JOIN rotations r ON r.snapshot_id = k.snapshot_id AND r.host = k.host
        AND r.key_name = k.key_name)
SELECT record_id,
       CASE WHEN complete = 0 THEN 'unknown'
            WHEN own IS NOT 1 THEN 'notapplicable'
            WHEN host IS NULL OR key_name IS NULL THEN 'unknown'
            WHEN vault_record IS NULL OR vault_complete = 0 THEN 'unknown'
            WHEN purge IS 1 AND soft IS NOT 0 AND rotates IS NOT 0 THEN 'pass'
            ELSE 'fail' END AS status,
       CASE WHEN complete = 0 THEN
                'Only a summary of this account was exported, so its encryption settings are not known.'
            WHEN own IS NOT 1 THEN
                'The account does not use a customer-managed key, so there is no key to manage.'
            WHEN host IS NULL OR key_name IS NULL THEN
                'encryption.keySource is Microsoft.KeyVault, but the export does not name the vault and key.'
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
                   WHEN rotates THEN ' rotates it' ELSE ' does not rotate it' END
                || CASE WHEN key_version IS NOT NULL
                   THEN ' (the account names a fixed version of it).' ELSE '.' END END AS reason,
       CASE WHEN complete = 0 THEN 'cognitive-account'
            WHEN own IS NOT 1 THEN NULL
            WHEN host IS NULL OR key_name IS NULL THEN 'cognitive-account'
            WHEN vault_record IS NULL OR vault_complete = 0 THEN 'key-vault' END AS need,
       CASE WHEN vault_record IS NOT NULL THEN
            '[' || vault_record || coalesce(',' || rotation_record, '') || ']' END AS evidence
  FROM joined
