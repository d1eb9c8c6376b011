-- id: storage-data-discovery
-- version: 1.0.0
-- title: The account's data is searched for what is sensitive
-- service: storage
-- control: DP-1
-- feature: Sensitive Data Discovery and Classification
-- severity: medium
-- needs: security-pricing
-- observes: none
-- policy: 640d2586-54d2-465f-877f-9ffc1d2109f4 asks for the same extension under DP-2
-- tests: the plan StorageAccounts of the account's subscription (Microsoft.Security/pricings) has
--   pricingTier Standard and the extension SensitiveDataDiscovery with isEnabled true: pass. Data may
--   be searched by other means (Microsoft Purview, or the organisation's own), which no export shows:
--   otherwise manual. Settings that one account overrides are not looked at.
-- absent: the plan not exported, or exported without its extensions, is manual too: it cannot turn
--   the answer into a failure.
-- source: learn.microsoft.com/azure/defender-for-cloud/defender-for-storage-data-sensitivity;
--   severity is ours
SELECT a.record_id,
       CASE WHEN a.family = 'storage' AND p.on_off = 1 AND p.discovery = 1 THEN 'pass'
            ELSE 'manual' END AS status,
       CASE WHEN a.family = 'storage' AND p.on_off = 1 AND p.discovery = 1 THEN
                'Defender for Storage discovers sensitive data in the accounts of the subscription (extension SensitiveDataDiscovery is on).'
            WHEN a.family = 'classic' OR p.record_id IS NULL THEN
                'The Defender plans of the subscription were not exported, or do not reach this '
                || a.noun || ': see whether its data was searched and labelled by other means.'
            ELSE 'Defender for Storage is not known to discover sensitive data here (pricingTier is '
                || coalesce(p.tier, 'not given') || ', extension SensitiveDataDiscovery is '
                || CASE WHEN p.discovery = 0 THEN 'off' ELSE 'not listed' END
                || '): see whether the data was searched and labelled by other means.' END AS reason,
       NULL AS need,
       CASE WHEN p.record_id IS NOT NULL AND a.family = 'storage'
            THEN '[' || p.record_id || ']' END AS evidence
  FROM asset a
  LEFT JOIN defender_plan p
         ON p.snapshot_id = a.snapshot_id AND p.subscription_scope = a.subscription_scope
        AND p.plan = 'storageaccounts'
 WHERE a.family IN ('storage', 'classic')
