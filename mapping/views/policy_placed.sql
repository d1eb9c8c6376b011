-- Policy assignments at the places that assets look them up at: their own scope, or
-- 'above /subscriptions/ID' for those that stand above a subscription (see assignment_above), where ID
-- is the first of those that share what stands above them (see subscription_twin).
WITH reached AS MATERIALIZED (SELECT * FROM policy_reach),
first AS MATERIALIZED (
SELECT u.record_id, u.subscription
  FROM (SELECT DISTINCT snapshot_id, twin FROM subscription_twin) t
  JOIN assignment_above u ON u.snapshot_id = t.snapshot_id AND u.subscription = t.twin)
SELECT p.above AS place, p.family, p.record_id, p.snapshot_id, p.subject, p.name, p.title, p.not_scopes,
       p.doubt, p.idle, p.exempted, p.holds
  FROM reached p
 WHERE p.above <> '*'
UNION ALL
SELECT 'above /subscriptions/' || u.subscription, p.family, p.record_id, p.snapshot_id, p.subject, p.name,
       p.title, p.not_scopes, p.doubt, p.idle, p.exempted, p.holds
  FROM reached p
  JOIN first u ON u.record_id = p.record_id
 WHERE p.above = '*'
