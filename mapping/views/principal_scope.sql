-- The service principals (and managed identities) that hold roles at each place, put into words once:
-- at most ten are named, the count is of all. scope as in role_scope.
WITH granted AS MATERIALIZED (
SELECT * FROM role_grant WHERE family = 'ai' AND is_service_principal),
first AS MATERIALIZED (
SELECT u.record_id, u.subscription
  FROM (SELECT DISTINCT snapshot_id, twin FROM subscription_twin) t
  JOIN assignment_above u ON u.snapshot_id = t.snapshot_id AND u.subscription = t.twin),
placed AS (
SELECT snapshot_id, above AS place, record_id, holder, principal_type, role_label, level
  FROM granted WHERE above <> '*'
UNION ALL
SELECT g.snapshot_id, 'above /subscriptions/' || u.subscription, g.record_id, g.holder,
       g.principal_type, g.role_label, g.level
  FROM granted g
  JOIN first u ON u.record_id = g.record_id
 WHERE g.above = '*'),
numbered AS (
SELECT snapshot_id, place, record_id,
       holder || ' (' || principal_type || ') as ' || role_label || ' at ' || level AS words,
       row_number() OVER (PARTITION BY snapshot_id, place
                          ORDER BY level, role_label, holder, record_id) AS n
  FROM placed),
ordered AS (SELECT * FROM numbered ORDER BY snapshot_id, place, n),
summed AS MATERIALIZED (
SELECT CAST(place AS TEXT) AS scope, snapshot_id, count(record_id) AS sp_count,
       group_concat(CASE WHEN n <= 10 THEN words END, '; ')
           || CASE WHEN count(record_id) > 10
                   THEN '; and ' || (count(record_id) - 10) || ' more' ELSE '' END AS sp_words,
       group_concat(CASE WHEN n <= 10 THEN record_id END, ',') AS sp_records
  FROM ordered
 GROUP BY snapshot_id, place)
SELECT * FROM summed WHERE scope NOT LIKE 'above %'
UNION ALL
SELECT 'above /subscriptions/' || t.subscription, s.snapshot_id, s.sp_count, s.sp_words, s.sp_records
  FROM summed s
  JOIN subscription_twin t ON t.snapshot_id = s.snapshot_id AND t.twin = substr(s.scope, 22)
 WHERE s.scope LIKE 'above %'
