-- id: service-principals
-- version: 1.3.0
-- title: Service principals that hold roles on the resource
-- service: azure-cognitive-search, azure-monitor, azure-openai, cognitive-services, key-vault, machine-learning-service,
--   storage
-- control: IM-3
-- feature: Service Principals
-- severity: low
-- needs: role-assignment, role-definition, service-principal
-- observes: none
-- policy: none
-- tests: nothing that a machine could decide: Microsoft gives no guidance for this feature, and
--   whether a service principal is the right identity for its application is for a person to say.
--   The rule lists the role assignments with principalType ServicePrincipal (which managed
--   identities have too) at the resource and above it. One at a management group is listed when a
--   file holds it beside an assignment of the resource's subscription. Members of groups are not
--   expanded. A vault without enableRbacAuthorization true has access policies too: the reason
--   counts them, but they do not say who is a service principal.
-- absent: no assignment in the snapshot does not mean that there is none: az leaves inherited ones
--   out by default. The finding stays manual and says what was not exported.
-- source: Azure security baselines of the services; severity is ours
WITH exported AS (
SELECT snapshot_id, count(record_id) AS assignments FROM role_assignment GROUP BY snapshot_id),
own AS (
SELECT snapshot_id, subscription, count(record_id) AS assignments FROM role_assignment
 WHERE subscription IS NOT NULL GROUP BY snapshot_id, subscription)
SELECT a.record_id, 'manual' AS status,
       CASE WHEN e.assignments IS NULL THEN
                'No role assignment was exported, so the service principals with roles on this ' || a.noun || ' are not known: list them, and see whether managed identities can take their place.'
            WHEN coalesce(s1.sp_count, 0) + coalesce(s2.sp_count, 0) + coalesce(s3.sp_count, 0)
                 + coalesce(s4.sp_count, 0) = 0 THEN
                'None of the exported role assignments gives a service principal a role on this ' || a.noun
                || CASE WHEN o.assignments IS NULL
                   THEN ', but none of its own subscription was exported: list them.'
                   ELSE '; see whether applications reach it in another way.' END
            ELSE (coalesce(s1.sp_count, 0) + coalesce(s2.sp_count, 0) + coalesce(s3.sp_count, 0)
                  + coalesce(s4.sp_count, 0))
                || CASE WHEN coalesce(s1.sp_count, 0) + coalesce(s2.sp_count, 0)
                        + coalesce(s3.sp_count, 0) + coalesce(s4.sp_count, 0) = 1
                   THEN ' exported role assignment gives'
                   ELSE ' exported role assignments give' END
                || ' service principals or managed identities a role on this ' || a.noun || ': '
                || ltrim(coalesce('; ' || s1.sp_words, '') || coalesce('; ' || s2.sp_words, '')
                         || coalesce('; ' || s3.sp_words, '') || coalesce('; ' || s4.sp_words, ''),
                         '; ')
                || '. See whether each is needed, and whether a managed identity can take its place.'
            END
            || CASE WHEN v.rbac IS NOT 1 AND v.access_policies > 0 THEN ' Its access policies, which say who may use it, name '
                   || v.access_policies || CASE v.access_policies WHEN 1 THEN ' object' ELSE ' objects' END
                   || ': see which of them are service principals.' ELSE '' END AS reason,
       NULL AS need,
       CASE WHEN coalesce(s1.sp_records, s2.sp_records, s3.sp_records, s4.sp_records) IS NOT NULL
            THEN '[' || ltrim(coalesce(',' || s1.sp_records, '') || coalesce(',' || s2.sp_records, '')
                 || coalesce(',' || s3.sp_records, '') || coalesce(',' || s4.sp_records, ''), ',')
                 || ']' END AS evidence
  FROM asset a
  LEFT JOIN key_vault v ON v.record_id = a.record_id
  LEFT JOIN exported e ON e.snapshot_id = a.snapshot_id
  LEFT JOIN own o ON o.snapshot_id = a.snapshot_id AND o.subscription = a.subscription
  LEFT JOIN principal_scope s1 ON s1.scope = a.subject AND s1.snapshot_id = a.snapshot_id
  LEFT JOIN principal_scope s2 ON s2.scope = a.group_scope AND s2.snapshot_id = a.snapshot_id
  LEFT JOIN principal_scope s3 ON s3.scope = a.subscription_scope AND s3.snapshot_id = a.snapshot_id
  LEFT JOIN principal_scope s4 ON s4.scope = 'above ' || a.subscription_scope
        AND s4.snapshot_id = a.snapshot_id
