-- id: local-authentication
-- version: 1.1.0
-- title: Access with account keys is switched off
-- service: azure-openai, cognitive-services
-- control: IM-1
-- feature: Local Authentication Methods for Data Plane Access
-- severity: high
-- needs: cognitive-account
-- observes: /properties/disableLocalAuth
-- policy: 71ef260a-8f18-47b7-abcb-62d0673d94dc
-- tests: properties.disableLocalAuth is true. This is the comparison that the policy makes.
-- absent: absent or null fails: keys are issued with every account and work until this property is
--   set to true.
-- source: github.com/Azure/azure-policy, definition 71ef260a-8f18-47b7-abcb-62d0673d94dc 1.1.0;
--   severity is ours
SELECT record_id,
       CASE WHEN complete = 0 OR odd_local_auth IS NOT NULL THEN 'unknown'
            WHEN disable_local_auth = 1 THEN 'pass' ELSE 'fail' END AS status,
       CASE WHEN complete = 0 THEN
                'Only a summary of this account was exported, so it is not known whether keys work.'
            WHEN odd_local_auth IS NOT NULL THEN
                'disableLocalAuth is ' || odd_local_auth || ', which is neither true nor false.'
            WHEN disable_local_auth = 1 THEN
                'disableLocalAuth is true: account keys do not open the data plane.'
            WHEN disable_local_auth IS NULL THEN
                'disableLocalAuth is not set: account keys open the data plane, as they do by default.'
            ELSE 'disableLocalAuth is false: account keys open the data plane.' END AS reason,
       CASE WHEN complete = 0 OR odd_local_auth IS NOT NULL
            THEN 'cognitive-account' END AS need,
       NULL AS evidence
  FROM account
