-- What is granted at each place, put into words once for each family of role_family, because thousands
-- of accounts share a scope (service principals: principal_scope).
-- scope is a canonical id, or 'above /subscriptions/ID' for what stands above a subscription (see
-- assignment_above). At most ten holders are named for each kind of grant; the counts are of all.
-- unresolved counts assignments of roles whose actions are not known.
WITH granted AS MATERIALIZED (SELECT * FROM role_grant),
first AS MATERIALIZED (
SELECT u.record_id, u.subscription
  FROM (SELECT DISTINCT snapshot_id, twin FROM subscription_twin) t
  JOIN assignment_above u ON u.snapshot_id = t.snapshot_id AND u.subscription = t.twin),
placed AS (
SELECT snapshot_id, family, above AS place, record_id, holder, principal_type, role_label, level,
       data_plane, broad
  FROM granted WHERE above <> '*'
UNION ALL
SELECT g.snapshot_id, g.family, 'above /subscriptions/' || u.subscription, g.record_id, g.holder,
       g.principal_type, g.role_label, g.level, g.data_plane, g.broad
  FROM granted g
  JOIN first u ON u.record_id = g.record_id
 WHERE g.above = '*'),
numbered AS (
SELECT snapshot_id, family, place, record_id,
       holder || ' (' || principal_type || ') as ' || role_label || ' at ' || level AS words,
       data_plane, broad,
       row_number() OVER (PARTITION BY snapshot_id, family, place, data_plane IS 1
                          ORDER BY level, role_label, holder, record_id) AS data_n,
       row_number() OVER (PARTITION BY snapshot_id, family, place, broad IS 1
                          ORDER BY level, role_label, holder, record_id) AS broad_n,
       row_number() OVER (PARTITION BY snapshot_id, family, place, data_plane IS NULL
                          ORDER BY level, role_label, holder, record_id) AS open_n,
       row_number() OVER (PARTITION BY snapshot_id, family, place
                          ORDER BY level, role_label, holder, record_id) AS n
  FROM placed),
ordered AS (SELECT * FROM numbered ORDER BY snapshot_id, family, place, n),
summed AS MATERIALIZED (
SELECT CAST(place AS TEXT) AS scope, family, snapshot_id, count(record_id) AS grants,
       sum(data_plane IS 1) AS data_count,
       group_concat(CASE WHEN data_plane IS 1 AND data_n <= 10 THEN words END, '; ')
           || CASE WHEN sum(data_plane IS 1) > 10
                   THEN '; and ' || (sum(data_plane IS 1) - 10) || ' more' ELSE '' END
           AS data_words,
       group_concat(CASE WHEN data_plane IS 1 AND data_n <= 10 THEN record_id END, ',')
           AS data_records,
       sum(broad IS 1) AS broad_count,
       group_concat(CASE WHEN broad IS 1 AND broad_n <= 10 THEN words END, '; ')
           || CASE WHEN sum(broad IS 1) > 10
                   THEN '; and ' || (sum(broad IS 1) - 10) || ' more' ELSE '' END
           AS broad_words,
       group_concat(CASE WHEN broad IS 1 AND broad_n <= 10 THEN record_id END, ',')
           AS broad_records,
       sum(data_plane IS NULL) AS unresolved,
       group_concat(CASE WHEN data_plane IS NULL AND open_n <= 10 THEN words END, '; ')
           || CASE WHEN sum(data_plane IS NULL) > 10
                   THEN '; and ' || (sum(data_plane IS NULL) - 10) || ' more' ELSE '' END
           AS unresolved_words
  FROM ordered
 GROUP BY snapshot_id, family, place)
SELECT * FROM summed WHERE scope NOT LIKE 'above %'
UNION ALL
SELECT 'above /subscriptions/' || t.subscription, s.family, s.snapshot_id, s.grants, s.data_count,
       s.data_words, s.data_records, s.broad_count, s.broad_words, s.broad_records, s.unresolved,
       s.unresolved_words
  FROM summed s
  JOIN subscription_twin t ON t.snapshot_id = s.snapshot_id AND t.twin = substr(s.scope, 22)
 WHERE s.scope LIKE 'above %'
