-- Role and policy assignments as the files list them: one row an assignment and file, because a
-- row that stands in several files speaks in resource under one of them only. record_id is the
-- record that speaks for the assignment, listed_record the one in this file. level is root, group
-- (a management group) or inside (a subscription or below).
SELECT s.evidence_id, s.snapshot_id, s.shape, s.completeness,
       instr(coalesce(s.command, ''), '--disable-scope-strict-match') > 0 AS with_inherited, x.kind, x.record_id AS listed_record,
       r.record_id, r.scope,
       CASE WHEN r.scope = '/' THEN 'root'
            WHEN r.scope LIKE '/providers/microsoft.management/managementgroups/%' THEN 'group'
            WHEN r.scope LIKE '/subscriptions/%' THEN 'inside' END AS level,
       CASE WHEN r.scope LIKE '/subscriptions/%'
            THEN substr(r.scope, 16, instr(substr(r.scope, 16) || '/', '/') - 1) END
           AS subscription,
       CASE WHEN r.scope LIKE '/subscriptions/%/resourcegroups/%' THEN
            substr(r.scope, instr(r.scope, '/resourcegroups/') + 16,
                   instr(substr(r.scope, instr(r.scope, '/resourcegroups/') + 16) || '/', '/') - 1)
            END AS resource_group
  FROM source s
 CROSS JOIN exported x ON x.evidence_id = s.evidence_id
 CROSS JOIN resource r ON r.snapshot_id = x.snapshot_id AND r.subject = x.subject
 WHERE s.kind IN ('role-assignment', 'policy-assignment', 'mixed')
   AND x.kind IN ('role-assignment', 'policy-assignment')
   AND x.complete = 1
