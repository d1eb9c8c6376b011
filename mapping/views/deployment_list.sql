-- Accounts whose deployments a list shows: an array or a page that is not cut and holds at least one
-- deployment of the account. A single deployment may have siblings.
SELECT DISTINCT x.snapshot_id, r.parent AS account
  FROM source s
 CROSS JOIN exported x ON x.evidence_id = s.evidence_id
 CROSS JOIN resource r ON r.snapshot_id = x.snapshot_id AND r.subject = x.subject
 WHERE s.kind IN ('cognitive-deployment', 'mixed') AND x.kind = 'cognitive-deployment'
   AND x.complete = 1
   AND s.shape IN ('array', 'page') AND s.completeness IN ('whole', 'unstated')
