-- What is assigned at each scope, put into words once (see role_scope for scope and for management
-- groups). sure: enforced, of Cognitive Services, and excluding nothing. idle: of Cognitive
-- Services, but not enforced. open: enforced, with content that is not known. Assignments of
-- Cognitive Services that exclude scopes are not here: they are decided account by account.
WITH sorted AS (
SELECT snapshot_id, above, record_id, '"' || name || '" (' || title || ')' AS words,
       CASE WHEN holds = 1 AND enforced AND not_scopes IS NULL THEN 'sure'
            WHEN holds = 1 AND NOT enforced THEN 'idle'
            WHEN holds IS NULL AND enforced THEN 'open' END AS class
  FROM policy_reach),
numbered AS (
SELECT snapshot_id, above, record_id, words, class,
       row_number() OVER (PARTITION BY snapshot_id, above, class ORDER BY words, record_id) AS n
  FROM sorted),
ordered AS (SELECT * FROM numbered WHERE class IS NOT NULL ORDER BY snapshot_id, above, n)
SELECT above AS scope, snapshot_id,
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
                   THEN ' and ' || (sum(class = 'open') - 3) || ' more' ELSE '' END AS open_words
  FROM ordered
 GROUP BY snapshot_id, above
