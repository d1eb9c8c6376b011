-- What network security groups let in from every address of the Internet (of IPv4, of IPv6, or both): a
-- management port, or every port. A rule that lets in is left out when a rule that is asked before it
-- denies the same: from as many addresses (one for IPv4 and one for IPv6 deny all), by the same protocol (TCP, for a management port) or by all,
-- to that port (or every one), from any source port, at the same destination or anywhere. subject is the group; what names the
-- opening, rule the rule that lets in.
WITH rules AS MATERIALIZED (SELECT * FROM security_rule WHERE odd = 0 AND source IS NOT NULL),
wanted AS MATERIALIZED (
SELECT port AS low, port AS high, name || ' (' || port || ')' AS what, port AS n FROM management_port
UNION ALL
SELECT 1, 65535, 'every port', 0),
let_in AS (
SELECT r.nsg_record, r.snapshot_id, r.subject, r.name, r.priority, r.protocol, r.source, r.destination,
       w.low, w.high, w.what, w.n
  FROM rules r CROSS JOIN wanted w
 WHERE r.allows = 1
   AND (r.protocol IN ('*', 'tcp') OR (r.protocol = 'udp' AND w.n = 0))
   AND EXISTS (SELECT p.key FROM json_each(r.ports) p
                WHERE p.value ->> '$[0]' <= w.low AND p.value ->> '$[1]' >= w.high))
SELECT o.nsg_record, o.snapshot_id, o.subject, o.what, o.n, o.name AS rule, o.priority, o.source
  FROM let_in o
 WHERE (SELECT max(d.source IN ('any', o.source))
               OR (o.source = 'any' AND max(d.source = 'v4') AND max(d.source = 'v6'))
          FROM rules d
        WHERE d.nsg_record = o.nsg_record AND d.allows = 0 AND d.priority < o.priority
          AND (d.protocol = '*' OR d.protocol = o.protocol OR (o.n > 0 AND d.protocol = 'tcp'))
          AND d.any_source_port AND (d.anywhere OR d.destination = o.destination)
          AND EXISTS (SELECT p.key FROM json_each(d.ports) p
                       WHERE p.value ->> '$[0]' <= o.low AND p.value ->> '$[1]' >= o.high)) IS NOT 1
