-- The resources of the baselines Virtual Network and Private Link. family is that of asset: network (a
-- virtual network), nsg (a network security group), perimeter (a network security perimeter), netpart
-- (any other part of a network, none of which writes logs), link (private endpoints and Private Link
-- services). noun is what a reason calls it, need the kind of evidence that supplies its properties.
-- The *_scope columns are the scopes above it.
WITH taken AS (
SELECT record_id, snapshot_id, subject, coalesce(id_given, subject) AS id,
       coalesce(name, id_given, subject) AS name, type, complete, body, substr(subject, 16) AS rest
  FROM resource
 WHERE kind IN ('virtual-network', 'network-security-group', 'network-interface',
                'application-security-group', 'route-table', 'service-endpoint-policy',
                'network-perimeter', 'private-endpoint', 'private-link-service', 'arm-resource')
   AND type IN ('microsoft.network/virtualnetworks', 'microsoft.network/networksecuritygroups',
                'microsoft.network/networkinterfaces',
                'microsoft.network/applicationsecuritygroups', 'microsoft.network/routetables',
                'microsoft.network/serviceendpointpolicies',
                'microsoft.network/networksecurityperimeters',
                'microsoft.network/privateendpoints', 'microsoft.network/privatelinkservices'))
SELECT t.record_id, t.snapshot_id, t.subject, t.id, t.name, t.type, w.family, w.noun, w.need,
       CASE WHEN t.subject LIKE '/subscriptions/%'
            THEN substr(t.rest, 1, instr(t.rest || '/', '/') - 1) END AS subscription,
       CASE WHEN instr(t.subject, '/resourcegroups/') > 0 THEN
            substr(t.rest, instr(t.rest, '/resourcegroups/') + 16,
                   instr(substr(t.rest, instr(t.rest, '/resourcegroups/') + 16) || '/', '/') - 1)
            END AS resource_group,
       CASE WHEN t.subject LIKE '/subscriptions/%'
            THEN substr(t.subject, 1, 14 + instr(t.rest || '/', '/')) END AS subscription_scope,
       CASE WHEN instr(t.subject, '/resourcegroups/') > 0 AND instr(t.rest, '/providers/') > 0
            THEN substr(t.subject, 1, 14 + instr(t.rest, '/providers/')) END AS group_scope,
       t.complete, t.body
  FROM taken t
  JOIN (SELECT column1 AS part, column2 AS family, column3 AS noun, column4 AS need
          FROM (VALUES
  ('virtualnetworks', 'network', 'virtual network', 'virtual-network'),
  ('networksecuritygroups', 'nsg', 'network security group', 'network-security-group'),
  ('networkinterfaces', 'netpart', 'network interface', 'network-interface'),
  ('applicationsecuritygroups', 'netpart', 'application security group', 'resource'),
  ('routetables', 'netpart', 'route table', 'resource'),
  ('serviceendpointpolicies', 'netpart', 'service endpoint policy', 'resource'),
  ('networksecurityperimeters', 'perimeter', 'network security perimeter', 'resource'),
  ('privateendpoints', 'link', 'private endpoint', 'private-endpoint'),
  ('privatelinkservices', 'link', 'Private Link service', 'resource'))) w
    ON w.part = substr(t.type, 19)
