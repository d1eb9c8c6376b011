-- Accounts of which a snapshot holds complete records that differ in a setting that rules read: the
-- exports were made at different times, or one was changed, and nobody knows which one holds.
-- settings and paths are for people; kinds holds every kind that is claimed, in lower case, between
-- bars. Values are compared as rules read them: null is absent, absent is the service's default,
-- case and form do not matter.
WITH twice AS MATERIALIZED (
SELECT x.snapshot_id, x.subject
  FROM source s
 CROSS JOIN exported x ON x.evidence_id = s.evidence_id
 WHERE s.kind IN ('cognitive-account', 'mixed')
   AND x.kind = 'cognitive-account' AND x.complete = 1
 GROUP BY x.snapshot_id, x.subject
HAVING count(x.record_id) > 1),
seen AS MATERIALIZED (
SELECT x.snapshot_id, x.subject, x.record_id, x.path, x.body
  FROM source s
 CROSS JOIN exported x ON x.evidence_id = s.evidence_id
 CROSS JOIN twice t ON t.snapshot_id = x.snapshot_id AND t.subject = x.subject
 WHERE EXISTS (SELECT snapshot_id FROM twice) AND s.kind IN ('cognitive-account', 'mixed')
   AND x.kind = 'cognitive-account' AND x.complete = 1),
setting(place, said, default_value) AS (VALUES
 ('$.kind', 'kind', ''),
 ('$.properties.publicNetworkAccess', 'publicNetworkAccess', 'enabled'),
 ('$.properties.networkAcls.defaultAction', 'networkAcls.defaultAction', 'allow'),
 ('$.properties.disableLocalAuth', 'disableLocalAuth', 'false'),
 ('$.identity.type', 'identity.type', 'none'),
 ('$.properties.customSubDomainName', 'customSubDomainName', ''),
 ('$.properties.restrictOutboundNetworkAccess', 'restrictOutboundNetworkAccess', 'false'),
 ('$.properties.encryption.keySource', 'encryption.keySource', 'microsoft.cognitiveservices')),
told AS (
SELECT n.snapshot_id, n.subject, n.record_id, s.said,
       coalesce(nullif(CASE json_type(n.body, s.place) WHEN 'true' THEN 'true'
                            WHEN 'false' THEN 'false'
                            ELSE lower(replace(json_extract(n.body, s.place), ' ', '')) END, ''),
                s.default_value) AS value
  FROM seen n, setting s
UNION ALL
SELECT n.snapshot_id, n.subject, n.record_id, 'privateEndpointConnections',
       coalesce((SELECT group_concat(word, '|') FROM
          (SELECT lower(CASE c.type WHEN 'object' THEN
                     coalesce(c.value ->> '$.name', c.value ->> '$.id', '') || '='
                     || coalesce(c.value ->> '$.properties.privateLinkServiceConnectionState.status',
                                 c.value ->> '$.privateLinkServiceConnectionState.status', '')
                     ELSE 'unreadable' END) AS word
             FROM json_each(n.body, '$.properties.privateEndpointConnections') c
            WHERE c.type <> 'null'
            ORDER BY word)), '')
  FROM seen n),
differing AS (
SELECT snapshot_id, subject, said FROM told
 GROUP BY snapshot_id, subject, said HAVING count(DISTINCT value) > 1),
named AS (
SELECT snapshot_id, subject, group_concat(said, ', ') AS settings
  FROM (SELECT * FROM differing ORDER BY snapshot_id, subject, said)
 GROUP BY snapshot_id, subject)
SELECT d.snapshot_id, d.subject, d.settings,
       (SELECT group_concat(path, ', ') FROM
           (SELECT DISTINCT n.path FROM seen n
             WHERE n.snapshot_id = d.snapshot_id AND n.subject = d.subject
             ORDER BY n.path LIMIT 5)) AS paths,
       (SELECT '|' || group_concat(lower(coalesce(trim(json_extract(n.body, '$.kind')), '')), '|')
               || '|'
          FROM seen n WHERE n.snapshot_id = d.snapshot_id AND n.subject = d.subject) AS kinds
  FROM named d
