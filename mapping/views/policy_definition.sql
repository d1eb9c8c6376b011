-- Policy definitions and initiatives that were exported, one row for each family of assets. holds: 1
-- when the initiative has a definition of policy_builtin for the family among its members; 0 when
-- none of its members is about the family, or when a definition's rule does not name the family's
-- providers; NULL when nobody can tell: it was not
-- exported, it cannot be read, or a member is neither in policy_builtin nor in policy_known nor
-- exported. A definition that names a provider is NULL too: it may be about anything. So is one that
-- takes the types that it is about from a parameter.
WITH taken AS MATERIALIZED (
SELECT record_id, snapshot_id, subject, name, body,
       json_type(body, '$.properties.policyDefinitions') AS members_type,
       CASE WHEN json_type(body, '$.properties.policyRule') = 'object'
            THEN lower(body -> '$.properties.policyRule') END AS rule
  FROM resource
 WHERE kind IN ('policy-definition', 'policy-set-definition')),
fixed AS MATERIALIZED (
SELECT record_id, snapshot_id, subject, rule FROM taken t
 WHERE rule IS NOT NULL
   AND NOT EXISTS (SELECT n.key FROM json_tree(t.rule, '$.if') n, json_each(n.value) v
                    WHERE n.type = 'object' AND v.type = 'text' AND v.value LIKE '[%'
                      AND v.key <> 'field' AND n.value ->> '$.field' = 'type')),
single AS MATERIALIZED (
SELECT t.snapshot_id, t.subject AS definition, f.family
  FROM fixed t, policy_family f
 WHERE instr(t.rule, f.provider) = 0 AND instr(t.rule, f.other) = 0),
part AS (
SELECT t.record_id, t.snapshot_id, m.key, lower(CASE m.type WHEN 'object'
           THEN CASE json_type(m.value, '$.policyDefinitionId') WHEN 'text'
                THEN m.value ->> '$.policyDefinitionId' END END) AS definition
  FROM taken t, json_each(t.body, '$.properties.policyDefinitions') m
 WHERE t.members_type = 'array'),
judged AS (
SELECT m.record_id, f.family, max(b.definition IS NOT NULL) AS held,
       max(b.definition IS NULL AND s.definition IS NULL
           AND NOT (f.whole AND coalesce(m.definition, '')
                    LIKE '/providers/microsoft.authorization/policydefinitions/%')
           AND NOT (k.definition IS NOT NULL AND instr(k.providers, f.provider) = 0
                    AND instr(k.providers, f.other) = 0
                    AND m.definition NOT IN (SELECT t.subject FROM taken t))) AS open
  FROM part m
 CROSS JOIN policy_family f
  LEFT JOIN policy_builtin b ON b.definition = m.definition AND b.family = f.family
  LEFT JOIN policy_known k ON k.definition = m.definition
  LEFT JOIN single s ON s.snapshot_id = m.snapshot_id AND s.definition = m.definition
        AND s.family = f.family
 GROUP BY m.record_id, f.family)
SELECT f.family, t.record_id, t.snapshot_id, t.subject AS definition,
       coalesce(json_extract(t.body, '$.properties.displayName'), t.name, t.subject) AS name,
       CASE WHEN t.members_type = 'array' THEN
                 CASE WHEN j.held THEN 1 WHEN coalesce(j.open, 0) = 0 THEN 0 END
            WHEN x.record_id IS NOT NULL AND instr(x.rule, f.provider) = 0
             AND instr(x.rule, f.other) = 0 THEN 0 END AS holds
  FROM taken t
 CROSS JOIN policy_family f
  LEFT JOIN fixed x ON x.record_id = t.record_id
  LEFT JOIN judged j ON j.record_id = t.record_id AND j.family = f.family
