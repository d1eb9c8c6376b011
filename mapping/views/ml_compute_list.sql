-- What a snapshot shows of the computes of each Machine Learning workspace, one row a workspace that
-- any compute, or an empty list of them, was exported of. Counted are those that can stand in a subnet:
-- inside (in one of the customer's) and outside; the texts name the outside ones and the subnets. shown:
-- the export shows all of them, and each says its sort.
WITH ordered AS (SELECT * FROM ml_compute ORDER BY snapshot_id, workspace, name, record_id)
SELECT snapshot_id, workspace, sum(placed IS 1 AND subnet IS NOT NULL) AS inside,
       sum(placed IS 1 AND subnet IS NULL) AS outside,
       group_concat(CASE WHEN placed = 1 AND subnet IS NULL THEN name END, ', ') AS outside_words,
       group_concat(CASE WHEN placed = 1 AND subnet IS NULL THEN record_id END, ',')
           AS outside_records,
       (SELECT group_concat(word, ', ') FROM
           (SELECT DISTINCT c.subnet AS word FROM ml_compute c
             WHERE c.snapshot_id = o.snapshot_id AND c.workspace = o.workspace AND c.placed = 1
               AND c.subnet IS NOT NULL ORDER BY c.subnet)) AS subnet_words,
       group_concat(CASE WHEN placed = 1 THEN record_id END, ',') AS records,
       min(whole) AND max(placed IS NULL) = 0 AS shown
  FROM ordered o
 GROUP BY snapshot_id, workspace
UNION ALL
SELECT snapshot_id, subject, 0, 0, NULL, NULL, NULL, NULL, 1
  FROM answer
 WHERE kind = 'ml-compute' AND completeness = 'whole' AND records = 0
   AND NOT EXISTS (SELECT c.record_id FROM ml_compute c
                    WHERE c.snapshot_id = answer.snapshot_id AND c.workspace = answer.subject)
 GROUP BY snapshot_id, subject
