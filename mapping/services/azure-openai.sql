-- Which accounts the Azure OpenAI baseline speaks of. Kind OpenAI: always. Kind AIServices (Azure
-- AI Foundry) can host OpenAI models, so its deployments decide: one of format OpenAI makes it a
-- subject; deployments that are all of other formats make it none, when they stand in a list (a
-- single deployment may have siblings); and when no deployment of it was exported, or no list, or
-- the list is cut off, or a deployment does not say its format, nobody knows. An exported but empty
-- list names no account, so it is no proof. An account without a kind may be anything, and one whose
-- exports disagree is not known at all.
WITH hosted AS (
SELECT d.snapshot_id, d.account, max(lower(d.format) IS 'openai') AS openai,
       max(d.format IS NULL OR d.source_completeness NOT IN ('whole', 'unstated')) AS doubt,
       max(l.account IS NOT NULL) AS listed
  FROM deployment d
  LEFT JOIN deployment_list l ON l.snapshot_id = d.snapshot_id AND l.account = d.account
 GROUP BY d.snapshot_id, d.account)
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
