-- Rotation policies of keys (az keyvault key rotation-policy show). host and key_name come from the
-- policy's id, https://HOST/keys/KEY/rotationpolicy. rotates: it has a Rotate action, NULL when an
-- action cannot be read. az prints the
-- action as a word, REST as an object with a type.
WITH cut AS (
SELECT record_id, snapshot_id, json_type(body, '$.lifetimeActions') AS actions_type,
       CASE json_type(body, '$.lifetimeActions') WHEN 'array'
            THEN json_extract(body, '$.lifetimeActions') ELSE '[]' END AS actions,
       replace(replace(lower(id_given), 'https://', ''), ':443', '') AS place
  FROM resource
 WHERE kind = 'key-vault-key-rotation-policy')
SELECT record_id, snapshot_id,
       substr(place, 1, instr(place, '/') - 1) AS host,
       substr(substr(place, instr(place, '/keys/') + 6), 1,
              instr(substr(place, instr(place, '/keys/') + 6) || '/', '/') - 1) AS key_name,
       CASE WHEN EXISTS (SELECT a.key FROM json_each(actions) a
                          WHERE lower(CASE WHEN a.type <> 'object' THEN NULL
                                           WHEN json_type(a.value, '$.action') = 'object'
                                           THEN a.value ->> '$.action.type'
                                           ELSE a.value ->> '$.action' END) = 'rotate') THEN 1
            WHEN coalesce(actions_type, 'null') NOT IN ('array', 'null')
              OR EXISTS (SELECT a.key FROM json_each(actions) a WHERE a.type <> 'object') THEN NULL
            ELSE 0 END AS rotates
  FROM cut
 WHERE instr(place, '/keys/') > 0
