-- The inbound rules of network security groups, those that Azure sets itself left out (they let in what
-- comes from the network itself and from load balancers, and deny the rest). priority: the lowest number
-- is asked first. nsg_record is the record of the group. source says which part of the whole Internet the rule is about: any, v4 or v6 (all
-- addresses of that sort), NULL for anything narrower. whole: it is about every source port and every
-- destination, so that it can stand before another rule in every case. destination is what it is
-- about, to compare. ports is a JSON array of ranges, [from, to]; every_port: one of them is all. odd: it
-- cannot be read, so nobody can tell what it does.
WITH taken AS (
SELECT r.record_id, r.snapshot_id, r.subject, CAST(s.key AS INTEGER) AS place,
       CASE s.type WHEN 'object' THEN s.value ELSE '{}' END AS body
  FROM resource r, json_each(CASE json_type(r.body, '$.properties.securityRules') WHEN 'array'
                             THEN json_extract(r.body, '$.properties.securityRules')
                             ELSE '[]' END) s
 WHERE r.kind = 'network-security-group' AND r.complete = 1),
part AS (
SELECT record_id, snapshot_id, subject, place,
       coalesce(body ->> '$.name', 'rule ' || (place + 1)) AS name,
       lower(trim(coalesce(body ->> '$.properties.direction', ''))) AS direction,
       lower(trim(coalesce(body ->> '$.properties.access', ''))) AS access,
       lower(trim(coalesce(body ->> '$.properties.protocol', ''))) AS protocol,
       CASE json_type(body, '$.properties.priority') WHEN 'integer'
            THEN body ->> '$.properties.priority' END AS priority,
       json_array(body -> '$.properties.sourceAddressPrefix',
                  body -> '$.properties.sourceAddressPrefixes') AS sources,
       json_array(body -> '$.properties.destinationPortRange',
                  body -> '$.properties.destinationPortRanges') AS port_words,
       trim(coalesce(body ->> '$.properties.sourcePortRange', '')) = '*' AS any_source_port,
       lower(trim(coalesce(body ->> '$.properties.destinationAddressPrefix', '')))
           IN ('*', 'virtualnetwork') AS anywhere,
       lower(json_array(body -> '$.properties.destinationAddressPrefix',
                        body -> '$.properties.destinationAddressPrefixes',
                        body -> '$.properties.destinationApplicationSecurityGroups')) AS destination
  FROM taken),
inbound AS (SELECT * FROM part WHERE direction <> 'outbound'),
source AS (
SELECT p.record_id, p.place,
       max(lower(trim(e.atom)) IN ('*', 'internet', 'any')) AS every,
       max(e.atom LIKE '%.%/0' OR trim(e.atom) = '0/0') AS v4, max(e.atom LIKE '%:%/0') AS v6
  FROM inbound p, json_tree(p.sources) e
 WHERE e.type = 'text'
 GROUP BY p.record_id, p.place),
port AS (
SELECT p.record_id, p.place, trim(e.atom) AS word,
       CASE WHEN trim(e.atom) = '*' THEN 0 ELSE
            CAST(substr(trim(e.atom), 1, instr(trim(e.atom) || '-', '-') - 1) AS INTEGER) END AS low,
       CASE WHEN trim(e.atom) = '*' THEN 65535
            WHEN instr(e.atom, '-') > 0 THEN
                CAST(substr(trim(e.atom), instr(trim(e.atom), '-') + 1) AS INTEGER)
            ELSE CAST(trim(e.atom) AS INTEGER) END AS high
  FROM inbound p, json_tree(p.port_words) e
 WHERE e.atom IS NOT NULL AND e.type IN ('text', 'integer') AND trim(e.atom) <> ''),
ports AS (
SELECT record_id, place, json_group_array(json_array(low, high)) AS ranges,
       max(low <= 1 AND high >= 65535) AS every_port,
       max(word <> '*' AND (word GLOB '*[^0-9-]*' OR word NOT GLOB '[0-9]*' OR low > high)) AS odd
  FROM port
 GROUP BY record_id, place)
SELECT i.record_id AS nsg_record, i.snapshot_id, i.subject, i.place, i.name, i.access = 'allow' AS allows,
       i.priority, i.protocol,
       CASE WHEN s.every OR (s.v4 AND s.v6) THEN 'any' WHEN s.v4 THEN 'v4' WHEN s.v6 THEN 'v6' END
           AS source,
       i.any_source_port, i.anywhere, i.destination, coalesce(o.ranges, '[]') AS ports,
       coalesce(o.every_port, 0) AS every_port,
       i.direction <> 'inbound' OR i.access NOT IN ('allow', 'deny') OR i.priority IS NULL
           OR i.protocol NOT IN ('*', 'tcp', 'udp', 'icmp', 'icmpv6', 'esp', 'ah')
           OR (o.ranges IS NULL AND i.protocol IN ('*', 'tcp', 'udp')) OR coalesce(o.odd, 0) AS odd
  FROM inbound i
  LEFT JOIN source s ON s.record_id = i.record_id AND s.place = i.place
  LEFT JOIN ports o ON o.record_id = i.record_id AND o.place = i.place
