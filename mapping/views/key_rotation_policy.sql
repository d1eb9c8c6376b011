-- Rotation policies of keys (az keyvault key rotation-policy show). host and key_name come from the
-- policy's id, https://HOST/keys/KEY/rotationpolicy. rotates: it has a Rotate action. az prints the
-- action as a word, REST as an object with a type.
WITH cut AS (
SELECT record_id, snapshot_id, body,
       replace(replace(lower(id_given), 'https://', ''), ':443', '') AS place
  FROM resource
 WHERE kind = 'key-vault-key-rotation-policy')
SELECT record_id, snapshot_id,
       substr(place, 1, instr(place, '/') - 1) AS host,
       substr(substr(place, instr(place, '/keys/') + 6), 1,
              instr(substr(place, instr(place, '/keys/') + 6) || '/', '/') - 1) AS key_name,
       EXISTS (SELECT a.value FROM json_each(body, '$.lifetimeActions') a
                WHERE lower(CASE json_type(a.value, '$.action') WHEN 'object'
                                 THEN json_extract(a.value, '$.action.type')
                                 ELSE json_extract(a.value, '$.action') END) = 'rotate')
           AS rotates
  FROM cut
 WHERE instr(place, '/keys/') > 0
