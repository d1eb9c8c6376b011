-- Azure Policy assignments. definition is the canonical id of what is assigned. enforced is 0 for
-- enforcementMode DoNotEnforce (and for any other word than Default); absent means Default.
-- effect_off: its own parameters set the effect to Disabled. not_scopes is NULL when nothing is
-- excluded, else a JSON array of canonical ids. doubt says why nobody can tell from the assignment
-- whether it acts on an account, NULL when one can. above is the key that scopes above an account
-- join on: the scope, or '*' for the root and management groups (see assignment_above).
WITH taken AS (
SELECT record_id, snapshot_id, subject, scope, name, body, complete, source_shape,
       source_completeness, json_type(body, '$.properties.notScopes') AS not_type,
       CASE json_type(body, '$.properties.notScopes') WHEN 'array'
            THEN json_extract(body, '$.properties.notScopes') ELSE '[]' END AS not_list
  FROM resource
 WHERE kind = 'policy-assignment')
SELECT record_id, snapshot_id, subject, scope,
       CASE WHEN scope = '/' OR scope LIKE '/providers/microsoft.management/managementgroups/%'
            THEN '*' ELSE scope END AS above,
       CASE WHEN scope LIKE '/subscriptions/%'
            THEN substr(scope, 16, instr(substr(scope, 16) || '/', '/') - 1) END AS subscription,
       coalesce(nullif(json_extract(body, '$.properties.displayName'), ''), name, subject) AS name,
       rtrim('/' || ltrim(lower(json_extract(body, '$.properties.policyDefinitionId')), '/'), '/')
           AS definition,
       CASE WHEN json_array_length(not_list) > 0 THEN
            (SELECT json_group_array('/' || trim(replace(replace(lower(n.value), '//', '/'),
                                                         '//', '/'), '/ '))
               FROM json_each(not_list) n WHERE n.type = 'text') END AS not_scopes,
       lower(coalesce(nullif(json_extract(body, '$.properties.enforcementMode'), ''), 'default'))
           = 'default' AS enforced,
       EXISTS (SELECT p.key FROM json_each(body, '$.properties.parameters') p
                WHERE lower(p.key) = 'effect'
                  AND lower(trim(CASE p.type WHEN 'object' THEN p.value ->> '$.value' END))
                      = 'disabled') AS effect_off,
       CASE WHEN json_array_length(body, '$.properties.overrides') > 0
              OR json_type(body, '$.properties.overrides') NOT IN ('null', 'array')
            THEN 'has overrides'
            WHEN json_array_length(body, '$.properties.resourceSelectors') > 0
              OR json_type(body, '$.properties.resourceSelectors') NOT IN ('null', 'array')
            THEN 'has resource selectors'
            WHEN not_type NOT IN ('null', 'array')
              OR EXISTS (SELECT n.key FROM json_each(not_list) n WHERE n.type <> 'text')
            THEN 'has notScopes that cannot be read' END AS doubt,
       complete, source_shape, source_completeness
  FROM taken
