-- Role definitions that were exported. role is the GUID that assignments name. data_plane: one of
-- the role's permissions has a data action of Microsoft.CognitiveServices (or of everything) that
-- its notDataActions do not take away whole. broad: the role manages Cognitive Services accounts,
-- lists or makes their keys, or says who has access, and its notActions do not take that away. Both
-- are NULL when the permissions were not exported or cannot be read. In a pattern, a star stands
-- for anything, as in Azure.
WITH taken AS (
SELECT record_id, snapshot_id, subject, name, body,
       CASE json_type(body, '$.properties.permissions') WHEN 'array'
            THEN json_extract(body, '$.properties.permissions') END AS permissions
  FROM resource
 WHERE kind = 'role-definition'),
checked AS (
SELECT *, permissions IS NOT NULL
       AND NOT EXISTS (SELECT p.key FROM json_each(permissions) p WHERE p.type <> 'object')
       AND NOT EXISTS (SELECT m.key
                         FROM json_each(permissions) p,
                              json_each(CASE p.type WHEN 'object' THEN p.value ELSE '{}' END) m
                        WHERE m.key IN ('actions', 'notActions', 'dataActions', 'notDataActions')
                          AND (m.type NOT IN ('array', 'null')
                               OR EXISTS (SELECT w.key
                                            FROM json_each(CASE m.type WHEN 'array' THEN m.value
                                                           ELSE '[]' END) w
                                           WHERE w.type <> 'text'))) AS readable
  FROM taken)
SELECT record_id, snapshot_id, subject,
       lower(coalesce(nullif(json_extract(body, '$.name'), ''), subject)) AS role,
       coalesce(json_extract(body, '$.properties.roleName'), name) AS name,
       json_extract(body, '$.properties.type') AS role_type,
       CASE WHEN readable THEN
         EXISTS (SELECT d.value
                   FROM json_each(permissions) p, json_each(p.value, '$.dataActions') d
                  WHERE (d.value IN ('*', '*/*') OR d.value LIKE 'Microsoft.CognitiveServices/%'
                         OR d.value LIKE '*/%')
                    AND NOT EXISTS (SELECT n.value FROM json_each(p.value, '$.notDataActions') n
                                     WHERE lower(d.value) GLOB lower(n.value)
                                        OR 'microsoft.cognitiveservices/accounts/~/~'
                                           GLOB lower(n.value))) END
           AS data_plane,
       CASE WHEN readable THEN
         EXISTS (SELECT d.value
                   FROM json_each(permissions) p, json_each(p.value, '$.actions') d,
                        (SELECT column1 AS deed
                           FROM (VALUES ('microsoft.cognitiveservices/accounts/write'),
                                        ('microsoft.cognitiveservices/accounts/listkeys/action'),
                                        ('microsoft.cognitiveservices/accounts/regeneratekey/action'),
                                        ('microsoft.authorization/roleassignments/write'))) t
                  WHERE t.deed GLOB lower(d.value)
                    AND NOT EXISTS (SELECT n.value FROM json_each(p.value, '$.notActions') n
                                     WHERE t.deed GLOB lower(n.value))) END AS broad
  FROM checked
