-- Search services: which callers authOptions lets in. auth is keys (apiKeyOnly), both (aadOrApiKey), NULL
-- when it is absent or null, odd when it is anything else.
SELECT record_id, snapshot_id, subject, complete,
       CASE WHEN coalesce(json_type(body, '$.properties.authOptions'), 'null') = 'null' THEN NULL
            WHEN json_type(body, '$.properties.authOptions.aadOrApiKey') = 'object' THEN 'both'
            WHEN coalesce(json_type(body, '$.properties.authOptions.apiKeyOnly'), 'null') <> 'null'
             AND coalesce(json_type(body, '$.properties.authOptions.aadOrApiKey'), 'null') = 'null'
            THEN 'keys' ELSE 'odd' END AS auth
  FROM resource
 WHERE kind IN ('ai-search', 'arm-resource') AND type = 'microsoft.search/searchservices'
