-- Resources of Azure Monitor. type_word is the last part of the ARM type. ingestion and query say
-- whether public networks may send and read, in lower case (Application Insights and workspaces);
-- for data collection endpoints and Azure Monitor workspaces both are their publicNetworkAccess.
-- workspace is the workspace of an Application Insights component, cluster the dedicated cluster that
-- a workspace is linked to (canonical ids). links is the JSON array of private link scopes that it is
-- linked to (ARM writes the members of Application Insights with capitals); links_unread: that it is
-- no list, or has an entry that names no scope.
WITH taken AS (
SELECT record_id, snapshot_id, subject, complete, body,
       CASE type WHEN 'microsoft.operationalinsights/workspaces' THEN 'workspace'
            WHEN 'microsoft.operationalinsights/clusters' THEN 'cluster'
            WHEN 'microsoft.insights/components' THEN 'component'
            WHEN 'microsoft.insights/datacollectionrules' THEN 'rule'
            WHEN 'microsoft.insights/datacollectionendpoints' THEN 'endpoint'
            WHEN 'microsoft.insights/privatelinkscopes' THEN 'scope'
            ELSE 'metrics' END AS type_word,
       coalesce(body -> '$.properties.privateLinkScopedResources',
                body -> '$.properties.PrivateLinkScopedResources', 'null') AS links
  FROM resource
 WHERE kind IN ('log-analytics-workspace', 'log-analytics-cluster', 'app-insights',
                'data-collection-rule', 'data-collection-endpoint', 'private-link-scope',
                'arm-resource')
   AND type IN ('microsoft.operationalinsights/workspaces',
                'microsoft.operationalinsights/clusters', 'microsoft.insights/components',
                'microsoft.insights/datacollectionrules',
                'microsoft.insights/datacollectionendpoints',
                'microsoft.insights/privatelinkscopes', 'microsoft.monitor/accounts'))
SELECT record_id, snapshot_id, subject, type_word, complete,
       lower(nullif(trim(CASE type_word
           WHEN 'endpoint' THEN json_extract(body, '$.properties.networkAcls.publicNetworkAccess')
           WHEN 'metrics' THEN json_extract(body, '$.properties.publicNetworkAccess')
           ELSE json_extract(body, '$.properties.publicNetworkAccessForIngestion') END), ''))
           AS ingestion,
       lower(nullif(trim(CASE type_word
           WHEN 'endpoint' THEN json_extract(body, '$.properties.networkAcls.publicNetworkAccess')
           WHEN 'metrics' THEN json_extract(body, '$.properties.publicNetworkAccess')
           ELSE json_extract(body, '$.properties.publicNetworkAccessForQuery') END), '')) AS query,
       nullif('/' || trim(lower(coalesce(json_extract(body, '$.properties.WorkspaceResourceId'),
                                         json_extract(body, '$.properties.workspaceResourceId'),
                                         '')), '/ '), '/') AS workspace,
       nullif('/' || trim(lower(coalesce(
                  json_extract(body, '$.properties.features.clusterResourceId'), '')), '/ '), '/')
           AS cluster,
       (SELECT json_group_array(CASE WHEN instr(l.scope, '/scopedresources/') > 0
                                     THEN substr(l.scope, 1, instr(l.scope, '/scopedresources/') - 1)
                                     ELSE l.scope END)
          FROM (SELECT '/' || trim(lower(CASE e.type WHEN 'object'
                           THEN coalesce(e.value ->> '$.resourceId', e.value ->> '$.ResourceId')
                           END), '/ ') AS scope
                  FROM json_each(CASE json_type(links) WHEN 'array' THEN links ELSE '[]' END) e
                 ORDER BY CAST(e.key AS INTEGER)) l
         WHERE l.scope IS NOT NULL) AS links,
       json_type(links) NOT IN ('array', 'null')
           OR EXISTS (SELECT e.key
                        FROM json_each(CASE json_type(links) WHEN 'array' THEN links ELSE '[]' END) e
                       WHERE coalesce(CASE e.type WHEN 'object'
                           THEN coalesce(e.value ->> '$.resourceId', e.value ->> '$.ResourceId')
                           END, '') NOT LIKE '%/privatelinkscopes/%') AS links_unread
  FROM taken
