-- id: managed-identity
-- version: 1.0.0
-- title: The account has a managed identity
-- service: azure-openai, cognitive-services
-- control: IM-3
-- feature: Managed Identities
-- severity: medium
-- needs: cognitive-account
-- observes: /identity/type
-- policy: fe3fd216-4f83-4fc1-8984-2bbec80a3418
-- tests: identity.type, split at commas, has SystemAssigned or UserAssigned; spacing and case do
--   not matter ("SystemAssigned, UserAssigned" and "SystemAssigned,UserAssigned" are both written).
--   It tests that the account can sign in as itself, not that callers use identities of their own.
-- absent: identity absent or null, or of type None, means that the account has no identity: fail.
-- source: github.com/Azure/azure-policy, definition fe3fd216-4f83-4fc1-8984-2bbec80a3418 1.0.0;
--   severity is ours
SELECT record_id,
       CASE WHEN complete = 0 THEN 'unknown'
            WHEN ',' || lower(replace(identity_type, ' ', '')) || ',' LIKE '%,systemassigned,%'
              OR ',' || lower(replace(identity_type, ' ', '')) || ',' LIKE '%,userassigned,%'
            THEN 'pass' ELSE 'fail' END AS status,
       CASE WHEN complete = 0 THEN
                'Only a summary of this account was exported, which is not taken as a word on its identity.'
            WHEN identity_type IS NULL THEN 'The account has no managed identity.'
            ELSE 'identity.type is ' || identity_type || '.' END AS reason,
       CASE WHEN complete = 0 THEN 'cognitive-account' END AS need,
       NULL AS evidence
  FROM account
