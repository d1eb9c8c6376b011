-- Which assignments stand above which subscriptions. One at the root stands above every
-- subscription of the snapshot. Where a management group stands is in no export: its assignment
-- stands above a subscription only when one file holds it beside an assignment at or inside that
-- subscription, for then that file shows what the subscription inherits.
WITH listed AS MATERIALIZED (
SELECT evidence_id, snapshot_id, kind, record_id, level, subscription FROM assignment_listed),
here AS (
SELECT DISTINCT snapshot_id, subscription FROM asset WHERE subscription IS NOT NULL)
SELECT u.snapshot_id, u.record_id, o.subscription
  FROM (SELECT DISTINCT evidence_id, snapshot_id, kind, record_id FROM listed
         WHERE level = 'group') u
  JOIN (SELECT DISTINCT evidence_id, kind, subscription FROM listed
         WHERE level = 'inside') o
    ON o.evidence_id = u.evidence_id AND o.kind = u.kind
UNION
SELECT l.snapshot_id, l.record_id, h.subscription
  FROM (SELECT DISTINCT snapshot_id, record_id FROM listed WHERE level = 'root') l
  JOIN here h ON h.snapshot_id = l.snapshot_id
