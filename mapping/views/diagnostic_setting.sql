-- Diagnostic settings. scope is the resource that the setting belongs to: it stands nowhere but in
-- the setting's id. logs counts the log rows that are switched on (by category or category group);
-- metrics do not count. sink is where they go, NULL when nowhere. "whole" is 0 when the file that
-- the setting stands in cannot show that it has no siblings.
SELECT record_id, snapshot_id, subject, scope, coalesce(name, subject) AS name,
       (SELECT count(l.key) FROM json_each(body, '$.properties.logs') l
         WHERE lower(l.value -> '$.enabled') IN ('true', '"true"')
           AND coalesce(nullif(l.value ->> '$.category', ''),
                        nullif(l.value ->> '$.categoryGroup', '')) IS NOT NULL) AS logs,
       (SELECT group_concat(word, ', ') FROM
           (SELECT coalesce(nullif(l.value ->> '$.category', ''),
                            nullif(l.value ->> '$.categoryGroup', '')) AS word
              FROM json_each(body, '$.properties.logs') l
             WHERE lower(l.value -> '$.enabled') IN ('true', '"true"')
             ORDER BY CAST(l.key AS INTEGER))) AS log_names,
       CASE WHEN nullif(json_extract(body, '$.properties.workspaceId'), '') IS NOT NULL
            THEN 'a Log Analytics workspace'
            WHEN nullif(json_extract(body, '$.properties.storageAccountId'), '') IS NOT NULL
            THEN 'a storage account'
            WHEN nullif(json_extract(body, '$.properties.eventHubAuthorizationRuleId'), '')
                 IS NOT NULL THEN 'an event hub'
            WHEN nullif(json_extract(body, '$.properties.marketplacePartnerId'), '') IS NOT NULL
            THEN 'a partner solution'
            WHEN nullif(json_extract(body, '$.properties.serviceBusRuleId'), '') IS NOT NULL
            THEN 'an event hub (service bus rule)' END AS sink,
       complete,
       complete = 1 AND source_shape IN ('array', 'page')
           AND source_completeness IN ('whole', 'unstated') AS whole
  FROM resource
 WHERE kind = 'diagnostic-setting'
