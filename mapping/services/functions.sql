-- Which sites the Functions baseline speaks of: those whose kind names a function app and no workflow
-- app (a workflow app is both, and has the Logic Apps baseline). A site without a kind may be one.
SELECT record_id, arm_kind IS NOT NULL AS certain,
       CASE WHEN arm_kind IS NULL THEN
                'The export does not say this site''s kind, so it is not known whether it is a function app.'
            ELSE 'The site is of kind ' || arm_kind || '.' END AS reason,
       CASE WHEN arm_kind IS NULL THEN 'resource' END AS need
  FROM shared_type
 WHERE type IN ('microsoft.web/sites', 'microsoft.web/sites/slots')
   AND (arm_kind IS NULL OR (instr(arm_kind, 'functionapp') > 0 AND instr(arm_kind, 'workflowapp') = 0))
