-- Model deployments of Cognitive Services accounts. account is the canonical id of the account.
-- format is who published the model (OpenAI, Microsoft, Mistral AI, ...).
SELECT record_id, snapshot_id, subject, parent AS account,
       coalesce(name, substr(subject, length(parent) + 14)) AS name,
       nullif(trim(json_extract(body, '$.properties.model.format')), '') AS format,
       nullif(trim(json_extract(body, '$.properties.model.name')), '') AS model,
       complete, source_shape, source_completeness
  FROM resource
 WHERE kind = 'cognitive-deployment'
