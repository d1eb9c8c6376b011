-- Which sites the App Service baseline speaks of: those whose kind names neither a function app nor a
-- workflow app, which have baselines of their own. A site without a kind may be any of the three.
-- Plans, environments and static sites are App Service's alone.
SELECT record_id, arm_kind IS NOT NULL AS certain,
       CASE WHEN arm_kind IS NULL THEN
                'The export does not say this site''s kind, so it is not known whether it is an App Service app.'
            ELSE 'The site is of kind ' || arm_kind || '.' END AS reason,
       CASE WHEN arm_kind IS NULL THEN 'resource' END AS need
  FROM shared_type
 WHERE type IN ('microsoft.web/sites', 'microsoft.web/sites/slots')
   AND (arm_kind IS NULL OR (instr(arm_kind, 'functionapp') = 0 AND instr(arm_kind, 'workflowapp') = 0))
UNION ALL
SELECT record_id, 1, NULL, NULL FROM shared_type
 WHERE type IN ('microsoft.web/serverfarms', 'microsoft.web/hostingenvironments',
                'microsoft.web/staticsites')
