-- Policy assignments with what their definition means to Cognitive Services accounts. holds: 1 when
-- it is one of policy_builtin or an exported initiative that holds one; 0 when it provably is not
-- (another built-in definition, or an exported one that does not speak of Cognitive Services); NULL
-- when its content is not known (another initiative, or a custom definition, that was not
-- exported). A custom definition that names the provider is NULL too: it may be about anything.
-- idle says why it does nothing, NULL when it acts. exempted: an exemption from it was exported.
SELECT p.record_id, p.snapshot_id, p.above, p.scope, p.subject, p.name, p.not_scopes, p.doubt,
       CASE WHEN NOT p.enforced THEN 'is not enforced'
            WHEN p.effect_off THEN 'has its effect set to Disabled' END AS idle,
       EXISTS (SELECT e.record_id FROM policy_exemption e
                WHERE e.snapshot_id = p.snapshot_id AND e.assignment = p.subject) AS exempted,
       coalesce(b.title, d.name, p.definition) AS title,
       CASE WHEN b.definition IS NOT NULL THEN 1
            WHEN p.definition LIKE '%/policysetdefinitions/%' THEN d.holds
            WHEN p.definition LIKE '/providers/microsoft.authorization/policydefinitions/%' THEN 0
            WHEN d.holds = 0 THEN 0 END AS holds
  FROM policy_assignment p
  LEFT JOIN policy_builtin b ON b.definition = p.definition
  LEFT JOIN policy_definition d
         ON d.snapshot_id = p.snapshot_id AND d.definition = p.definition
 WHERE p.complete = 1 AND p.definition IS NOT NULL
