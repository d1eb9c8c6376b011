-- Customer Lockbox opt-in answers. The answer names no tenant. opted_in is 1, 0, or NULL when the
-- answer says neither.
SELECT record_id, snapshot_id, subject,
       CASE lower(body -> '$.isOptedIn') WHEN 'true' THEN 1 WHEN '"true"' THEN 1
            WHEN 'false' THEN 0 WHEN '"false"' THEN 0 END AS opted_in
  FROM resource
 WHERE kind = 'lockbox-tenant'
