-- id: search-entra-authentication
-- version: 1.0.0
-- title: Microsoft Entra tokens can be used at all
-- service: azure-cognitive-search
-- control: IM-1
-- feature: Azure AD Authentication Required for Data Plane Access
-- severity: medium
-- needs: resource
-- observes: /properties/authOptions, /properties/disableLocalAuth
-- policy: none
-- tests: the baseline calls this feature Microsoft's, so what passes is inherited; but a search service
--   takes Entra tokens only where the customer says so: with properties.disableLocalAuth true, or with
--   authOptions.aadOrApiKey. Otherwise keys are the only way in: fail. Whether keys work beside tokens
--   is the matter of local authentication.
-- absent: authOptions absent or null, while disableLocalAuth is not true, means keys alone, as does
--   apiKeyOnly: fail. disableLocalAuth neither true nor false is unknown.
-- source: learn.microsoft.com/azure/search/search-security-enable-roles; severity is ours
SELECT a.record_id,
       CASE WHEN a.complete = 0 OR a.odd_local_auth IS NOT NULL THEN 'unknown'
            WHEN a.disable_local_auth = 1 OR s.tokens THEN 'pass'
            ELSE 'fail' END AS status,
       CASE WHEN a.complete = 0 THEN
                a.gap || ', so it is not known whether Microsoft Entra tokens can be used.'
            WHEN a.odd_local_auth IS NOT NULL THEN
                'disableLocalAuth is ' || a.odd_local_auth || ', which is neither true nor false.'
            WHEN a.disable_local_auth = 1 THEN
                'Microsoft Entra tokens are the only way in (disableLocalAuth is true).'
            WHEN s.tokens THEN 'Microsoft Entra tokens can be used (authOptions is aadOrApiKey).'
            ELSE 'authOptions is ' || CASE WHEN s.keys_only THEN 'apiKeyOnly' ELSE 'not set' END
                || ', so Microsoft Entra tokens cannot be used.' END AS reason,
       CASE WHEN a.complete = 0 OR a.odd_local_auth IS NOT NULL THEN a.need END AS need,
       NULL AS evidence
  FROM asset a
  JOIN search_service s ON s.record_id = a.record_id
 WHERE a.family = 'search'
