-- Subscriptions, from az account list or ARM. tenant is the tenant that the subscription trusts.
SELECT record_id, snapshot_id, subject,
       substr(subject, 16) AS subscription,
       coalesce(json_extract(body, '$.properties.displayName'), json_extract(body, '$.displayName'),
                name) AS name,
       lower(coalesce(json_extract(body, '$.properties.tenantId'),
                      json_extract(body, '$.tenantId'))) AS tenant
  FROM resource
 WHERE kind = 'subscription'
