-- id: public-access
-- version: 1.1.0
-- title: Public network access is off or denied by default
-- service: azure-openai, cognitive-services, key-vault, storage
-- control: NS-2
-- feature: Disable Public Network Access
-- severity: high
-- needs: cognitive-account, key-vault, storage-account
-- observes: /properties/publicNetworkAccess, /properties/networkAcls/defaultAction
-- policy: 037eea7a-bd0a-46c5-9a66-03aea78705d3 (AI accounts),
--   55615ac9-af46-4a59-874e-391cc3dfb490 (key vaults), 34c877ad-507e-4c82-993e-3452a6e0ad3c and
--   b2982f36-99f2-4db5-8eff-283140c09693 (storage accounts)
-- tests: properties.publicNetworkAccess is Disabled, or properties.networkAcls.defaultAction is
--   Deny (compared without regard to case). The policies for AI accounts and key vaults make
--   this comparison; of the two for storage accounts, one asks for the first alone and one for the
--   second. publicNetworkAccess SecuredByPerimeter leaves both to the rules of a network security
--   perimeter, which stand elsewhere: manual. Anonymous reading of blobs does not change the status,
--   but the reason says when a storage account allows it. A classic storage account is manual.
-- absent: both absent or null fails, as in the policies: absent is not equal to Disabled or Deny, and
--   the service's defaults are Enabled and Allow.
-- source: github.com/Azure/azure-policy, definitions 037eea7a-bd0a-46c5-9a66-03aea78705d3 3.3.0,
--   55615ac9-af46-4a59-874e-391cc3dfb490 3.3.0, 34c877ad-507e-4c82-993e-3452a6e0ad3c 1.1.1 and
--   b2982f36-99f2-4db5-8eff-283140c09693 1.0.1; severity is ours
SELECT a.record_id,
       CASE WHEN family = 'classic' THEN 'manual'
            WHEN a.complete = 0 THEN 'unknown'
            WHEN lower(public_network_access) = 'securedbyperimeter' THEN 'manual'
            WHEN lower(public_network_access) = 'disabled' OR lower(default_action) = 'deny'
            THEN 'pass' ELSE 'fail' END AS status,
       CASE WHEN family = 'classic' THEN
                'No rule reads the settings of a classic storage account: see who can reach it.'
            WHEN a.complete = 0 THEN
                'Only a summary of this ' || noun || ' was exported, so its network settings are not known.'
            WHEN lower(public_network_access) = 'securedbyperimeter' THEN
                'publicNetworkAccess is SecuredByPerimeter: see what the rules of the network security perimeter let in.'
            ELSE 'publicNetworkAccess is '
                || coalesce(public_network_access, 'not set, which means Enabled')
                || ', and networkAcls.defaultAction is '
                || coalesce(default_action, 'not set, which means Allow') || '.'
                || CASE WHEN s.anonymous_blobs THEN ' Beware: allowBlobPublicAccess is true, so a container can be opened to readers who do not sign in.'
                   ELSE '' END END AS reason,
       CASE WHEN a.complete = 0 AND family <> 'classic' THEN need END AS need,
       NULL AS evidence
  FROM asset a
  LEFT JOIN storage_account s ON s.record_id = a.record_id
