-- id: outbound-restriction
-- version: 1.2.0
-- title: Outbound calls of the service are restricted
-- service: azure-openai, cognitive-services, machine-learning-service
-- control: DP-2
-- feature: Data Leakage/Loss Prevention
-- severity: medium
-- needs: cognitive-account, ml-workspace, ml-compute
-- observes: /properties/restrictOutboundNetworkAccess, /properties/allowedFqdnList,
--   /properties/managedNetwork/isolationMode, /properties/hubResourceId
-- policy: none; 6ddb1705-c8cf-450e-aa4b-19ad6703c440 compares a workspace's isolation mode with a parameter
--   that the benchmark's second version leaves at Disabled: another test
-- tests: properties.restrictOutboundNetworkAccess of an AI account is true. allowedFqdnList says where the account may
--   still send data; whether those names are the right ones is for a person to say, and the reason
--   lists them. A Machine Learning workspace has managedNetwork.isolationMode AllowOnlyApprovedOutbound;
--   a project of AI Foundry has the network of its hub. AllowInternetOutbound lets everything out: fail.
--   Without a managed network, a compute outside any subnet lets everything out, too: fail; where computes or serverless
--   compute stand in subnets alone, the customer's own network may do it: manual; without either: fail. A registry is manual.
-- absent: absent or null fails: the account may call any address until this property is true. Neither
--   true nor false is unknown. A list
--   without the property restricts nothing. isolationMode absent or null means Disabled: computes
--   decide, and are unknown where the export does not show all of them and none decides. A hub that was not exported, or is not named, is unknown.
-- source: learn.microsoft.com/azure/ai-services/cognitive-services-data-loss-prevention and
--   azure/machine-learning/how-to-managed-network;
--   severity is ours
SELECT record_id,
       CASE WHEN complete = 0 OR odd_outbound IS NOT NULL THEN 'unknown'
            WHEN restrict_outbound = 1 THEN 'pass' ELSE 'fail' END AS status,
       CASE WHEN complete = 0 THEN
                'Only a summary of this account was exported, so its outbound restriction is not known.'
            WHEN odd_outbound IS NOT NULL THEN
                'restrictOutboundNetworkAccess is ' || odd_outbound || ', which is neither true nor false.'
            WHEN restrict_outbound = 1 THEN
                'restrictOutboundNetworkAccess is true; the account may call '
                || coalesce((SELECT group_concat(name, ', ') FROM
                       (SELECT f.value AS name FROM json_each(allowed_fqdn) f
                         ORDER BY CAST(f.key AS INTEGER))), 'no outside name (allowedFqdnList is empty)')
                || '.'
            ELSE 'restrictOutboundNetworkAccess is '
                || CASE WHEN restrict_outbound IS NULL THEN 'not set' ELSE 'false' END
                || ': the account may call any address'
                || CASE WHEN allowed_fqdn IS NOT NULL
                   THEN ', whatever allowedFqdnList says.' ELSE '.' END END AS reason,
       CASE WHEN complete = 0 OR odd_outbound IS NOT NULL THEN 'cognitive-account' END AS need,
       NULL AS evidence
  FROM account
UNION ALL
SELECT w.record_id,
       CASE WHEN w.gap IS NOT NULL THEN 'unknown'
            WHEN lower(w.isolation) = 'allowonlyapprovedoutbound' THEN 'pass'
            WHEN lower(w.isolation) = 'allowinternetoutbound' THEN 'fail'
            WHEN c.outside > 0 THEN 'fail'
            WHEN w.custom_subnet IS NOT NULL OR c.inside > 0 THEN 'manual'
            WHEN c.shown IS NOT 1 THEN 'unknown'
            ELSE 'fail' END,
       CASE WHEN w.gap IS NOT NULL THEN w.gap || ', so its managed network is not known.'
            ELSE 'managedNetwork.isolationMode is ' || coalesce(w.isolation, 'not set, which means Disabled')
                || CASE WHEN lower(w.isolation) = 'allowonlyapprovedoutbound'
                   THEN ': the managed network lets out only what its rules name.'
                   WHEN lower(w.isolation) = 'allowinternetoutbound'
                   THEN ': the managed network lets everything out.'
                   WHEN c.outside > 0
                   THEN ', and these computes stand in no subnet: ' || c.outside_words || '.'
                   WHEN w.custom_subnet IS NOT NULL OR c.inside > 0
                   THEN ': see what the customer''s own network lets out of '
                        || coalesce(c.subnet_words, w.custom_subnet) || '.'
                   WHEN c.shown IS NOT 1
                   THEN ', and the export does not show all computes of the ' || w.noun || '.'
                   ELSE ', and no compute stands in a subnet: nothing keeps data from leaving.' END END,
       CASE WHEN w.gap IS NOT NULL THEN 'ml-workspace'
            WHEN coalesce(lower(w.isolation), '') NOT IN ('allowonlyapprovedoutbound', 'allowinternetoutbound')
             AND w.custom_subnet IS NULL AND c.shown IS NOT 1
             AND coalesce(c.outside, 0) + coalesce(c.inside, 0) = 0 THEN 'ml-compute' END,
       '[' || CASE WHEN w.hub_record IS NULL THEN c.records
              ELSE w.hub_record || coalesce(',' || c.records, '') END || ']'
  FROM ml_workspace w
  LEFT JOIN ml_compute_list c ON c.snapshot_id = w.snapshot_id AND c.workspace = w.subject
UNION ALL
SELECT record_id, 'manual', 'No rule reads what a registry lets out: see who may copy from it.', NULL, NULL
  FROM asset WHERE family = 'registry'
