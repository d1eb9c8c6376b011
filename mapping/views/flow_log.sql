-- Flow logs of Network Watcher: what passes a network, its security groups or its interfaces. target is the
-- canonical id of what is watched; enabled: it is switched on.
SELECT record_id, snapshot_id, subject, coalesce(name, subject) AS name,
       nullif('/' || trim(lower(json_extract(body, '$.properties.targetResourceId')), '/ '), '/')
           AS target,
       lower(body -> '$.properties.enabled') IN ('true', '"true"') AS enabled
  FROM resource
 WHERE kind = 'flow-log' AND complete = 1
