-- Which virtual machines the baseline for Linux speaks of: those whose operating system disk says
-- Linux. A summary (az resource list) does not say, so such a machine may be one.
SELECT record_id, os IS NOT NULL AS certain,
       CASE WHEN os IS NULL THEN
                'The export does not say this machine''s operating system, so it is not known whether it runs Linux.'
            ELSE 'The operating system disk says ' || os || '.' END AS reason,
       CASE WHEN os IS NULL THEN 'resource' END AS need
  FROM shared_type
 WHERE type = 'microsoft.compute/virtualmachines' AND (os IS NULL OR os = 'linux')
