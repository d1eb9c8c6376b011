-- The inbound rules of network security groups, those that Azure sets itself left out (they let in what
-- comes from the network itself and from load balancers, and deny the rest). nsg_record is the record of
-- the group. priority: the lowest number is asked first. source says which part of the whole Internet
-- the rule is about: any, v4 or v6 (all addresses of that sort, as one range or as its two halves), NULL for anything narrower.
-- any_source_port and anywhere: it is about all of these. destination is what it is about, to compare.
-- ports is a JSON array of ranges, [from, to, whether it cannot be read]. odd: the
-- rule cannot be read, so nobody can tell what it does.
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
       replace(lower(json_array(body -> '$.properties.sourceAddressPrefix',
                                body -> '$.properties.sourceAddressPrefixes')), ' ', '')
           AS source_text,
       json_array(body -> '$.properties.destinationPortRange',
                  body -> '$.properties.destinationPortRanges') AS port_words,
       trim(coalesce(body ->> '$.properties.sourcePortRange', '')) = '*' AS any_source_port,
       lower(trim(coalesce(body ->> '$.properties.destinationAddressPrefix', '')))
           IN ('*', 'virtualnetwork') AS anywhere,
       lower(json_array(body -> '$.properties.destinationAddressPrefix',
                        body -> '$.properties.destinationAddressPrefixes',
                        body -> '$.properties.destinationApplicationSecurityGroups')) AS destination
  FROM taken),
weighed AS (
SELECT p.*,
       instr(p.source_text, '"*"') OR instr(p.source_text, '"internet"')
           OR instr(p.source_text, '"any"') AS every,
       instr(p.source_text, '/0"') AND EXISTS (SELECT e.id FROM json_tree(p.source_text) e
                WHERE e.atom LIKE '%.%/0' OR e.atom = '0/0')
           OR (instr(p.source_text, '"0.0.0.0/1"') AND instr(p.source_text, '"128.0.0.0/1"')) AS v4,
       instr(p.source_text, '/0"') AND EXISTS (SELECT e.id FROM json_tree(p.source_text) e
                WHERE e.atom LIKE '%:%/0')
           OR (instr(p.source_text, '"::/1"') AND instr(p.source_text, '"8000::/1"')) AS v6,
       (SELECT json_group_array(json_array(
                   CASE w.word WHEN '*' THEN 0 ELSE
                        CAST(substr(w.word, 1, instr(w.word || '-', '-') - 1) AS INTEGER) END,
                   CASE WHEN w.word = '*' THEN 65535 WHEN instr(w.word, '-') > 0
                        THEN CAST(substr(w.word, instr(w.word, '-') + 1) AS INTEGER)
                        ELSE CAST(w.word AS INTEGER) END,
                   w.word <> '*' AND (w.word GLOB '*[^0-9-]*' OR w.word NOT GLOB '[0-9]*')))
          FROM (SELECT trim(e.atom) AS word FROM json_tree(p.port_words) e
                 WHERE e.type IN ('text', 'integer', 'real') AND trim(e.atom) <> '') w) AS ports
  FROM part p
 WHERE p.direction <> 'outbound')
SELECT record_id AS nsg_record, snapshot_id, subject, place, name, access = 'allow' AS allows,
       priority, protocol,
       CASE WHEN every OR (v4 AND v6) THEN 'any' WHEN v4 THEN 'v4' WHEN v6 THEN 'v6' END AS source,
       any_source_port, anywhere, destination, ports,
       direction <> 'inbound' OR access NOT IN ('allow', 'deny') OR priority IS NULL
           OR protocol NOT IN ('*', 'tcp', 'udp', 'icmp', 'icmpv6', 'esp', 'ah')
           OR (ports = '[]' AND protocol IN ('*', 'tcp', 'udp'))
           OR EXISTS (SELECT e.key FROM json_each(ports) e
                       WHERE e.value ->> '$[2]' OR e.value ->> '$[0]' > e.value ->> '$[1]') AS odd
  FROM weighed
