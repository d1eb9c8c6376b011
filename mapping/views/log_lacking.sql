-- Which log categories that the parameter log_categories_required asks for the diagnostic settings of
-- a resource do not switch on: words. An item is CATEGORY, for all resources, or TYPE:CATEGORY. The
-- group allLogs holds every category; what another group holds does not stand in the export: open
-- is 1 where one is on. Without the parameter there is no row, and no setting is read.
WITH wanted AS MATERIALIZED (
SELECT item, lower(trim(substr(item, instr(item, ':') + 1))) AS category,
       lower(trim(substr(item, 1, max(instr(item, ':') - 1, 0)))) AS type
  FROM parameter_item WHERE name = 'log_categories_required'),
logged AS (
SELECT d.snapshot_id, d.scope,
       lower(coalesce(nullif(l.value ->> '$.category', ''), nullif(l.value ->> '$.categoryGroup', ''))) AS category,
       nullif(l.value ->> '$.category', '') IS NULL AS is_group
  FROM (SELECT item FROM wanted LIMIT 1) w
 CROSS JOIN diagnostic_setting d
 CROSS JOIN json_each(d.log_rows) l
 WHERE d.sink IS NOT NULL AND l.type = 'object'
   AND lower(l.value -> '$.enabled') IN ('true', '"true"')),
place AS MATERIALIZED (
SELECT snapshot_id, scope, ',' || group_concat(category, ',') || ',' AS categories,
       max(is_group) AS has_group
  FROM logged WHERE category IS NOT NULL GROUP BY snapshot_id, scope)
SELECT snapshot_id, scope, group_concat(item, ', ') AS words, max(has_group) AS open
  FROM (SELECT p.snapshot_id, p.scope, w.item, p.has_group
          FROM wanted w CROSS JOIN place p
         WHERE (w.type = '' OR instr(p.scope, '/providers/' || w.type || '/') > 0)
           AND instr(p.categories, ',' || w.category || ',') = 0
           AND instr(p.categories, ',alllogs,') = 0
         ORDER BY p.snapshot_id, p.scope, w.item)
 GROUP BY snapshot_id, scope
