-- id: monitor-customer-managed-key
-- version: 1.0.0
-- title: Logs at rest are encrypted with a customer-managed key
-- service: azure-monitor
-- control: DP-5
-- feature: Data at Rest Encryption Using CMK
-- severity: low
-- needs: log-analytics-workspace, log-analytics-cluster, resource
-- observes: /properties/features/clusterResourceId, /properties/keyVaultProperties
-- policy: 1f68a601-6e6d-4e42-babf-3f643a047ea2 (clusters), of the benchmark's second version
-- tests: a cluster's properties.keyVaultProperties names a key (keyVaultUri and keyName): pass. A
--   workspace passes when it is linked to such a cluster (features.clusterResourceId). An Application
--   Insights component keeps its data in its workspace, and the other types keep none: manual. The
--   control asks for a customer-managed key only where the organisation requires it, so the lack of
--   one is manual, unless the parameter cmk_required is true: then it fails.
-- absent: clusterResourceId absent or null means that the workspace is linked to no dedicated cluster,
--   and keyVaultProperties absent, null or without a key that Microsoft's own keys encrypt. A cluster
--   that was not exported is unknown.
-- source: learn.microsoft.com/azure/azure-monitor/logs/customer-managed-keys;
--   github.com/Azure/azure-policy, definition 1f68a601-6e6d-4e42-babf-3f643a047ea2 1.1.0; severity is
--   ours
WITH wanted AS (
SELECT coalesce(max(lower(value) = 'true'), 0) AS required FROM parameter
 WHERE name = 'cmk_required'),
cluster AS MATERIALIZED (
SELECT record_id, snapshot_id, subject, name, complete, key_vault_uri, key_name
  FROM asset WHERE type = 'microsoft.operationalinsights/clusters'),
judged AS (
SELECT a.record_id, a.noun, a.need, a.complete, m.type_word, m.cluster, m.workspace,
       c.record_id AS cluster_record, c.name AS cluster_name,
       CASE m.type_word WHEN 'cluster' THEN a.key_name ELSE c.key_name END AS key_name,
       CASE m.type_word WHEN 'cluster' THEN a.key_vault_uri ELSE c.key_vault_uri END AS vault,
       w.required,
       CASE WHEN m.type_word NOT IN ('workspace', 'cluster') THEN 'manual'
            WHEN a.complete = 0 THEN 'unknown'
            WHEN m.cluster IS NOT NULL AND coalesce(c.complete, 0) = 0 THEN 'unknown'
            WHEN CASE m.type_word WHEN 'cluster' THEN a.key_name ELSE c.key_name END IS NOT NULL
             AND CASE m.type_word WHEN 'cluster' THEN a.key_vault_uri ELSE c.key_vault_uri END
                 IS NOT NULL THEN 'pass'
            WHEN w.required THEN 'fail' ELSE 'manual' END AS status
  FROM asset a
  JOIN monitor_resource m ON m.record_id = a.record_id
  JOIN wanted w
  LEFT JOIN cluster c ON c.snapshot_id = a.snapshot_id AND c.subject = m.cluster
        AND m.type_word = 'workspace'
 WHERE a.family = 'monitor')
SELECT record_id, status,
       CASE WHEN type_word = 'component' THEN
                'The component keeps its data in '
                || coalesce('workspace ' || workspace || ': see the finding there.',
                            'no workspace that the export names: see where it is kept.')
            WHEN type_word NOT IN ('workspace', 'cluster') THEN
                'A ' || noun || ' is not tested for keys of its own: see where the data that it handles is kept.'
            WHEN complete = 0 THEN
                'Only a summary of this ' || noun || ' was exported, so its encryption is not known.'
            WHEN status = 'unknown' THEN
                'The workspace is linked to cluster ' || cluster || ', which was not exported with its properties.'
            WHEN status = 'pass' THEN 'Data at rest is encrypted with key ' || key_name || ' of ' || vault
                || coalesce(', by cluster ' || cluster_name, '') || '.'
            ELSE CASE WHEN type_word = 'cluster' OR cluster IS NOT NULL
                      THEN 'The cluster names no key' ELSE 'The workspace is linked to no dedicated cluster' END
                || ', so Microsoft''s own keys encrypt the data'
                || CASE WHEN required
                   THEN ', and the parameter cmk_required asks for a customer-managed key.'
                   ELSE ': see whether the organisation requires a customer-managed key.' END END
           AS reason,
       CASE WHEN status <> 'unknown' THEN NULL WHEN complete = 0 THEN need
            ELSE 'log-analytics-cluster' END AS need,
       CASE WHEN cluster_record IS NOT NULL THEN '[' || cluster_record || ']' END AS evidence
  FROM judged
