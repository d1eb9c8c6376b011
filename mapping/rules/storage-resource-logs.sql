-- id: storage-resource-logs
-- version: 1.0.0
-- title: Requests to the account's data are logged to a place where they are kept
-- service: storage
-- control: LT-3
-- feature: Azure Resource Logs
-- severity: medium
-- needs: storage-diagnostic-setting
-- observes: none
-- policy: none
-- tests: a storage account has no logs of its own: those of its blob, file, queue and table services
--   are switched on at ACCOUNT/blobServices/default and so on. A diagnostic setting of the service
--   that holds the account's data (files for kind FileStorage, blobs for every other) has at least one
--   log with enabled true and somewhere to send it: pass. The reason names the other services whose
--   settings log. Metrics do not count, and neither does a setting of the account itself. A classic
--   storage account is manual.
-- absent: a whole list of that service's settings, none of which logs: fail, and so does an empty one
--   when its command vouches for it (view answer; not with API version 2017-05-01-preview, reported to
--   answer with empty lists). Otherwise unknown: an empty list does not name its resource, a single
--   exported setting may have siblings, and so may those of a list that is cut off or that nothing
--   vouches for.
-- source: learn.microsoft.com/azure/storage/blobs/monitor-blob-storage; published as LT-4; severity
--   is ours
WITH ordered AS (
SELECT * FROM diagnostic_setting
 WHERE scope LIKE '%/providers/microsoft.storage/storageaccounts/%services/default'
 ORDER BY snapshot_id, scope, name, record_id),
told AS (
SELECT snapshot_id, scope, count(record_id) AS settings,
       sum(logs > 0 AND sink IS NOT NULL) AS good,
       group_concat(CASE WHEN logs > 0 AND sink IS NOT NULL
           THEN '"' || name || '" sends ' || log_names || ' to ' || sink END, '; ') AS good_words,
       group_concat(CASE WHEN logs > 0 AND sink IS NOT NULL THEN record_id END, ',')
           AS good_records,
       group_concat('"' || name || '" '
           || CASE WHEN logs = 0 THEN 'has no enabled log' ELSE 'has nowhere to send its logs' END,
           '; ') AS bad_words,
       group_concat(record_id, ',') AS records, max(whole) AS whole, max(NOT whole) AS doubt
  FROM ordered
 GROUP BY snapshot_id, scope),
others AS (
SELECT a.record_id, group_concat(p.word, ', ') AS words
  FROM storage_account s
  JOIN asset a ON a.record_id = s.record_id
 CROSS JOIN (SELECT column1 AS word FROM (VALUES ('blob'), ('file'), ('queue'), ('table'))) p
 CROSS JOIN told t ON t.snapshot_id = a.snapshot_id
        AND t.scope = a.subject || '/' || p.word || 'services/default' AND t.good > 0
 WHERE p.word <> s.main_service
 GROUP BY a.record_id)
SELECT a.record_id,
       CASE WHEN a.family = 'classic' THEN 'manual'
            WHEN t.good > 0 THEN 'pass'
            WHEN t.settings IS NULL AND n.evidence_id IS NOT NULL THEN 'fail'
            WHEN t.settings IS NULL OR NOT t.whole OR t.doubt THEN 'unknown'
            ELSE 'fail' END AS status,
       CASE WHEN a.family = 'classic' THEN
                'A classic storage account logs in a way that no export of Resource Manager shows: see whether it does.'
            ELSE CASE WHEN t.good > 0 THEN 'Diagnostic setting of the ' || s.main_service
                    || ' service ' || t.good_words || '.'
                WHEN t.settings IS NULL AND n.evidence_id IS NOT NULL THEN
                    'The ' || s.main_service || ' service has no diagnostic setting: its list was exported, and is empty.'
                WHEN t.settings IS NULL THEN 'No diagnostic setting of this storage account''s '
                    || s.main_service
                    || ' service was exported, and an empty list would not say whose it is.'
                WHEN NOT t.whole OR t.doubt THEN 'Diagnostic setting of the ' || s.main_service
                    || ' service ' || t.bad_words
                    || ', and the export does not show that there are no others.'
                ELSE 'Diagnostic setting of the ' || s.main_service || ' service '
                    || t.bad_words || '.' END
                || coalesce(' Logged too: ' || o.words || '.', '') END AS reason,
       CASE WHEN a.family <> 'classic' AND coalesce(t.good, 0) = 0
             AND (t.settings IS NULL AND n.evidence_id IS NULL OR NOT t.whole OR t.doubt)
            THEN 'storage-diagnostic-setting' END AS need,
       CASE WHEN t.good > 0 THEN '[' || t.good_records || ']'
            WHEN t.settings IS NOT NULL THEN '[' || t.records || ']' END AS evidence
  FROM asset a
  LEFT JOIN storage_account s ON s.record_id = a.record_id
  LEFT JOIN told t ON t.snapshot_id = a.snapshot_id
        AND t.scope = a.subject || '/' || s.main_service || 'services/default'
  LEFT JOIN others o ON o.record_id = a.record_id
  -- The ledger names the account; which of its services was asked stands in the command.
  LEFT JOIN (SELECT snapshot_id, subject,
                    CASE WHEN instr(lower(command), '/blobservices/default') > 0 THEN 'blob'
                         WHEN instr(lower(command), '/fileservices/default') > 0 THEN 'file' END
                        AS part, min(evidence_id) AS evidence_id
               FROM answer
              WHERE kind = 'diagnostic-setting' AND completeness = 'whole' AND records = 0
                AND instr(command, '2017-05-01-preview') = 0
              GROUP BY 1, 2, 3) n
         ON n.snapshot_id = a.snapshot_id AND n.subject = a.subject AND n.part = s.main_service
 WHERE a.family IN ('storage', 'classic')
