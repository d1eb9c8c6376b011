-- Which CDN profiles the Azure Front Door baseline speaks of: those whose SKU names Azure Front Door;
-- one without a SKU may be one. Classic Front Doors have a type of their own.
SELECT record_id, sku IS NOT NULL AS certain,
       CASE WHEN sku IS NULL THEN
                'The export does not say this profile''s SKU, so it is not known whether it is an Azure Front Door.'
            ELSE 'The profile''s SKU is ' || sku || '.' END AS reason,
       CASE WHEN sku IS NULL THEN 'resource' END AS need
  FROM shared_type
 WHERE type = 'microsoft.cdn/profiles' AND (sku IS NULL OR instr(sku, 'frontdoor') > 0)
UNION ALL
SELECT record_id, 1, NULL, NULL FROM shared_type WHERE type = 'microsoft.network/frontdoors'
