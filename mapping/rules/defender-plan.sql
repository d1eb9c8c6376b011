-- id: defender-plan
-- version: 1.0.0
-- title: The Defender plan for this kind of resource is on
-- service: key-vault, storage
-- control: LT-1
-- feature: Microsoft Defender for Service / Product Offering
-- severity: high
-- needs: security-pricing
-- observes: none
-- policy: 0e6763cc-5078-4e64-889d-ff4d9a839047 (key vaults) and
--   640d2586-54d2-465f-877f-9ffc1d2109f4 (storage accounts)
-- tests: the plan KeyVaults or StorageAccounts of the resource's subscription
--   (Microsoft.Security/pricings) has pricingTier Standard. The policy for storage also asks for the
--   newer plan and two extensions: see storage-data-loss. Settings that one storage account
--   overrides are not looked at. A classic storage account is manual.
-- absent: the service lists every plan, with tier Free where it is off, so a plan that was not
--   exported is unknown, and so is one whose tier is not given.
-- source: github.com/Azure/azure-policy, definitions 0e6763cc-5078-4e64-889d-ff4d9a839047 1.0.3 and
--   640d2586-54d2-465f-877f-9ffc1d2109f4 1.0.0; severity is ours
SELECT a.record_id,
       CASE WHEN a.family = 'classic' THEN 'manual'
            WHEN p.on_off = 1 THEN 'pass' WHEN p.on_off = 0 THEN 'fail'
            ELSE 'unknown' END AS status,
       CASE WHEN a.family = 'classic' THEN
                'Defender for Storage does not watch classic storage accounts in the same way: see what does.'
            WHEN p.record_id IS NULL THEN
                'The Defender plans of this ' || a.noun || '''s subscription were not exported.'
            WHEN p.on_off IS NULL THEN
                'The Defender plan ' || p.plan || ' of the subscription does not say whether it is on'
                || coalesce(' (pricingTier is ' || p.tier || ')', '') || '.'
            WHEN p.on_off = 1 THEN
                'The Defender plan ' || p.plan || ' of the subscription is on (pricingTier is Standard'
                || coalesce(', subPlan is ' || p.sub_plan, '') || ').'
            ELSE 'The Defender plan ' || p.plan
                || ' of the subscription is off (pricingTier is Free).' END AS reason,
       CASE WHEN a.family <> 'classic' AND p.on_off IS NULL THEN 'security-pricing' END AS need,
       CASE WHEN p.record_id IS NOT NULL AND a.family <> 'classic'
            THEN '[' || p.record_id || ']' END AS evidence
  FROM asset a
  LEFT JOIN defender_plan p
         ON p.snapshot_id = a.snapshot_id AND p.subscription_scope = a.subscription_scope
        AND p.plan = CASE a.family WHEN 'vault' THEN 'keyvaults' ELSE 'storageaccounts' END
