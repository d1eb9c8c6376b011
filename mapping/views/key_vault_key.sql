-- Keys of key vaults as Resource Manager lists them (never the key itself). vault is the canonical
-- id of the vault. enabled: 1 unless attributes.enabled is false. expires: attributes.exp, in seconds
-- since 1970, NULL when it is not set. unreadable: attributes is not an object, or exp no number.
-- "whole" is 0 when the file that the key stands in cannot show that there are no others.
SELECT record_id, snapshot_id, parent AS vault, coalesce(name, subject) AS name,
       coalesce(json_extract(body, '$.properties.attributes.enabled'), 1) <> 0 AS enabled,
       CASE WHEN json_type(body, '$.properties.attributes.exp') IN ('integer', 'real')
            THEN json_extract(body, '$.properties.attributes.exp') END AS expires,
       json_type(body, '$.properties.attributes') IS NOT 'object'
           OR coalesce(json_type(body, '$.properties.attributes.exp'), 'null')
              NOT IN ('integer', 'real', 'null')
           OR coalesce(json_type(body, '$.properties.attributes.enabled'), 'null')
              NOT IN ('true', 'false', 'null') AS unreadable,
       complete,
       complete = 1 AND source_shape IN ('array', 'page') AND source_completeness = 'whole' AS whole
  FROM resource
 WHERE kind = 'key-vault-key' AND type = 'microsoft.keyvault/vaults/keys'
