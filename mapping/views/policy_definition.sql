-- Policy definitions and initiatives that were exported. holds: 1 when the initiative has a
-- definition of policy_builtin among its members, or when the definition's rule names the
-- Microsoft.CognitiveServices provider; 0 when it does not; NULL when that was not exported,
-- or when the initiative has members that cannot be read.
SELECT record_id, snapshot_id, subject AS definition,
       coalesce(json_extract(body, '$.properties.displayName'), name, subject) AS name,
       CASE WHEN json_type(body, '$.properties.policyDefinitions') = 'array' THEN
                 CASE WHEN EXISTS (SELECT b.definition
                           FROM json_each(body, '$.properties.policyDefinitions') m
                           JOIN policy_builtin b ON b.definition = lower(CASE m.type
                                WHEN 'object' THEN m.value ->> '$.policyDefinitionId' END)) THEN 1
                      WHEN NOT EXISTS (SELECT m.key
                           FROM json_each(body, '$.properties.policyDefinitions') m
                          WHERE CASE m.type WHEN 'object'
                                     THEN json_type(m.value, '$.policyDefinitionId') END
                                IS NOT 'text') THEN 0 END
            WHEN json_type(body, '$.properties.policyRule') = 'object' THEN
                 instr(lower(body -> '$.properties.policyRule'), 'microsoft.cognitiveservices') > 0
            END AS holds
  FROM resource
 WHERE kind IN ('policy-definition', 'policy-set-definition')
