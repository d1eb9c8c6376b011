-- Conditional Access policies of Microsoft Graph; conditional_access_app says which apps they
-- include. controls: its grant and session controls in words, NULL
-- when it has none. applies_to: whom it includes, NULL when nobody. excludes: whom it leaves out.
-- unreadable: a part that decides is not an object or a list. narrowed: further conditions, under which alone it applies.
SELECT record_id, snapshot_id, coalesce(name, subject) AS name,
       lower(json_extract(body, '$.state')) AS state,
       (SELECT group_concat(word, ', ') FROM (
           SELECT 1 AS n, CAST(g.value AS TEXT) AS word
             FROM json_each(CASE json_type(body, '$.grantControls.builtInControls') WHEN 'array'
                                THEN json_extract(body, '$.grantControls.builtInControls') ELSE '[]' END) g
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
            WHERE CASE s.type WHEN 'object' THEN json_extract(s.value, '$.isEnabled') = 1
                   OR lower(json_extract(s.value, '$.mode')) IN ('strictenforcement',
                                                                 'strictlocation') END
               OR (s.key = 'disableResilienceDefaults' AND s.type = 'true')
           ORDER BY 1, 2)) AS controls,
       (SELECT group_concat(word, ', ') FROM (
           SELECT 1 AS n, CASE lower(u.value) WHEN 'all' THEN 'all users'
                               WHEN 'guestsorexternalusers' THEN 'guests and external users'
                               ELSE 'user ' || u.value END AS word
             FROM json_each(CASE json_type(body, '$.conditions.users.includeUsers') WHEN 'array'
                                THEN json_extract(body, '$.conditions.users.includeUsers') ELSE '[]' END) u
            WHERE lower(u.value) <> 'none'
           UNION ALL
           SELECT 2, 'group ' || u.value
             FROM json_each(CASE json_type(body, '$.conditions.users.includeGroups') WHEN 'array'
                                THEN json_extract(body, '$.conditions.users.includeGroups') ELSE '[]' END) u
           UNION ALL
           SELECT 3, 'role ' || u.value
             FROM json_each(CASE json_type(body, '$.conditions.users.includeRoles') WHEN 'array'
                                THEN json_extract(body, '$.conditions.users.includeRoles') ELSE '[]' END) u
           UNION ALL
           SELECT 4, 'guests and external users' WHERE
                  json_type(body, '$.conditions.users.includeGuestsOrExternalUsers') = 'object'
           UNION ALL
           SELECT 5, 'service principal ' || u.value
             FROM json_each(CASE json_type(body, '$.conditions.clientApplications.includeServicePrincipals') WHEN 'array'
                                THEN json_extract(body, '$.conditions.clientApplications.includeServicePrincipals') ELSE '[]' END) u
           ORDER BY 1, 2)) AS applies_to,
       (SELECT group_concat(word, ', ') FROM (
           SELECT 1 AS n, 'user ' || u.value AS word
             FROM json_each(CASE json_type(body, '$.conditions.users.excludeUsers') WHEN 'array'
                                THEN json_extract(body, '$.conditions.users.excludeUsers') ELSE '[]' END) u
           UNION ALL
           SELECT 2, 'group ' || u.value
             FROM json_each(CASE json_type(body, '$.conditions.users.excludeGroups') WHEN 'array'
                                THEN json_extract(body, '$.conditions.users.excludeGroups') ELSE '[]' END) u
           UNION ALL
           SELECT 3, 'role ' || u.value
             FROM json_each(CASE json_type(body, '$.conditions.users.excludeRoles') WHEN 'array'
                                THEN json_extract(body, '$.conditions.users.excludeRoles') ELSE '[]' END) u
           UNION ALL
           SELECT 4, 'guests and external users' WHERE
                  json_type(body, '$.conditions.users.excludeGuestsOrExternalUsers') = 'object'
           UNION ALL
           SELECT 5, 'service principal ' || u.value
             FROM json_each(CASE json_type(body, '$.conditions.clientApplications.excludeServicePrincipals') WHEN 'array'
                                THEN json_extract(body, '$.conditions.clientApplications.excludeServicePrincipals') ELSE '[]' END) u
           ORDER BY 1, 2)) AS excludes,
       (SELECT group_concat(word, ', ') FROM (
           SELECT 1 AS n, c.key AS word
             FROM json_each(body, '$.conditions') c
            WHERE c.key IN ('locations', 'platforms', 'devices', 'authenticationFlows',
                            'insiderRiskLevels')
              AND c.type <> 'null'
              AND CASE c.type WHEN 'array' THEN json_array_length(c.value) END IS NOT 0
           UNION ALL
           SELECT 2, c.key
             FROM json_each(body, '$.conditions') c
            WHERE c.key IN ('signInRiskLevels', 'userRiskLevels', 'servicePrincipalRiskLevels')
              AND CASE c.type WHEN 'array' THEN json_array_length(c.value) END > 0
           UNION ALL
           SELECT 3, 'clientAppTypes'
             FROM json_each(body, '$.conditions') c
            WHERE c.key = 'clientAppTypes'
              AND CASE c.type WHEN 'array' THEN json_array_length(c.value) END > 0
              AND NOT EXISTS (SELECT t.value FROM json_each(CASE c.type WHEN 'array' THEN c.value
                                                    ELSE '[]' END) t
                               WHERE lower(t.value) = 'all')
           UNION ALL
           SELECT 4, 'applicationFilter' WHERE
                  json_type(body, '$.conditions.applications.applicationFilter') = 'object'
           ORDER BY 1, 2)) AS narrowed,
       EXISTS (SELECT column1 FROM (VALUES ('$.conditions', 'object'),
                      ('$.conditions.applications', 'object'), ('$.conditions.users', 'object'),
                      ('$.grantControls', 'object'), ('$.sessionControls', 'object'),
                      ('$.conditions.applications.includeApplications', 'array'),
                      ('$.conditions.applications.excludeApplications', 'array'),
                      ('$.conditions.users.includeUsers', 'array'),
                      ('$.conditions.users.includeGroups', 'array'),
                      ('$.conditions.users.includeRoles', 'array'),
                      ('$.grantControls.builtInControls', 'array'))
                WHERE json_type(body, column1) NOT IN (column2, 'null')) AS unreadable,
       source_shape, source_completeness
  FROM resource
 WHERE kind = 'conditional-access-policy'
