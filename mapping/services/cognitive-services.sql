-- Which accounts the Cognitive Services baseline speaks of: every kind but OpenAI, which has a
-- baseline of its own. Kind AIServices (Azure AI Foundry) is always one. An account without a kind
-- may be anything, and one whose exports disagree is not known at all.
SELECT a.record_id,
       CASE WHEN a.kind IS NULL OR q.subject IS NOT NULL THEN 0 ELSE 1 END AS certain,
       CASE WHEN q.subject IS NOT NULL THEN
                'Exports of this account in one snapshot disagree about ' || q.settings || ' ('
                || q.paths || '): export it again into a new snapshot.'
            WHEN a.kind IS NULL THEN
                'The export does not say this account''s kind, so it is not known whether it is a Cognitive Services account.'
            ELSE 'The account is of kind ' || a.kind || '.' END AS reason,
       CASE WHEN a.kind IS NULL OR q.subject IS NOT NULL THEN 'cognitive-account' END AS need
  FROM account a
  LEFT JOIN account_dispute q ON q.snapshot_id = a.snapshot_id AND q.subject = a.subject
 WHERE a.kind IS NULL OR lower(a.kind) <> 'openai'
    OR replace(replace(q.kinds, '|openai', ''), '|', '') <> ''
