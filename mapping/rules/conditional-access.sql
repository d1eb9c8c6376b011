-- id: conditional-access
-- version: 1.4.0
-- title: A Conditional Access policy covers the sign-ins of the data plane
-- service: azure-cognitive-search, azure-monitor, azure-openai, cognitive-services, key-vault, machine-learning-service,
--   storage
-- control: IM-7
-- feature: Conditional Access for Data Plane
-- severity: medium
-- needs: conditional-access-policy, subscription
-- observes: none
-- policy: none
-- tests: a policy of the snapshot has state enabled (not disabled, not report-only); includes all
--   cloud apps, or the app that data-plane tokens are made out to (Microsoft Cognitive Services
--   7d312290-28c8-473c-a0ed-8e53749b6d6d, Azure Key Vault cfa8b339-82a2-471a-a3c9-0fc0be7a4093, Azure
--   Storage e406a681-f3d4-42a8-90b6-c2b029497af1, Log Analytics API
--   ca7f3f0b-7d91-482c-8e09-c5d840d0eac5, Azure Cognitive Search
--   880da380-985e-4198-81b9-e05b1cc53158, Azure Machine Learning
--   18a66f5f-dbdf-4c17-9dd7-1634712a9cbe or 0736f41a-0425-4b46-bdb5-1563eff02385: see views/conditional_access_app.sql), in
--   includeApplications, and does not exclude that app; includes
--   somebody; and has grant or session controls. Users that it leaves out, and conditions that
--   narrow it (locations, platforms, risk levels), do not change the status: the reason lists them.
--   Conditional Access does not see account keys and signatures made with them: see
--   local-authentication and storage-shared-key. Classic storage accounts take keys alone: manual.
-- absent: fail only when whole lists of policies alone were exported and none covers the app; a
--   single exported policy, a list that is cut off or that nothing vouches for, or no policy is
--   unknown. An empty list
--   names nothing that ties it to Conditional Access. More than one tenant in the snapshot,
--   or none, is unknown too; so is a policy that cannot be read where none covers the app, because a policy does not say which tenant it is of.
-- source: learn.microsoft.com/graph/api/resources/conditionalaccesspolicy; app ids as they
--   stand in public app registrations; severity is ours
WITH judged AS (
SELECT p.snapshot_id, p.record_id, i.family, i.label, name, state, excludes, narrowed, controls,
       applies_to, i.included AND controls IS NOT NULL AND applies_to IS NOT NULL AS fits,
       source_shape, source_completeness, unreadable
  FROM conditional_access_policy p
  JOIN conditional_access_app i ON i.policy_record = p.record_id),
ordered AS (SELECT * FROM judged ORDER BY snapshot_id, family, name, record_id),
told AS (
SELECT snapshot_id, family, max(label) AS label, count(record_id) AS policies,
       sum(fits AND state IS 'enabled') AS good,
       group_concat(CASE WHEN fits AND state IS 'enabled' THEN '"' || name || '" (applies to '
           || applies_to || '; leaves out ' || coalesce(excludes, 'nobody') || '; asks for '
           || controls || coalesce('; only under conditions on ' || narrowed, '') || ')' END, ', ')
           AS good_words,
       group_concat(CASE WHEN fits AND state IS 'enabled' THEN record_id END, ',') AS good_records,
       group_concat(CASE WHEN fits AND state IS NOT 'enabled' THEN '"' || name || '" is '
           || CASE state WHEN 'enabledforreportingbutnotenforced' THEN 'report-only'
              ELSE coalesce(state, 'without a state') END END, ', ') AS idle_words,
       group_concat(record_id, ',') AS records,
       max(source_shape IN ('array', 'page')) AS listed,
       max(source_completeness <> 'whole' OR unreadable) AS cut
  FROM ordered
 GROUP BY snapshot_id, family),
tenants AS (SELECT snapshot_id, count(tenant) AS n FROM tenant GROUP BY snapshot_id)
SELECT a.record_id,
       CASE WHEN a.family = 'classic' THEN 'manual'
            WHEN t.policies IS NULL OR n.n IS NOT 1 THEN 'unknown'
            WHEN t.good > 0 THEN 'pass'
            WHEN NOT t.listed OR t.cut THEN 'unknown'
            ELSE 'fail' END AS status,
       CASE WHEN a.family = 'classic' THEN
                'A classic storage account takes keys alone, which Conditional Access does not see: see who has them.'
            WHEN t.policies IS NULL THEN 'No Conditional Access policy was exported.'
            WHEN n.n IS NULL THEN
                'The snapshot shows no tenant, and Conditional Access policies do not say which one they are of.'
            WHEN n.n > 1 THEN
                'The snapshot shows ' || n.n || ' tenants, and Conditional Access policies do not say which tenant they are of.'
            WHEN t.good > 0 THEN
                'Enabled Conditional Access policies cover ' || t.label || ': '
                || t.good_words || '.'
            WHEN NOT t.listed OR t.cut THEN
                'None of the ' || t.policies || ' exported Conditional Access policies covers ' || t.label || ', and the export does not show all policies.'
            ELSE 'None of the ' || t.policies || ' exported Conditional Access policies is enabled and covers ' || t.label
                || coalesce(' (' || t.idle_words || ')', '') || '.' END AS reason,
       CASE WHEN a.family = 'classic' THEN NULL
            WHEN t.policies IS NOT NULL AND n.n IS NULL THEN 'subscription'
            WHEN t.policies IS NULL OR n.n > 1
              OR (coalesce(t.good, 0) = 0 AND (NOT t.listed OR t.cut))
            THEN 'conditional-access-policy' END AS need,
       CASE WHEN t.good > 0 AND n.n = 1 THEN '[' || t.good_records || ']'
            WHEN t.policies <= 20 THEN '[' || t.records || ']' END AS evidence
  FROM asset a
  LEFT JOIN told t ON t.snapshot_id = a.snapshot_id AND t.family = a.family
  LEFT JOIN tenants n ON n.snapshot_id = a.snapshot_id
