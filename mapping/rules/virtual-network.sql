-- id: virtual-network
-- version: 1.1.0
-- title: Public networks are shut out, or only chosen networks are let in
-- service: azure-openai, key-vault
-- control: NS-1
-- feature: Virtual Network Integration
-- severity: high
-- needs: cognitive-account, key-vault
-- observes: /properties/publicNetworkAccess, /properties/networkAcls
-- policy: none; 037eea7a-bd0a-46c5-9a66-03aea78705d3 and 55615ac9-af46-4a59-874e-391cc3dfb490 make
--   the same comparison for NS-2
-- tests: properties.publicNetworkAccess is Disabled, or properties.networkAcls.defaultAction is
--   Deny (compared without regard to case). An address rule of 0.0.0.0/0 does not change the
--   status, because the comparison is of these two properties alone, but the reason warns of it.
--   publicNetworkAccess SecuredByPerimeter leaves it to a network security perimeter: manual.
-- absent: publicNetworkAccess absent or null means Enabled, and networkAcls or its defaultAction
--   absent or null means Allow: the service answers every network until someone says otherwise. So
--   both absent fails.
-- source: learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks and
--   azure/key-vault/general/network-security; severity is ours
SELECT record_id,
       CASE WHEN complete = 0 THEN 'unknown'
            WHEN lower(public_network_access) = 'securedbyperimeter' THEN 'manual'
            WHEN lower(public_network_access) = 'disabled' OR lower(default_action) = 'deny'
            THEN 'pass' ELSE 'fail' END AS status,
       CASE WHEN complete = 0 THEN
                'Only a summary of this ' || noun || ' was exported, so its network settings are not known.'
            WHEN lower(public_network_access) = 'securedbyperimeter' THEN
                'publicNetworkAccess is SecuredByPerimeter: see what the rules of the network security perimeter let in.'
            WHEN lower(public_network_access) = 'disabled' THEN
                'publicNetworkAccess is Disabled: no public network reaches the ' || noun
                || CASE WHEN virtual_network_rules IS NULL AND ip_rules IS NULL THEN '.'
                   ELSE ', and its network rules let nobody in while that is so.' END
            WHEN lower(default_action) = 'deny' THEN
                'networkAcls.defaultAction is Deny; let in are '
                || CASE WHEN virtual_network_rules IS NULL AND ip_rules IS NULL
                   THEN 'no networks and no addresses' ELSE
                   coalesce('the networks ' || (SELECT group_concat(id, ', ') FROM
                       (SELECT coalesce(CASE v.type WHEN 'object' THEN v.value ->> '$.id' END, 'without an id') AS id
                          FROM json_each(virtual_network_rules) v
                         ORDER BY CAST(v.key AS INTEGER))), 'no networks')
                   || coalesce(' and the addresses ' || (SELECT group_concat(address, ', ') FROM
                       (SELECT coalesce(CASE i.type WHEN 'object' THEN i.value ->> '$.value' END,
                                       'without a value') AS address
                          FROM json_each(ip_rules) i ORDER BY CAST(i.key AS INTEGER))),
                       ' and no addresses') END
                || CASE WHEN lower(bypass) = 'azureservices'
                   THEN ', and trusted Azure services (networkAcls.bypass is AzureServices)'
                   ELSE '' END
                || CASE WHEN EXISTS (SELECT i.value FROM json_each(ip_rules) i
                                      WHERE CASE i.type WHEN 'object' THEN i.value ->> '$.value' END
                                            LIKE '%/0')
                   THEN '. Beware: a range that ends in /0 is every address.' ELSE '.' END
            ELSE 'publicNetworkAccess is '
                || coalesce(public_network_access, 'not set, which means Enabled')
                || ', and networkAcls.defaultAction is '
                || coalesce(default_action, 'not set, which means Allow')
                || ': public networks are not shut out.' END AS reason,
       CASE WHEN complete = 0 THEN need END AS need,
       NULL AS evidence
  FROM asset
