-- id: storage-data-loss
-- version: 1.0.0
-- title: Defender watches the account's data, and knows which of it is sensitive
-- service: storage
-- control: DP-2
-- feature: Data Leakage/Loss Prevention
-- severity: medium
-- needs: security-pricing
-- observes: none
-- policy: 640d2586-54d2-465f-877f-9ffc1d2109f4
-- tests: the plan StorageAccounts of the account's subscription (Microsoft.Security/pricings) has
--   pricingTier Standard, subPlan DefenderForStorageV2, and the extensions OnUploadMalwareScanning and
--   SensitiveDataDiscovery with isEnabled true: the comparison that the policy makes. Settings that
--   one account overrides are not looked at. A classic storage account is manual.
-- absent: the plan not exported is unknown, and so is one whose tier is not given. subPlan absent or
--   null means the older plan: fail. Extensions that the export does not list at all (az 2.45 leaves
--   them out) are unknown; one that is missing from a list is off.
-- source: github.com/Azure/azure-policy, definition 640d2586-54d2-465f-877f-9ffc1d2109f4 1.0.0;
--   severity is ours
WITH judged AS (
SELECT a.record_id, a.family, p.record_id AS plan_record, p.tier, p.sub_plan, p.discovery,
       p.malware, p.lists_extensions, p.on_off,
       CASE WHEN a.family = 'classic' THEN 'manual'
            WHEN p.on_off IS NULL THEN 'unknown'
            WHEN p.on_off = 0 OR lower(p.sub_plan) IS NOT 'defenderforstoragev2' THEN 'fail'
            WHEN NOT p.lists_extensions THEN 'unknown'
            WHEN p.discovery IS 1 AND p.malware IS 1 THEN 'pass' ELSE 'fail' END AS status
  FROM asset a
  LEFT JOIN defender_plan p
         ON p.snapshot_id = a.snapshot_id AND p.subscription_scope = a.subscription_scope
        AND p.plan = 'storageaccounts'
 WHERE a.family IN ('storage', 'classic'))
SELECT record_id, status,
       CASE WHEN family = 'classic' THEN
                'Defender for Storage does not watch classic storage accounts in the same way: see what does.'
            WHEN plan_record IS NULL THEN
                'The Defender plans of this storage account''s subscription were not exported.'
            WHEN on_off IS NULL THEN
                'The Defender plan for storage does not say whether it is on'
                || coalesce(' (pricingTier is ' || tier || ')', '') || '.'
            WHEN on_off = 0 THEN
                'The Defender plan for storage is off (pricingTier is Free).'
            WHEN lower(sub_plan) IS NOT 'defenderforstoragev2' THEN
                'The Defender plan for storage is on, but subPlan is ' || coalesce(sub_plan, 'not set')
                || ', not DefenderForStorageV2.'
            WHEN NOT lists_extensions THEN
                'The Defender plan for storage is on, but the export does not list its extensions.'
            ELSE 'The Defender plan for storage is on; scanning for malware is '
                || CASE WHEN malware IS 1 THEN 'on' ELSE 'off' END
                || ', and discovery of sensitive data is '
                || CASE WHEN discovery IS 1 THEN 'on' ELSE 'off' END || '.' END AS reason,
       CASE WHEN status = 'unknown' THEN 'security-pricing' END AS need,
       CASE WHEN plan_record IS NOT NULL AND family <> 'classic'
            THEN '[' || plan_record || ']' END AS evidence
  FROM judged
