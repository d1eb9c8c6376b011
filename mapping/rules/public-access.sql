-- id: public-access
-- version: 1.3.0
-- title: Public network access is off or denied by default
-- service: azure-cognitive-search, azure-openai, cognitive-services, key-vault, machine-learning-service, storage
-- control: NS-2
-- feature: Disable Public Network Access
-- severity: high
-- needs: cognitive-account, key-vault, storage-account, ml-workspace, resource
-- observes: /properties/publicNetworkAccess, /properties/networkAcls/defaultAction,
--   /properties/networkRuleSet/ipRules, /properties/hubResourceId
-- policy: 037eea7a-bd0a-46c5-9a66-03aea78705d3 (AI accounts and search services),
--   55615ac9-af46-4a59-874e-391cc3dfb490 (key vaults), 34c877ad-507e-4c82-993e-3452a6e0ad3c and
--   b2982f36-99f2-4db5-8eff-283140c09693 (storage accounts), ee980b6d-0eca-4501-8d54-f6290fd512c3
--   (search services), 438c38d2-3772-465a-a9cc-7a6666a275ce (Machine Learning workspaces)
-- tests: properties.publicNetworkAccess is Disabled, or properties.networkAcls.defaultAction is
--   Deny (compared without regard to case). The policies for AI accounts and key vaults make
--   this comparison; of the two for storage accounts, one asks for the first alone and one for the
--   second. A search service has no default action: with an address in networkRuleSet.ipRules it answers
--   those addresses alone, so one that can be read passes, as in the policy 037eea7a; ee980b6d asks
--   for Disabled, and so does the policy for Machine Learning workspaces, which may let in addresses
--   (networkAcls) too. A project of AI Foundry has the network of its hub, which decides.
--   publicNetworkAccess SecuredByPerimeter leaves both to the rules of a network security
--   perimeter, which stand elsewhere: manual. Anonymous reading of blobs and ranges of addresses
--   that let in all, or half of them, do not change the status, but the reason says so. A classic storage account is manual.
-- absent: both absent or null fails, as in the policies: absent is not equal to Disabled or Deny, and
--   the service's defaults are Enabled and Allow. A search service without readable addresses in
--   ipRules answers everybody. A hub that was not exported, or is not named, is unknown.
-- source: github.com/Azure/azure-policy, definitions 037eea7a-bd0a-46c5-9a66-03aea78705d3 3.3.0,
--   55615ac9-af46-4a59-874e-391cc3dfb490 3.3.0, 34c877ad-507e-4c82-993e-3452a6e0ad3c 1.1.1 and
--   b2982f36-99f2-4db5-8eff-283140c09693 1.0.1, ee980b6d-0eca-4501-8d54-f6290fd512c3 1.0.0 and
--   438c38d2-3772-465a-a9cc-7a6666a275ce 2.0.1; severity is ours
SELECT a.record_id,
       CASE WHEN family = 'classic' THEN 'manual'
            WHEN gap IS NOT NULL THEN 'unknown'
            WHEN lower(public_network_access) = 'securedbyperimeter' THEN 'manual'
            WHEN lower(public_network_access) = 'disabled' OR lower(default_action) = 'deny'
              OR let_in IS NOT NULL
            THEN 'pass' ELSE 'fail' END AS status,
       CASE WHEN family = 'classic' THEN
                'No rule reads the settings of a classic storage account: see who can reach it.'
            WHEN gap IS NOT NULL THEN gap || ', so its network settings are not known.'
            WHEN lower(public_network_access) = 'securedbyperimeter' THEN
                'publicNetworkAccess is SecuredByPerimeter: see what the rules of the network security perimeter let in.'
            ELSE 'publicNetworkAccess is '
                || coalesce(public_network_access, 'not set, which means Enabled')
                || CASE WHEN family = 'search' THEN
                       coalesce(', and networkRuleSet.ipRules lets in ' || let_in,
                                ', and networkRuleSet.ipRules names no address, which means all') || '.'
                   ELSE ', and networkAcls.defaultAction is '
                       || coalesce(default_action, 'not set, which means Allow')
                       || CASE WHEN a.hub_record IS NOT NULL THEN ' in its hub.' ELSE '.' END END
                || CASE wide WHEN 2 THEN ' Beware: a range that ends in /0 is every address.'
                   WHEN 1 THEN ' Beware: a range that ends in /1 is half of all addresses.' ELSE '' END
                || CASE WHEN s.anonymous_blobs THEN ' Beware: allowBlobPublicAccess is true, so a container can be opened to readers who do not sign in.'
                   ELSE '' END END AS reason,
       CASE WHEN gap IS NOT NULL AND family <> 'classic' THEN need END AS need,
       '[' || a.hub_record || ']' AS evidence
  FROM (SELECT *, CASE WHEN default_action IS NOT NULL OR family = 'search' THEN
               (SELECT max(CASE WHEN address LIKE '%/0' THEN 2 WHEN address LIKE '%/1' THEN 1 END) FROM
                   (SELECT trim(CASE i.type WHEN 'object' THEN
                                coalesce(i.value ->> '$.value', i.value ->> '$.ipAddressOrRange') END) AS address
                      FROM json_each(ip_rules) i)) END AS wide,
               CASE WHEN family = 'search' THEN (SELECT group_concat(address, ', ') FROM
                  (SELECT nullif(trim(CASE i.type WHEN 'object' THEN i.value ->> '$.value' END), '') AS address
                     FROM json_each(ip_rules) i ORDER BY CAST(i.key AS INTEGER))) END AS let_in
          FROM asset) a
  LEFT JOIN storage_account s ON s.record_id = a.record_id
