-- Which resources the Logic Apps baseline speaks of: workflows and what belongs to them, and sites
-- whose kind names a workflow app. A site without a kind may be one.
SELECT record_id, arm_kind IS NOT NULL AS certain,
       CASE WHEN arm_kind IS NULL THEN
                'The export does not say this site''s kind, so it is not known whether it is a workflow app.'
            ELSE 'The site is of kind ' || arm_kind || '.' END AS reason,
       CASE WHEN arm_kind IS NULL THEN 'resource' END AS need
  FROM shared_type
 WHERE type IN ('microsoft.web/sites', 'microsoft.web/sites/slots')
   AND (arm_kind IS NULL OR instr(arm_kind, 'workflowapp') > 0)
UNION ALL
SELECT record_id, 1, NULL, NULL FROM shared_type
 WHERE type IN ('microsoft.logic/workflows', 'microsoft.logic/integrationaccounts',
                'microsoft.logic/integrationserviceenvironments')
