-- Which virtual machines the baseline for Windows speaks of: those whose operating system disk says
-- Windows. A summary (az resource list) does not say, so such a machine may be one.
SELECT record_id, os IS NOT NULL AS certain,
       CASE WHEN os IS NULL THEN
                'The export does not say this machine''s operating system, so it is not known whether it runs Windows.'
            ELSE 'The operating system disk says ' || os || '.' END AS reason,
       CASE WHEN os IS NULL THEN 'resource' END AS need
  FROM shared_type
 WHERE type = 'microsoft.compute/virtualmachines' AND (os IS NULL OR os = 'windows')
