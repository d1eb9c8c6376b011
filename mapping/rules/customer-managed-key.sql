-- id: customer-managed-key
-- version: 1.1.0
-- title: Data at rest is encrypted with a customer-managed key
-- service: azure-openai, cognitive-services, storage
-- control: DP-5
-- feature: Data at Rest Encryption Using CMK
-- severity: low
-- needs: cognitive-account, storage-account
-- observes: /properties/encryption
-- policy: 67121cc7-ff39-4ab8-b7e3-95b84dab487d (AI accounts) and
--   6fac406b-40ca-413b-bf8e-0bf964659c25 (storage accounts), both off by default in the benchmark's
--   initiative
-- tests: properties.encryption.keySource is Microsoft.KeyVault, and keyVaultProperties names a key
--   (keyVaultUri and keyName; keyvaultproperties in ARM's storage accounts). The policies compare
--   keySource alone. A classic storage account is manual. The control asks for a
--   customer-managed key only where the organisation requires it, so the lack of one is manual,
--   unless the parameter cmk_required is true: then it fails.
-- absent: encryption absent or null, or keySource Microsoft.CognitiveServices or
--   Microsoft.Storage, means Microsoft's own
--   keys: data is encrypted, but not with a key of the customer.
-- source: github.com/Azure/azure-policy, definitions 67121cc7-ff39-4ab8-b7e3-95b84dab487d 2.2.0
--   and 6fac406b-40ca-413b-bf8e-0bf964659c25 1.0.3; severity is ours
WITH wanted AS (
SELECT coalesce(max(lower(value) = 'true'), 0) AS required FROM parameter
 WHERE name = 'cmk_required')
SELECT record_id,
       CASE WHEN family = 'classic' THEN 'manual'
            WHEN complete = 0 THEN 'unknown'
            WHEN own_key AND key_vault_uri IS NOT NULL
                 AND key_name IS NOT NULL THEN 'pass'
            WHEN w.required THEN 'fail' ELSE 'manual' END AS status,
       CASE WHEN family = 'classic' THEN
                'No rule reads the settings of a classic storage account: see how its data is encrypted.'
            WHEN complete = 0 THEN
                'Only a summary of this ' || noun || ' was exported, so its encryption settings are not known.'
            WHEN own_key AND key_vault_uri IS NOT NULL
                 AND key_name IS NOT NULL THEN
                'Data at rest is encrypted with key ' || key_name || ' of ' || key_vault_uri || '.'
            ELSE CASE WHEN own_key THEN
                     'encryption.keySource is Microsoft.KeyVault, but no key is named'
                 ELSE 'encryption.keySource is ' || coalesce(key_source, 'not set')
                     || ', so Microsoft''s own keys encrypt the data' END
                || CASE WHEN w.required
                   THEN ', and the parameter cmk_required asks for a customer-managed key.'
                   ELSE ': see whether the organisation requires a customer-managed key.' END END
           AS reason,
       CASE WHEN complete = 0 AND family <> 'classic' THEN need END AS need,
       NULL AS evidence
  FROM asset, wanted w
