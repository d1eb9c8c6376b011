-- Microsoft Defender for Cloud plans of subscriptions (Microsoft.Security/pricings); one that a single
-- resource has of its own says nothing of the subscription. plan is the plan's name in lower case. on_off: 1 for tier Standard, 0 for Free, NULL when it says neither. discovery
-- and malware are its extensions SensitiveDataDiscovery and OnUploadMalwareScanning: 1, 0, or NULL
-- when they are not listed. lists_extensions: the export lists extensions at all (az 2.45 leaves
-- them out).
SELECT record_id, snapshot_id, subject,
       substr(subject, 1, 14 + instr(substr(subject, 16) || '/', '/')) AS subscription_scope,
       lower(coalesce(name, substr(subject, instr(subject, '/pricings/') + 10))) AS plan,
       CASE lower(trim(json_extract(body, '$.properties.pricingTier')))
            WHEN 'standard' THEN 1 WHEN 'free' THEN 0 END AS on_off,
       nullif(trim(json_extract(body, '$.properties.pricingTier')), '') AS tier,
       nullif(trim(json_extract(body, '$.properties.subPlan')), '') AS sub_plan,
       (SELECT max(lower(e.value ->> '$.isEnabled') IN ('true', '1'))
          FROM json_each(CASE json_type(body, '$.properties.extensions') WHEN 'array'
                         THEN json_extract(body, '$.properties.extensions') ELSE '[]' END) e
         WHERE CASE e.type WHEN 'object' THEN lower(e.value ->> '$.name') END
               = 'sensitivedatadiscovery') AS discovery,
       (SELECT max(lower(e.value ->> '$.isEnabled') IN ('true', '1'))
          FROM json_each(CASE json_type(body, '$.properties.extensions') WHEN 'array'
                         THEN json_extract(body, '$.properties.extensions') ELSE '[]' END) e
         WHERE CASE e.type WHEN 'object' THEN lower(e.value ->> '$.name') END
               = 'onuploadmalwarescanning') AS malware,
       json_type(body, '$.properties.extensions') IS 'array' AS lists_extensions,
       complete
  FROM resource
 WHERE kind = 'security-pricing' AND type = 'microsoft.security/pricings'
   AND subject LIKE '/subscriptions/%/providers/microsoft.security/pricings/%'
   AND instr(substr(subject, 16), '/') = instr(substr(subject, 16), '/providers/microsoft.security/pricings/')
