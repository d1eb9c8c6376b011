-- id: network-groups
-- version: 1.1.0
-- title: Network security groups stand before every subnet, and keep the Internet from management ports
-- service: virtual-network
-- control: NS-1
-- feature: Network Security Group Support
-- severity: high
-- needs: virtual-network, network-security-group, network-interface
-- observes: /properties/subnets, /properties/securityRules, /properties/networkSecurityGroup,
--   /properties/ipConfigurations
-- policy: none; e71308d3-144b-4262-b144-efdc3cc90517 asks Defender about each subnet, and
--   e372f825-a257-4fb8-9175-797a8a8627d6 and 2c89a2e5-7285-40fe-afe0-ae8654b92fab (deprecated, no
--   control of the benchmark) look at one security rule at a time, for RDP and SSH
-- tests: the baseline calls this feature Microsoft's, so what passes is inherited; but the customer
--   says where a group stands and what it lets in.
--   A virtual network: each subnet has a networkSecurityGroup, in the network's own list or where the
--   subnet was exported apart. GatewaySubnet, AzureFirewallSubnet, AzureFirewallManagementSubnet,
--   RouteServerSubnet and subnets delegated to dedicated HSMs do not count, because Azure lets no group of the customer's work there.
--   A network security group: no inbound rule that allows lets every address of the Internet (source *,
--   Internet, or a range of length 0) reach a management port over TCP (22, 3389, 5985, 5986) or every
--   port at once, unless a rule with a lower priority number denies the same. Rules are asked by
--   priority, and the first that fits decides. Whether the group is attached anywhere does not change
--   the status, but the reason says so. Narrower ranges and other service tags are not judged.
--   A network interface: it has a group of its own, or each subnet of its ipConfigurations has one. That
--   of a private endpoint is notapplicable, because the endpoint is judged itself.
--   Application security groups, route tables, service endpoint policies and network security
--   perimeters have nothing of this to switch off.
-- absent: a subnet without networkSecurityGroup has none: fail. securityRules absent or empty means the
--   rules that Azure sets, which deny the Internet. An interface without a group of its own depends on
--   its subnets: unknown while they were not exported. A subnet or a rule that cannot be read, or a
--   subnet whose exports differ, is unknown where no other fails (an unreadable rule might deny what
--   another lets in, so it leaves even a fail open). A rule that was exported apart and lets something in,
--   which its group does not list as it is, leaves a pass open: unknown.
-- source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview and
--   azure/virtual-network/virtual-network-vnet-plan-design-arm; severity is ours
WITH cut AS MATERIALIZED (SELECT * FROM subnet),
spread AS (
SELECT n.record_id, count(s.subject) AS subnets, coalesce(sum(s.odd), 0) AS odd,
       coalesce(sum(s.nsg IS NULL AND NOT s.odd AND NOT s.special), 0) AS bare,
       group_concat(CASE WHEN s.nsg IS NULL AND NOT s.odd AND NOT s.special THEN s.name END, ', ')
           AS bare_names,
       group_concat(CASE WHEN s.odd THEN s.name END, ', ') AS odd_names,
       group_concat(CASE WHEN s.special THEN s.name END, ', ') AS special_names,
       coalesce(sum(s.special), 0) AS special, group_concat(s.records) AS records
  FROM network_part n
  LEFT JOIN (SELECT * FROM cut ORDER BY snapshot_id, network, name) s
         ON s.snapshot_id = n.snapshot_id AND s.network = n.subject
 WHERE n.family = 'network'
 GROUP BY n.record_id),
opened AS (
SELECT nsg_record, count(what) AS openings,
       group_concat('rule "' || rule || '" (priority ' || priority || ') lets '
           || CASE source WHEN 'any' THEN 'the Internet' WHEN 'v4' THEN 'every IPv4 address'
              ELSE 'every IPv6 address' END || ' reach ' || what, '; ') AS words
  FROM (SELECT *, row_number() OVER (PARTITION BY nsg_record ORDER BY priority, n, rule) AS place
          FROM security_opening ORDER BY nsg_record, place)
 WHERE place <= 5
 GROUP BY nsg_record),
unread AS (
SELECT nsg_record, group_concat(name, ', ') AS names
  FROM (SELECT nsg_record, name FROM security_rule WHERE odd ORDER BY nsg_record, place)
 GROUP BY nsg_record),
stray AS (
SELECT nsg_record, group_concat(name, ', ') AS names, json_group_array(record_id) AS records
  FROM (SELECT * FROM security_rule_apart ORDER BY nsg_record, name, record_id)
 GROUP BY nsg_record),
face AS (
SELECT n.record_id, CAST(e.key AS INTEGER) AS place,
       nullif('/' || trim(lower(coalesce(CASE e.type WHEN 'object'
                                              THEN e.value ->> '$.properties.subnet.id' END, '')), '/ '),
              '/') AS subnet, n.snapshot_id
  FROM network_part n, json_each(CASE json_type(n.body, '$.properties.ipConfigurations')
                                 WHEN 'array' THEN json_extract(n.body, '$.properties.ipConfigurations')
                                 ELSE '[]' END) e
 WHERE n.type = 'microsoft.network/networkinterfaces'),
stood AS (
SELECT f.record_id, count(f.place) AS places,
       sum(s.nsg IS NOT NULL AND NOT s.odd) AS kept,
       sum(s.subject IS NOT NULL AND s.nsg IS NULL AND NOT s.odd) AS bare,
       group_concat(DISTINCT coalesce(s.name, f.subnet, 'no subnet')) AS names,
       group_concat(s.records) AS records
  FROM (SELECT * FROM face ORDER BY record_id, place) f
  LEFT JOIN cut s ON s.snapshot_id = f.snapshot_id AND s.subject = f.subnet
 GROUP BY f.record_id),
