-- id: customer-managed-key
-- version: 1.2.0
-- title: Data at rest is encrypted with a customer-managed key
-- service: azure-cognitive-search, azure-openai, cognitive-services, machine-learning-service, storage
-- control: DP-5
-- feature: Data at Rest Encryption Using CMK
-- severity: low
-- needs: cognitive-account, storage-account, ml-workspace, resource
-- observes: /properties/encryption, /properties/encryptionWithCmk, /properties/hubResourceId
-- policy: 67121cc7-ff39-4ab8-b7e3-95b84dab487d (AI accounts),
--   6fac406b-40ca-413b-bf8e-0bf964659c25 (storage accounts) and ba769a63-b8cc-4b2d-abf6-ac33c7204be8
--   (Machine Learning workspaces; 7f40cee6-e933-4d0f-a782-b96615e0f4a6 in version 2), off by default in
--   the benchmark's initiative; 76a56461-9dc0-40f0-82f5-2453283afa2f (search services) is in none
-- tests: properties.encryption.keySource is Microsoft.KeyVault, and keyVaultProperties names a key
--   (keyVaultUri and keyName; keyvaultproperties in ARM's storage accounts). The policies compare
--   keySource alone. Machine Learning: encryption.status is Enabled, and keyVaultProperties.keyIdentifier
--   names vault and key; a project of AI Foundry is encrypted as its hub is. A search service:
--   encryptionWithCmk.enforcement is Enabled and encryptionComplianceStatus is Compliant (the policy's
--   comparison): each of its indexes has a key of its own choice, which Resource Manager does not name.
--   A classic storage account and a registry are manual. The control asks for a
--   customer-managed key only where the organisation requires it, so the lack of one is manual,
--   unless the parameter cmk_required is true: then it fails.
-- absent: encryption absent or null, or keySource Microsoft.CognitiveServices or
--   Microsoft.Storage, means Microsoft's own
--   keys: data is encrypted, but not with a key of the customer. So does encryption.status absent or
--   other than Enabled. enforcement absent, Disabled or Unspecified means that indexes without a
--   customer's key may exist.
-- source: github.com/Azure/azure-policy, definitions 67121cc7-ff39-4ab8-b7e3-95b84dab487d 2.2.0
--   6fac406b-40ca-413b-bf8e-0bf964659c25 1.0.3, ba769a63-b8cc-4b2d-abf6-ac33c7204be8 1.1.0 and
--   76a56461-9dc0-40f0-82f5-2453283afa2f 1.0.0; severity is ours
WITH wanted AS (
SELECT coalesce(max(lower(value) = 'true'), 0) AS required FROM parameter
 WHERE name = 'cmk_required')
SELECT record_id,
       CASE WHEN family IN ('classic', 'registry') THEN 'manual'
            WHEN gap IS NOT NULL THEN 'unknown'
            WHEN own_key AND (family = 'search' OR key_vault_uri IS NOT NULL
                              AND key_name IS NOT NULL) THEN 'pass'
            WHEN w.required THEN 'fail' ELSE 'manual' END AS status,
       CASE WHEN family IN ('classic', 'registry') THEN
                'No rule reads the encryption of a ' || noun || ': see how its data is encrypted.'
            WHEN gap IS NOT NULL THEN gap || ', so its encryption settings are not known.'
            WHEN own_key AND family = 'search' THEN
                'encryptionWithCmk.enforcement is Enabled, and encryptionComplianceStatus is Compliant: every index has a customer-managed key.'
            WHEN own_key AND key_vault_uri IS NOT NULL
                 AND key_name IS NOT NULL THEN
                'Data at rest is encrypted with key ' || key_name || ' of ' || key_vault_uri || '.'
            ELSE CASE WHEN own_key THEN
                     key_member || ' is ' || key_source || ', but no key is named'
                 WHEN lower(key_source) = 'enabled' THEN
                     'encryptionWithCmk.enforcement is Enabled, but encryptionComplianceStatus is not Compliant: some indexes have no customer-managed key'
                 WHEN family = 'search' THEN
                     'encryptionWithCmk.enforcement is ' || coalesce(key_source, 'not set')
                     || ', so indexes without a customer-managed key may exist'
                 ELSE key_member || ' is ' || coalesce(key_source, 'not set')
                     || ', so Microsoft''s own keys encrypt the data' END
                || CASE WHEN w.required
                   THEN ', and the parameter cmk_required asks for a customer-managed key.'
                   ELSE ': see whether the organisation requires a customer-managed key.' END END
           AS reason,
       CASE WHEN gap IS NOT NULL AND family NOT IN ('classic', 'registry') THEN need END AS need,
       '[' || hub_record || ']' AS evidence
  FROM asset, wanted w
