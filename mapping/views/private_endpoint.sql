-- Private endpoints, seen from the virtual network. connections and manual_connections are the
-- JSON arrays that name the targets.
SELECT record_id, snapshot_id, subject, coalesce(id_given, subject) AS id,
       coalesce(name, subject) AS name,
       lower(json_extract(body, '$.properties.subnet.id')) AS subnet,
       json_extract(body, '$.properties.privateLinkServiceConnections') AS connections,
       json_extract(body, '$.properties.manualPrivateLinkServiceConnections')
           AS manual_connections,
       complete
  FROM resource
 WHERE kind = 'private-endpoint'
