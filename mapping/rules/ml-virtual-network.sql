-- id: ml-virtual-network
-- version: 1.0.0
-- title: The workspace's computes stand in a virtual network
-- service: machine-learning-service
-- control: NS-1
-- feature: Virtual Network Integration
-- severity: medium
-- needs: ml-workspace, ml-compute
-- observes: /properties/managedNetwork/isolationMode, /properties/serverlessComputeSettings,
--   /properties/hubResourceId
-- policy: none; 7804b5c7-01dc-4723-969b-ae300cc07ff1 asks for the subnet of each compute, which is a
--   resource of its own, under NS-2
-- tests: properties.managedNetwork.isolationMode is AllowInternetOutbound or
--   AllowOnlyApprovedOutbound: computes stand in a network that Microsoft manages for the workspace.
--   Otherwise each compute cluster and compute instance (computeType AmlCompute, ComputeInstance) has properties.subnet.id; one that has none
--   fails. Where there is none, serverless compute is left: pass with a subnet of its
--   own (serverlessComputeCustomSubnet), else manual. A project of AI Foundry has the managed network
--   of its hub, and its own computes. A registry has no compute: notapplicable.
-- absent: isolationMode absent or null means Disabled. subnet absent or null means that the compute
--   stands in no network of the customer's. Computes that were not exported, or in a list that
--   nothing shows to be whole, are unknown, unless one fails; so is a hub that was not exported, or is
--   not named.
-- source: github.com/Azure/azure-policy, definition 7804b5c7-01dc-4723-969b-ae300cc07ff1 1.0.1;
--   learn.microsoft.com/azure/machine-learning/how-to-managed-network; severity is ours
WITH judged AS (
SELECT w.record_id, w.noun, w.gap, w.hub_record, w.isolation, w.custom_subnet, c.*,
       CASE WHEN w.gap IS NOT NULL THEN 'unknown'
            WHEN lower(w.isolation) IN ('allowinternetoutbound', 'allowonlyapprovedoutbound') THEN 'pass'
            WHEN c.outside > 0 THEN 'fail'
            WHEN c.shown IS NOT 1 THEN 'unknown'
            WHEN c.inside > 0 OR w.custom_subnet IS NOT NULL THEN 'pass'
            ELSE 'manual' END AS status
  FROM ml_workspace w
  LEFT JOIN ml_compute_list c ON c.snapshot_id = w.snapshot_id AND c.workspace = w.subject)
SELECT record_id, status,
       CASE WHEN gap IS NOT NULL THEN gap || ', so its network is not known.'
            ELSE 'managedNetwork.isolationMode is ' || coalesce(isolation, 'not set, which means Disabled')
                || CASE WHEN lower(isolation) IN ('allowinternetoutbound', 'allowonlyapprovedoutbound')
                   THEN ': computes stand in the managed network of the ' || noun || '.'
                   WHEN outside > 0 THEN ', and these computes stand in no subnet: ' || outside_words || '.'
                   WHEN shown IS NULL THEN ', and the computes of the ' || noun || ' were not exported.'
                   WHEN shown = 0 THEN ', and the export does not show all computes of the ' || noun || '.'
                   WHEN inside > 0 THEN '; all computes stand in a subnet: ' || subnet_words || '.'
                   WHEN custom_subnet IS NOT NULL
                   THEN '; there is no compute, and serverless compute stands in ' || custom_subnet || '.'
                   ELSE '; there is no compute, and serverless compute has no subnet: see whether jobs use it.'
                   END END AS reason,
       CASE WHEN gap IS NOT NULL THEN 'ml-workspace' WHEN status = 'unknown' THEN 'ml-compute' END AS need,
       '[' || CASE WHEN coalesce(outside_records, records) IS NULL THEN CAST(hub_record AS TEXT)
              ELSE coalesce(outside_records, records) || coalesce(',' || hub_record, '') END || ']'
           AS evidence
  FROM judged
UNION ALL
SELECT record_id, 'notapplicable', 'A registry has no compute.', NULL, NULL
  FROM asset WHERE family = 'registry'
