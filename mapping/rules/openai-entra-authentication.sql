-- id: openai-entra-authentication
-- version: 1.0.0
-- title: Microsoft Entra tokens can be used at all
-- service: azure-openai
-- control: IM-1
-- feature: Azure AD Authentication Required for Data Plane Access
-- severity: medium
-- needs: cognitive-account
-- observes: /properties/customSubDomainName
-- policy: none
-- tests: the baseline calls this feature Microsoft's for Azure OpenAI, so what passes is inherited; but
--   without properties.customSubDomainName, which the customer chooses, no Entra token opens the
--   account: fail. Whether keys work beside tokens is the matter of local authentication.
-- absent: customSubDomainName absent, null or empty means a shared regional endpoint, which takes keys
--   only: fail.
-- source: learn.microsoft.com/azure/ai-services/authentication; severity is ours
SELECT record_id,
       CASE WHEN complete = 0 THEN 'unknown' WHEN custom_subdomain IS NULL THEN 'fail'
            ELSE 'pass' END AS status,
       CASE WHEN complete = 0 THEN
                'Only a summary of this account was exported, so it is not known whether Microsoft Entra tokens can be used.'
            WHEN custom_subdomain IS NULL THEN
                'customSubDomainName is not set, so Microsoft Entra tokens cannot be used.'
            ELSE 'Microsoft Entra tokens can be used (customSubDomainName is ' || custom_subdomain
                || ').' END AS reason,
       CASE WHEN complete = 0 THEN 'cognitive-account' END AS need,
       NULL AS evidence
  FROM account
