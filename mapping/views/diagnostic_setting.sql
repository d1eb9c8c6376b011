-- Diagnostic settings. scope is the resource that the setting belongs to: it stands nowhere but in
-- the setting's id. logs counts the log rows that are switched on (by category or category group);
-- metrics do not count. log_rows is all of them as JSON. sink is where they go, NULL when nowhere. "whole" is 0 when the file that
-- the setting stands in cannot show that it has no siblings, or when a log row cannot be read.
WITH taken AS (
SELECT record_id, snapshot_id, subject, scope, name, body, complete, source_shape,
       source_completeness, json_type(body, '$.properties.logs') AS logs_type,
       CASE json_type(body, '$.properties.logs') WHEN 'array'
            THEN json_extract(body, '$.properties.logs') ELSE '[]' END AS rows
  FROM resource
 WHERE kind = 'diagnostic-setting'),
read AS (
SELECT *, (SELECT json_group_array(CASE l.type WHEN 'object' THEN
              CASE WHEN lower(l.value -> '$.enabled') IN ('true', '"true"')
                   THEN coalesce(nullif(l.value ->> '$.category', ''),
                                 nullif(l.value ->> '$.categoryGroup', '')) END END)
             FROM json_each(rows) l) AS names,
       (SELECT group_concat(CASE WHEN json_type(body, '$.properties.' || s.column1) = 'text'
                                  AND trim(json_extract(body, '$.properties.' || s.column1)) <> ''
                                 THEN s.column2 END, ' and ')
          FROM (VALUES ('workspaceId', 'a Log Analytics workspace'),
                       ('storageAccountId', 'a storage account'),
                       ('eventHubAuthorizationRuleId', 'an event hub'),
                       ('marketplacePartnerId', 'a partner solution'),
                       ('serviceBusRuleId', 'an event hub (service bus rule)')) s) AS sinks
  FROM taken)
SELECT record_id, snapshot_id, subject, scope, coalesce(name, subject) AS name,
       (SELECT count(l.value) FROM json_each(names) l) AS logs,
       (SELECT group_concat(word, ', ') FROM
           (SELECT l.value AS word FROM json_each(names) l
             WHERE l.value IS NOT NULL ORDER BY CAST(l.key AS INTEGER))) AS log_names,
       CASE WHEN instr(sinks, ' and ') > 0 THEN substr(sinks, 1, instr(sinks, ' and ') - 1)
            ELSE sinks END AS sink,
       rows AS log_rows,
       complete,
       complete = 1 AND source_shape IN ('array', 'page')
           AND source_completeness = 'whole'
           AND coalesce(logs_type, 'null') IN ('array', 'null')
           AND NOT EXISTS (SELECT l.key FROM json_each(rows) l WHERE l.type <> 'object') AS whole
  FROM read
