-- Private endpoint connections that were exported apart from their account
-- (az network private-endpoint-connection list). Those inside the account object are in
-- account.private_endpoint_connections; private_link joins the two.
SELECT record_id, snapshot_id, subject, parent AS account,
       coalesce(name, subject) AS name,
       nullif(trim(json_extract(body, '$.properties.privateLinkServiceConnectionState.status')),
              '') AS status,
       lower(json_extract(body, '$.properties.privateEndpoint.id')) AS private_endpoint,
       complete
  FROM resource
 WHERE kind = 'private-endpoint-connection'
   AND type = 'microsoft.cognitiveservices/accounts/privateendpointconnections'
