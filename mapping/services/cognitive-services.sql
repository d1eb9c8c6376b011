-- Which accounts the Cognitive Services baseline speaks of: every kind but OpenAI, which has a
-- baseline of its own. Kind AIServices (Azure AI Foundry) is always one. An account without a kind
-- may be anything.
SELECT record_id,
       CASE WHEN kind IS NULL THEN 0 ELSE 1 END AS certain,
       CASE WHEN kind IS NULL THEN
                'The export does not say this account''s kind, so it is not known whether it is a Cognitive Services account.'
            ELSE 'The account is of kind ' || kind || '.' END AS reason,
       CASE WHEN kind IS NULL THEN 'cognitive-account' END AS need
  FROM account
 WHERE kind IS NULL OR lower(kind) <> 'openai'
