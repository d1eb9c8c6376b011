-- id: ml-entra-authentication
-- version: 1.0.0
-- title: No endpoint of the workspace opens to a key
-- service: machine-learning-service
-- control: IM-1
-- feature: Azure AD Authentication Required for Data Plane Access
-- severity: medium
-- needs: ml-endpoint
-- observes: none
-- policy: none
-- tests: the baseline calls this feature Microsoft's, so what passes is inherited; but the customer
--   chooses for each online and serverless endpoint whether a key opens it (properties.authMode Key):
--   fail. AMLToken and AADToken are given to who signed in with Microsoft Entra ID. A registry has no
--   endpoint.
-- absent: authMode absent is unknown. Endpoints that were not exported, or that the export does not
--   show to be all, are unknown where none takes keys.
-- source: learn.microsoft.com/azure/machine-learning/concept-endpoints-online-auth; severity is ours
SELECT a.record_id,
       CASE WHEN d.shut = 0 THEN 'fail' WHEN d.shut = 1 THEN 'pass' ELSE 'unknown' END AS status,
       CASE WHEN d.shut = 0 THEN 'Keys open these endpoints: ' || d.keyed_words || '.'
            WHEN d.shut = 1 THEN 'No online or serverless endpoint takes keys.'
            ELSE d.said END AS reason,
       CASE WHEN d.shut IS NULL THEN d.need END AS need,
       '[' || d.keyed_records || ']' AS evidence
  FROM asset a
  JOIN data_door d ON d.record_id = a.record_id
 WHERE a.family = 'ml'
UNION ALL
SELECT record_id, 'pass', 'A registry has no endpoint.', NULL, NULL
  FROM asset WHERE family = 'registry'
