-- Policy assignments with what their definition means to each family of assets (policy_family).
-- holds: 1 when it is one of policy_builtin or an exported initiative that holds one; 0 when it
-- provably is not (another built-in definition where policy_builtin is whole, or one of policy_known
-- or an exported one that does not speak of the family's providers); NULL when its content is not known (another
-- initiative or definition that was not exported). A definition that names the provider is NULL too:
-- it may be about anything.
-- idle says why it does nothing, NULL when it acts. exempted: an exemption from it was exported.
SELECT f.family, p.record_id, p.snapshot_id, p.above, p.scope, p.subject, p.name, p.not_scopes, p.doubt,
       CASE WHEN NOT p.enforced THEN 'is not enforced'
            WHEN p.effect_off THEN 'has its effect set to Disabled' END AS idle,
       e.assignment IS NOT NULL AS exempted,
       coalesce(b.title, d.name, p.definition) AS title,
       CASE WHEN b.definition IS NOT NULL THEN 1
            WHEN p.definition LIKE '%/policysetdefinitions/%' THEN d.holds
            WHEN p.definition LIKE '/providers/microsoft.authorization/policydefinitions/%'
             AND (f.whole OR (k.definition IS NOT NULL AND instr(k.providers, f.provider) = 0
                              AND instr(k.providers, f.other) = 0
                              AND d.definition IS NULL)) THEN 0
            WHEN d.holds = 0 THEN 0 END AS holds
  FROM policy_assignment p
 CROSS JOIN policy_family f
  LEFT JOIN policy_builtin b ON b.definition = p.definition AND b.family = f.family
  LEFT JOIN policy_known k ON k.definition = p.definition
  LEFT JOIN policy_definition d
         ON d.snapshot_id = p.snapshot_id AND d.definition = p.definition
        AND d.family = f.family
  LEFT JOIN (SELECT DISTINCT snapshot_id, assignment FROM policy_exemption) e
         ON e.snapshot_id = p.snapshot_id AND e.assignment = p.subject
 WHERE p.complete = 1 AND p.definition IS NOT NULL
