-- Scopes whose assignments, and all that they inherit, one file shows: scope is a subscription
-- when that file holds an assignment at the root or a management group and assignments in two
-- resource groups of the subscription (which only a list of the whole subscription shows), and a
-- resource when it holds one at the root or a management group and one at the resource itself. The
-- file must be whole; for policy assignments it must be an ARM page, or the answer to an az command
-- with --disable-scope-strict-match, because az leaves out inherited ones otherwise. Nothing is shown while a file that is cut holds assignments of the same kind in
-- the subscription, or none but inherited ones, which may be the subscription's.
WITH listed AS MATERIALIZED (SELECT * FROM assignment_listed),
cut AS MATERIALIZED (
SELECT DISTINCT snapshot_id, kind, subscription FROM listed
 WHERE completeness IN ('partial', 'truncated', 'failed') AND subscription IS NOT NULL
UNION
SELECT snapshot_id, kind, NULL FROM listed
 WHERE completeness IN ('partial', 'truncated', 'failed')
 GROUP BY evidence_id, kind HAVING max(subscription) IS NULL),
good AS (
SELECT evidence_id, snapshot_id, kind, min(listed_record) AS above_record FROM listed
 WHERE level IN ('root', 'group')
   AND completeness = 'whole'
   AND (shape = 'page' OR kind = 'role-assignment' OR with_inherited)
 GROUP BY evidence_id, kind),
shown AS (
SELECT g.snapshot_id, g.kind, l.subscription, '/subscriptions/' || l.subscription AS scope,
       g.above_record, min(l.listed_record) AS own_record
  FROM good g
  JOIN listed l ON l.evidence_id = g.evidence_id AND l.kind = g.kind
 WHERE l.subscription IS NOT NULL
 GROUP BY g.evidence_id, g.kind, l.subscription
HAVING count(DISTINCT l.resource_group) >= 2
UNION ALL
SELECT g.snapshot_id, g.kind, l.subscription, l.scope, g.above_record, l.listed_record
  FROM good g
  JOIN listed l ON l.evidence_id = g.evidence_id AND l.kind = g.kind
 WHERE l.level = 'inside' AND l.scope LIKE '/subscriptions/%/providers/%')
SELECT snapshot_id, kind, CAST(scope AS TEXT) AS scope, min(above_record) AS above_record, own_record
  FROM shown s
 WHERE NOT EXISTS (SELECT c.kind FROM cut c
                    WHERE c.snapshot_id = s.snapshot_id AND c.kind = s.kind
                      AND c.subscription = s.subscription)
   AND NOT EXISTS (SELECT c.kind FROM cut c
                    WHERE c.snapshot_id = s.snapshot_id AND c.kind = s.kind
                      AND c.subscription IS NULL)
 GROUP BY snapshot_id, kind, scope
