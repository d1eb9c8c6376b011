-- Role assignments. above is the key that scopes above an account join on: the scope itself, or
-- '*' for the root and for management groups (see role_scope). role is the GUID at the end of the
-- definition's id.
SELECT record_id, snapshot_id, subject, scope,
       CASE WHEN scope = '/' OR scope LIKE '/providers/microsoft.management/managementgroups/%'
            THEN '*' ELSE scope END AS above,
       CASE WHEN scope = '/' THEN 'the root'
            WHEN scope LIKE '/providers/microsoft.management/managementgroups/%'
            THEN 'management group ' || substr(scope, 50)
            WHEN scope LIKE '%/providers/microsoft.cognitiveservices/accounts/%'
             AND instr(substr(scope, instr(scope, '/accounts/') + 10), '/') = 0 THEN 'the account'
            WHEN scope LIKE '/subscriptions/%/resourcegroups/%/providers/%' THEN 'a resource'
            WHEN scope LIKE '/subscriptions/%/resourcegroups/%' THEN 'the resource group'
            WHEN scope LIKE '/subscriptions/%' THEN 'the subscription'
            ELSE scope END AS level,
       CASE WHEN scope LIKE '/subscriptions/%'
            THEN substr(scope, 16, instr(substr(scope, 16) || '/', '/') - 1) END AS subscription,
       lower(coalesce(
           nullif(substr(json_extract(body, '$.properties.roleDefinitionId'),
                  instr(lower(json_extract(body, '$.properties.roleDefinitionId')),
                        '/roledefinitions/') + 17), ''), '')) AS role,
       nullif(json_extract(body, '$.properties.roleDefinitionName'), '') AS role_name,
       lower(json_extract(body, '$.properties.principalId')) AS principal,
       nullif(json_extract(body, '$.properties.principalName'), '') AS principal_name,
       coalesce(nullif(json_extract(body, '$.properties.principalType'), ''), 'unknown type')
           AS principal_type,
       nullif(json_extract(body, '$.properties.condition'), '') AS condition,
       complete, source_shape, source_completeness
  FROM resource
 WHERE kind = 'role-assignment'
