-- Search services, beside what asset says of them. tokens: authOptions takes Microsoft Entra tokens beside
-- keys (aadOrApiKey); keys_only: it takes keys alone (apiKeyOnly). az prints the other one as null.
SELECT record_id, snapshot_id, subject, complete,
       coalesce(json_type(body, '$.properties.authOptions.aadOrApiKey') = 'object', 0) AS tokens,
       coalesce(json_type(body, '$.properties.authOptions.apiKeyOnly') <> 'null', 0) AS keys_only
  FROM resource
 WHERE kind IN ('ai-search', 'arm-resource') AND type = 'microsoft.search/searchservices'
