-- What is assigned at each place (see policy_placed), put into words once for each family.
-- sure: acts, of the family, and leaves nothing out. idle: of the family, but does nothing. open:
-- acts, with content that is not known. doubt: of the family, but whether it acts on an asset cannot
-- be told. Assignments of the family that exclude scopes or have exemptions are not here: they are
-- decided asset by asset.
WITH sorted AS (
SELECT snapshot_id, place, family, record_id,
       '"' || name || '" (' || title || ')'
           || CASE WHEN holds = 1 THEN coalesce(' ' || idle, ' ' || doubt, '') ELSE '' END AS words,
       CASE WHEN holds = 1 AND idle IS NOT NULL THEN 'idle'
            WHEN holds = 1 AND doubt IS NOT NULL THEN 'doubt'
            WHEN holds = 1 AND not_scopes IS NULL AND NOT exempted THEN 'sure'
            WHEN holds IS NULL AND idle IS NULL THEN 'open' END AS class
  FROM policy_placed),
numbered AS (
SELECT snapshot_id, place, family, record_id, words, class,
       row_number() OVER (PARTITION BY snapshot_id, place, family, class ORDER BY words, record_id) AS n
  FROM sorted),
ordered AS (SELECT * FROM numbered WHERE class IS NOT NULL ORDER BY snapshot_id, place, family, n),
summed AS MATERIALIZED (
SELECT CAST(place AS TEXT) AS scope, family, snapshot_id,
       sum(class = 'sure') AS sure,
       group_concat(CASE WHEN class = 'sure' AND n <= 5 THEN words END, ', ')
           || CASE WHEN sum(class = 'sure') > 5
                   THEN ' and ' || (sum(class = 'sure') - 5) || ' more' ELSE '' END AS sure_words,
       group_concat(CASE WHEN class = 'sure' AND n <= 5 THEN record_id END, ',') AS sure_records,
       sum(class = 'idle') AS idle,
       group_concat(CASE WHEN class = 'idle' AND n <= 5 THEN words END, ', ')
           || CASE WHEN sum(class = 'idle') > 5
                   THEN ' and ' || (sum(class = 'idle') - 5) || ' more' ELSE '' END AS idle_words,
       group_concat(CASE WHEN class = 'idle' AND n <= 5 THEN record_id END, ',') AS idle_records,
       sum(class = 'open') AS open,
       group_concat(CASE WHEN class = 'open' AND n <= 3 THEN words END, ', ')
           || CASE WHEN sum(class = 'open') > 3
                   THEN ' and ' || (sum(class = 'open') - 3) || ' more' ELSE '' END AS open_words,
       sum(class = 'doubt') AS doubt,
       group_concat(CASE WHEN class = 'doubt' AND n <= 3 THEN words END, ', ')
           || CASE WHEN sum(class = 'doubt') > 3
                   THEN ' and ' || (sum(class = 'doubt') - 3) || ' more' ELSE '' END AS doubt_words
  FROM ordered
 GROUP BY snapshot_id, place, family)
SELECT * FROM summed WHERE scope NOT LIKE 'above %'
UNION ALL
SELECT 'above /subscriptions/' || t.subscription, s.family, s.snapshot_id, s.sure, s.sure_words,
       s.sure_records, s.idle, s.idle_words, s.idle_records, s.open, s.open_words, s.doubt,
       s.doubt_words
  FROM summed s
  JOIN subscription_twin t ON t.snapshot_id = s.snapshot_id AND t.twin = substr(s.scope, 22)
 WHERE s.scope LIKE 'above %'
