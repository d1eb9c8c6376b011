-- id: private-endpoint-groups
-- version: 1.0.0
-- title: A network security group guards the private endpoint
-- service: azure-private-link
-- control: NS-1
-- feature: Network Security Group Support
-- severity: medium
-- needs: private-endpoint, virtual-network
-- observes: /properties/subnet
-- policy: none
-- tests: the rules of a network security group hold for a private endpoint when its subnet has a group
--   and the subnet's privateEndpointNetworkPolicies is Enabled or NetworkSecurityGroupEnabled: pass.
--   Disabled and RouteTableEnabled leave the endpoint out of the group's rules: fail, as does a subnet
--   without a group. What the rules let in is judged at the group. No group holds for the source addresses
--   of a Private Link service, so that is manual: see the machines behind its load balancer.
-- absent: privateEndpointNetworkPolicies absent or null means Disabled, the service's default: fail. A
--   subnet that was not exported, or whose exports differ, is unknown, and so is an endpoint that names
--   none. A word that is none of the four is unknown.
-- source: learn.microsoft.com/azure/private-link/disable-private-endpoint-network-policy and
--   azure/private-link/disable-private-link-service-network-policy; severity is ours
WITH asked AS (
SELECT n.record_id, n.type, n.complete, n.noun, n.need, s.subject, s.name, s.nsg, s.policies, s.odd,
       s.records
  FROM network_part n
  LEFT JOIN subnet s ON s.snapshot_id = n.snapshot_id
        AND s.subject = '/' || trim(lower(n.body ->> '$.properties.subnet.id'), '/ ')
 WHERE n.family = 'link'),
judged AS (
SELECT *, CASE WHEN type = 'microsoft.network/privatelinkservices' THEN 'manual'
               WHEN complete = 0 OR subject IS NULL OR odd THEN 'unknown'
               WHEN nsg IS NULL THEN 'fail'
               WHEN policies IN ('enabled', 'networksecuritygroupenabled') THEN 'pass'
               WHEN policies IS NULL OR policies IN ('disabled', 'routetableenabled') THEN 'fail'
               ELSE 'unknown' END AS status
  FROM asked)
SELECT record_id, status,
       CASE WHEN type = 'microsoft.network/privatelinkservices' THEN
                'No network security group holds for the source addresses of a Private Link service: see the group of the machines behind its load balancer.'
            WHEN complete = 0 THEN
                'Only a summary of this private endpoint was exported, so its subnet is not known.'
            WHEN subject IS NULL THEN
                'The subnet of this private endpoint was not exported, so neither is its network security group.'
            WHEN odd THEN 'The exports of subnet ' || name || ' differ, or cannot be read.'
            WHEN nsg IS NULL THEN 'Subnet ' || name || ' has no network security group.'
            ELSE 'Subnet ' || name || ' has a network security group, and its privateEndpointNetworkPolicies is '
                || coalesce(policies, 'not set, which means disabled')
                || CASE status WHEN 'pass' THEN ': the rules hold for private endpoints.'
                   WHEN 'fail' THEN ': no rule of the group holds for private endpoints.'
                   ELSE ', which evpack does not know.' END END AS reason,
       CASE WHEN status <> 'unknown' THEN NULL
            WHEN complete = 0 THEN need ELSE 'virtual-network' END AS need,
       CASE WHEN status IN ('pass', 'fail') THEN records END AS evidence
  FROM judged
