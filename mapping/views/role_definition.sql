-- Role definitions that were exported. role is the GUID that assignments name. data_plane: one of
-- the role's permissions has a data action of Microsoft.CognitiveServices (or of everything) that
-- its notDataActions do not take away whole. broad: the role manages Cognitive Services accounts,
-- everything, or who has access. Both are NULL when the permissions were not exported.
SELECT record_id, snapshot_id, subject,
       lower(coalesce(nullif(json_extract(body, '$.name'), ''), subject)) AS role,
       coalesce(json_extract(body, '$.properties.roleName'), name) AS name,
       json_extract(body, '$.properties.type') AS role_type,
       CASE WHEN json_type(body, '$.properties.permissions') = 'array' THEN
         EXISTS (SELECT d.value
                   FROM json_each(body, '$.properties.permissions') p,
                        json_each(p.value, '$.dataActions') d
                  WHERE (d.value IN ('*', '*/*') OR d.value LIKE 'Microsoft.CognitiveServices/%'
                         OR d.value LIKE '*/%')
                    AND NOT EXISTS (SELECT n.value FROM json_each(p.value, '$.notDataActions') n
                                     WHERE lower(n.value) IN ('*', '*/*',
                                           'microsoft.cognitiveservices/*', lower(d.value)))) END
           AS data_plane,
       CASE WHEN json_type(body, '$.properties.permissions') = 'array' THEN
         EXISTS (SELECT d.value
                   FROM json_each(body, '$.properties.permissions') p,
                        json_each(p.value, '$.actions') d
                  WHERE lower(d.value) IN ('*', '*/*', '*/write', '*/action',
                        'microsoft.cognitiveservices/*', 'microsoft.cognitiveservices/*/write',
                        'microsoft.cognitiveservices/accounts/*',
                        'microsoft.cognitiveservices/accounts/write',
                        'microsoft.authorization/*', 'microsoft.authorization/*/write',
                        'microsoft.authorization/roleassignments/*',
                        'microsoft.authorization/roleassignments/write')) END AS broad
  FROM resource
 WHERE kind = 'role-definition'
