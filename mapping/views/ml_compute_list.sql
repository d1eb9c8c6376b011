-- What a snapshot shows of the computes of each Machine Learning workspace, one row a workspace that
-- any compute, or an empty list of them, was exported of. Counted are those that can stand in a subnet:
-- inside (in one of the customer's) and outside; the texts name the outside ones and the subnets. shown:
-- the export shows all of them, and each says its sort.
WITH entry AS (
SELECT snapshot_id, workspace, name, record_id, placed, subnet, whole, NULL AS listed FROM ml_compute
UNION ALL
SELECT DISTINCT snapshot_id, workspace, NULL, NULL, 0, NULL, 1, subnet FROM ml_compute
 WHERE placed = 1 AND subnet IS NOT NULL),
ordered AS (SELECT * FROM entry ORDER BY snapshot_id, workspace, listed, name, record_id)
SELECT snapshot_id, workspace, sum(placed IS 1 AND subnet IS NOT NULL) AS inside,
       sum(placed IS 1 AND subnet IS NULL) AS outside,
       group_concat(CASE WHEN placed = 1 AND subnet IS NULL THEN name END, ', ') AS outside_words,
       group_concat(CASE WHEN placed = 1 AND subnet IS NULL THEN record_id END, ',')
           AS outside_records,
       group_concat(listed, ', ') AS subnet_words,
       group_concat(CASE WHEN placed = 1 THEN record_id END, ',') AS records,
       min(whole) AND max(placed IS NULL) = 0 AS shown
  FROM ordered
 GROUP BY snapshot_id, workspace
UNION ALL
SELECT snapshot_id, subject, 0, 0, NULL, NULL, NULL, NULL, 1
  FROM answer
 WHERE kind = 'ml-compute' AND completeness = 'whole' AND records = 0
   AND (snapshot_id, subject) NOT IN (SELECT snapshot_id, workspace FROM ml_compute
                                       WHERE workspace IS NOT NULL)
 GROUP BY snapshot_id, subject
