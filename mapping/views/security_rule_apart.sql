-- Inbound rules that were exported apart and let something in, and that the record of their group does not
-- list as they are: one of the two is older, and nobody knows which. nsg_record is the record of the group.
WITH apart AS MATERIALIZED (
SELECT r.record_id, r.snapshot_id, r.parent, coalesce(r.name, r.subject) AS name, r.body
  FROM resource r
 WHERE r.kind = 'security-rule' AND r.complete = 1
   AND r.type = 'microsoft.network/networksecuritygroups/securityrules'
   AND lower(trim(coalesce(r.body ->> '$.properties.direction', ''))) <> 'outbound'
   AND lower(trim(coalesce(r.body ->> '$.properties.access', ''))) <> 'deny'),
text AS (
SELECT record_id, snapshot_id, parent, name,
       lower(json_array(name, body ->> '$.properties.access', body ->> '$.properties.direction',
             body ->> '$.properties.priority', body ->> '$.properties.protocol',
             body ->> '$.properties.sourceAddressPrefix', body ->> '$.properties.destinationPortRange',
             nullif(body -> '$.properties.sourceAddressPrefixes', '[]'),
             nullif(body -> '$.properties.destinationPortRanges', '[]'))) AS words
  FROM apart)
SELECT t.record_id, t.snapshot_id, t.name, g.record_id AS nsg_record
  FROM text t
 CROSS JOIN resource g ON g.snapshot_id = t.snapshot_id AND g.subject = t.parent
 WHERE g.kind = 'network-security-group' AND g.complete = 1
   AND NOT EXISTS (
       SELECT s.key FROM json_each(CASE json_type(g.body, '$.properties.securityRules') WHEN 'array'
                                   THEN json_extract(g.body, '$.properties.securityRules') ELSE '[]' END) s
        WHERE s.type = 'object'
          AND lower(json_array(s.value ->> '$.name', s.value ->> '$.properties.access', s.value ->> '$.properties.direction',
                    s.value ->> '$.properties.priority', s.value ->> '$.properties.protocol',
                    s.value ->> '$.properties.sourceAddressPrefix', s.value ->> '$.properties.destinationPortRange',
                    nullif(s.value -> '$.properties.sourceAddressPrefixes', '[]'),
                    nullif(s.value -> '$.properties.destinationPortRanges', '[]'))) = t.words)
