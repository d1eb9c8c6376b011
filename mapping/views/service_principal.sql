-- Service principals of Microsoft Graph. principal is the object id that role assignments name.
SELECT record_id, snapshot_id, subject,
       lower(json_extract(body, '$.id')) AS principal,
       lower(json_extract(body, '$.appId')) AS app_id,
       nullif(json_extract(body, '$.displayName'), '') AS name,
       json_extract(body, '$.servicePrincipalType') AS principal_type
  FROM resource
 WHERE kind = 'service-principal'
