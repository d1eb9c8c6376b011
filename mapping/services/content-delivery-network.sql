-- Which CDN profiles the Content Delivery Network baseline speaks of: those whose SKU does not name
-- Azure Front Door, which has a baseline of its own. One without a SKU may be either.
SELECT record_id, sku IS NOT NULL AS certain,
       CASE WHEN sku IS NULL THEN
                'The export does not say this profile''s SKU, so it is not known whether it is an Azure Front Door.'
            ELSE 'The profile''s SKU is ' || sku || '.' END AS reason,
       CASE WHEN sku IS NULL THEN 'resource' END AS need
  FROM shared_type
 WHERE type = 'microsoft.cdn/profiles' AND (sku IS NULL OR instr(sku, 'frontdoor') = 0)
