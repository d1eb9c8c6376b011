-- id: local-authentication
-- version: 1.2.0
-- title: Access with keys is switched off
-- service: azure-cognitive-search, azure-openai, cognitive-services
-- control: IM-1
-- feature: Local Authentication Methods for Data Plane Access
-- severity: high
-- needs: cognitive-account, resource
-- observes: /properties/disableLocalAuth, /properties/authOptions
-- policy: 71ef260a-8f18-47b7-abcb-62d0673d94dc
-- tests: properties.disableLocalAuth is true. This is the comparison that the policy makes, for AI accounts and
--   for search services alike. A search service's authOptions, which say whether Entra tokens are taken
--   beside keys, do not change it.
-- absent: absent or null fails: keys are issued with every account and search service and work until this property is
--   set to true.
-- source: github.com/Azure/azure-policy, definition 71ef260a-8f18-47b7-abcb-62d0673d94dc 1.1.0;
--   severity is ours
SELECT record_id,
       CASE WHEN complete = 0 OR odd_local_auth IS NOT NULL THEN 'unknown'
            WHEN disable_local_auth = 1 THEN 'pass' ELSE 'fail' END AS status,
       CASE WHEN complete = 0 THEN gap || ', so it is not known whether keys work.'
            WHEN odd_local_auth IS NOT NULL THEN
                'disableLocalAuth is ' || odd_local_auth || ', which is neither true nor false.'
            WHEN disable_local_auth = 1 THEN
                'disableLocalAuth is true: ' || key_word || ' do not open the data plane.'
            WHEN disable_local_auth IS NULL THEN
                'disableLocalAuth is not set: ' || key_word || ' open the data plane, as they do by default.'
            ELSE 'disableLocalAuth is false: ' || key_word || ' open the data plane.' END AS reason,
       CASE WHEN complete = 0 OR odd_local_auth IS NOT NULL
            THEN need END AS need,
       NULL AS evidence
  FROM (SELECT *, CASE family WHEN 'ai' THEN 'account keys' ELSE 'its keys' END AS key_word
          FROM asset WHERE family IN ('ai', 'search'))
