-- id: ml-network-security-groups
-- version: 1.0.0
-- title: Network security groups stand before the subnets of the workspace's computes
-- service: machine-learning-service
-- control: NS-1
-- feature: Network Security Group Support
-- severity: medium
-- needs: ml-workspace, ml-compute, virtual-network
-- observes: /properties/managedNetwork/isolationMode, /properties/serverlessComputeSettings,
--   /properties/hubResourceId
-- policy: none
-- tests: every subnet that a compute cluster or compute instance of the workspace, or its serverless
--   compute, stands in has a networkSecurityGroup, in the virtual network's own list or where the subnet was exported apart.
--   What the group lets in is judged with the network (network-groups). A workspace with a managed
--   network, or without compute in a subnet of the customer's, takes no group of the customer's:
--   notapplicable. So does a registry.
-- absent: a subnet without networkSecurityGroup has none: fail. A subnet that was not exported, or
--   whose exports differ, and computes that the export does not show to be all, are unknown where no
--   subnet fails; so is a hub that was not exported, or is not named.
-- source: learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet; severity is ours
WITH stands AS (
SELECT w.record_id, w.snapshot_id, c.subnet
  FROM ml_workspace w
  JOIN ml_compute c ON c.snapshot_id = w.snapshot_id AND c.workspace = w.subject
 WHERE c.placed = 1 AND c.subnet IS NOT NULL
UNION
SELECT record_id, snapshot_id, custom_subnet FROM ml_workspace WHERE custom_subnet IS NOT NULL),
seen AS (
SELECT p.record_id, p.subnet, s.nsg, s.subject IS NULL OR s.odd AS open,
       trim(s.records, '[]') AS records
  FROM stands p
  LEFT JOIN subnet s ON s.snapshot_id = p.snapshot_id AND s.subject = p.subnet
 ORDER BY p.record_id, p.subnet),
told AS (
SELECT record_id, count(subnet) AS subnets, sum(NOT open AND nsg IS NULL) AS bare, sum(open) AS open,
       group_concat(subnet, ', ') AS words,
       group_concat(CASE WHEN NOT open AND nsg IS NULL THEN subnet END, ', ') AS bare_words,
       group_concat(CASE WHEN open THEN subnet END, ', ') AS open_words,
       group_concat(DISTINCT records) AS records
  FROM seen GROUP BY record_id),
judged AS (
SELECT w.record_id, w.noun, w.gap, w.hub_record, w.isolation, c.shown, t.subnets, t.words,
       t.bare_words, t.open_words, t.records,
       CASE WHEN w.gap IS NOT NULL THEN 'unknown'
            WHEN lower(w.isolation) IN ('allowinternetoutbound', 'allowonlyapprovedoutbound')
            THEN 'notapplicable'
            WHEN t.bare > 0 THEN 'fail'
            WHEN t.open > 0 THEN 'unknown'
            WHEN c.shown IS NOT 1 THEN 'unknown'
            WHEN t.subnets > 0 THEN 'pass'
            ELSE 'notapplicable' END AS status
  FROM ml_workspace w
  LEFT JOIN ml_compute_list c ON c.snapshot_id = w.snapshot_id AND c.workspace = w.subject
  LEFT JOIN told t ON t.record_id = w.record_id)
SELECT record_id, status,
       CASE WHEN gap IS NOT NULL THEN gap || ', so its network is not known.'
            WHEN lower(isolation) IN ('allowinternetoutbound', 'allowonlyapprovedoutbound') THEN
                'managedNetwork.isolationMode is ' || isolation
                || ': Microsoft manages the network, which takes no network security group of the customer''s.'
            WHEN bare_words IS NOT NULL THEN
                'Computes stand in subnets without a network security group: ' || bare_words || '.'
            WHEN open_words IS NOT NULL THEN
                'Computes stand in subnets that were not exported, or cannot be read: ' || open_words || '.'
            WHEN shown IS NOT 1 THEN
                'The export does not show all computes of the ' || noun || '.'
            WHEN subnets > 0 THEN
                'Every subnet of its computes has a network security group: ' || words || '.'
            ELSE 'No compute stands in a subnet of the customer''s.' END AS reason,
       CASE WHEN status <> 'unknown' THEN NULL WHEN gap IS NOT NULL THEN 'ml-workspace'
            WHEN open_words IS NOT NULL THEN 'virtual-network' ELSE 'ml-compute' END AS need,
       '[' || CASE WHEN records IS NULL THEN CAST(hub_record AS TEXT)
              ELSE records || coalesce(',' || hub_record, '') END || ']' AS evidence
  FROM judged
UNION ALL
SELECT record_id, 'notapplicable', 'A registry has no compute.', NULL, NULL
  FROM asset WHERE family = 'registry'
