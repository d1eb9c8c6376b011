-- id: kv-data-plane-rbac
-- version: 1.0.0
-- title: Access to the vault's data is given by roles, not by access policies
-- service: key-vault
-- control: PA-7
-- feature: Azure RBAC for Data Plane
-- severity: medium
-- needs: key-vault
-- observes: /properties/enableRbacAuthorization
-- policy: 12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5
-- tests: properties.enableRbacAuthorization is true: roles alone say who may use keys, secrets and
--   certificates, and access policies are ignored. Whether each role is needed is for a person to say.
-- absent: enableRbacAuthorization absent or null means false: access policies decide, so fail, as in
--   the policy. Neither true nor false is unknown.
-- source: github.com/Azure/azure-policy, definition 12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5 1.0.1;
--   learn.microsoft.com/azure/key-vault/general/rbac-guide; severity is ours
SELECT a.record_id,
       CASE WHEN a.complete = 0 OR v.odd_rbac IS NOT NULL THEN 'unknown'
            WHEN v.rbac = 1 THEN 'pass' ELSE 'fail' END AS status,
       CASE WHEN a.complete = 0 THEN
                'Only a summary of this vault was exported, so it is not known whether roles or access policies decide.'
            WHEN v.odd_rbac IS NOT NULL THEN
                'enableRbacAuthorization is ' || v.odd_rbac || ', which is neither true nor false.'
            WHEN v.rbac = 1 THEN
                'enableRbacAuthorization is true: roles decide who may use what the vault holds.'
            ELSE 'enableRbacAuthorization is '
                || CASE WHEN v.rbac IS NULL THEN 'not set, which means false' ELSE 'false' END
                || ': access policies decide, and ' || CASE v.access_policies
                   WHEN 0 THEN 'there are none.' WHEN 1 THEN 'there is one.'
                   ELSE 'there are ' || v.access_policies || '.' END END AS reason,
       CASE WHEN a.complete = 0 OR v.odd_rbac IS NOT NULL THEN a.need END AS need,
       NULL AS evidence
  FROM asset a
  JOIN key_vault v ON v.record_id = a.record_id
 WHERE a.family = 'vault'
