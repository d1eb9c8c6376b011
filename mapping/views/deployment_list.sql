-- Accounts whose deployments a whole list shows: one that holds at least one deployment of the
-- account, or the answer to a command that asked for this account's, which may be empty. A single
-- deployment may have siblings, and so may those of a list that nothing vouches for.
SELECT DISTINCT x.snapshot_id, r.parent AS account
  FROM source s
 CROSS JOIN exported x ON x.evidence_id = s.evidence_id
 CROSS JOIN resource r ON r.snapshot_id = x.snapshot_id AND r.subject = x.subject
 WHERE s.kind IN ('cognitive-deployment', 'mixed') AND x.kind = 'cognitive-deployment'
   AND x.complete = 1
   AND s.shape IN ('array', 'page') AND s.completeness = 'whole'
UNION
SELECT snapshot_id, subject FROM answer
 WHERE kind = 'cognitive-deployment' AND completeness = 'whole' AND subject IS NOT NULL
