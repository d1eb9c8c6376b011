-- Which Conditional Access policies include the app that data-plane tokens of a family of assets are
-- made out to: they include all cloud apps or that app, and do not exclude it. label names the app.
-- Ids as they stand in public app registrations; Key Vault has another one in Azure Government,
-- and Machine Learning has one for its studio and one for its tokens.
WITH app(id, family, label) AS (VALUES
 ('7d312290-28c8-473c-a0ed-8e53749b6d6d', 'ai', 'Microsoft Cognitive Services'),
 ('cfa8b339-82a2-471a-a3c9-0fc0be7a4093', 'vault', 'Azure Key Vault'),
 ('7e7c393b-45d0-48b1-a35e-2905ddf8183c', 'vault', 'Azure Key Vault'),
 ('e406a681-f3d4-42a8-90b6-c2b029497af1', 'storage', 'Azure Storage'),
 ('ca7f3f0b-7d91-482c-8e09-c5d840d0eac5', 'monitor', 'Log Analytics API'),
 ('880da380-985e-4198-81b9-e05b1cc53158', 'search', 'Azure Cognitive Search'),
 ('18a66f5f-dbdf-4c17-9dd7-1634712a9cbe', 'ml', 'Azure Machine Learning'),
 ('0736f41a-0425-4b46-bdb5-1563eff02385', 'ml', 'Azure Machine Learning'),
 ('18a66f5f-dbdf-4c17-9dd7-1634712a9cbe', 'registry', 'Azure Machine Learning'),
 ('0736f41a-0425-4b46-bdb5-1563eff02385', 'registry', 'Azure Machine Learning')),
family(family, label) AS (SELECT DISTINCT family, label FROM app),
taken AS (
SELECT record_id,
       CASE json_type(body, '$.conditions.applications.includeApplications') WHEN 'array'
            THEN json_extract(body, '$.conditions.applications.includeApplications') ELSE '[]' END
           AS included,
       CASE json_type(body, '$.conditions.applications.excludeApplications') WHEN 'array'
            THEN json_extract(body, '$.conditions.applications.excludeApplications') ELSE '[]' END
           AS excluded,
       coalesce(json_type(body, '$.conditions.applications.excludeApplications'), 'null')
           IN ('array', 'null') AS readable
  FROM resource
 WHERE kind = 'conditional-access-policy')
SELECT t.record_id AS policy_record, f.family, f.label,
       t.readable
       AND EXISTS (SELECT i.value FROM json_each(t.included) i
                    WHERE lower(i.value) = 'all'
                       OR lower(i.value) IN (SELECT p.id FROM app p WHERE p.family = f.family))
       AND NOT EXISTS (SELECT e.value FROM json_each(t.excluded) e
                        WHERE lower(e.value) = 'all'
                           OR lower(e.value) IN (SELECT p.id FROM app p WHERE p.family = f.family))
           AS included
  FROM taken t, family f
