-- Online and serverless endpoints of Machine Learning workspaces. workspace is the canonical id of
-- the workspace. keyed: 1 when a key opens it (authMode Key), 0 when a token of the workspace or of
-- Microsoft Entra ID does, NULL when it says neither. "whole" is 0 when the file that it stands in
-- cannot show that there are no others of its sort.
SELECT record_id, snapshot_id, kind, parent AS workspace, coalesce(name, subject) AS name,
       CASE lower(trim(json_extract(body, '$.properties.authMode')))
            WHEN 'key' THEN 1 WHEN 'amltoken' THEN 0 WHEN 'aadtoken' THEN 0 WHEN 'aad' THEN 0 END
           AS keyed,
       complete,
       complete = 1 AND source_shape IN ('array', 'page') AND source_completeness = 'whole' AS whole
  FROM resource
 WHERE kind IN ('ml-online-endpoint', 'ml-serverless-endpoint')
   AND type IN ('microsoft.machinelearningservices/workspaces/onlineendpoints',
                'microsoft.machinelearningservices/workspaces/serverlessendpoints')
