-- Every private endpoint connection of every asset: those inside its own object, and those
-- exported apart. connection is the canonical id (or the name, when the object has no id), so that
-- one connection seen twice can be counted once. record is NULL for those inside the object.
-- One inside it whose id is of another resource is none of its connections. Those of a hub are its
-- projects', too (settings_subject).
SELECT a.record_id AS asset_record,
       lower(coalesce(json_extract(c.value, '$.id'), json_extract(c.value, '$.name'), e.key))
           AS connection,
       coalesce(json_extract(c.value, '$.name'), json_extract(c.value, '$.id'), 'unnamed')
           AS name,
       coalesce(json_extract(c.value, '$.properties.privateLinkServiceConnectionState.status'),
                json_extract(c.value, '$.privateLinkServiceConnectionState.status')) AS status,
       NULL AS record
  FROM asset a, json_each(a.private_endpoint_connections) e,
       json_each(CASE e.type WHEN 'object' THEN json_array(json(e.value)) ELSE '[]' END) c
 WHERE coalesce(json_extract(c.value, '$.id'), '') = ''
    OR '/' || trim(lower(json_extract(c.value, '$.id')), '/ ')
       LIKE a.settings_subject || '/privateendpointconnections/%'
UNION ALL
SELECT a.record_id, p.subject, p.name, p.status, p.record_id
  FROM private_endpoint_connection p
  JOIN asset a ON a.snapshot_id = p.snapshot_id AND a.settings_subject = p.target
