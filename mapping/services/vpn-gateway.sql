-- Which network gateways the VPN Gateway baseline speaks of: those of gateway type Vpn. ExpressRoute
-- gateways have no published baseline. A summary does not say the type, so such a one may be either.
SELECT record_id, gateway IS NOT NULL AS certain,
       CASE WHEN gateway IS NULL THEN
                'The export does not say this gateway''s type, so it is not known whether it is a VPN gateway.'
            ELSE 'The gateway is of type ' || gateway || '.' END AS reason,
       CASE WHEN gateway IS NULL THEN 'resource' END AS need
  FROM shared_type
 WHERE type = 'microsoft.network/virtualnetworkgateways' AND (gateway IS NULL OR gateway = 'vpn')
UNION ALL
SELECT record_id, 1, NULL, NULL FROM shared_type WHERE type = 'microsoft.network/localnetworkgateways'
