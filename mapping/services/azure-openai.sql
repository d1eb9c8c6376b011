-- Which accounts the Azure OpenAI baseline speaks of. Kind OpenAI: always. Kind AIServices (Azure
-- AI Foundry) can host OpenAI models, so its deployments decide: one of format OpenAI makes it a
-- subject; deployments that are all of other formats make it none, when they stand in a whole list (a
-- single deployment, or those of a list that nothing vouches for, may have siblings), and so does an
-- empty list of its deployments that its command vouches for; and when no deployment of it was
-- exported, or no whole list, or a deployment does not say its format, nobody knows. An empty list
-- alone names no account, so it is no proof. An account without a kind may be anything, and one whose
-- exports disagree is not known at all.
WITH hosted AS (
SELECT p.snapshot_id, p.account, max(lower(d.format) IS 'openai') AS openai,
       max(d.account IS NOT NULL AND (d.format IS NULL OR d.source_completeness <> 'whole')) AS doubt,
       max(l.account IS NOT NULL) AS listed
  FROM (SELECT snapshot_id, account FROM deployment
        UNION SELECT snapshot_id, account FROM deployment_list) p
  LEFT JOIN deployment d ON d.snapshot_id = p.snapshot_id AND d.account = p.account
  LEFT JOIN deployment_list l ON l.snapshot_id = p.snapshot_id AND l.account = p.account
 GROUP BY p.snapshot_id, p.account)
SELECT a.record_id,
       CASE WHEN q.subject IS NULL
             AND (lower(a.kind) = 'openai' OR (a.kind IS NOT NULL AND h.openai)) THEN 1 ELSE 0 END
           AS certain,
       CASE WHEN q.subject IS NOT NULL THEN
                'Exports of this account in one snapshot disagree about ' || q.settings || ' ('
                || q.paths || '): export it again into a new snapshot.'
            WHEN a.kind IS NULL THEN
                'The export does not say this account''s kind, so it is not known whether it is an Azure OpenAI account.'
            WHEN lower(a.kind) = 'openai' THEN 'The account is of kind OpenAI.'
            WHEN h.openai THEN
                'The account is of kind AIServices and hosts at least one OpenAI model deployment.'
            WHEN h.account IS NULL THEN
                'The account is of kind AIServices, which can host OpenAI models, and no deployment of it was exported.'
            WHEN NOT h.listed THEN
                'The account is of kind AIServices, and the export holds no whole list of its deployments: there may be others, of OpenAI models.'
            ELSE 'The account is of kind AIServices, and its exported deployments do not show all of their model formats.'
            END AS reason,
       CASE WHEN q.subject IS NOT NULL OR a.kind IS NULL THEN 'cognitive-account'
            WHEN lower(a.kind) = 'aiservices' AND NOT coalesce(h.openai, 0)
            THEN 'cognitive-deployment' END AS need
  FROM account a
  LEFT JOIN hosted h ON h.snapshot_id = a.snapshot_id AND h.account = a.subject
  LEFT JOIN account_dispute q ON q.snapshot_id = a.snapshot_id AND q.subject = a.subject
 WHERE a.kind IS NULL
    OR lower(a.kind) = 'openai'
    OR (lower(a.kind) = 'aiservices'
        AND (h.account IS NULL OR h.openai OR h.doubt OR NOT h.listed))
    OR instr(q.kinds, '|openai|') > 0 OR instr(q.kinds, '||') > 0
    OR (instr(q.kinds, '|aiservices|') > 0
        AND (h.account IS NULL OR h.openai OR h.doubt OR NOT h.listed))