asked AS (
SELECT n.record_id, n.type, n.noun, n.need, n.complete, n.family,
       json_type(n.body, '$.properties.subnets') AS subnets_type,
       json_type(n.body, '$.properties.securityRules') AS rules_type,
       CASE WHEN coalesce(json_array_length(n.body, '$.properties.subnets'), 0)
                 + coalesce(json_array_length(n.body, '$.properties.networkInterfaces'), 0) = 0
            THEN ' It is attached to nothing here.' ELSE '' END AS idle,
       n.body ->> '$.properties.networkSecurityGroup.id' AS own,
       n.body ->> '$.properties.privateEndpoint.id' AS endpoint,
       p.subnets, p.odd, p.bare, p.bare_names, p.odd_names, p.special, p.special_names,
       o.words AS openings, u.names AS unread,
       t.places, t.kept, t.bare AS bare_places, t.names AS places_named,
       y.names AS stray, coalesce(p.records, t.records, y.records) AS records
  FROM network_part n
  LEFT JOIN spread p ON p.record_id = n.record_id
  LEFT JOIN opened o ON o.nsg_record = n.record_id
  LEFT JOIN unread u ON u.nsg_record = n.record_id
  LEFT JOIN stood t ON t.record_id = n.record_id
  LEFT JOIN stray y ON y.nsg_record = n.record_id
 WHERE n.family <> 'link'),
judged AS (
SELECT *, CASE WHEN need = 'resource' THEN 'pass'
               WHEN complete = 0 THEN 'unknown'
               WHEN family = 'network' THEN
                    CASE WHEN bare > 0 THEN 'fail'
                         WHEN odd > 0 OR coalesce(subnets_type, 'null') NOT IN ('array', 'null')
                         THEN 'unknown' ELSE 'pass' END
               WHEN family = 'nsg' THEN
                    CASE WHEN unread IS NOT NULL
                           OR coalesce(rules_type, 'null') NOT IN ('array', 'null') THEN 'unknown'
                         WHEN openings IS NOT NULL THEN 'fail'
                         WHEN stray IS NOT NULL THEN 'unknown' ELSE 'pass' END
               WHEN endpoint IS NOT NULL THEN 'notapplicable'
               WHEN own IS NOT NULL THEN 'pass'
               WHEN bare_places > 0 THEN 'fail'
               WHEN coalesce(kept, 0) < coalesce(places, 1) THEN 'unknown'
               ELSE 'pass' END AS status
  FROM asked)
SELECT record_id, status,
       CASE WHEN need = 'resource' THEN
                'This ' || noun || ' has no network security group of its own that could be left out.'
            WHEN complete = 0 THEN 'Only a summary of this ' || noun || ' was exported, so its '
                || CASE family WHEN 'network' THEN 'subnets' WHEN 'nsg' THEN 'rules'
                   ELSE 'network security groups' END || ' are not known.'
            WHEN family = 'network' THEN
                CASE status WHEN 'fail' THEN bare || ' of ' || subnets
                        || ' subnets have no network security group: ' || bare_names || '.'
                    WHEN 'unknown' THEN 'Not all subnets of this virtual network can be read'
                        || coalesce(', or their exports differ: ' || odd_names, '') || '.'
                    ELSE CASE subnets WHEN 0 THEN 'The virtual network has no subnets.'
                         ELSE 'Of ' || subnets || ' subnets, ' || (subnets - special)
                              || ' have a network security group'
                              || CASE special WHEN 0 THEN '.' ELSE
                                 '; Azure lets none work in ' || special_names || '.' END END END
            WHEN family = 'nsg' THEN
                CASE WHEN status = 'unknown' AND unread IS NULL AND stray IS NOT NULL
                      AND coalesce(rules_type, 'null') IN ('array', 'null') THEN
                        'Rules that were exported apart let something in, and the group does not list them so: '
                        || stray || '.'
                    WHEN status = 'unknown' THEN 'Not all rules of this network security group can be read'
                        || coalesce(': ' || unread, '') || '.'
                    WHEN status = 'fail' THEN upper(substr(openings, 1, 1)) || substr(openings, 2) || '.'
                    ELSE 'No rule lets every address of the Internet reach a management port, or every port.'
                    END || idle
            WHEN endpoint IS NOT NULL THEN
                'The network interface is that of a private endpoint, which is judged itself.'
            WHEN own IS NOT NULL THEN 'The network interface has the network security group ' || own || '.'
            WHEN status = 'fail' THEN
                'The network interface has no network security group, and neither have all of its subnets ('
                || places_named || ').'
            WHEN status = 'unknown' THEN
                'The network interface has no network security group of its own, and whether its subnets have one ('
                || coalesce(places_named, 'none is named') || ') was not exported, or cannot be read.'
            ELSE 'The subnets of the network interface have a network security group: '
                || places_named || '.' END AS reason,
       CASE WHEN status <> 'unknown' THEN NULL
            WHEN complete = 0 OR family IN ('network', 'nsg') THEN need
            ELSE 'virtual-network' END AS need,
       CASE WHEN records IS NOT NULL AND complete = 1 AND own IS NULL AND endpoint IS NULL
            THEN (SELECT json_group_array(v.value) FROM
                     (SELECT DISTINCT a.atom AS value FROM json_tree('[' || records || ']') a
                       WHERE a.type = 'integer' AND a.atom <> record_id ORDER BY 1) v
                   HAVING count(v.value) > 0) END AS evidence
  FROM judged
