-- Azure Policy assignments. definition is the canonical id of what is assigned. enforced is 0 for
-- enforcementMode DoNotEnforce (and for any other word than Default); absent means Default.
-- not_scopes is NULL when nothing is excluded. above is the key that scopes above an account join
-- on: the scope, or '*' for the root and management groups (as in role_assignment).
SELECT record_id, snapshot_id, subject, scope,
       CASE WHEN scope = '/' OR scope LIKE '/providers/microsoft.management/managementgroups/%'
            THEN '*' ELSE scope END AS above,
       CASE WHEN scope LIKE '/subscriptions/%'
            THEN substr(scope, 16, instr(substr(scope, 16) || '/', '/') - 1) END AS subscription,
       coalesce(nullif(json_extract(body, '$.properties.displayName'), ''), name, subject) AS name,
       rtrim('/' || ltrim(lower(json_extract(body, '$.properties.policyDefinitionId')), '/'), '/')
           AS definition,
       CASE WHEN json_array_length(body, '$.properties.notScopes') > 0
            THEN lower(json_extract(body, '$.properties.notScopes')) END AS not_scopes,
       lower(coalesce(nullif(json_extract(body, '$.properties.enforcementMode'), ''), 'default'))
           = 'default' AS enforced,
       complete, source_shape, source_completeness
  FROM resource
 WHERE kind = 'policy-assignment'
