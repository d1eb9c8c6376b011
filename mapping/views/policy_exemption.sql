-- Policy exemptions: what is exempted from which assignment. scope is where the exemption stands
-- ('' is the root); whether it has expired, and which definitions it names, is not looked at.
SELECT record_id, snapshot_id,
       '/' || trim(replace(lower(json_extract(body, '$.properties.policyAssignmentId')), '//', '/'),
                   '/ ') AS assignment,
       substr(subject, 1,
              instr(subject, '/providers/microsoft.authorization/policyexemptions/') - 1) AS scope
  FROM resource
 WHERE kind = 'policy-exemption'
   AND instr(subject, '/providers/microsoft.authorization/policyexemptions/') > 0
