-- id: customer-managed-key
-- version: 1.0.0
-- title: Data at rest is encrypted with a customer-managed key
-- service: azure-openai, cognitive-services
-- control: DP-5
-- feature: Data at Rest Encryption Using CMK
-- severity: low
-- needs: cognitive-account
-- observes: /properties/encryption
-- policy: 67121cc7-ff39-4ab8-b7e3-95b84dab487d (off by default in the benchmark's initiative)
-- tests: properties.encryption.keySource is Microsoft.KeyVault, and keyVaultProperties names a key
--   (keyVaultUri and keyName). The policy compares keySource alone. The control asks for a
--   customer-managed key only where the organisation requires it, so the lack of one is manual,
--   unless the parameter cmk_required is true: then it fails.
-- absent: encryption absent or null, or keySource Microsoft.CognitiveServices, means Microsoft's own
--   keys: data is encrypted, but not with a key of the customer.
-- source: github.com/Azure/azure-policy, definition 67121cc7-ff39-4ab8-b7e3-95b84dab487d 2.2.0;
--   severity is ours
WITH wanted AS (
SELECT coalesce(max(lower(value) = 'true'), 0) AS required FROM parameter
 WHERE name = 'cmk_required')
SELECT record_id,
       CASE WHEN complete = 0 THEN 'unknown'
            WHEN lower(encryption_key_source) = 'microsoft.keyvault' AND key_vault_uri IS NOT NULL
                 AND key_name IS NOT NULL THEN 'pass'
            WHEN w.required THEN 'fail' ELSE 'manual' END AS status,
       CASE WHEN complete = 0 THEN
                'Only a summary of this account was exported, so its encryption settings are not known.'
            WHEN lower(encryption_key_source) = 'microsoft.keyvault' AND key_vault_uri IS NOT NULL
                 AND key_name IS NOT NULL THEN
                'Data at rest is encrypted with key ' || key_name || ' of ' || key_vault_uri || '.'
            ELSE CASE WHEN lower(encryption_key_source) = 'microsoft.keyvault' THEN
                     'encryption.keySource is Microsoft.KeyVault, but no key is named'
                 ELSE 'encryption.keySource is ' || coalesce(encryption_key_source, 'not set')
                     || ', so Microsoft''s own keys encrypt the data' END
                || CASE WHEN w.required
                   THEN ', and the parameter cmk_required asks for a customer-managed key.'
                   ELSE ': see whether the organisation requires a customer-managed key.' END END
           AS reason,
       CASE WHEN complete = 0 THEN 'cognitive-account' END AS need,
       NULL AS evidence
  FROM account, wanted w
