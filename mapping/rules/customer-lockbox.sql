-- id: customer-lockbox
-- version: 1.3.0
-- title: The tenant has opted in to Customer Lockbox
-- service: azure-cognitive-search, azure-monitor, azure-openai, cognitive-services, storage
-- control: PA-8
-- feature: Customer Lockbox
-- severity: medium
-- needs: lockbox-tenant, subscription
-- observes: none
-- policy: none
-- tests: the answer of Microsoft.CustomerLockbox/tenantOptedIn has isOptedIn true (pass) or false
--   (fail). The answer does not name its tenant, so it is only taken when the snapshot shows
--   exactly one tenant (tenantId of subscriptions, managed identities and key vaults) and all answers agree.
-- absent: not exported is unknown; so is an answer without isOptedIn. Lockbox is off until a tenant
--   opts in, but silence in an export is no answer.
-- source: learn.microsoft.com/azure/security/fundamentals/customer-lockbox-overview; severity is
--   ours
WITH told AS (
SELECT snapshot_id, count(record_id) AS answers, min(opted_in) AS low, max(opted_in) AS high,
       sum(opted_in IS NULL) AS silent, group_concat(record_id, ',') AS records
  FROM (SELECT * FROM lockbox_tenant ORDER BY snapshot_id, record_id)
 GROUP BY snapshot_id),
tenants AS (SELECT snapshot_id, count(tenant) AS n FROM tenant GROUP BY snapshot_id)
SELECT a.record_id,
       CASE WHEN t.answers IS NULL OR t.silent > 0 OR t.low <> t.high OR n.n IS NOT 1
            THEN 'unknown'
            WHEN t.low = 1 THEN 'pass' ELSE 'fail' END AS status,
       CASE WHEN t.answers IS NULL THEN 'The Customer Lockbox opt-in of the tenant was not exported.'
            WHEN t.silent > 0 THEN 'The exported Customer Lockbox answer does not say whether the tenant has opted in.'
            WHEN t.low <> t.high THEN 'The exported Customer Lockbox answers disagree, and they do not say which tenant they are of.'
            WHEN n.n IS NULL THEN 'The snapshot shows no tenant, and the Customer Lockbox answer does not say which one it is of.'
            WHEN n.n > 1 THEN 'The snapshot shows ' || n.n || ' tenants, and the Customer Lockbox answer does not say which one it is of.'
            WHEN t.low = 1 THEN 'The tenant has opted in to Customer Lockbox (isOptedIn is true).'
            ELSE 'The tenant has not opted in to Customer Lockbox (isOptedIn is false).' END
           AS reason,
       CASE WHEN t.answers IS NULL OR t.silent > 0 OR t.low <> t.high OR n.n > 1
            THEN 'lockbox-tenant' WHEN n.n IS NULL THEN 'subscription' END AS need,
       CASE WHEN t.answers IS NOT NULL THEN '[' || t.records || ']' END AS evidence
  FROM asset a
  LEFT JOIN told t ON t.snapshot_id = a.snapshot_id
  LEFT JOIN tenants n ON n.snapshot_id = a.snapshot_id
