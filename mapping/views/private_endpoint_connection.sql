-- Private endpoint connections that were exported apart from their resource
-- (az network private-endpoint-connection list). Those inside the resource's own object are in
-- asset.private_endpoint_connections; private_link joins the two.
SELECT record_id, snapshot_id, subject, parent AS target,
       coalesce(name, subject) AS name,
       nullif(trim(json_extract(body, '$.properties.privateLinkServiceConnectionState.status')),
              '') AS status,
       lower(json_extract(body, '$.properties.privateEndpoint.id')) AS private_endpoint,
       complete
  FROM resource
 WHERE kind IN ('private-endpoint-connection', 'arm-resource')
   AND type IN ('microsoft.cognitiveservices/accounts/privateendpointconnections',
                'microsoft.keyvault/vaults/privateendpointconnections',
                'microsoft.storage/storageaccounts/privateendpointconnections',
                'microsoft.insights/privatelinkscopes/privateendpointconnections',
                'microsoft.search/searchservices/privateendpointconnections',
                'microsoft.machinelearningservices/workspaces/privateendpointconnections')
