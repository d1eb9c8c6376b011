-- Which accounts the Azure OpenAI baseline speaks of. Kind OpenAI: always. Kind AIServices (Azure
-- AI Foundry) can host OpenAI models, so its deployments decide: one of format OpenAI makes it a
-- subject; deployments that are all of other formats make it none; and when no deployment of it was
-- exported, or the list is cut off, or a deployment does not say its format, nobody knows. An
-- exported but empty list names no account, so it is no proof. An account without a kind may be
-- anything.
WITH hosted AS (
SELECT snapshot_id, account, max(lower(format) IS 'openai') AS openai,
       max(format IS NULL OR source_completeness NOT IN ('whole', 'unstated')) AS doubt
  FROM deployment
 GROUP BY snapshot_id, account)
SELECT a.record_id,
       CASE WHEN lower(a.kind) = 'openai' OR (a.kind IS NOT NULL AND h.openai) THEN 1 ELSE 0 END
           AS certain,
       CASE WHEN a.kind IS NULL THEN
                'The export does not say this account''s kind, so it is not known whether it is an Azure OpenAI account.'
            WHEN lower(a.kind) = 'openai' THEN 'The account is of kind OpenAI.'
            WHEN h.openai THEN
                'The account is of kind AIServices and hosts at least one OpenAI model deployment.'
            WHEN h.account IS NULL THEN
                'The account is of kind AIServices, which can host OpenAI models, and no deployment of it was exported.'
            ELSE 'The account is of kind AIServices, and its exported deployments do not show all of their model formats.'
            END AS reason,
       CASE WHEN a.kind IS NULL THEN 'cognitive-account'
            WHEN lower(a.kind) = 'aiservices' AND NOT coalesce(h.openai, 0)
            THEN 'cognitive-deployment' END AS need
  FROM account a
  LEFT JOIN hosted h ON h.snapshot_id = a.snapshot_id AND h.account = a.subject
 WHERE a.kind IS NULL
    OR lower(a.kind) = 'openai'
    OR (lower(a.kind) = 'aiservices' AND (h.account IS NULL OR h.openai OR h.doubt))
