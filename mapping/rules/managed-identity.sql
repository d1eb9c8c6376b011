-- id: managed-identity
-- version: 1.1.0
-- title: The resource has a managed identity
-- service: azure-openai, cognitive-services, machine-learning-service
-- control: IM-3
-- feature: Managed Identities
-- severity: medium
-- needs: cognitive-account, ml-workspace, resource
-- observes: /identity/type
-- policy: fe3fd216-4f83-4fc1-8984-2bbec80a3418 (AI accounts)
-- tests: identity.type, split at commas, has SystemAssigned or UserAssigned; spacing and case do
--   not matter ("SystemAssigned, UserAssigned" and "SystemAssigned,UserAssigned" are both written).
--   The policy
--   5f0c7d88-c7de-45b8-ac49-db49e72eaa78 asks that a Machine Learning workspace has a primary
--   user-assigned one, which is another test. A project of AI Foundry has an identity of its own. It tests that the resource can sign in as itself, not that callers use identities of their own.
-- absent: identity absent or null, or of type None, means that the resource has no identity: fail.
-- source: github.com/Azure/azure-policy, definition fe3fd216-4f83-4fc1-8984-2bbec80a3418 1.0.0;
--   severity is ours
SELECT record_id,
       CASE WHEN complete = 0 THEN 'unknown'
            WHEN ',' || lower(replace(identity_type, ' ', '')) || ',' LIKE '%,systemassigned,%'
              OR ',' || lower(replace(identity_type, ' ', '')) || ',' LIKE '%,userassigned,%'
            THEN 'pass' ELSE 'fail' END AS status,
       CASE WHEN complete = 0 THEN
                'Only a summary of this ' || noun || ' was exported, which is not taken as a word on its identity.'
            WHEN identity_type IS NULL THEN 'The ' || noun || ' has no managed identity.'
            ELSE 'identity.type is ' || identity_type || '.' END AS reason,
       CASE WHEN complete = 0 THEN need END AS need,
       NULL AS evidence
  FROM asset
 WHERE family IN ('ai', 'ml', 'registry')
