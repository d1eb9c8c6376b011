-- id: monitor-public-access
-- version: 1.0.0
-- title: Public networks can neither send data nor read it
-- service: azure-monitor
-- control: NS-2
-- feature: Disable Public Network Access
-- severity: medium
-- needs: log-analytics-workspace, resource
-- observes: /properties/publicNetworkAccessForIngestion, /properties/publicNetworkAccessForQuery,
--   /properties/publicNetworkAccess, /properties/networkAcls/publicNetworkAccess
-- policy: 6c53d030-cc64-46f0-906d-2bc061cd1334 (workspaces) and
--   1bc02227-0cb6-4e11-8f53-eb0b22eab7e8 (Application Insights), of the benchmark's second version
-- tests: properties.publicNetworkAccessForIngestion and publicNetworkAccessForQuery are both
--   Disabled (Log Analytics workspaces, Application Insights); publicNetworkAccess is Disabled (Azure
--   Monitor workspaces); networkAcls.publicNetworkAccess is Disabled (data collection endpoints).
--   SecuredByPerimeter leaves it to the rules of a network security perimeter: manual, where the
--   other one is not open. Data collection rules, clusters and private link scopes have no such
--   setting: manual.
-- absent: absent or null means Enabled for workspaces and Application Insights: fail. For data
--   collection endpoints and Azure Monitor workspaces nothing published says what it means: unknown.
-- source: github.com/Azure/azure-policy, definitions 6c53d030-cc64-46f0-906d-2bc061cd1334 1.1.0 and
--   1bc02227-0cb6-4e11-8f53-eb0b22eab7e8 1.1.0; severity is ours
WITH judged AS (
SELECT a.record_id, a.noun, a.need, a.complete, m.type_word, m.ingestion, m.query,
       CASE WHEN m.type_word NOT IN ('workspace', 'component', 'endpoint', 'metrics') THEN 'manual'
            WHEN a.complete = 0 THEN 'unknown'
            WHEN m.type_word IN ('endpoint', 'metrics') AND m.ingestion IS NULL THEN 'unknown'
            WHEN m.ingestion = 'disabled' AND m.query = 'disabled' THEN 'pass'
            WHEN m.ingestion IN ('disabled', 'securedbyperimeter')
             AND m.query IN ('disabled', 'securedbyperimeter') THEN 'manual'
            ELSE 'fail' END AS status
  FROM asset a
  JOIN monitor_resource m ON m.record_id = a.record_id
 WHERE a.family = 'monitor')
SELECT record_id, status,
       CASE WHEN type_word NOT IN ('workspace', 'component', 'endpoint', 'metrics') THEN
                'A ' || noun || ' has no setting that shuts out public networks: see the workspaces and endpoints that it serves.'
            WHEN complete = 0 THEN
                'Only a summary of this ' || noun || ' was exported, so its network settings are not known.'
            WHEN type_word IN ('endpoint', 'metrics') THEN
                'publicNetworkAccess is ' || coalesce(ingestion, 'not set, and nothing published says what that means')
                || CASE status WHEN 'manual' THEN ': see the rules of the network security perimeter.'
                   ELSE '.' END
            ELSE 'publicNetworkAccessForIngestion is '
                || coalesce(ingestion, 'not set, which means Enabled')
                || ', and publicNetworkAccessForQuery is '
                || coalesce(query, 'not set, which means Enabled')
                || CASE status WHEN 'manual' THEN ': see the rules of the network security perimeter.'
                   ELSE '.' END END AS reason,
       CASE WHEN status = 'unknown' THEN need END AS need,
       NULL AS evidence
  FROM judged
