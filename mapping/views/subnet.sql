-- Subnets, one row each, wherever they were exported: inside their virtual network, or apart. network
-- is the virtual network's canonical id, nsg that of the network security group (NULL: none), policies
-- which rules of the subnet hold for its private endpoints, in lower case (NULL: absent, which means
-- disabled). special: Azure lets no group of the customer's own work there. odd: its exports differ in
-- these, or it is no object with a name. records are the records that say so.
WITH taken AS (
SELECT r.record_id, r.snapshot_id, r.subject AS network, s.type AS type,
       CASE s.type WHEN 'object' THEN s.value END AS body
  FROM resource r, json_each(CASE json_type(r.body, '$.properties.subnets') WHEN 'array'
                             THEN json_extract(r.body, '$.properties.subnets') ELSE '[]' END) s
 WHERE r.kind = 'virtual-network' AND r.complete = 1
UNION ALL
SELECT r.record_id, r.snapshot_id, r.parent, 'object', r.body
  FROM resource r
 WHERE r.kind = 'subnet' AND r.complete = 1),
read AS (
SELECT record_id, snapshot_id, network,
       coalesce(nullif('/' || trim(lower(body ->> '$.id'), '/ '), '/'),
                network || '/subnets/' || lower(body ->> '$.name'), network || '/subnets/?') AS subject,
       coalesce(body ->> '$.name', 'a subnet without a name') AS name,
       CASE json_type(body, '$.properties.networkSecurityGroup.id') WHEN 'text' THEN
            nullif('/' || trim(lower(body ->> '$.properties.networkSecurityGroup.id'), '/ '), '/')
            END AS nsg,
       lower(nullif(trim(body ->> '$.properties.privateEndpointNetworkPolicies'), '')) AS policies,
       type <> 'object' OR json_type(body, '$.properties') IS NOT 'object'
           OR coalesce(body ->> '$.name', body ->> '$.id') IS NULL
           OR coalesce(json_type(body, '$.properties.networkSecurityGroup'), 'null')
              NOT IN ('null', 'object') AS odd,
       EXISTS (SELECT d.key FROM json_tree(body, '$.properties.delegations') d
                WHERE d.key = 'serviceName'
                  AND lower(d.atom) = 'microsoft.hardwaresecuritymodules/dedicatedhsms') AS of_hsm
  FROM taken)
SELECT snapshot_id, subject, min(network) AS network, min(name) AS name, max(nsg) AS nsg,
       max(policies) AS policies,
       lower(min(name)) IN ('gatewaysubnet', 'azurefirewallsubnet', 'azurefirewallmanagementsubnet',
                            'routeserversubnet') OR max(of_hsm) AS special,
       max(odd) OR count(DISTINCT coalesce(nsg, '')) > 1 OR count(DISTINCT coalesce(policies, '')) > 1
           AS odd,
       json_group_array(record_id) AS records
  FROM read
 GROUP BY snapshot_id, subject
