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
--   whose authOptions is apiKeyOnly takes no Entra token: fail. aadOrApiKey takes both, and with
--   disableLocalAuth true tokens are the only way in. Whether keys work beside tokens is the matter of
--   local authentication.
-- absent: authOptions absent or null beside disableLocalAuth true is as Azure writes it. Without that, an
--   older API version may have left it out: unknown. So is a value of another form.
-- source: learn.microsoft.com/azure/search/search-security-enable-roles; severity is ours
WITH judged AS (
SELECT a.record_id, a.complete, a.gap, a.need, a.disable_local_auth, s.auth,
       CASE WHEN a.complete = 0 THEN 'unknown'
            WHEN a.disable_local_auth = 1 OR s.auth = 'both' THEN 'pass'
            WHEN s.auth = 'keys' THEN 'fail'
            ELSE 'unknown' END AS status
  FROM asset a
  LEFT JOIN search_service s ON s.record_id = a.record_id
 WHERE a.family = 'search')
SELECT record_id, status,
       CASE WHEN complete = 0 THEN
                gap || ', so it is not known whether Microsoft Entra tokens can be used.'
            WHEN disable_local_auth = 1 THEN
                'disableLocalAuth is true: only Microsoft Entra tokens open the data plane.'
            WHEN auth = 'both' THEN 'authOptions is aadOrApiKey: Microsoft Entra tokens can be used.'
            WHEN auth = 'keys' THEN
                'authOptions is apiKeyOnly, so Microsoft Entra tokens cannot be used.'
            WHEN auth IS NULL THEN
                'The export says nothing of authOptions, so it is not known whether Microsoft Entra tokens can be used.'
            ELSE 'authOptions cannot be read.' END AS reason,
       CASE WHEN status = 'unknown' THEN need END AS need,
       NULL AS evidence
  FROM judged
