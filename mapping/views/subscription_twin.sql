-- Subscriptions with the same assignments above them (see assignment_above): twin is the first of
-- them, so that what stands above is put into words once for all that share a management group. Of
-- subscriptions with nothing above there is no row.
WITH ordered AS (SELECT * FROM assignment_above ORDER BY snapshot_id, subscription, record_id),
stood AS MATERIALIZED (
SELECT snapshot_id, subscription, group_concat(record_id) AS records
  FROM ordered GROUP BY snapshot_id, subscription)
SELECT snapshot_id, subscription,
       min(subscription) OVER (PARTITION BY snapshot_id, records) AS twin
  FROM stood
