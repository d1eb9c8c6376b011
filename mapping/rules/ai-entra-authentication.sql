-- id: ai-entra-authentication
-- version: 1.1.0
-- title: Data-plane access goes through Microsoft Entra ID
-- service: cognitive-services
-- control: IM-1
-- feature: Azure AD Authentication Required for Data Plane Access
-- severity: medium
-- needs: cognitive-account
-- observes: /properties/disableLocalAuth, /properties/customSubDomainName
-- policy: 71ef260a-8f18-47b7-abcb-62d0673d94dc asks for the same property under local authentication
-- tests: properties.disableLocalAuth is true: pass, because Entra tokens are then the only way in.
--   Otherwise, properties.customSubDomainName must be there for Entra tokens to be usable at all;
--   without it, fail. With it, keys and tokens both open the account, and a person must see which
--   one the applications use: manual.
-- absent: disableLocalAuth absent or null means that keys work. customSubDomainName absent, null or
--   empty means a shared regional endpoint, which takes keys only.
-- source: learn.microsoft.com/azure/ai-services/authentication; severity is ours
SELECT record_id,
       CASE WHEN complete = 0 OR odd_local_auth IS NOT NULL THEN 'unknown'
            WHEN disable_local_auth = 1 THEN 'pass'
            WHEN custom_subdomain IS NULL THEN 'fail'
            ELSE 'manual' END AS status,
       CASE WHEN complete = 0 THEN
                'Only a summary of this account was exported, so its authentication settings are not known.'
            WHEN odd_local_auth IS NOT NULL THEN
                'disableLocalAuth is ' || odd_local_auth || ', which is neither true nor false.'
            WHEN disable_local_auth = 1 THEN
                'disableLocalAuth is true: only Microsoft Entra tokens open the data plane'
                || CASE WHEN custom_subdomain IS NULL
                   THEN ' (and with no customSubDomainName, tokens may not be usable either).'
                   ELSE '.' END
            WHEN custom_subdomain IS NULL THEN
                'customSubDomainName is not set, so Microsoft Entra tokens cannot be used, and disableLocalAuth is '
                || CASE WHEN disable_local_auth IS NULL THEN 'not set' ELSE 'false' END
                || ': only keys open the data plane.'
            ELSE 'Microsoft Entra tokens can be used (customSubDomainName is ' || custom_subdomain
                || '), but keys work too (disableLocalAuth is '
                || CASE WHEN disable_local_auth IS NULL THEN 'not set' ELSE 'false' END
                || '): see which of them the applications use.' END AS reason,
       CASE WHEN complete = 0 OR odd_local_auth IS NOT NULL
            THEN 'cognitive-account' END AS need,
       NULL AS evidence
  FROM account
