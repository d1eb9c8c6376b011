-- Resources of the ARM types that several service baselines share, with what tells them apart: ARM's
-- kind for sites and connected clusters, the SKU for CDN profiles, the operating system for virtual
-- machines, the gateway's type for network gateways (NULL: the export does not say); and of the
-- other types of those services, so that one pass finds them all. The kinds are evpack's, and keep
-- the pass away from everything else: a type that gets a kind of its own is to be named here (a
-- test sees to it).
SELECT record_id, snapshot_id, subject, coalesce(id_given, subject) AS id, type, complete,
       lower(nullif(trim(json_extract(body, '$.kind')), '')) AS arm_kind,
       lower(nullif(trim(json_extract(body, '$.sku.name')), '')) AS sku,
       lower(nullif(trim(coalesce(
           json_extract(body, '$.properties.storageProfile.osDisk.osType'),
           json_extract(body, '$.storageProfile.osDisk.osType'))), '')) AS os,
       lower(nullif(trim(coalesce(
           json_extract(body, '$.properties.gatewayType'),
           json_extract(body, '$.gatewayType'))), '')) AS gateway
  FROM resource
 WHERE kind IN ('arm-resource', 'app-service-plan', 'front-door', 'local-gateway', 'logic-app',
                'virtual-machine', 'vpn-gateway', 'web-app')
   AND type IN ('microsoft.web/sites', 'microsoft.web/sites/slots', 'microsoft.web/serverfarms',
                'microsoft.web/hostingenvironments', 'microsoft.web/staticsites',
                'microsoft.logic/workflows', 'microsoft.logic/integrationaccounts',
                'microsoft.logic/integrationserviceenvironments',
                'microsoft.cdn/profiles', 'microsoft.network/frontdoors',
                'microsoft.kubernetes/connectedclusters',
                'microsoft.hybridcontainerservice/provisionedclusters',
                'microsoft.compute/virtualmachines',
                'microsoft.network/virtualnetworkgateways',
                'microsoft.network/localnetworkgateways')
