-- Conditional Access policies of Microsoft Graph. includes_app: it includes all cloud apps or
-- Microsoft Cognitive Services (app 7d312290-28c8-473c-a0ed-8e53749b6d6d, the audience of data-plane
-- tokens), and does not exclude that app. controls: its grant and session controls in words, NULL
-- when it has none. applies_to: whom it includes, NULL when nobody. excludes: whom it leaves out.
-- narrowed: further conditions, under which alone it applies.
SELECT record_id, snapshot_id, coalesce(name, subject) AS name,
       lower(json_extract(body, '$.state')) AS state,
       EXISTS (SELECT i.value
                 FROM json_each(body, '$.conditions.applications.includeApplications') i
                WHERE lower(i.value) IN ('all', '7d312290-28c8-473c-a0ed-8e53749b6d6d'))
       AND NOT EXISTS (SELECT e.value
                 FROM json_each(body, '$.conditions.applications.excludeApplications') e
                WHERE lower(e.value) IN ('all', '7d312290-28c8-473c-a0ed-8e53749b6d6d'))
           AS includes_app,
       (SELECT group_concat(word, ', ') FROM (
           SELECT 1 AS n, CAST(g.value AS TEXT) AS word
             FROM json_each(body, '$.grantControls.builtInControls') g
           UNION ALL
           SELECT 2, 'authentication strength' WHERE
                  json_type(body, '$.grantControls.authenticationStrength') = 'object'
           UNION ALL
           SELECT 3, 'terms of use' WHERE
                  json_array_length(body, '$.grantControls.termsOfUse') > 0
           UNION ALL
           SELECT 4, 'custom control' WHERE
                  json_array_length(body, '$.grantControls.customAuthenticationFactors') > 0
           UNION ALL
           SELECT 5, 'session: ' || s.key
             FROM json_each(body, '$.sessionControls') s
            WHERE (s.type = 'object' AND (json_extract(s.value, '$.isEnabled') = 1
                   OR lower(json_extract(s.value, '$.mode')) IN ('strictenforcement',
                                                                 'strictlocation')))
               OR (s.key = 'disableResilienceDefaults' AND s.type = 'true')
           ORDER BY 1, 2)) AS controls,
       (SELECT group_concat(word, ', ') FROM (
           SELECT 1 AS n, CASE lower(u.value) WHEN 'all' THEN 'all users'
                               WHEN 'guestsorexternalusers' THEN 'guests and external users'
                               ELSE 'user ' || u.value END AS word
             FROM json_each(body, '$.conditions.users.includeUsers') u
            WHERE lower(u.value) <> 'none'
           UNION ALL
           SELECT 2, 'group ' || u.value
             FROM json_each(body, '$.conditions.users.includeGroups') u
           UNION ALL
           SELECT 3, 'role ' || u.value
             FROM json_each(body, '$.conditions.users.includeRoles') u
           UNION ALL
           SELECT 4, 'guests and external users' WHERE
                  json_type(body, '$.conditions.users.includeGuestsOrExternalUsers') = 'object'
           UNION ALL
           SELECT 5, 'service principal ' || u.value
             FROM json_each(body, '$.conditions.clientApplications.includeServicePrincipals') u
           ORDER BY 1, 2)) AS applies_to,
       (SELECT group_concat(word, ', ') FROM (
           SELECT 1 AS n, 'user ' || u.value AS word
             FROM json_each(body, '$.conditions.users.excludeUsers') u
           UNION ALL
           SELECT 2, 'group ' || u.value
             FROM json_each(body, '$.conditions.users.excludeGroups') u
           UNION ALL
           SELECT 3, 'role ' || u.value
             FROM json_each(body, '$.conditions.users.excludeRoles') u
           UNION ALL
           SELECT 4, 'guests and external users' WHERE
                  json_type(body, '$.conditions.users.excludeGuestsOrExternalUsers') = 'object'
           UNION ALL
           SELECT 5, 'service principal ' || u.value
             FROM json_each(body, '$.conditions.clientApplications.excludeServicePrincipals') u
           ORDER BY 1, 2)) AS excludes,
       (SELECT group_concat(word, ', ') FROM (
           SELECT 1 AS n, c.key AS word
             FROM json_each(body, '$.conditions') c
            WHERE c.key IN ('locations', 'platforms', 'devices', 'authenticationFlows',
                            'insiderRiskLevels')
              AND c.type NOT IN ('null') AND NOT (c.type = 'array' AND
                                                  json_array_length(c.value) = 0)
           UNION ALL
           SELECT 2, c.key
             FROM json_each(body, '$.conditions') c
            WHERE c.key IN ('signInRiskLevels', 'userRiskLevels', 'servicePrincipalRiskLevels')
              AND c.type = 'array' AND json_array_length(c.value) > 0
           UNION ALL
           SELECT 3, 'clientAppTypes'
             FROM json_each(body, '$.conditions') c
            WHERE c.key = 'clientAppTypes' AND c.type = 'array' AND json_array_length(c.value) > 0
              AND NOT EXISTS (SELECT t.value FROM json_each(c.value) t
                               WHERE lower(t.value) = 'all')
           UNION ALL
           SELECT 4, 'applicationFilter' WHERE
                  json_type(body, '$.conditions.applications.applicationFilter') = 'object'
           ORDER BY 1, 2)) AS narrowed,
       source_shape, source_completeness
  FROM resource
 WHERE kind = 'conditional-access-policy'
