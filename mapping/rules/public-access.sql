-- id: public-access
-- version: 1.0.0
-- title: Public network access is off or denied by default
-- service: azure-openai, cognitive-services
-- control: NS-2
-- feature: Disable Public Network Access
-- severity: high
-- needs: cognitive-account
-- observes: /properties/publicNetworkAccess, /properties/networkAcls/defaultAction
-- policy: 037eea7a-bd0a-46c5-9a66-03aea78705d3
-- tests: properties.publicNetworkAccess is Disabled, or properties.networkAcls.defaultAction is
--   Deny (compared without regard to case). This is the comparison that the policy makes.
-- absent: both absent or null fails, as in the policy: absent is not equal to Disabled or Deny, and
--   the service's defaults are Enabled and Allow.
-- source: github.com/Azure/azure-policy, definition 037eea7a-bd0a-46c5-9a66-03aea78705d3 3.3.0;
--   severity is ours
SELECT record_id,
       CASE WHEN complete = 0 THEN 'unknown'
            WHEN lower(public_network_access) = 'disabled' OR lower(default_action) = 'deny'
            THEN 'pass' ELSE 'fail' END AS status,
       CASE WHEN complete = 0 THEN
                'Only a summary of this account was exported, so its network settings are not known.'
            ELSE 'publicNetworkAccess is '
                || coalesce(public_network_access, 'not set, which means Enabled')
                || ', and networkAcls.defaultAction is '
                || coalesce(default_action, 'not set, which means Allow') || '.' END AS reason,
       CASE WHEN complete = 0 THEN 'cognitive-account' END AS need,
       NULL AS evidence
  FROM account
