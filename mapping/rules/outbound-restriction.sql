-- id: outbound-restriction
-- version: 1.0.0
-- title: Outbound calls of the service are restricted
-- service: azure-openai, cognitive-services
-- control: DP-2
-- feature: Data Leakage/Loss Prevention
-- severity: medium
-- needs: cognitive-account
-- observes: /properties/restrictOutboundNetworkAccess, /properties/allowedFqdnList
-- policy: none
-- tests: properties.restrictOutboundNetworkAccess is true. allowedFqdnList says where the account may
--   still send data; whether those names are the right ones is for a person to say, and the reason
--   lists them.
-- absent: absent or null fails: the account may call any address until this property is true. A list
--   without the property restricts nothing.
-- source: learn.microsoft.com/azure/ai-services/cognitive-services-data-loss-prevention;
--   severity is ours
SELECT record_id,
       CASE WHEN complete = 0 THEN 'unknown'
            WHEN restrict_outbound = 1 THEN 'pass' ELSE 'fail' END AS status,
       CASE WHEN complete = 0 THEN
                'Only a summary of this account was exported, so its outbound restriction is not known.'
            WHEN restrict_outbound = 1 THEN
                'restrictOutboundNetworkAccess is true; the account may call '
                || coalesce((SELECT group_concat(name, ', ') FROM
                       (SELECT f.value AS name FROM json_each(allowed_fqdn) f
                         ORDER BY CAST(f.key AS INTEGER))), 'no outside name (allowedFqdnList is empty)')
                || '.'
            ELSE 'restrictOutboundNetworkAccess is '
                || CASE WHEN restrict_outbound IS NULL THEN 'not set' ELSE 'false' END
                || ': the account may call any address'
                || CASE WHEN allowed_fqdn IS NOT NULL
                   THEN ', whatever allowedFqdnList says.' ELSE '.' END END AS reason,
       CASE WHEN complete = 0 THEN 'cognitive-account' END AS need,
       NULL AS evidence
  FROM account
