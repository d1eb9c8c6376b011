-- Machine Learning workspaces (ARM kinds Default, Hub, Project, FeatureStore), one row a workspace and
-- snapshot. A project of AI Foundry takes its network, its keys and its key vault from its hub
-- (properties.hubResourceId): settings is the body that holds them, settings_subject its canonical id,
-- and hub_record the hub's record (NULL when the workspace speaks for itself). gap says why they are
-- not known, NULL when they are: a summary, a project that names no hub, or a hub that is not in the
-- snapshot with its properties. Identity, logs and roles are a project's own. isolation is
-- managedNetwork.isolationMode; vault is the workspace's key vault, custom_subnet the subnet of its
-- serverless compute (canonical ids).
WITH taken AS MATERIALIZED (
SELECT record_id, snapshot_id, subject, id_given, name, complete, body,
       lower(trim(coalesce(json_extract(body, '$.kind'), ''))) AS arm_kind,
       nullif(trim(json_extract(body, '$.properties.hubResourceId')), '') AS hub
  FROM resource
 WHERE kind = 'ml-workspace' AND type = 'microsoft.machinelearningservices/workspaces'),
named AS (
SELECT *, arm_kind = 'project' OR hub IS NOT NULL AS is_project,
       '/' || trim(lower(hub), '/ ') AS hub_subject
  FROM taken),
led AS MATERIALIZED (
SELECT w.*, h.record_id AS hub_id, h.complete AS hub_complete, h.body AS hub_body
  FROM named w
 CROSS JOIN resource h ON h.snapshot_id = w.snapshot_id AND h.subject = w.hub_subject
 WHERE w.is_project AND h.kind = 'ml-workspace' AND h.type = 'microsoft.machinelearningservices/workspaces'
   AND lower(trim(coalesce(json_extract(h.body, '$.kind'), ''))) <> 'project'
   AND nullif(trim(json_extract(h.body, '$.properties.hubResourceId')), '') IS NULL),
paired AS (
SELECT * FROM led
UNION ALL
SELECT *, NULL, NULL, NULL FROM named WHERE record_id NOT IN (SELECT record_id FROM led))
SELECT w.record_id, w.snapshot_id, w.subject, coalesce(w.id_given, w.subject) AS id,
       coalesce(w.name, w.id_given, w.subject) AS name, w.complete, w.body,
       CASE WHEN w.is_project THEN 'project' WHEN w.arm_kind = 'hub' THEN 'hub'
            WHEN w.arm_kind = 'featurestore' THEN 'feature store' ELSE 'workspace' END AS noun,
       w.is_project,
       CASE WHEN w.is_project THEN w.hub_body ELSE w.body END AS settings,
       CASE WHEN w.is_project THEN w.hub_subject ELSE w.subject END AS settings_subject,
       nullif(trim(json_extract(CASE WHEN w.is_project THEN w.hub_body ELSE w.body END,
                                '$.properties.managedNetwork.isolationMode')), '') AS isolation,
       nullif('/' || trim(lower(json_extract(CASE WHEN w.is_project THEN w.hub_body ELSE w.body END,
                                             '$.properties.keyVault')), '/ '), '/') AS vault,
       nullif('/' || trim(lower(json_extract(CASE WHEN w.is_project THEN w.hub_body ELSE w.body END,
           '$.properties.serverlessComputeSettings.serverlessComputeCustomSubnet')), '/ '), '/')
           AS custom_subnet,
       CASE WHEN w.is_project AND w.complete = 1 THEN w.hub_id END AS hub_record,
       CASE WHEN w.complete = 0 THEN 'Only a summary of this '
                 || CASE WHEN w.is_project THEN 'project' WHEN w.arm_kind = 'hub' THEN 'hub'
                    WHEN w.arm_kind = 'featurestore' THEN 'feature store' ELSE 'workspace' END
                 || ' was exported'
            WHEN NOT w.is_project THEN NULL
            WHEN w.hub IS NULL THEN
                 'This project has the settings of its hub, and the export does not name the hub'
            WHEN w.hub_id IS NULL THEN
                 'This project has the settings of its hub ' || w.hub || ', which was not exported'
            WHEN w.hub_complete = 0 THEN
                 'This project has the settings of its hub ' || w.hub
                 || ', of which only a summary was exported' END AS gap
  FROM paired w
