-- Computes of Machine Learning workspaces. workspace is the canonical id of the workspace. placed: it
-- is of a sort that can stand in a subnet (AmlCompute, ComputeInstance), NULL when it does not say its
-- sort. subnet is the canonical id of that subnet. "whole" is 0 when the file that it stands in cannot
-- show that there are no others.
SELECT record_id, snapshot_id, parent AS workspace, coalesce(name, subject) AS name,
       CASE WHEN json_type(body, '$.properties.computeType') = 'text' THEN
            lower(trim(json_extract(body, '$.properties.computeType')))
                IN ('amlcompute', 'computeinstance') END AS placed,
       CASE json_type(body, '$.properties.properties.subnet.id') WHEN 'text' THEN
            nullif('/' || trim(lower(json_extract(body, '$.properties.properties.subnet.id')), '/ '),
                   '/') END AS subnet,
       complete,
       complete = 1 AND source_shape IN ('array', 'page') AND source_completeness = 'whole' AS whole
  FROM resource
 WHERE kind = 'ml-compute' AND type = 'microsoft.machinelearningservices/workspaces/computes'
